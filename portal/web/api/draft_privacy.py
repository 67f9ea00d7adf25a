"""Personal data in a draft over HTTP: what was found, for those who decide, and their decisions."""

from typing import Any

from flask import Response, jsonify
from flask.views import MethodView
from flask_smorest import Blueprint
from marshmallow import fields, validate

from portal.accounts.permissions import Action
from portal.curation.deciding import decide, personal_data
from portal.foundation.clock import now
from portal.foundation.db import transaction
from portal.foundation.text import LangString
from portal.jobs.job import JobKind
from portal.publishing.privacy import Decision
from portal.web.api.draft_schemas import Closed, DraftOut
from portal.web.api.draft_views import draft_answer
from portal.web.api.job_schemas import JobOut
from portal.web.api.job_views import ordered_look
from portal.web.api.preconditions import sent_revision
from portal.web.api.publisher_schemas import LangStringIn
from portal.web.api.refusals import refuses
from portal.web.api.schemas import printable
from portal.web.auth import current_actor
from portal.web.context import portal

privacy = Blueprint("privacy", "privacy", description="Personal data in drafts · Personenbezogenes in Entwürfen")


class DecisionIn(Closed):
    """What becomes of what was found in a column, or in one row of it."""

    resource = fields.String(required=True, validate=[validate.Length(1, 100), printable])
    column = fields.String(required=True, validate=[validate.Length(1, 200), printable])
    finding = fields.String(
        required=True,
        validate=[validate.Length(1, 40), printable],
        metadata={"description": "Kind of the finding without `personal-`, such as `email`; or `personal-column`."},
    )
    decision = fields.String(required=True, validate=validate.OneOf([one.value for one in Decision]))
    reason = fields.Nested(LangStringIn, required=True, metadata={"description": "Everyone will read it."})
    row = fields.String(
        load_default=None,
        validate=validate.Length(1, 500),
        metadata={"description": "Key of the only row it is about; absent: the whole column."},
    )
    legal_basis = fields.String(
        load_default=None,
        validate=validate.Length(1, 500),
        metadata={"description": "What allows the release of personal data (GDPR, articles 6 and 9)."},
    )
    parameters = fields.Dict(load_default=None, metadata={"description": "Of `coarsen`: `to`, `step` or `characters`."})


class PersonalDataOut(Closed):
    """What looks personal in a draft, and what was decided."""

    dataset = fields.String(required=True)
    revision = fields.Integer(required=True)
    open = fields.List(fields.Dict(), required=True, metadata={"description": "What nobody has decided on yet."})
    decisions = fields.List(fields.Dict(), required=True)


@privacy.route("/datasets/<slug>/draft/privacy")
class DraftPrivacy(MethodView):
    @privacy.response(200, PersonalDataOut)
    @privacy.alt_response(202, schema=JobOut, description="It will be looked for; `Location` is the job")
    @refuses(privacy, 401, 403, 404)
    def get(self, slug: str) -> Response:
        """Show what looks personal in the draft, with examples, to those who decide on it; and their decisions."""
        if later := ordered_look(slug, JobKind.SCAN):
            return later
        draft, found = personal_data(portal().engine, portal().drafts, slug, by=current_actor())
        return jsonify(
            dataset=slug,
            revision=draft.revision,
            open=found,
            decisions=draft.descriptor.get("privacyDecisions", []),
        )

    @privacy.arguments(DecisionIn, error_status_code=400)
    @privacy.response(200, DraftOut)
    @refuses(privacy, 401, 403, 404, 409, 412)
    def post(self, given: dict[str, Any], slug: str) -> Response:  # Any: checked by DecisionIn
        """Decide: release with a legal basis, withhold the column, drop the rows, or make it coarser."""
        actor, revision = current_actor(), sent_revision()
        reason = LangString(given["reason"]["de"], given["reason"].get("en"))
        decision = {**given, "decision": Decision(given["decision"]), "reason": reason}
        with transaction(portal().engine) as session:
            decide(session, slug, decision, revision=revision, by=actor, at=now())
        return draft_answer(slug, Action.DECIDE_PRIVACY)
