"""The public face of the log: which events everyone may see, and which of their facts. No persons, no drafts.

What is not in the table is not public. The actor is never shown.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.events.log import Event, Kind

PUBLIC_FACTS: dict[Kind, tuple[str, ...]] = {
    Kind.VERSION_RELEASED: ("notes", "content_digest", "privacy_decisions"),
    Kind.DATASET_WITHDRAWN: ("reason_de", "reason_en"),
    Kind.DATASET_RESTORED: (),
    Kind.COMBINATION_SAVED: ("combination", "revision", "publisher"),
    Kind.COMBINATION_REMOVED: ("combination", "publisher"),
    Kind.PUBLISHER_ADDED: ("publisher",),
    Kind.FOUR_EYES_SWITCHED: ("publisher", "four_eyes"),
}
"""Public kinds ↔ the facts of them that are public. Decisions on personal data become public with the release."""


@dataclass(frozen=True)
class PublicEvent:
    """What everyone may know of an event."""

    id: int
    at: datetime
    kind: Kind
    dataset: str | None
    version: int | None
    facts: Mapping[str, object]
    digest: str
    """Lets everyone check that the event they saw is still the one in the log."""


def public_face(event: Event) -> PublicEvent | None:
    """Give what everyone may know of *event*; None: nothing."""
    shown = PUBLIC_FACTS.get(Kind(event.kind))
    if shown is None:
        return None
    facts = {name: event.facts[name] for name in shown if name in event.facts}
    return PublicEvent(event.id, event.at, Kind(event.kind), event.dataset, event.version, facts, event.digest)


def public_events(
    session: Session, *, dataset: str | None = None, before: int | None = None, limit: int = 100
) -> list[PublicEvent]:
    """Give public events, newest first; of one *dataset* (its slug), older than the event with the id *before*."""
    query = select(Event).where(Event.kind.in_(PUBLIC_FACTS)).order_by(Event.id.desc()).limit(limit)
    if dataset is not None:
        query = query.where(Event.dataset == dataset)
    if before is not None:
        query = query.where(Event.id < before)
    return [face for event in session.scalars(query) if (face := public_face(event)) is not None]


def count_public_events(session: Session, *, dataset: str | None = None) -> int:
    """Give how many events are public, in all or of one *dataset*."""
    query = select(func.count()).select_from(Event).where(Event.kind.in_(PUBLIC_FACTS))
    return session.scalar(query if dataset is None else query.where(Event.dataset == dataset)) or 0
