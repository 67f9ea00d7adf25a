"""Rows of a table: the query of a request, answered as a page of JSON or as a file in any format.

The grammar is in portal/rows/parameters.py and, for readers, in docs/api.md.
"""

import hashlib
import json
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote, urlencode

from flask import Response, request
from flask.views import MethodView
from flask_smorest import Blueprint
from werkzeug.http import parse_etags
from werkzeug.wrappers import Response as AnyResponse

from portal.exports.chosen import refuse_unnamed
from portal.exports.formats import FORMATS, TableFormat
from portal.foundation.db import reading
from portal.foundation.errors import InvalidInput, NotFound
from portal.publishing.chosen_files import published_export, write_answer
from portal.rows.groups import read_groups
from portal.rows.parameters import read_query
from portal.rows.query import RowQuery
from portal.rows.serve import count_rows, read_page, read_row
from portal.web.api.row_parameters import PARAMETERS
from portal.web.api.schemas import ProblemSchema, RowOut, RowsOut
from portal.web.context import portal, served_tables
from portal.web.headers import tag_answer
from portal.web.negotiation import accepts
from portal.web.problems import PROBLEM_JSON
from portal.web.served_tables import ServedTable
from portal.web.stored import IMMUTABLE, REVALIDATE, Encoded, StoredAnswer, send_stored

rows = Blueprint(
    "rows", "rows", description="Rows: filter, sort, page, group · Zeilen: filtern, sortieren, blättern, gruppieren"
)

DEFAULT_LIMIT = 100
"""Rows of a page when nothing is said."""

ANSWER = 1
"""Goes into the ETag: raise it when the same question gets other bytes."""

_MAX_VERSION_DIGITS = 9
_VARY = "Accept, Accept-Encoding, Accept-Language"
_BY_NAME = ("excel-csv", "json")
"""Formats that no media type asks for: the page is JSON, and the other CSV is the usual one."""


@rows.route("/datasets/<slug>/tables/<table>/rows")
class Rows(MethodView):
    @rows.doc(parameters=PARAMETERS)
    @rows.response(200, RowsOut)
    @rows.alt_response(
        400, schema=ProblemSchema, content_type=PROBLEM_JSON, description="A parameter is not understood"
    )
    @rows.alt_response(
        404, schema=ProblemSchema, content_type=PROBLEM_JSON, description="No such dataset, table or version"
    )
    @rows.alt_response(410, schema=ProblemSchema, content_type=PROBLEM_JSON, description="Withdrawn, with the reason")
    @rows.alt_response(422, schema=ProblemSchema, content_type=PROBLEM_JSON, description="The query takes too long")
    def get(self, slug: str, table: str) -> AnyResponse:
        """Give the rows that meet a query; `next` goes on without losing or doubling one, however deep."""
        given = request.args.to_dict()
        served = served_tables().find(slug, table, _version(given))
        query = read_query(given, served.source.schema, served.source.physical)
        form = _form(given)
        if form is not None:
            return _file(served, query, form, given)
        tag = _tag(served, given)
        tag_answer(tag)
        if _is_known(tag):
            return _dressed(Response(status=304, headers={"ETag": f'"{tag}"', "Vary": _VARY}), served)
        return _dressed(_page(served, query, given), served)


@rows.route("/datasets/<slug>/tables/<table>/rows<suffix>")
class RowsFile(MethodView):
    @rows.doc(parameters=PARAMETERS)
    @rows.response(200, {"type": "string"}, content_type="text/csv")
    @rows.alt_response(
        400, schema=ProblemSchema, content_type=PROBLEM_JSON, description="A parameter is not understood"
    )
    @rows.alt_response(
        404, schema=ProblemSchema, content_type=PROBLEM_JSON, description="No such dataset, table, version or format"
    )
    @rows.alt_response(410, schema=ProblemSchema, content_type=PROBLEM_JSON, description="Withdrawn, with the reason")
    def get(self, slug: str, table: str, suffix: str) -> AnyResponse:
        """Give all rows that meet a query as a file: `rows.csv`, `.excel.csv`, `.xlsx`, `.json`, `.jsonl`, `.parquet`."""
        form = next((one for one in FORMATS if one.suffix == suffix), None)
        if form is None:
            listed = ", ".join(one.suffix for one in FORMATS)
            raise NotFound(f"Rows come as {listed}.", detail_de=f"Zeilen gibt es als {listed}.")
        given = request.args.to_dict()
        if "format" in given:
            raise InvalidInput(
                "format: the address names it already.",
                detail_de="format: steht schon in der Adresse.",
                parameter="format",
            )
        served = served_tables().find(slug, table, _version(given))
        return _file(served, read_query(given, served.source.schema, served.source.physical), form, given)


