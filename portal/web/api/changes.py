"""What changed between two versions: of a dataset, and row by row of a table."""

from typing import Any

from flask import Response, jsonify, request
from flask.views import MethodView
from flask_smorest import Blueprint
from werkzeug.wrappers import Response as AnyResponse

from portal.foundation.db import reading
from portal.publishing.comparing.versions import VersionPair, public_pair
from portal.web.api.change_pages import change_page
from portal.web.api.change_schemas import ChangesOut, ChangesQuery, RowChangesOut, RowChangesQuery
from portal.web.api.schemas import ProblemSchema
from portal.web.context import portal
from portal.web.links import changes_url, licence_link
from portal.web.problems import PROBLEM_JSON
from portal.web.stored import IMMUTABLE, REVALIDATE, Encoded, StoredAnswer, send_stored

changes = Blueprint("changes", "changes", description="Changes between versions · Änderungen zwischen Versionen")

_CSV = "text/csv; charset=utf-8; header=present"


@changes.route("/datasets/<slug>/changes")
class DatasetChanges(MethodView):
    @changes.arguments(ChangesQuery, location="query", error_status_code=400)
    @changes.response(200, ChangesOut)
    @changes.alt_response(
        404, schema=ProblemSchema, content_type=PROBLEM_JSON, description="No such dataset or version"
    )
    @changes.alt_response(
        410, schema=ProblemSchema, content_type=PROBLEM_JSON, description="Withdrawn, with the reason"
    )
    def get(self, query: dict[str, Any], slug: str) -> Response:  # Any: checked by ChangesQuery
        """Tell what changed between two versions: metadata, columns, and how many rows of each table."""
        pair = _pair(slug, query)
        told = pair.difference(portal().changes).as_dict()
        for table in told["tables"]:
            table["changesUrl"] = _url(pair, table["name"])
            table["csvUrl"] = _url(pair, table["name"], suffix=".csv")
        return _dated(jsonify(dataset=slug, since=pair.since.number, until=pair.until.number, **told), pair, query)


@changes.route("/datasets/<slug>/tables/<table>/changes")
class TableChanges(MethodView):
    @changes.arguments(RowChangesQuery, location="query", error_status_code=400)
    @changes.response(200, RowChangesOut)
    @changes.alt_response(
        404, schema=ProblemSchema, content_type=PROBLEM_JSON, description="No such dataset, version or table"
    )
    @changes.alt_response(
        410, schema=ProblemSchema, content_type=PROBLEM_JSON, description="Withdrawn, with the reason"
    )
    def get(self, query: dict[str, Any], slug: str, table: str) -> Response:  # Any: checked by RowChangesQuery
        """Give the rows that were added, removed or changed, in the order of the key; `next` goes on."""
        pair = _pair(slug, query)
        tables = pair.table(table)
        counts = portal().changes.counts(tables)
        page = portal().changes.page(tables, after=query["after"], limit=query["limit"])
        between = {"since": pair.since.number, "until": pair.until.number}
        response = change_page(
            {"dataset": slug, "table": table, **between, "rows": counts.as_dict()},
            tables,
            page,
            url=_url(pair, table),
            csv_url=_url(pair, table, suffix=".csv"),
            total=counts.total,
            limit=query["limit"],
        )
        return _dated(response, pair, query)


@changes.route("/datasets/<slug>/tables/<table>/changes.csv")
class TableChangesCsv(MethodView):
    @changes.arguments(ChangesQuery, location="query", error_status_code=400)
    @changes.response(200, {"type": "string"}, content_type="text/csv")
    @changes.alt_response(
        404, schema=ProblemSchema, content_type=PROBLEM_JSON, description="No such dataset, version or table"
    )
    @changes.alt_response(
        410, schema=ProblemSchema, content_type=PROBLEM_JSON, description="Withdrawn, with the reason"
    )
    def get(self, query: dict[str, Any], slug: str, table: str) -> AnyResponse:  # Any: checked by ChangesQuery
        """Give all changes of the rows as one CSV file: `_change`, `_columns`, then the table's columns."""
        pair = _pair(slug, query)
        tables = pair.table(table)
        file = portal().changes.csv(tables)
        answer = StoredAnswer(
            identity=Encoded(file.path, file.size_bytes, file.digest),
            gzip=None,
            media_type=_CSV,
            modified_at=pair.until.released_at,
            cache_control=_cache_control(query),
            links=(licence_link(pair.until.descriptor),),
            row_count=portal().changes.counts(tables).total,
            file_name=f"{slug}_v{pair.since.number}-v{pair.until.number}_{table}_changes.csv",
        )
        return Response.from_app(lambda environ, start: send_stored(answer, environ, start), request.environ)


def _pair(slug: str, query: dict[str, Any]) -> VersionPair:  # Any: checked by ChangesQuery
    with reading(portal().engine) as session:
        return public_pair(session, portal().store, slug, since=query["since"], until=query["until"])


def _url(pair: VersionPair, table: str, *, suffix: str = "") -> str:
    since, until = pair.since.number, pair.until.number
    return changes_url(portal().settings.public_url, pair.slug, since=since, until=until, table=table, suffix=suffix)


def _dated(response: Response, pair: VersionPair, query: dict[str, Any]) -> Response:
    """Say that an answer about two versions never changes, and which licence it is under."""
    response.headers["Cache-Control"] = _cache_control(query)
    response.headers["Link"] = licence_link(pair.until.descriptor)
    return response


def _cache_control(query: dict[str, Any]) -> str:
    return REVALIDATE if query["until"] is None else IMMUTABLE
