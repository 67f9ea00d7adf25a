"""Named reads of the log for those who may see it whole."""

from sqlalchemy import func, select
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


def count_events(session: Session, *, dataset: str) -> int:
    """Give how many events there are of a *dataset*."""
    return session.scalar(select(func.count()).select_from(Event).where(Event.dataset == dataset)) or 0
