"""Who publishes: read by everyone; publisher_changes.py has what their administrators do."""

from flask import Response, jsonify
from flask.views import MethodView
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from portal.catalogue.reading import publisher_counts
from portal.foundation.db import reading
from portal.foundation.errors import NotFound
from portal.publishing.documents import publisher_object
from portal.web.api.schemas import ProblemSchema, PublisherListOut, PublisherOut
from portal.web.context import portal
from portal.web.problems import PROBLEM_JSON

publishers = Blueprint("publishers", "publishers", description="Who publishes · Wer veröffentlicht")


@publishers.route("/publishers")
class Publishers(MethodView):
    @publishers.response(200, PublisherListOut)
    def get(self) -> Response:
        """List publishers with the number of their datasets."""
        with reading(portal().engine) as session:
            items = _publisher_objects(session)
        return jsonify(total=len(items), items=items)


@publishers.route("/publishers/<name>")
class PublisherResource(MethodView):
    @publishers.response(200, PublisherOut)
    @publishers.alt_response(404, schema=ProblemSchema, content_type=PROBLEM_JSON, description="No such publisher")
    def get(self, name: str) -> Response:
        """Give a publisher."""
        with reading(portal().engine) as session:
            return jsonify(publisher_told(session, name))


def publisher_told(session: Session, name: str) -> dict[str, object]:
    """Give a publisher as answers show it.

    Raises:
        NotFound: there is none of this name.
    """
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
