"""Rows of a table, maybe joined with others: the query of a request, answered as a page of JSON or as a file in any format.

The grammar is in portal/rows/parameters.py and, for readers, in docs/api.md; joins are told in docs/combining.md.
"""

from flask import request
from flask.views import MethodView
from flask_smorest import Blueprint
from werkzeug.wrappers import Response as AnyResponse

from portal.web.api.row_forms import answer_file, answer_page_or_file, form_of, packs, refuse_again, sent
from portal.web.api.row_parameters import PARAMETERS
from portal.web.api.schemas import ProblemSchema
from portal.web.api.table_schemas import RowOut, RowsOut
from portal.web.context import portal, served_tables
from portal.web.problems import PROBLEM_JSON
from portal.web.row_answers import asked_of_table, row_answer

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
        refuse_again()
        return answer_page_or_file(asked_of_table(served_tables(), slug, table, request.args.to_dict()))


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
        return answer_file(asked_of_table(served_tables(), slug, table, request.args.to_dict()), form)


@rows.route("/datasets/<slug>/tables/<table>/rows/<path:key>")
class RowResource(MethodView):
    @rows.response(200, RowOut)
    @rows.alt_response(
        404, schema=ProblemSchema, content_type=PROBLEM_JSON, description="No such dataset, table or row"
    )
    @rows.alt_response(410, schema=ProblemSchema, content_type=PROBLEM_JSON, description="Withdrawn, with the reason")
    def get(self, slug: str, table: str, key: str) -> AnyResponse:
        """Give one row by its primary key; several key columns are joined by commas."""
        refuse_again()
        return sent(row_answer(portal(), served_tables().find(slug, table, None), key, packs=packs()))
