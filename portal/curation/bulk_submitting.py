"""The drafts of a bulk change handed to the approvers, one after the other, each checked as its release will be."""

import time
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine

from portal.accounts.actor import Actor
from portal.accounts.permissions import Action, may, require
from portal.curation.bulk import Refusal
from portal.curation.submitting import submit_draft
from portal.curation.undoing import seen_change
from portal.foundation.db import reading
from portal.foundation.errors import PortalError
from portal.store.local import LocalStore


@dataclass(frozen=True)
class Submitted:
    """What came of it."""

    submitted: tuple[str, ...]
    refusals: tuple[Refusal, ...]
    remaining: tuple[str, ...]
    """There was no time for these; asking again goes on with them."""


def submit_bulk_change(
    engine: Engine, drafts: LocalStore, change_id: str, *, within_s: float, by: Actor, at: datetime
) -> Submitted:
    """Submit every draft of a change that was not undone; no new one is begun after *within_s* seconds.

    Each draft is a transaction of its own: tables are typed and checked, which takes as long as they are large. One that
    is in review already, as after a call before this one, is among the refusals.

    Raises:
        Unauthenticated, NotFound: as `seen_change`.
        Forbidden: *by* may submit none of its datasets.
    """
    with reading(engine) as session:
        _, seen = seen_change(session, change_id, by=by)
        if not any(may(by, Action.SUBMIT, dataset.publisher_id) for dataset, _ in seen):
            require(by, Action.SUBMIT, seen[0][0].publisher_id)
        waiting = [dataset.slug for dataset, item in seen if item.outcome is None]
    until = time.monotonic() + within_s
    submitted: list[str] = []
    refusals: list[Refusal] = []
    while waiting and time.monotonic() < until:
        slug = waiting.pop(0)
        try:
            submit_draft(engine, drafts, slug, revision=None, by=by, at=at)
        except PortalError as error:
            refusals.append(Refusal(slug, error))
        else:
            submitted.append(slug)
    return Submitted(tuple(submitted), tuple(refusals), tuple(waiting))
