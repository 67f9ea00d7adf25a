"""Rows of a table: the query of a request, answered as a page of JSON or as a file in any format.

The grammar is in portal/rows/parameters.py and, for readers, in docs/api.md.
"""

from pathlib import Path

from flask import Response, request
from flask.views import MethodView
from flask_smorest import Blueprint
from werkzeug.wrappers import Response as AnyResponse

from portal.exports.chosen import refuse_unnamed
from portal.exports.formats import FORMATS, TableFormat
from portal.foundation.db import reading
from portal.foundation.errors import InvalidInput, NotFound, PortalError
from portal.publishing.chosen_files import published_export, write_answer
from portal.rows.parameters import read_query
from portal.web.api.row_parameters import PARAMETERS
from portal.web.api.schemas import ProblemSchema, RowOut, RowsOut
from portal.web.context import portal, served_tables
from portal.web.negotiation import accepts
from portal.web.problems import PROBLEM_JSON
from portal.web.row_answers import VARY, is_known, page_answer, row_answer, tag_of, version_of
from portal.web.row_door import REFUSED
from portal.web.served_tables import ServedTable
from portal.web.stored import IMMUTABLE, REVALIDATE, Encoded, StoredAnswer, send_stored, takes_gzip

rows = Blueprint(
    "rows", "rows", description="Rows: filter, sort, page, group · Zeilen: filtern, sortieren, blättern, gruppieren"
)

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
        _refuse_again()
        given = request.args.to_dict()
        served = served_tables().find(slug, table, version_of(given))
        form = _form(given)
        if form is not None:
            return _file(served, form, given)
        known = request.headers.get("If-None-Match", "")
        return _sent(page_answer(portal(), served, given, known=known, packed=_takes_gzip()))


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
        return _file(served_tables().find(slug, table, version_of(given)), form, given)


@rows.route("/datasets/<slug>/tables/<table>/rows/<path:key>")
class RowResource(MethodView):
    @rows.response(200, RowOut)
    @rows.alt_response(
        404, schema=ProblemSchema, content_type=PROBLEM_JSON, description="No such dataset, table or row"
    )
    @rows.alt_response(410, schema=ProblemSchema, content_type=PROBLEM_JSON, description="Withdrawn, with the reason")
    def get(self, slug: str, table: str, key: str) -> AnyResponse:
        """Give one row by its primary key; several key columns are joined by commas."""
        _refuse_again()
        return _sent(row_answer(portal(), served_tables().find(slug, table, None), key, packed=_takes_gzip()))


def _refuse_again() -> None:
    """Say why the door in front of Flask refused the request, if it did (portal/web/row_door.py)."""
    refused: PortalError | None = request.environ.get(REFUSED)
    if refused is not None:
        raise refused


def _sent(answer: StoredAnswer) -> AnyResponse:
    return Response.from_app(lambda environ, start: send_stored(answer, environ, start), request.environ)


def _takes_gzip() -> bool:
    return takes_gzip(request.headers.get("Accept-Encoding", "").lower())


def _file(served: ServedTable, form: TableFormat, given: dict[str, str]) -> AnyResponse:
    """Give an answer as a file: whole on disk before its first byte is sent."""
    query = read_query(given, served.source.schema, served.source.physical)
    refuse_unnamed(query, form)
    tag = tag_of(portal(), served, {**given, "format": form.name})
    if is_known(tag, request.headers.get("If-None-Match")):
        return _not_changed(served, tag)

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
        links=(served.licence,),
        row_count=file.row_count,
        file_name=f"{served.dataset}_v{served.version}_{served.name}_{tag[:8]}{form.suffix}",
        vary=VARY,
        tag=tag,
    )
    return _sent(answer)


def _not_changed(served: ServedTable, tag: str) -> Response:
    response = Response(status=304, headers={"ETag": f'"{tag}"', "Vary": VARY, "Link": served.licence})
    response.headers["Cache-Control"] = REVALIDATE
    response.last_modified = served.released_at
    return response


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
