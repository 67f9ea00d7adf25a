"""Looking after publishers: what their administrators may change. publishers.py has what everyone reads."""

from typing import Any

from flask import Response, jsonify
from flask.views import MethodView
from flask_smorest import Blueprint

from portal.catalogue.publisher import Publisher
from portal.catalogue.publishers import add_publisher, find_publisher
from portal.foundation.clock import now
from portal.foundation.db import transaction
from portal.publishing.publishers import change_publisher
from portal.web.api.job_views import job_url
from portal.web.api.openapi import ASKED, IN_PERSON
from portal.web.api.preconditions import require_unchanged
from portal.web.api.publisher_schemas import PatchedPublisherOut, PublisherIn, PublisherPatch
from portal.web.api.publishers import publisher_told
from portal.web.api.schemas import ProblemSchema, PublisherOut
from portal.web.auth import current_actor
from portal.web.context import nudge, portal
from portal.web.headers import body_tag
from portal.web.problems import PROBLEM_JSON

publisher_changes = Blueprint(
    "publisher_changes", "publisher_changes", description="Looking after publishers · Herausgeber pflegen"
)

_FACTS = {
    "title": "name_de",
    "type": "type_code",
    "homepage": "homepage",
    "defaultLicence": "default_licence",
    "logo": "logo_url",
}
"""Key of the JSON object ↔ fact of a publisher, where they are the same thing."""

Body = dict[str, Any]  # Any: checked by the schemas


@publisher_changes.route("/publishers", tags=["publishers"])
class NewPublisher(MethodView):
    @publisher_changes.doc(security=IN_PERSON)
    @publisher_changes.arguments(PublisherIn, error_status_code=400)
    @publisher_changes.response(201, PublisherOut)
    def post(self, body: Body) -> tuple[Response, int, dict[str, str]]:
        """Make a publisher without datasets and members."""
        by, at = current_actor(), now()
        with transaction(portal().engine) as session:
            made = add_publisher(session, slug=body["name"], name_de=body["title"], by=by, at=at)
            facts, four_eyes = _read(body, made)
            change_publisher(session, portal().settings, made, facts=facts, four_eyes=four_eyes, by=by, at=at)
            told = publisher_told(session, made.slug)
        return jsonify(told), 201, {"Location": f"{portal().settings.public_url}/api/v1/publishers/{made.slug}"}


@publisher_changes.route("/publishers/<name>", tags=["publishers"])
class ChangedPublisher(MethodView):
    @publisher_changes.doc(security=ASKED)
    @publisher_changes.arguments(PublisherPatch, error_status_code=400, content_type="application/merge-patch+json")
    @publisher_changes.response(200, PatchedPublisherOut)
    @publisher_changes.alt_response(
        404, schema=ProblemSchema, content_type=PROBLEM_JSON, description="No such publisher"
    )
    @publisher_changes.alt_response(
        412, schema=ProblemSchema, content_type=PROBLEM_JSON, description="Changed since `If-Match` was read"
    )
    def patch(self, body: Body, name: str) -> Response:
        """Change what is said about a publisher; `job` makes the files of its datasets anew. `If-Match` takes the ETag of GET."""
        by, at = current_actor(), now()
        with transaction(portal().engine) as session:
            publisher = find_publisher(session, name)
            session.refresh(publisher, with_for_update=True)
            current = body_tag(jsonify(publisher_told(session, name)))
            require_unchanged(lambda: current, exists=True)
            facts, four_eyes = _read(body, publisher)
            job = change_publisher(
                session, portal().settings, publisher, facts=facts, four_eyes=four_eyes, by=by, at=at
            )
            told = publisher_told(session, name)
        nudge()
        response = jsonify({**told, "job": job_url(job) if job else None})
        response.set_etag(body_tag(jsonify(told)))
        return response


def _read(body: Body, publisher: Publisher) -> tuple[dict[str, object], bool | None]:
    """Give the facts that *body* changes, and whether it switches four eyes (None: it does not)."""
    facts: dict[str, object] = {fact: body[key] for key, fact in _FACTS.items() if key in body}
    facts |= _english(body)
    if "contact" in body:
        merged = {**publisher.contact, **body["contact"]} if body["contact"] is not None else {}
        facts["contact"] = {key: value for key, value in merged.items() if value is not None}
    return facts, body.get("fourEyes")


def _english(body: Body) -> dict[str, object]:
    """Give the English name, if *body* says anything about it; null on any level takes it away (RFC 7396)."""
    if "translations" not in body:
        return {}
    translations = body["translations"]
    if translations is None or translations.get("en", {}) is None:
        return {"name_en": None}
    english = translations.get("en", {})
    return {"name_en": english["title"]} if "title" in english else {}
