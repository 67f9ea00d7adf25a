"""The log of events: its public part for everyone, all of a dataset's for those who look after it."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from flask import Response, jsonify
from flask.views import MethodView
from flask_smorest import Blueprint

from portal.catalogue.history import events_as_seen
from portal.events.log import Event
from portal.events.public import PublicEvent, count_public_events, public_events
from portal.foundation.db import reading
from portal.web.api.event_schemas import DatasetEventQuery, EventListOut, EventQuery
from portal.web.api.openapi import WELCOME
from portal.web.api.schemas import ProblemSchema
from portal.web.auth import current_actor
from portal.web.context import portal
from portal.web.problems import PROBLEM_JSON

events = Blueprint("events", "events", description="What happened · Was geschehen ist")


@events.route("/events")
class Events(MethodView):
    @events.arguments(EventQuery, location="query", error_status_code=400)
    @events.response(200, EventListOut)
    def get(self, query: dict[str, Any]) -> Response:  # Any: checked by EventQuery
        """List what happened and is public, newest first: releases, withdrawals, publishers; never persons."""
        slug = query.get("dataset")
        with reading(portal().engine) as session:
            found = public_events(session, dataset=slug, before=query["before"], limit=query["limit"])
            total = count_public_events(session, dataset=slug)
        return _listed(found, total, "/events", {**query})


@events.route("/datasets/<slug>/events")
class DatasetEvents(MethodView):
    @events.doc(security=WELCOME)
    @events.arguments(DatasetEventQuery, location="query", error_status_code=400)
    @events.response(200, EventListOut)
    @events.alt_response(404, schema=ProblemSchema, content_type=PROBLEM_JSON, description="No such dataset")
    def get(self, query: dict[str, Any], slug: str) -> Response:  # Any: checked by DatasetEventQuery
        """List what happened to a dataset, newest first: to those who look after it everything, else what is public."""
        with reading(portal().engine) as session:
            found, total = events_as_seen(
                session, slug, before=query["before"], limit=query["limit"], by=current_actor()
            )
        return _listed(found, total, f"/datasets/{slug}/events", {**query})


def _listed(
    found: Sequence[Event] | Sequence[PublicEvent], total: int, path: str, query: dict[str, Any]
) -> Response:  # Any: as above
    """Give a page; there may be a next one if this one is full."""
    following = None
    if len(found) == query["limit"] and found[-1].id > 1:
        asked = {name: value for name, value in query.items() if value is not None} | {"before": found[-1].id}
        following = f"{portal().settings.public_url}/api/v1{path}?{urlencode(asked)}"
    response = jsonify(total=total, next=following, items=[_event_object(event) for event in found])
    if found:
        response.last_modified = found[0].at
    return response


def _event_object(event: Event | PublicEvent) -> dict[str, object]:
    told = {"actor": event.actor} if isinstance(event, Event) else {}
    return {
        "id": event.id,
        "at": event.at.isoformat(),
        "kind": str(event.kind),
        **told,
        "dataset": event.dataset,
        "version": event.version,
        "facts": dict(event.facts),
        "digest": event.digest,
    }
