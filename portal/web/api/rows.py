"""Rows of a table, maybe joined with others: the query of a request, answered as a page of JSON or as a file in any format.

The grammar is in portal/rows/parameters.py and, for readers, in docs/api.md; joins are told in docs/combining.md.
"""

from urllib.parse import quote

from flask import Response, request
from flask.views import MethodView
from flask_smorest import Blueprint
from werkzeug.wrappers import Response as AnyResponse

from portal.foundation.errors import NotFound
from portal.rows.serve import read_row
from portal.web.api.row_answers import answer_file, answer_page_or_file, asked_of_table, form_of
from portal.web.api.row_parameters import PARAMETERS
from portal.web.api.schemas import ProblemSchema, RowOut, RowsOut
from portal.web.context import portal, served_tables
from portal.web.problems import PROBLEM_JSON

rows = Blueprint(
    "rows",
    "rows",
    description="Rows: filter, sort, page, group, join · Zeilen: filtern, sortieren, gruppieren, verbinden",
)


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
        return answer_page_or_file(asked_of_table(slug, table, request.args.to_dict()))


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
    @rows.alt_response(422, schema=ProblemSchema, content_type=PROBLEM_JSON, description="The query takes too long")
    def get(self, slug: str, table: str, suffix: str) -> AnyResponse:
        """Give all rows that meet a query as a file: `rows.csv`, `.excel.csv`, `.xlsx`, `.json`, `.jsonl`, `.parquet`."""
        form = form_of(suffix)
        return answer_file(asked_of_table(slug, table, request.args.to_dict()), form)


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
