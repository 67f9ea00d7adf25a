"""Taking a dataset from the public, and giving it back."""

from datetime import datetime
from typing import Any

from flask import Response, jsonify
from flask.views import MethodView
from flask_smorest import Blueprint

from portal.catalogue.reading import standing
from portal.foundation.clock import now
from portal.foundation.db import reading
from portal.foundation.text import LangString
from portal.publishing.withdrawal import restore, withdraw
from portal.web.api.openapi import ASKED
from portal.web.api.publisher_schemas import StandingOut, WithdrawalIn
from portal.web.api.schemas import ProblemSchema
from portal.web.auth import current_actor
from portal.web.context import nudge, portal
from portal.web.problems import PROBLEM_JSON

withdrawal = Blueprint("withdrawal", "withdrawal", description="Taking back · Zurückziehen")


@withdrawal.route("/datasets/<slug>/withdraw")
class Withdraw(MethodView):
    @withdrawal.doc(security=ASKED)
    @withdrawal.arguments(WithdrawalIn, error_status_code=400)
    @withdrawal.response(200, StandingOut)
    @withdrawal.alt_response(404, schema=ProblemSchema, content_type=PROBLEM_JSON, description="No such dataset")
    def post(self, body: dict[str, Any], slug: str) -> Response:  # Any: checked by WithdrawalIn
        """Take a dataset from the public: its addresses answer 410 with the reason; nothing is deleted."""
        reason = LangString(body["reason"]["de"], body["reason"].get("en"))
        withdraw(portal().engine, slug, reason=reason, by=current_actor(), at=now())
        nudge()  # catalogue documents leave it out, or have it again: no reader shall wait for that
        return _standing(slug)


@withdrawal.route("/datasets/<slug>/restore")
class Restore(MethodView):
    @withdrawal.doc(security=ASKED)
    @withdrawal.response(200, StandingOut)
    @withdrawal.alt_response(404, schema=ProblemSchema, content_type=PROBLEM_JSON, description="No such dataset")
    def post(self, slug: str) -> Response:
        """Put a withdrawn dataset before the public again, as it was."""
        restore(portal().engine, slug, by=current_actor(), at=now())
        nudge()  # catalogue documents leave it out, or have it again: no reader shall wait for that
        return _standing(slug)


def _standing(slug: str) -> Response:
    with reading(portal().engine) as session:
        stands = standing(session, slug)
    if stands is None:
        raise AssertionError(f"{slug} was changed and is not there")
    reason = LangString(stands.reason_de, stands.reason_en).as_dict() if stands.reason_de else None
    return jsonify(name=slug, state=str(stands.state), reason=reason, modified=_time(stands.modified_at))


def _time(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
