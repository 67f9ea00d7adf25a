"""What was chosen and accepted for deliveries, in the drafts' store: a remedy may name the cell that it is about."""

import json

from sqlalchemy.orm import Session

from portal.catalogue.choices import remembered
from portal.foundation.errors import NotFound
from portal.ingest.receive.delivery import Choices
from portal.publishing.told_problems import keep_told
from portal.store.local import LocalStore


def kept_choices(drafts: LocalStore, choices: Choices) -> str:
    """Put choices into the store and give their digest."""
    return keep_told(drafts, dict(choices.as_dict()))


def choices_again(drafts: LocalStore, digest: str) -> Choices:
    """Give the choices that were put there.

    Raises:
        NotFound: the store does not have them.
    """
    return Choices.of(json.loads(drafts.read(digest)))


def last_choices(session: Session, drafts: LocalStore, dataset_id: int, table: str) -> Choices:
    """Give what was chosen for the last delivery of a table; nothing, if there was none or the store has lost it."""
    kept = remembered(session, dataset_id, table)
    if kept is None or kept.details is None:
        return Choices()
    try:
        return choices_again(drafts, kept.details)
    except NotFound:  # then everything is asked again
        return Choices()
