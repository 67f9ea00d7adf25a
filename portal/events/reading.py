"""Named reads of the log for those who may see it whole."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.events.log import Event


def list_events(
    session: Session, *, dataset: str | None = None, before: int | None = None, limit: int = 100
) -> list[Event]:
    """Give events, newest first; of one *dataset* (its slug), older than the event with the id *before*."""
    query = select(Event).order_by(Event.id.desc()).limit(limit)
    if dataset is not None:
        query = query.where(Event.dataset == dataset)
    if before is not None:
        query = query.where(Event.id < before)
    return list(session.scalars(query))
