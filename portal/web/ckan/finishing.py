"""The end of every call that changes a dataset: released at once if that is possible, else what is in the way is told.

A release is built by the worker (docs/adr/0010); the call waits for it (PORTAL_CKAN_WAIT_S), so that a script that is answered
`active` finds its change in public. What cannot be released is told at once: a load of a thousand packages waits for nothing.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from portal.catalogue.dataset import Dataset
from portal.catalogue.draft import Draft, DraftState
from portal.curation.jobs_seen import job_problem
from portal.curation.releasing import release_if_possible
from portal.foundation.clock import now
from portal.foundation.db import reading
from portal.foundation.errors import NotFound
from portal.jobs.job import OPEN, Job, JobState, find_job
from portal.web.ckan.calls import WritingCall
from portal.web.ckan.datasets import shown_package
from portal.web.ckan.package_object import Shown

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
    until = time.monotonic() + call.portal.settings.ckan_wait_s
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
    until = time.monotonic() + call.portal.settings.ckan_wait_s
    while True:
        with reading(call.portal.engine) as session:
            job = find_job(session, job_id)
            if job.state == JobState.DONE:
                return []
            if job.state not in OPEN:
                return [_FAILED, _reason(job_problem(session, call.portal.drafts, job, by=call.by))]
        if time.monotonic() >= until:
            return [_GOES_ON, f"{call.base_url}/api/v1/jobs/{job_id}"]
        time.sleep(_LOOK_EVERY_S)


_FAILED = "Its release has failed, and the public sees what it saw before:"
_GOES_ON = "Its release goes on, and until it is done the public sees what it saw before:"


def _reason(problem: Mapping[str, Any] | None) -> str:  # Any: JSON
    return str((problem or {}).get("detail", {}).get("en", "It could not be built."))
