"""What the release of a draft would change, over HTTP: the same answers as between two versions, for curators."""

from typing import Any

from flask import Response, jsonify, request
from flask.views import MethodView
from flask_smorest import Blueprint
from werkzeug.wrappers import Response as AnyResponse

from portal.curation.comparing import DraftChanges, draft_changes
from portal.foundation.clock import now
from portal.jobs.job import JobKind
from portal.web.api.change_pages import change_page
from portal.web.api.job_schemas import JobOut
from portal.web.api.job_views import ordered_look
from portal.web.api.refusals import refuses
from portal.web.api.schemas_changes import DraftChangesOut, DraftRowChangesOut, PageQuery
from portal.web.auth import current_actor
from portal.web.context import portal
from portal.web.stored import Encoded, StoredAnswer, send_stored

comparison = Blueprint("comparison", "comparison", description="What a release would change · Was eine Freigabe ändert")

_LATER = "It will be compared; `Location` is the job, after which this address answers at once"


@comparison.route("/datasets/<slug>/draft/changes")
class DraftChangesResource(MethodView):
    @comparison.response(200, DraftChangesOut)
    @comparison.alt_response(202, schema=JobOut, description=_LATER)
    @refuses(comparison, 401, 403, 404, 422)
    def get(self, slug: str) -> Response:
        """Tell what the release of the draft would change: metadata, columns, and how many rows of each table."""
        if later := ordered_look(slug, JobKind.COMPARISON):
            return later
        changes = _changes(slug)
        tables = [
            {**table, "changesUrl": _url(slug, table["name"]), "csvUrl": _url(slug, table["name"]) + ".csv"}
            for table in changes.difference["tables"]
        ]
        return jsonify(dataset=slug, since=changes.since, **{**changes.difference, "tables": tables})


@comparison.route("/datasets/<slug>/draft/tables/<table>/changes")
class DraftRowChanges(MethodView):
    @comparison.arguments(PageQuery, location="query", error_status_code=400)
    @comparison.response(200, DraftRowChangesOut)
    @comparison.alt_response(202, schema=JobOut, description=_LATER)
    @refuses(comparison, 401, 403, 404, 422)
    def get(self, query: dict[str, Any], slug: str, table: str) -> Response:  # Any: checked by PageQuery
        """Give the rows that the release would add, remove or change, in the order of the key; `next` goes on."""
        if later := ordered_look(slug, JobKind.COMPARISON):
            return later
        changes = _changes(slug)
        return change_page(
            {"dataset": slug, "table": table, "since": changes.since},
            changes.pair(table),
            changes.page(table, after=query["after"], limit=query["limit"]),
            url=_url(slug, table),
            csv_url=_url(slug, table) + ".csv",
            total=changes.total(table),
            limit=query["limit"],
        )


@comparison.route("/datasets/<slug>/draft/tables/<table>/changes.csv")
class DraftRowChangesCsv(MethodView):
    @comparison.response(200, {"type": "string"}, content_type="text/csv")
    @comparison.alt_response(202, schema=JobOut, description=_LATER)
    @refuses(comparison, 401, 403, 404, 422)
    def get(self, slug: str, table: str) -> AnyResponse:
        """Give all rows that the release would add, remove or change as one CSV file."""
        if later := ordered_look(slug, JobKind.COMPARISON):
            return later
        changes = _changes(slug)
        digest = changes.csv(table)
        path = portal().drafts.path(digest)
        answer = StoredAnswer(
            identity=Encoded(path, path.stat().st_size, digest),
            gzip=None,
            media_type="text/csv; charset=utf-8; header=present",
            modified_at=now(),
            cache_control="no-store",
            row_count=changes.total(table),
            file_name=f"{slug}_draft_{table}_changes.csv",
        )
        return Response.from_app(lambda environ, start: send_stored(answer, environ, start), request.environ)


def _changes(slug: str) -> DraftChanges:
    return draft_changes(portal().engine, portal().store, portal().drafts, slug, by=current_actor())


def _url(slug: str, table: str) -> str:
    return f"{portal().settings.public_url}/api/v1/datasets/{slug}/draft/tables/{table}/changes"
