"""Who publishes: read by everyone, looked after by their administrators."""

from typing import Any

from flask import Response, jsonify, request
from flask.views import MethodView
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from portal.catalogue.publisher import Publisher
from portal.catalogue.publishers import add_publisher, find_publisher
from portal.catalogue.reading import publisher_counts
from portal.foundation.clock import now
from portal.foundation.db import reading, transaction
from portal.foundation.errors import NotFound, Outdated
from portal.publishing.documents import publisher_object
from portal.publishing.publishers import change_publisher
from portal.web.api.job_views import job_url
from portal.web.api.openapi import ASKED, IN_PERSON
from portal.web.api.publisher_schemas import PatchedPublisherOut, PublisherIn, PublisherPatch
from portal.web.api.schemas import ProblemSchema, PublisherListOut, PublisherOut
from portal.web.auth import current_actor
from portal.web.context import nudge, portal
from portal.web.headers import body_tag
from portal.web.problems import PROBLEM_JSON

publishers = Blueprint("publishers", "publishers", description="Who publishes · Wer veröffentlicht")

_FACTS = {
    "title": "name_de",
    "type": "type_code",
    "homepage": "homepage",
    "defaultLicence": "default_licence",
    "logo": "logo_url",
}
"""Key of the JSON object ↔ fact of a publisher, where they are the same thing."""

Body = dict[str, Any]  # Any: checked by the schemas


@publishers.route("/publishers")
class Publishers(MethodView):
    @publishers.response(200, PublisherListOut)
    def get(self) -> Response:
        """List publishers with the number of their datasets."""
        with reading(portal().engine) as session:
            items = _publisher_objects(session)
        return jsonify(total=len(items), items=items)

    @publishers.doc(security=IN_PERSON)
    @publishers.arguments(PublisherIn, error_status_code=400)
    @publishers.response(201, PublisherOut)
    def post(self, body: Body) -> tuple[Response, int, dict[str, str]]:
        """Make a publisher without datasets and members."""
        by, at = current_actor(), now()
        with transaction(portal().engine) as session:
            made = add_publisher(session, slug=body["name"], name_de=body["title"], by=by, at=at)
            facts, four_eyes = _read(body, made)
            change_publisher(session, portal().settings, made, facts=facts, four_eyes=four_eyes, by=by, at=at)
            told = _publisher_object(session, made.slug)
        return jsonify(told), 201, {"Location": f"{portal().settings.public_url}/api/v1/publishers/{made.slug}"}


@publishers.route("/publishers/<name>")
class PublisherResource(MethodView):
    @publishers.response(200, PublisherOut)
    @publishers.alt_response(404, schema=ProblemSchema, content_type=PROBLEM_JSON, description="No such publisher")
    def get(self, name: str) -> Response:
        """Give a publisher."""
        with reading(portal().engine) as session:
            return jsonify(_publisher_object(session, name))

    @publishers.doc(security=ASKED)
    @publishers.arguments(PublisherPatch, error_status_code=400, content_type="application/merge-patch+json")
    @publishers.response(200, PatchedPublisherOut)
    @publishers.alt_response(404, schema=ProblemSchema, content_type=PROBLEM_JSON, description="No such publisher")
    @publishers.alt_response(
        412, schema=ProblemSchema, content_type=PROBLEM_JSON, description="Changed since `If-Match` was read"
    )
    def patch(self, body: Body, name: str) -> Response:
        """Change what is said about a publisher; `job` makes the files of its datasets anew. `If-Match` takes the ETag of GET."""
        by, at = current_actor(), now()
        with transaction(portal().engine) as session:
            publisher = find_publisher(session, name)
            session.refresh(publisher, with_for_update=True)
            _require_match(jsonify(_publisher_object(session, name)))
            facts, four_eyes = _read(body, publisher)
            job = change_publisher(
                session, portal().settings, publisher, facts=facts, four_eyes=four_eyes, by=by, at=at
            )
            told = _publisher_object(session, name)
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


def _require_match(current: Response) -> None:
    """See that the client changes what it has read, if it says what that was (RFC 9110, 13.1.1).

    Raises:
        Outdated: it is another by now.
    """
    asked = request.if_match
    tag = body_tag(current)
    if "If-Match" in request.headers and not (asked.contains(tag) or asked.contains(f"{tag}-gz")):
        raise Outdated(
            "The publisher was changed since you read it; please look at it again.",
            detail_de="Der Herausgeber wurde seit dem Lesen geändert; bitte neu ansehen.",
        )


def _publisher_object(session: Session, name: str) -> dict[str, object]:
    for found in _publisher_objects(session):
        if found["name"] == name:
            return found
    raise NotFound(f"There is no publisher {name[:100]!r}.", detail_de=f"Es gibt keinen Herausgeber {name[:100]!r}.")


def _publisher_objects(session: Session) -> list[dict[str, object]]:
    base = portal().settings.public_url
    return [
        {
            **publisher_object(publisher, base),
            "defaultLicence": publisher.default_licence,
            "logo": publisher.logo_url,
            "fourEyes": publisher.four_eyes,
            "datasets": count,
        }
        for publisher, count in publisher_counts(session)
    ]