@rows.route("/datasets/<slug>/tables/<table>/rows/<path:key>")
class RowResource(MethodView):
    @rows.response(200, RowOut)
    @rows.alt_response(
        404, schema=ProblemSchema, content_type=PROBLEM_JSON, description="No such dataset, table or row"
    )
    @rows.alt_response(410, schema=ProblemSchema, content_type=PROBLEM_JSON, description="Withdrawn, with the reason")
    def get(self, slug: str, table: str, key: str) -> Response:
        """Give one row by its primary key; several key columns are joined by commas."""
        served = served_tables().find(slug, table, None)
        schema = served.source.schema
        parts = key.split(",") if len(schema.primary_key) > 1 else [key]
        row = read_row(portal().rows, served.source, parts)
        if row is None:
            raise NotFound(
                f"The table {slug}/{table} has no row {key[:100]!r}.",
                detail_de=f"Die Tabelle {slug}/{table} hat keine Zeile {key[:100]!r}.",
                key=list(schema.primary_key),
            )
        iri = f"{portal().settings.public_url}/id/{slug}/{table}/{','.join(quote(part, safe='') for part in parts)}"
        body = f'{{"dataset":"{slug}","table":"{table}","version":{served.version},"id":"{iri}","row":{row}}}'
        response = Response(body, content_type="application/json")
        response.headers["Link"] = served.licence
        return response


def _page(served: ServedTable, query: RowQuery, given: dict[str, str]) -> Response:
    limit = query.limit or DEFAULT_LIMIT
    query = replace(query, limit=limit)
    if query.is_grouped:
        page, total = read_groups(portal().rows, served.source, query)
    else:
        page = read_page(portal().rows, served.source, query)
        total = count_rows(portal().rows, served.source, query) if query.counted or query.is_whole else None
    following = None
    if page.last is not None:
        asked = {**given, "limit": str(limit), "after": str(page.last), "version": str(served.version)}
        following = f"{_rows_url(served)}?{urlencode(asked)}"
    head = {
        "dataset": served.dataset,
        "table": served.name,
        "version": served.version,
        "total": total,
        "limit": limit,
        "next": following,
    }
    told = json.dumps(head, ensure_ascii=False, separators=(",", ":"))
    response = Response(f'{told[:-1]},"rows":[{",".join(page.rows)}]}}', content_type="application/json")
    response.headers["Row-Count"] = str(len(page.rows))
    return response


def _file(served: ServedTable, query: RowQuery, form: TableFormat, given: dict[str, str]) -> AnyResponse:
    """Give an answer as a file: whole on disk before its first byte is sent."""
    refuse_unnamed(query, form)
    tag = _tag(served, {**given, "format": form.name})
    if _is_known(tag):
        return _dressed(Response(status=304, headers={"ETag": f'"{tag}"', "Vary": _VARY}), served)

    def make(folder: Path) -> tuple[Path, int]:
        parts, settings = portal(), portal().settings
        with reading(parts.engine) as session:
            export = published_export(session, served.version_id, served.name, served.source, settings)
        timeout_s = settings.query_file_timeout_s
        return write_answer(export, form, query, parts.rows, served.source, folder, timeout_s=timeout_s)

    file = portal().answers.file(tag, make)
    answer = StoredAnswer(
        identity=Encoded(file.path, file.size_bytes, file.digest),
        gzip=None,
        media_type=form.media_type,
        modified_at=served.released_at,
        cache_control=IMMUTABLE if "version" in given else REVALIDATE,
        links=(served.licence, served.description),
        row_count=file.row_count,
        file_name=f"{served.dataset}_v{served.version}_{served.name}_{tag[:8]}{form.suffix}",
        vary=_VARY,
        tag=tag,
    )
    return Response.from_app(lambda environ, start: send_stored(answer, environ, start), request.environ)


def _form(given: dict[str, str]) -> TableFormat | None:
    """Give the format that is asked for, by name or by `Accept`; None: a page of JSON."""
    if "format" not in given:
        offered = ("application/json", *(one.media_type.split(";")[0] for one in FORMATS if one.name not in _BY_NAME))
        best = accepts(request.headers.get("Accept", ""), offered)
        wanted = (one for one in FORMATS if one.media_type.split(";")[0] == best and one.name not in _BY_NAME)
        return next(wanted, None)
    for form in FORMATS:
        if given["format"] in (form.name, form.suffix[1:]):
            return form
    listed = ", ".join(one.name for one in FORMATS)
    raise InvalidInput(f"format: one of {listed}.", detail_de=f"format: eines von {listed}.", parameter="format")


def _is_known(tag: str) -> bool:
    known = parse_etags(request.headers.get("If-None-Match"))
    return known.contains_weak(tag) or known.contains_weak(f"{tag}-gz")


def _version(given: dict[str, str]) -> int | None:
    text = given.get("version")
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and 0 < len(text) <= _MAX_VERSION_DIGITS and int(text)):
        raise InvalidInput(
            "version: the number of a version, such as 1.",
            detail_de="version: die Nummer einer Version, etwa 1.",
            parameter="version",
        )
    return int(text)


def _tag(served: ServedTable, given: dict[str, str]) -> str:
    """Give the entity tag of an answer: it follows from the rows and the question."""
    question = json.dumps([ANSWER, served.digest, served.version, portal().settings.public_url, sorted(given.items())])
    return hashlib.sha256(question.encode("utf-8", "surrogatepass")).hexdigest()[:40]


def _dressed(response: Response, served: ServedTable) -> Response:
    response.headers["Link"] = f"{served.licence}, {served.description}"
    response.headers["Cache-Control"] = "public, no-cache"
    response.last_modified = served.released_at
    return response


def _rows_url(served: ServedTable) -> str:
    return f"{portal().settings.public_url}/api/v1/datasets/{served.dataset}/tables/{served.name}/rows"
