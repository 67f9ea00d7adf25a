"""The metadata of many datasets in a spreadsheet, over HTTP: fetched, edited elsewhere, sent back."""

from typing import Any

from flask import Response
from flask.views import MethodView
from flask_smorest import Blueprint

from portal.curation.bulk import apply_plan
from portal.curation.editable import EditableFilter, editable_datasets, require_editor
from portal.curation.metadata_changes import plan_sheet
from portal.curation.metadata_sheet import write_excel_sheet, write_sheet
from portal.foundation.clock import now
from portal.foundation.db import reading
from portal.web.api.bulk_schemas import BulkPlanOut, MetadataQuery, MetadataUploadQuery
from portal.web.api.bulk_views import plan_answer
from portal.web.api.refusals import refuses
from portal.web.auth import current_actor
from portal.web.context import portal
from portal.web.uploads import uploaded

metadata = Blueprint("metadata", "metadata", description="Metadata in a spreadsheet · Metadaten in der Tabelle")

_CSV = "text/csv; charset=utf-8; header=present"
_VARIANTS = {"plain": (write_sheet, "metadata.csv"), "excel": (write_excel_sheet, "metadata.excel.csv")}
_BODY = {
    "required": True,
    "description": "The file, as it was fetched and edited: comma or semicolon, UTF-8 or Windows-1252.",
    "content": {"text/csv": {"schema": {"type": "string", "format": "binary"}}},
}


@metadata.route("/metadata.csv")
class Metadata(MethodView):
    @metadata.arguments(MetadataQuery, location="query", error_status_code=400)
    @metadata.response(200, {"type": "string"}, content_type="text/csv")
    @refuses(metadata, 401, 403, 404)
    def get(self, query: dict[str, Any]) -> Response:  # Any: checked by MetadataQuery
        """Give the metadata of every dataset that you may edit, one line each: the draft's, else what is public."""
        write, filename = _VARIANTS[query["variant"]]
        which = EditableFilter(publisher=query["publisher"])
        with reading(portal().engine) as session:
            text = "".join(write(editable_datasets(session, which, by=current_actor())))
        response = Response(text.encode(), content_type=_CSV)
        response.headers["Content-Disposition"] = f'attachment; filename="{filename}"'
        return response

    @metadata.doc(requestBody=_BODY)
    @metadata.arguments(MetadataUploadQuery, location="query", error_status_code=400)
    @metadata.response(200, BulkPlanOut)
    @metadata.alt_response(201, schema=BulkPlanOut, description="Applied; `Location` is the address of the change")
    @refuses(metadata, 401, 403, 409, 412, 413, 422)
    def post(self, query: dict[str, Any]) -> Response:  # Any: checked by MetadataUploadQuery
        """Take the file back: say what differs, dataset by dataset, and change it; with any error nothing is changed."""
        actor, at = current_actor(), now()
        require_editor(actor)  # before the file is read
        with uploaded("metadata.csv") as (path, _), reading(portal().engine) as session:
            sheet = plan_sheet(session, path, by=actor)
        if query["dry_run"]:
            return plan_answer(sheet.plan, None, dry_run=True, rows=sheet.rows)
        done = apply_plan(portal().engine, portal().store, portal().drafts, sheet.plan, by=actor, at=at)
        return plan_answer(sheet.plan, done, dry_run=False, rows=sheet.rows)
