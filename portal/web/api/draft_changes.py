"""What the release of a draft would change, over HTTP: the same answers as between two versions, for curators."""

from typing import Any

from flask import Response, jsonify
from flask.views import MethodView
from flask_smorest import Blueprint

from portal.curation.comparing import draft_changes
from portal.web.api.change_pages import change_page
from portal.web.api.refusals import refuses
from portal.web.api.schemas_changes import DraftChangesOut, DraftRowChangesOut, PageQuery
from portal.web.auth import current_actor
from portal.web.context import portal

comparison = Blueprint("comparison", "comparison", description="What a release would change · Was eine Freigabe ändert")


@comparison.route("/datasets/<slug>/draft/changes")
class DraftChangesResource(MethodView):
    @comparison.response(200, DraftChangesOut)
    @refuses(comparison, 401, 403, 404, 422)
    def get(self, slug: str) -> Response:
        """Tell what the release of the draft would change: metadata, columns, and how many rows of each table."""
        with draft_changes(*_places(), slug, by=current_actor()) as changes:
            told = changes.difference.as_dict()
            for table in told["tables"]:
                table["changesUrl"] = _url(slug, table["name"])
                table["csvUrl"] = _url(slug, table["name"]) + ".csv"
            return jsonify(dataset=slug, since=changes.since, **told)


@comparison.route("/datasets/<slug>/draft/tables/<table>/changes")
class DraftRowChanges(MethodView):
    @comparison.arguments(PageQuery, location="query", error_status_code=400)
    @comparison.response(200, DraftRowChangesOut)
    @refuses(comparison, 401, 403, 404, 422)
    def get(self, query: dict[str, Any], slug: str, table: str) -> Response:  # Any: checked by PageQuery
        """Give the rows that the release would add, remove or change, in the order of the key; `next` goes on."""
        with draft_changes(*_places(), slug, by=current_actor()) as changes:
            page = changes.page(table, after=query["after"], limit=query["limit"])
            return change_page(
                {"dataset": slug, "table": table, "since": changes.since},
                changes.tables(table),
                page,
                url=_url(slug, table),
                csv_url=_url(slug, table) + ".csv",
                total=changes.total(table),
                limit=query["limit"],
            )


@comparison.route("/datasets/<slug>/draft/tables/<table>/changes.csv")
class DraftRowChangesCsv(MethodView):
    @comparison.response(200, {"type": "string"}, content_type="text/csv")
    @refuses(comparison, 401, 403, 404, 422)
    def get(self, slug: str, table: str) -> Response:
        """Give all rows that the release would add, remove or change as one CSV file."""
        with draft_changes(*_places(), slug, by=current_actor()) as changes:
            path = changes.csv(table)
            # The open file outlives the block: its name goes, its bytes stay until the answer is sent.
            file, size_bytes, total = path.open("rb"), path.stat().st_size, changes.total(table)
        response = Response(
            iter(lambda: file.read(64 * 1024), b""), content_type="text/csv; charset=utf-8; header=present"
        )
        response.call_on_close(file.close)
        response.headers["Content-Length"] = str(size_bytes)
        response.headers["Row-Count"] = str(total)
        response.headers["Content-Disposition"] = f'attachment; filename="{slug}_draft_{table}_changes.csv"'
        return response


def _places() -> tuple[Any, Any, Any]:  # Any: engine and stores, as draft_changes takes them
    return portal().engine, portal().store, portal().drafts


def _url(slug: str, table: str) -> str:
    return f"{portal().settings.public_url}/api/v1/datasets/{slug}/draft/tables/{table}/changes"
