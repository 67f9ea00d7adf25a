"""Drafts over HTTP: begin a dataset, open, read, change, discard a draft; deliver and remove its tables."""

from pathlib import Path
from typing import Any

from flask import Response, jsonify
from flask.views import MethodView
from flask_smorest import Blueprint
from sqlalchemy import Engine

from portal.accounts.permissions import Action
from portal.catalogue.draft import Draft, DraftState
from portal.curation.delivering import Delivered, deliver, deliver_all
from portal.curation.editing import edit_draft, remove_table
from portal.curation.finding import curated_dataset, find_draft, list_drafts
from portal.curation.opening import open_draft, start_dataset
from portal.curation.ordering import order_delivery
from portal.curation.received import Upload
from portal.curation.submitting import discard_draft
from portal.curation.targets import WHOLE
from portal.foundation.clock import now
from portal.foundation.db import reading, transaction
from portal.foundation.strict_json import read_json
from portal.ingest.receive.delivery import Choices
from portal.ingest.receive.stated import stated_choices
from portal.store.local import LocalStore
from portal.web.api.draft_schemas import (
    DatasetIn,
    DeliveriesOut,
    DeliveryOut,
    DeliveryQuery,
    DraftListOut,
    DraftOut,
    DraftPatch,
    DraftQuery,
)
from portal.web.api.draft_views import draft_answer, draft_line, draft_url
from portal.web.api.job_schemas import JobOut
from portal.web.api.job_views import accepted, waited_bytes
from portal.web.api.preconditions import required_revision, revision_tag, sent_revision
from portal.web.api.refusals import refuses
from portal.web.auth import current_actor
from portal.web.context import portal
from portal.web.uploads import uploaded

_BYTES = {"schema": {"type": "string", "format": "binary"}}
_FORM = {"schema": {"type": "object", "required": ["file"], "properties": {"file": _BYTES["schema"]}}}
_A_FILE = {
    "required": True,
    "description": "The file itself, or a form with a part `file`; `Content-Digest` is compared with what arrives.",
    "content": {"*/*": _BYTES, "multipart/form-data": _FORM},
}

drafts = Blueprint("drafts", "drafts", description="Drafts beside what is public · Entwürfe neben dem Öffentlichen")


@drafts.route("/datasets")
class NewDataset(MethodView):
    @drafts.arguments(DatasetIn, error_status_code=400)
    @drafts.response(201, DraftOut)
    @refuses(drafts, 401, 403, 404, 409, 422)
    def post(self, given: dict[str, Any]) -> Response:  # Any: checked by DatasetIn
        """Begin a dataset: its first draft, which the public does not see."""
        actor = current_actor()
        with transaction(portal().engine) as session:
            start_dataset(
                session,
                slug=given["name"],
                publisher=given["publisher"],
                metadata=given["metadata"],
                by=actor,
                at=now(),
            )
        return draft_answer(given["name"], Action.EDIT_DRAFT, 201)


@drafts.route("/drafts")
class Drafts(MethodView):
    @drafts.arguments(DraftQuery, location="query", error_status_code=400)
    @drafts.response(200, DraftListOut)
    @refuses(drafts, 401, 404)
    def get(self, query: dict[str, Any]) -> Response:  # Any: checked by DraftQuery
        """List the drafts that you may see, last changed first."""
        actor = current_actor()
        state = DraftState(query["state"]) if query["state"] else None
        with reading(portal().engine) as session:
            found = list_drafts(session, state=state, publisher=query["publisher"], by=actor)
            items = [draft_line(dataset, draft) for dataset, draft in found]
        return jsonify(total=len(items), items=items)


@drafts.route("/datasets/<slug>/draft")
class DraftResource(MethodView):
    @drafts.response(200, DraftOut)
    @refuses(drafts, 401, 403, 404)
    def get(self, slug: str) -> Response:
        """Give the draft of a dataset; its ETag is what changes name in If-Match."""
        return draft_answer(slug, Action.READ_DRAFT)

    @drafts.response(201, DraftOut)
    @refuses(drafts, 401, 403, 404)
    def post(self, slug: str) -> Response:
        """Open a draft that begins as what is public; the one there is, if there is one."""
        open_draft(portal().engine, portal().store, portal().drafts, slug, by=current_actor(), at=now())
        return draft_answer(slug, Action.EDIT_DRAFT, 201)

    @drafts.arguments(DraftPatch, error_status_code=400)
    @drafts.response(200, DraftOut)
    @refuses(drafts, 401, 403, 404, 409, 412, 422, 428)
    def patch(self, given: dict[str, Any], slug: str) -> Response:  # Any: checked by DraftPatch
        """Change metadata or notes of a draft; If-Match says which revision you looked at."""
        actor, revision = current_actor(), required_revision()
        with transaction(portal().engine) as session:
            _, draft = find_draft(session, slug, by=actor, action=Action.EDIT_DRAFT)
            edit_draft(
                session, draft, patch=given["metadata"], notes=given["notes"], revision=revision, by=actor, at=now()
            )
        return draft_answer(slug, Action.EDIT_DRAFT)

    @drafts.response(204)
    @refuses(drafts, 401, 403, 404, 409, 412)
    def delete(self, slug: str) -> None:
        """Discard the draft; what is public stays."""
        discard_draft(portal().engine, slug, revision=sent_revision(), by=current_actor(), at=now())


