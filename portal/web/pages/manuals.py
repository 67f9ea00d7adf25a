"""The page of a table's manual: code to copy, and the OpenAPI document to read, its examples as links that answer."""

from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, render_template

from portal.publishing.manual.facts import TableManual
from portal.publishing.manual.openapi import table_document
from portal.publishing.manual.snippets import snippets_of, whole_snippets
from portal.web.context import reader_language, told
from portal.web.links import openapi_url, snippets_url
from portal.web.manuals import find_manual, manual_links

manual_pages = Blueprint("manuals", __name__)


@manual_pages.get("/api/docs/<slug>/<table>")
@manual_pages.get("/api/docs/<slug>/v/<version:number>/<table>")
def table_manual(slug: str, table: str, number: int | None = None) -> Response:
    """Show how a program reads a table."""
    manual = find_manual(slug, table, number)
    document = table_document(manual, told)
    place = (manual.table.base_url, slug, table, number)
    page = render_template(
        "table_docs.html",
        api=document,
        operations=[(path, _operation(document, path)) for path in document["paths"]],
        columns=document["components"]["schemas"]["SomeColumns"]["properties"],
        snippets=list(snippets_of(manual, told)),
        dataset=slug,
        base=f"/datasets/{slug}" if number is None else f"/datasets/{slug}/v/{number}",
        openapi_url=openapi_url(*place),
        snippets_url=snippets_url(*place),
    )
    return Response(page, headers={"Link": manual_links(manual)})


def shown_snippets(manual: TableManual) -> list[dict[str, str]]:
    """Give the code that reads a whole table, as the dataset's page shows it."""
    language = reader_language()
    found = whole_snippets(manual, lambda text: text.in_language(language))
    return [{"label": one.label.in_language(language), "code": one.code} for one in found]


def _operation(document: dict[str, Any], path: str) -> dict[str, Any]:  # Any: JSON
    """Give the operation of *path*, its parameters in full and with links to their examples."""
    operation: dict[str, Any] = document["paths"][path]["get"]  # Any: JSON
    known = document["components"]["parameters"]
    parameters = [known[one["$ref"].rpartition("/")[2]] if "$ref" in one else one for one in operation["parameters"]]
    fixed = "".join(f"&version={one['example']}" for one in parameters if one["name"] == "version" and one["required"])
    return {**operation, "parameters": [{**one, "link": _link(path, one, fixed)} for one in parameters]}


def _link(path: str, parameter: dict[str, Any], fixed: str) -> str | None:  # Any: JSON
    """Give the address that asks the example of a parameter; None: it has none, or the path has a gap as well."""
    example = parameter.get("example")
    if example is None:
        return None
    if parameter["in"] == "path":
        return path.replace(f"{{{parameter['name']}}}", quote(str(example), safe=".")) if path.count("{") == 1 else None
    if "{" in path:
        return None
    others = "" if parameter["name"] == "version" else fixed
    return f"{path}?{quote(parameter['name'], safe='')}={quote(_written(example), safe=',')}{others}"


def _written(example: object) -> str:
    """Give an example as it stands in an address (style form, not exploded)."""
    if isinstance(example, list):
        return ",".join(map(_written, example))
    return str(example).lower() if isinstance(example, bool) else str(example)
