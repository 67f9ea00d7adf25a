"""The log as those see it who look after a dataset, or after the portal."""

from sqlalchemy.orm import Session

from portal.accounts.actor import Actor
from portal.accounts.permissions import Action, require
from portal.catalogue.dataset import Dataset
from portal.events.log import Event
from portal.events.reading import list_events


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
