"""Long work ordered: what the answer of a request would take too long for becomes a job.

What can be refused at once is refused at once: who may not, what was submitted, a revision that is not the draft's any
more. The same order by the same actor, while the first has not ended, is the first: a request whose answer was lost can
be sent again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from portal.accounts.actor import Actor
from portal.accounts.permissions import Action, may, require
from portal.catalogue.draft import DraftState, require_revision
from portal.catalogue.workflow import Step, next_state
from portal.curation.delivering import target_of
from portal.curation.finding import find_draft
from portal.curation.received import Upload
from portal.curation.undoing import seen_change
from portal.foundation.db import reading, transaction
from portal.ingest.receive.delivery import Choices
from portal.jobs.job import Job, JobKind, add_job, open_jobs
from portal.store.local import LocalStore

UPLOAD = "upload"
"""Blob of a delivery: the file as it was sent."""


@dataclass(frozen=True)
class DeliveryOrder:
    """What a job of a delivery says beside its dataset and its file."""

    table: str
    """Name of the table, or `WHOLE` for all that the file holds."""
    filename: str
    accepted: Sequence[str]
    choices: dict[str, Any] | None  # Any: JSON, as Choices.as_dict gives it
    new_schema: bool
    dry_run: bool
    revision: int | None

    def as_dict(self) -> dict[str, Any]:  # Any: JSON
        return {**vars(self), "accepted": sorted(self.accepted)}

    @classmethod
    def of(cls, table: str, upload: Upload, revision: int | None) -> "DeliveryOrder":
        """Give the order that a request is."""
        choices = upload.choices.as_dict() if upload.choices is not None else None
        accepted = tuple(sorted(upload.accepted))
        return cls(table, upload.filename, accepted, choices, upload.new_schema, upload.dry_run, revision)

    def upload(self, drafts: LocalStore, digest: str) -> Upload:
        """Give the file and what was said about it, as the request did."""
        return Upload(
            path=drafts.path(digest),
            filename=self.filename,
            accepted=tuple(self.accepted),
            choices=Choices.of(self.choices) if self.choices is not None else None,
            new_schema=self.new_schema,
            dry_run=self.dry_run,
        )


def order_delivery(
    engine: Engine,
    drafts: LocalStore,
    slug: str,
    table: str,
    upload: Upload,
    *,
    revision: int | None,
    by: Actor,
    at: datetime,
) -> Job:
    """Order that a file becomes *table* of a draft (`WHOLE`: all of its tables); the file moves into the drafts' store.

    Raises:
        NotFound, Forbidden, IllegalStep, Outdated, InvalidInput: as `portal.curation.delivering.deliver`.
    """
    with reading(engine) as session:
        target_of(session, slug, table, upload, revision, by=by)
    ordered = DeliveryOrder.of(table, upload, revision).as_dict()
    blob = drafts.adopt([upload.path])[upload.path]
    with transaction(engine) as session:
        target_of(session, slug, table, upload, revision, by=by)
        return _once(
            session,
            JobKind.DELIVERY,
            dataset=slug,
            ordered=ordered,
            blobs={UPLOAD: blob.digest},
            size_bytes=blob.size_bytes,
            by=by,
            at=at,
        )


def order_submission(engine: Engine, slug: str, *, revision: int | None, by: Actor, at: datetime) -> Job:
    """Order that a draft is checked as its release will, and handed to the approvers if it does.

    Raises:
        NotFound, Forbidden, IllegalStep, Outdated: as `portal.curation.submitting.submit_draft`.
    """
    with transaction(engine) as session:
        _, draft = find_draft(session, slug, by=by, action=Action.SUBMIT)
        if revision is not None:
            require_revision(draft, revision)
        next_state(DraftState(draft.state), Step.SUBMIT)
        ordered = {"datasets": [slug], "revision": revision}
        return _once(session, JobKind.SUBMISSION, dataset=slug, ordered=ordered, by=by, at=at)


def order_bulk_submission(engine: Engine, change_id: str, *, by: Actor, at: datetime) -> Job:
    """Order that every draft of a change that was not undone is checked and handed to the approvers.

    Raises:
        Unauthenticated, NotFound: as `seen_change`.
        Forbidden: *by* may submit none of its datasets.
    """
    with transaction(engine) as session:
        _, seen = seen_change(session, change_id, by=by)
        if not any(may(by, Action.SUBMIT, dataset.publisher_id) for dataset, _ in seen):
            require(by, Action.SUBMIT, seen[0][0].publisher_id)
        slugs = [dataset.slug for dataset, item in seen if item.outcome is None]
        ordered = {"datasets": slugs, "revision": None, "change": change_id}
        return _once(session, JobKind.SUBMISSION, dataset=None, ordered=ordered, by=by, at=at)


def _once(
    session: Session,
    kind: JobKind,
    *,
    dataset: str | None,
    ordered: dict[str, Any],  # Any: JSON
    blobs: dict[str, str] | None = None,
    size_bytes: int | None = None,
    by: Actor,
    at: datetime,
) -> Job:
    """Give the job that was ordered by the same actor in the same words and has not ended, or a new one."""
    same = (dataset, ordered, blobs or {}, by.label)
    for job in open_jobs(session, [kind]):
        if (job.dataset, job.ordered, {UPLOAD: job.blobs[UPLOAD]} if UPLOAD in job.blobs else {}, job.actor) == same:
            return job
    return add_job(
        session, kind, dataset=dataset, ordered=ordered, blobs=blobs, size_bytes=size_bytes, actor=by.label, at=at
    )
