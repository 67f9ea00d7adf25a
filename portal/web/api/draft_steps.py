"""The steps of a draft over HTTP: look at what would be, submit, approve or return."""

from typing import Any

from flask import Response, jsonify, request
from flask.views import MethodView
from flask_smorest import Blueprint
from werkzeug.wrappers import Response as AnyResponse

from portal.accounts.permissions import Action
from portal.catalogue.version import StoredFile
from portal.curation.finding import find_draft
from portal.curation.ordering import order_submission
from portal.curation.previewing import preview, preview_file
from portal.curation.submitting import approve_draft, return_draft, submit_draft
from portal.foundation.clock import now
from portal.foundation.db import reading
from portal.jobs.job import JobKind
from portal.web.api.draft_schemas import ApprovalIn, DraftOut, PreviewOut, ReturnIn
from portal.web.api.draft_views import draft_answer, draft_url
from portal.web.api.job_schemas import JobOut
from portal.web.api.job_views import accepted, ordered_look, waited_bytes
from portal.web.api.preconditions import sent_revision
from portal.web.api.refusals import refuses
from portal.web.auth import current_actor
from portal.web.context import portal
from portal.web.stored import Encoded, StoredAnswer, send_stored

steps = Blueprint("steps", "steps", description="From draft to release · Vom Entwurf zur Veröffentlichung")

_LATER = "It will be made; `Location` is the job, after which this address answers at once"


@steps.route("/datasets/<slug>/draft/preview")
class Preview(MethodView):
    @steps.response(200, PreviewOut)
    @steps.alt_response(202, schema=JobOut, description=_LATER)
    @refuses(steps, 401, 403, 404, 422)
    def get(self, slug: str) -> Response:
        """List every file that a release of the draft would publish, each built as it would be."""
        if later := ordered_look(slug, JobKind.PREVIEW):
            return later
        files = _files(slug)
        with reading(portal().engine) as session:
            _, draft = find_draft(session, slug, by=current_actor())
        items = [_file_object(slug, file) for file in files]
        return jsonify(dataset=slug, content_digest=draft.content_digest, files=items)


@steps.route("/datasets/<slug>/draft/preview/<name>")
class PreviewFile(MethodView):
    @steps.response(200, content_type="*/*")
    @steps.alt_response(202, schema=JobOut, description=_LATER)
    @refuses(steps, 401, 403, 404, 422)
    def get(self, slug: str, name: str) -> AnyResponse:
        """Give one file that a release of the draft would publish, to the byte."""
        if later := ordered_look(slug, JobKind.PREVIEW):
            return later
        file = preview_file(_files(slug), name)
        encoded = Encoded(portal().drafts.path(file.digest), file.size_bytes, file.digest)
        answer = StoredAnswer(
            identity=encoded,
            gzip=None,
            media_type=file.media_type,
            modified_at=now(),
            cache_control="no-store",
            row_count=file.row_count,
        )
        return Response.from_app(lambda environ, start: send_stored(answer, environ, start), request.environ)


@steps.route("/datasets/<slug>/draft/submit")
class Submission(MethodView):
    @steps.response(200, DraftOut)
    @steps.alt_response(202, schema=JobOut, description="It will be checked and submitted; `Location` is the job")
    @refuses(steps, 401, 403, 404, 409, 412, 422)
    def post(self, slug: str) -> Response:
        """Submit the draft for approval; it is checked as its release will be, and cannot be changed from then on."""
        actor, revision = current_actor(), sent_revision()
        desk = portal().engine, portal().drafts, slug
        job = order_submission(*desk, above_bytes=waited_bytes(), revision=revision, by=actor, at=now())
        if job is not None:
            return accepted(job)
        submit_draft(*desk, revision=revision, by=actor, at=now())
        return draft_answer(slug, Action.SUBMIT)


@steps.route("/datasets/<slug>/draft/approve")
class Approval(MethodView):
    @steps.arguments(ApprovalIn, required=False, error_status_code=400)
    @steps.response(202, JobOut)
    @refuses(steps, 401, 403, 404, 409, 412)
    def post(self, given: dict[str, Any], slug: str) -> Response:  # Any: checked by ApprovalIn
        """Approve a submitted draft: its release becomes a job, whose address the answer names."""
        actor = current_actor()
        job = approve_draft(
            portal().engine, slug, release_at=given["release_at"], revision=sent_revision(), by=actor, at=now()
        )
        return accepted(job)


@steps.route("/datasets/<slug>/draft/return")
class Return(MethodView):
    @steps.arguments(ReturnIn, error_status_code=400)
    @steps.response(200, DraftOut)
    @refuses(steps, 401, 403, 404, 409, 412)
    def post(self, given: dict[str, Any], slug: str) -> Response:  # Any: checked by ReturnIn
        """Give a submitted or approved draft back to its editors, with a comment."""
        actor = current_actor()
        return_draft(portal().engine, slug, comment=given["comment"], revision=sent_revision(), by=actor, at=now())
        return draft_answer(slug, Action.RETURN)


def _files(slug: str) -> list[StoredFile]:
    return preview(portal().engine, portal().drafts, portal().settings, slug, by=current_actor(), at=now())


def _file_object(slug: str, file: StoredFile) -> dict[str, Any]:  # Any: JSON
    return {
        "format": file.format,
        "name": file.name,
        "url": f"{draft_url(slug)}/preview/{file.name}",
        "mediatype": file.media_type,
        "bytes": file.size_bytes,
        "hash": f"sha256:{file.digest}",
        "rows": file.row_count,
    }