@drafts.route("/datasets/<slug>/draft/tables/<table>")
class DraftTable(MethodView):
    @drafts.doc(requestBody=_A_FILE)
    @drafts.arguments(DeliveryQuery, location="query", error_status_code=400)
    @drafts.response(200, DeliveryOut)
    @drafts.alt_response(202, schema=JobOut, description="It will be looked at; `Location` is the job")
    @refuses(drafts, 401, 403, 404, 409, 412, 413, 422)
    def put(self, query: dict[str, Any], slug: str, table: str) -> Response:  # Any: checked by DeliveryQuery
        """Replace a table by a file: CSV, XLSX, ODS, JSON, GeoJSON, Parquet or a ZIP of one; every finding is told."""
        actor, revision = current_actor(), sent_revision()
        with reading(portal().engine) as session:
            curated_dataset(session, slug, Action.EDIT_DRAFT, by=actor)  # before the file is read
        with uploaded(query["filename"]) as (path, filename):
            upload = _upload(path, filename, query)
            if _is_long(upload):
                return accepted(order_delivery(*_desk(), slug, table, upload, revision=revision, by=actor, at=now()))
            done = deliver(*_places(), slug, table, upload, revision=revision, by=actor, at=now())
        told = _told(done.tables[table])
        return _delivered(slug, done, {"dataset": slug, "table": table, "stored": done.draft_id is not None, **told})

    @drafts.response(200, DraftOut)
    @refuses(drafts, 401, 403, 404, 409, 412, 428)
    def delete(self, slug: str, table: str) -> Response:
        """Take a table out of the draft."""
        actor, revision = current_actor(), required_revision()
        with transaction(portal().engine) as session:
            _, draft = find_draft(session, slug, by=actor, action=Action.EDIT_DRAFT)
            remove_table(session, draft, table, revision=revision, by=actor, at=now())
        return draft_answer(slug, Action.EDIT_DRAFT)


@drafts.route("/datasets/<slug>/draft/deliveries")
class DraftDeliveries(MethodView):
    @drafts.doc(requestBody=_A_FILE)
    @drafts.arguments(DeliveryQuery, location="query", error_status_code=400)
    @drafts.response(200, DeliveriesOut)
    @drafts.alt_response(202, schema=JobOut, description="It will be looked at; `Location` is the job")
    @refuses(drafts, 401, 403, 404, 409, 412, 413, 422)
    def put(self, query: dict[str, Any], slug: str) -> Response:  # Any: checked by DeliveryQuery
        """Replace or add every table of a workbook, a ZIP or a Data Package; the last brings its metadata along."""
        actor, revision = current_actor(), sent_revision()
        with reading(portal().engine) as session:
            curated_dataset(session, slug, Action.EDIT_DRAFT, by=actor)  # before the file is read
        with uploaded(query["filename"]) as (path, filename):
            upload = _upload(path, filename, query)
            if _is_long(upload):
                return accepted(order_delivery(*_desk(), slug, WHOLE, upload, revision=revision, by=actor, at=now()))
            done = deliver_all(*_places(), slug, upload, revision=revision, by=actor, at=now())
        tables = [{"table": name, **_told(told)} for name, told in done.tables.items()]
        return _delivered(slug, done, {"dataset": slug, "stored": done.draft_id is not None, "tables": tables})


def _places() -> tuple[Engine, LocalStore, LocalStore]:
    return portal().engine, portal().store, portal().drafts


def _desk() -> tuple[Engine, LocalStore]:
    return portal().engine, portal().drafts


def _is_long(upload: Upload) -> bool:
    """Tell whether the file becomes a job: the client would rather not wait, or it would have to for long."""
    most_bytes = waited_bytes()
    return most_bytes is None or upload.path.stat().st_size > most_bytes


def _upload(path: Path, filename: str, query: dict[str, Any]) -> Upload:  # Any: checked by DeliveryQuery
    return Upload(
        path=path,
        filename=filename,
        accepted=tuple(filter(None, map(str.strip, query["accept"].split(",")))),
        choices=_choices(query["choices"]),
        new_schema=query["columns"] == "file",
        dry_run=query["dry_run"],
    )


def _choices(text: str | None) -> Choices | None:
    if text is None:
        return None
    return stated_choices(read_json(text))


def _told(told: dict[str, Any]) -> dict[str, Any]:  # Any: JSON
    return {key: value for key, value in told.items() if key not in ("by", "at")}


def _delivered(slug: str, done: Delivered, told: dict[str, Any]) -> Response:  # Any: JSON
    links = {"draft": draft_url(slug), "preview": f"{draft_url(slug)}/preview"}
    response = jsonify({**told, "links": links})
    if done.draft_id is not None:
        with reading(portal().engine) as session:
            draft = session.get(Draft, done.draft_id)
            if draft is not None:
                response.headers["ETag"] = revision_tag(draft)
    return response
