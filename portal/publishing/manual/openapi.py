"""The OpenAPI 3.1 document of one table: what can be asked of its rows, and what the answers look like, column by column.

    GET …/tables/{table}/rows             a page of rows or groups, or by `format` and `Accept` a file
    GET …/tables/{table}/rows{suffix}     all rows that meet a query, as a file
    GET …/tables/{table}/rows/{key}       one row (of the current version)
    GET /datasets/{slug}/{table}{suffix}  the whole table

It is true for the version it is made from. Every parameter with an `example` answers with rows, if the table has any.
"""

from typing import Any

from portal.exports.formats import FORMATS
from portal.foundation.text import LangString
from portal.publishing.manual.answers import PROBLEM, file_content, file_schema, page_schema, row_answer_schema, shapes
from portal.publishing.manual.facts import TableManual, Told
from portal.publishing.manual.filters import filters
from portal.publishing.manual.questions import keys_example, paging, questions
from portal.publishing.manual.values import Described

_SUMMARIES = {
    "rows": LangString(
        "Gibt die Zeilen, die eine Abfrage erfüllen, seitenweise, oder Gruppen davon.",
        "Give the rows that meet a query, in pages, or groups of them.",
    ),
    "rowsFile": LangString(
        "Gibt alle Zeilen, die eine Abfrage erfüllen, als Datei.", "Give all rows that meet a query as a file."
    ),
    "row": LangString(
        "Gibt eine Zeile nach ihrem Schlüssel; mehrere Spalten verbindet ein Komma.",
        "Give one row by its key; several columns are joined by commas.",
    ),
    "table": LangString("Gibt die ganze Tabelle als Datei.", "Give the whole table as a file."),
}
_REFUSED = {
    "400": LangString("Ein Parameter wird nicht verstanden", "A parameter is not understood"),
    "404": LangString("Das gibt es nicht", "There is no such thing"),
    "410": LangString("Zurückgezogen, mit Begründung", "Withdrawn, with the reason"),
    "422": LangString("Die Abfrage dauert zu lange", "The query takes too long"),
    "503": LangString("Zu viele fragen gerade; später erneut", "Too many ask at the moment; try again later"),
}
_SUFFIX = LangString("Das Format.", "The format.")
_KEY = LangString("Der Schlüssel der Zeile.", "The key of the row.")
_FOUND = LangString("Die Antwort", "The answer")
_UNCHANGED = LangString(
    "Unverändert, seit `If-None-Match` oder `If-Modified-Since` galt",
    "Unchanged since `If-None-Match` or `If-Modified-Since` held",
)


def table_document(manual: TableManual, told: Told) -> Described:
    """Give the OpenAPI document of a table."""
    table = manual.table
    by_column = filters(manual, told)
    refs = [{"$ref": f"#/components/parameters/{name}"} for name in by_column]
    asking, going = questions(manual, told), paging(manual, told)
    rows = f"/api/v1/datasets/{table.dataset}/tables/{table.table}/rows"
    files = manual.files_url.removeprefix(table.base_url)
    page = {"application/json": {"schema": {"anyOf": [_ref("Page"), _ref("File")]}}}
    paths: Described = {
        rows: _operation("rows", [*refs, *asking, *going], {**file_content(), **page}, told, "400", "404", "410", "422", "503"),
        f"{rows}{{suffix}}": _operation(
            "rowsFile", [_suffix(told), *refs, *asking, *(one for one in going if one["name"] not in ("format", "count"))],
            file_content(), told, "400", "404", "410", "422", "503",
        ),
        f"{files}{{suffix}}": _operation("table", [_suffix(told)], file_content(), told, "404", "410"),
    }  # fmt: skip
    if table.schema.primary_key and not manual.pinned:
        one = {"application/json": {"schema": _ref("OneRow")}}
        paths[f"{rows}/{{key}}"] = _operation("row", [_key(manual, told)], one, told, "404", "410")
    return {
        "openapi": "3.1.0",
        "info": _info(manual, told),
        "externalDocs": {"url": f"{table.base_url}/datasets/{table.dataset}"},
        "servers": [{"url": table.base_url}],
        "paths": paths,
        "components": {
            "schemas": {
                **shapes(manual, told),
                "Page": page_schema(manual),
                "File": file_schema(manual),
                "OneRow": row_answer_schema(manual),
                "Problem": PROBLEM,
            },
            "parameters": by_column,
            "headers": _headers(told),
        },
    }


def _info(manual: TableManual, told: Told) -> Described:
    table = manual.table
    about = [told(table.description), told(table.attribution)]
    return {
        "title": f"{told(table.title)} – {told(table.dataset_title)}",
        "description": "\n\n".join(text for text in about if text),
        "version": str(table.version),
        "license": {"name": told(table.licence_title), "url": table.licence_url},
    }


def _operation(name: str, parameters: list[Described], content: Described, told: Told, *refused: str) -> Described:
    headers = {one: {"$ref": f"#/components/headers/{one}"} for one in ("ETag", "Last-Modified", "Link")}
    counted = {} if name == "row" else {"Row-Count": {"$ref": "#/components/headers/Row-Count"}}
    problem = {"application/problem+json": {"schema": _ref("Problem")}}
    return {
        "get": {
            "operationId": name,
            "summary": told(_SUMMARIES[name]),
            "parameters": parameters,
            "responses": {
                "200": {"description": told(_FOUND), "headers": {**headers, **counted}, "content": content},
                "304": {"description": told(_UNCHANGED)},
                **{status: {"description": told(_REFUSED[status]), "content": problem} for status in refused},
            },
        }
    }


def _headers(told: Told) -> Described:
    return {
        name: {"description": told(meaning), "schema": {"type": kind}}
        for name, kind, meaning in (
            ("ETag", "string", LangString("Kennzeichen dieser Antwort.", "Tag of this answer.")),
            ("Last-Modified", "string", LangString("Wann die Version erschien.", "When the version was released.")),
            ("Link", "string", LangString("`license` und mehr (RFC 8288).", "`license` and more (RFC 8288).")),
            ("Row-Count", "integer", LangString("Zeilen in der Antwort.", "Rows in the answer.")),
        )
    }


def _suffix(told: Told) -> Described:
    suffixes = [form.suffix for form in FORMATS]
    return {
        "name": "suffix",
        "in": "path",
        "required": True,
        "description": told(_SUFFIX),
        "schema": {"type": "string", "enum": suffixes},
        "example": suffixes[0],
    }


def _key(manual: TableManual, told: Told) -> Described:
    parameter: Described = {
        "name": "key", "in": "path", "required": True, "description": told(_KEY), "schema": {"type": "string"},
    }  # fmt: skip
    example = keys_example(manual)
    return parameter if example is None else {**parameter, "example": example}


def _ref(name: str) -> dict[str, Any]:  # Any: JSON
    return {"$ref": f"#/components/schemas/{name}"}
