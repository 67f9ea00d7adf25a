"""Long work ordered: what the answer of a request would take too long for becomes a job.

What can be refused at once is refused at once: who may not, what was submitted, a revision that is not the draft's any
more. The same order by the same actor, while the first has not ended, is the first: a request whose answer was lost can
be sent again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from portal.accounts.actor import Actor
from portal.accounts.permissions import Action, may, require
from portal.catalogue.draft import DraftState, require_revision
from portal.catalogue.workflow import Step, next_state
from portal.curation.choosing import choices_again, kept_choices
from portal.curation.finding import find_draft
from portal.curation.looks import Asked, asked, look_bytes, source_bytes, told_to
from portal.curation.received import Upload
from portal.curation.targets import target_of
from portal.curation.undoing import seen_change
from portal.foundation.db import reading, transaction
from portal.foundation.errors import InvalidDataset
from portal.jobs.job import Job, JobKind, add_job, last_failed, open_jobs
from portal.publishing.told_problems import told_problem
from portal.store.local import LocalStore

UPLOAD = "upload"
"""Blob of a delivery: the file as it was sent."""

CHOICES = "choices"
"""Blob of a delivery: what was chosen for it, which may quote the file."""


@dataclass(frozen=True)
class DeliveryOrder:
    """What a job of a delivery says beside its dataset and its file."""

    table: str
    """Name of the table, or `WHOLE` for all that the file holds."""
    filename: str
    accepted: Sequence[str]
    new_schema: bool
    dry_run: bool
    revision: int | None

    def as_dict(self) -> dict[str, Any]:  # Any: JSON
        return {**vars(self), "accepted": sorted(self.accepted)}

    @classmethod
    def of(cls, table: str, upload: Upload, revision: int | None) -> "DeliveryOrder":
        """Give the order that a request is."""
        accepted = tuple(sorted(upload.accepted))
        return cls(table, upload.filename, accepted, upload.new_schema, upload.dry_run, revision)

    def upload(self, drafts: LocalStore, blobs: Mapping[str, str]) -> Upload:
        """Give the file and what was said about it, as the request did."""
        return Upload(
            path=drafts.path(blobs[UPLOAD]),
            filename=self.filename,
            accepted=tuple(self.accepted),
            choices=choices_again(drafts, blobs[CHOICES]) if CHOICES in blobs else None,
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
        target_of(session, drafts, slug, table, upload, revision, by=by)
    blob = drafts.adopt([upload.path])[upload.path]
    blobs = {UPLOAD: blob.digest} | (
        {CHOICES: kept_choices(drafts, upload.choices)} if upload.choices is not None else {}
    )
    with transaction(engine) as session:
        target_of(session, drafts, slug, table, upload, revision, by=by)
        return _once(
            session,
            JobKind.DELIVERY,
            dataset=slug,
            ordered=DeliveryOrder.of(table, upload, revision).as_dict(),
            blobs=blobs,
            size_bytes=blob.size_bytes,
            by=by,
            at=at,
        )


def order_look(
    engine: Engine, drafts: LocalStore, slug: str, kind: JobKind, *, above_bytes: int | None, by: Actor, at: datetime
) -> Job | None:
    """Order one of `LOOKS` at a draft, unless the answer is there or can be waited for: then there is no job.

    *above_bytes* is how much may be read while somebody waits; None: whoever asks would rather not.

    Raises:
        NotFound, Forbidden: as `portal.curation.looks.asked`.
        InvalidDataset: the last such job has found that the draft could not be released as it is, and it is as it was.
    """
    with reading(engine) as session:
        look = asked(session, drafts, slug, kind, by=by)
        if look.told is not None or (above_bytes is not None and look_bytes(session, drafts, look) <= above_bytes):
            return None
        _tell_refusal(session, drafts, look, by=by)
    with transaction(engine) as session:
        return _once(session, kind, dataset=slug, ordered={"basis": look.basis}, by=by, at=at)


def _tell_refusal(session: Session, drafts: LocalStore, look: Asked, *, by: Actor) -> None:
    """Tell once more why a look was refused; else whoever asks here again orders the same work again, for ever."""
    job = last_failed(session, look.kind, dataset=look.dataset.slug, actor=by.label)
    if job is None or job.ordered != {"basis": look.basis}:
        return
    told = told_problem(drafts, job.problem) or {}
    facts = {key: value for key, value in told.items() if key not in ("slug", "detail")}
    if told.get("slug") == InvalidDataset.slug and "detail" in told:
        with told_to(by, look.dataset.publisher_id):
            raise InvalidDataset(told["detail"]["en"], detail_de=told["detail"]["de"], **facts)


def order_submission(
    engine: Engine,
    drafts: LocalStore,
    slug: str,
    *,
    above_bytes: int | None,
    revision: int | None,
    by: Actor,
    at: datetime,
) -> Job | None:
    """Order that a draft is checked as its release will, and handed to the approvers if it does; *above_bytes* as `order_look`.

    Raises:
        NotFound, Forbidden, IllegalStep, Outdated: as `portal.curation.submitting.submit_draft`.
    """
    with transaction(engine) as session:
        _, draft = find_draft(session, slug, by=by, action=Action.SUBMIT)
        if above_bytes is not None and source_bytes(drafts, draft) <= above_bytes:
            return None
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
        if (job.dataset, job.ordered, job.blobs, job.actor) == same:
            return job
    return add_job(
        session, kind, dataset=dataset, ordered=ordered, blobs=blobs, size_bytes=size_bytes, actor=by.label, at=at
    )
