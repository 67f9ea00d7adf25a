"""The end of every call that changes a dataset: released at once if that is possible, else what is in the way is told.

A release is built by the worker (docs/adr/0006); the call waits for it, so that a script that is answered `active` finds
its change in public. What cannot be released is told at once: a load of a thousand packages waits for nothing.
"""

import time
from dataclasses import dataclass, field

from sqlalchemy import select

from portal.catalogue.dataset import Dataset
from portal.catalogue.draft import Draft, DraftState
from portal.curation.releasing import release_if_possible
from portal.foundation.clock import now
from portal.foundation.db import reading
from portal.foundation.errors import NotFound
from portal.jobs.job import Job, JobState, find_job
from portal.web.ckan.calls import WritingCall
from portal.web.ckan.datasets import shown_package
from portal.web.ckan.package_object import Shown

WAIT_S = 30.0
"""A release that takes longer goes on; the answer says where to see how far it is."""
_LOOK_EVERY_S = 0.05


@dataclass(frozen=True)
class Finished:
    """A dataset after a call: as the caller sees it now, and why the public may not."""

    package: Shown
    missing: list[str] = field(default_factory=list)
    """Sentences; empty: what is public is what the call wanted."""

    def as_dict(self, shown: Shown) -> Shown:
        """Give an answer with its state, and in `message` what is missing."""
        if not self.missing:
            return {**shown, "state": "active"}
        return {**shown, "state": "draft", "message": "Not public yet. " + " ".join(self.missing)}


def settle(call: WritingCall, slug: str) -> None:
    """Let a release that is being built come to its end, so that a script's next call does not meet it half-way."""
    query = (
        select(Draft.state, Draft.release_at).join(Dataset, Dataset.id == Draft.dataset_id).where(Dataset.slug == slug)
    )
    until = time.monotonic() + WAIT_S
    while time.monotonic() < until:
        with reading(call.portal.engine) as session:
            found = session.execute(query).first()
        if found is None or found.state != DraftState.BUILDING or found.release_at is not None:
            return
        time.sleep(_LOOK_EVERY_S)


def finish(call: WritingCall, slug: str, *notes: str) -> Finished:
    """Release a changed dataset if that is possible; *notes* are further sentences for the caller.

    Raises:
        Conflict: somebody changed the draft while it was checked.
    """
    missing: list[str] = []
    try:
        found = release_if_possible(call.portal.engine, call.portal.drafts, slug, by=call.by, at=now())
        missing = _waited(call, found.id) if isinstance(found, Job) else [one.in_language("en") for one in found]
    except NotFound:
        pass  # the change was none, and no draft was begun for it
    with call.looking() as look:
        return Finished(shown_package(look, slug), [*missing, *(notes if missing else ())])


def finished_package(call: WritingCall, slug: str, *notes: str) -> Shown:
    """Finish, and give the package."""
    finished = finish(call, slug, *notes)
    return finished.as_dict(finished.package)


def _waited(call: WritingCall, job_id: str) -> list[str]:
    """Give why a release came to nothing; nothing: it is public."""
    call.nudge()
    until = time.monotonic() + WAIT_S
    while time.monotonic() < until:
        with reading(call.portal.engine) as session:
            job = find_job(session, job_id)
        if job.state == JobState.DONE:
            return []
        if job.state == JobState.FAILED:
            return [str((job.problem or {}).get("detail", {}).get("en", "It could not be built."))]
        time.sleep(_LOOK_EVERY_S)
    return [f"Its release goes on: {call.base_url}/api/v1/jobs/{job_id}"]
