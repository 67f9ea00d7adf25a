"""The log as it is seen: whole by those who look after a dataset or the portal, its public part by everyone else."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.actor import Actor
from portal.accounts.permissions import Action, may, require
from portal.catalogue.dataset import Dataset, State
from portal.events.log import Event
from portal.events.public import PublicEvent, count_public_events, public_events
from portal.events.reading import count_events, list_events
from portal.foundation.errors import NotFound


def events_as_seen(
    session: Session, slug: str, *, before: int | None = None, limit: int = 100, by: Actor
) -> tuple[Sequence[Event] | Sequence[PublicEvent], int]:
    """Give what *by* may know of what happened to a dataset, newest first, and how much that is in all.

    Raises:
        NotFound: there is no such dataset, or neither *by* nor the public has ever seen it.
    """
    dataset = session.scalar(select(Dataset).where(Dataset.slug == slug))
    if dataset is not None and may(by, Action.READ_EVENTS, dataset.publisher_id):
        found = dataset_events(session, dataset, before=before, limit=limit, by=by)
        return found, count_events(session, dataset=slug)
    if dataset is None or dataset.state == State.UNPUBLISHED:
        raise NotFound(f"There is no dataset {slug[:100]!r}.", detail_de=f"Es gibt keinen Datensatz {slug[:100]!r}.")
    return public_events(session, dataset=slug, before=before, limit=limit), count_public_events(session, dataset=slug)


def dataset_events(
    session: Session, dataset: Dataset, *, before: int | None = None, limit: int = 100, by: Actor
) -> list[Event]:
    """Give what happened to a dataset, newest first; older than the event with the id *before*.

    Raises:
        Forbidden: *by* has no role for the dataset's publisher.
    """
    require(by, Action.READ_EVENTS, dataset.publisher_id)
    return list_events(session, dataset=dataset.slug, before=before, limit=limit)


def portal_events(
    session: Session, *, dataset: str | None = None, before: int | None = None, limit: int = 100, by: Actor
) -> list[Event]:
    """Give what happened anywhere, or to a *dataset* by its slug; newest first, older than the event *before*.

    Raises:
        Forbidden: *by* is not portal administrator.
    """
    require(by, Action.MANAGE_PORTAL, None)
    return list_events(session, dataset=dataset, before=before, limit=limit)
