"""A piece of long work with an address, so that whoever asked for it can see how far it is.

    waiting ──begin──▶ running ──▶ done | failed
       └───────cancel─────┴──────▶ cancelled

A release is told of by its draft's row, which is the truth; of every other kind the job itself is the truth: `ordered`
says what to do, and a job that has not ended is done by whoever sees it. What may quote data is not in the row but in
the drafts' store, under the digests in `blobs`.
"""

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, Engine, ForeignKey, String, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.foundation.db import Record, UtcDateTime, transaction
from portal.foundation.errors import Conflict, IllegalStep, NotFound


class JobKind(StrEnum):
    """What is to be done."""

    RELEASE = "release"
    """An approved draft is built and put before the public."""
    DELIVERY = "delivery"
    """A file becomes tables of a draft."""
    SUBMISSION = "submission"
    """Drafts are checked and handed to the approvers."""
    RENEWAL = "renewal"
    """Files that name a publisher are made anew."""
    PREVIEW = "preview"
    """Every file that a draft would publish is made."""
    COMPARISON = "comparison"
    """A draft is held against what is public, to the row."""
    SCAN = "scan"
    """What looks personal in a draft is looked for."""


LOOKS = (JobKind.PREVIEW, JobKind.COMPARISON, JobKind.SCAN)
"""They change nothing: a draft is looked at as it would be released."""


class JobState(StrEnum):
    """How far a job is."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


OPEN = (JobState.WAITING, JobState.RUNNING)

KEPT_FOR = timedelta(days=7)
"""So long after its end a job can show what quotes data: findings, refusals."""


class Job(Record):
    """One piece of work. Its id is not to be guessed, but who may see it is asked all the same."""

    __tablename__ = "job"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    dataset: Mapped[str | None] = mapped_column(String(200), index=True)
    """Slug of the dataset it works on; None: on several, or on none."""
    publisher_id: Mapped[int | None] = mapped_column(ForeignKey("publisher.id", ondelete="CASCADE"))
    """The publisher it works for; None: that of the dataset, or several."""
    draft_id: Mapped[int | None] = mapped_column(index=True)
    """The draft it releases; that row is gone when it is done."""
    state: Mapped[str] = mapped_column(String(20), default=JobState.WAITING, index=True)
    step: Mapped[str] = mapped_column(String(100), default="")
    """What it is at."""
    steps_done: Mapped[int] = mapped_column(default=0)
    steps_total: Mapped[int] = mapped_column(default=0)
    size_bytes: Mapped[int | None] = mapped_column(BigInteger)
    """Of the file that was delivered; None: there is none."""
    rows: Mapped[int | None] = mapped_column(BigInteger)
    """That were read so far; None: none yet, or it reads none."""
    ordered: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # Any: JSON, each kind has its own
    """What is to be done, beside what the row says."""
    attempts: Mapped[int] = mapped_column(default=0)
    """How often it was begun: one that kills its worker each time is given up."""
    blobs: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    """What it has in the drafts' store, by name ↔ digest: the `upload`, and what came of it."""
    result: Mapped[dict[str, Any] | None] = mapped_column(JSON)  # Any: JSON, each kind has its own
    problem: Mapped[dict[str, Any] | None] = mapped_column(JSON)  # Any: slug and numbers of findings by code
    """Why it failed, without what quotes data: that is the blob `problem`."""
    actor: Mapped[str] = mapped_column(String(200))
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Not before this moment; None: at once."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)


def add_job(
    session: Session,
    kind: JobKind,
    *,
    dataset: str | None = None,
    publisher_id: int | None = None,
    draft_id: int | None = None,
    ordered: dict[str, Any] | None = None,  # Any: as the column
    blobs: dict[str, str] | None = None,
    size_bytes: int | None = None,
    actor: str,
    due_at: datetime | None = None,
    at: datetime,
) -> Job:
    """Write down that something is to be done."""
    job = Job(
        id=secrets.token_hex(16),
        kind=kind,
        dataset=dataset,
        publisher_id=publisher_id,
        draft_id=draft_id,
        ordered=ordered or {},
        blobs=blobs or {},
        size_bytes=size_bytes,
        actor=actor,
        due_at=due_at,
        created_at=at,
        updated_at=at,
    )
    session.add(job)
    session.flush()
    return job


def find_job(session: Session, job_id: str) -> Job:
    """Give a job.

    Raises:
        NotFound: there is none with this id.
    """
    job = session.get(Job, job_id[:32])
    if job is None:
        raise NotFound(f"There is no job {job_id[:40]!r}.", detail_de=f"Es gibt keinen Auftrag {job_id[:40]!r}.")
    return job


def open_jobs(session: Session, kinds: Iterable[JobKind]) -> list[Job]:
    """Give the jobs of some kinds that have not ended, oldest first."""
    query = select(Job).where(Job.state.in_(OPEN), Job.kind.in_(tuple(kinds)))
    return list(session.scalars(query.order_by(Job.created_at, Job.id)))


def last_failed(session: Session, kind: JobKind, *, dataset: str, actor: str) -> Job | None:
    """Give the newest job of a kind that *actor* ordered on a dataset and that has failed."""
    query = select(Job).filter_by(kind=kind, dataset=dataset, actor=actor, state=JobState.FAILED)
    return session.scalars(query.order_by(Job.created_at.desc()).limit(1)).first()


def job_of_draft(session: Session, draft_id: int) -> Job | None:
    """Give the newest job that releases a draft and has not ended."""
    query = select(Job).where(Job.draft_id == draft_id, Job.state.in_(OPEN)).order_by(Job.created_at.desc())
    return session.scalars(query.limit(1)).first()


def report_step(
    engine: Engine, job_id: str, step: str, *, done: int, total: int, rows: int | None = None, at: datetime
) -> None:
    """Say how far a job is, at once and whatever becomes of it; *rows* None: no more are known than before.

    Raises:
        Conflict: it was cancelled, or has ended otherwise: there is nothing to go on with.
    """
    told: dict[str, Any] = {"state": JobState.RUNNING, "step": step, "steps_done": done, "steps_total": total}
    told |= {"updated_at": at} | ({} if rows is None else {"rows": rows})
    with transaction(engine) as session:
        session.execute(update(Job).where(Job.id == job_id, Job.state.in_(OPEN)).values(**told))
        _require_open(find_job(session, job_id))


def end_job(
    session: Session,
    job: Job,
    *,
    result: dict[str, Any] | None = None,  # Any: as the column
    problem: dict[str, Any] | None = None,  # Any: as the column
    blobs: dict[str, str] | None = None,
    at: datetime,
) -> None:
    """Say what came of a job: a result, or the problem that ended it; *blobs* are what there is to read of it.

    Raises:
        Conflict: it was cancelled meanwhile.
    """
    session.refresh(job, with_for_update=True)
    _require_open(job)
    job.state = JobState.FAILED if problem else JobState.DONE
    job.result, job.problem, job.step, job.updated_at = result, problem, "", at
    job.blobs = blobs or {}
    if not problem:
        job.steps_done = job.steps_total
    session.flush()


def end_job_of_draft(
    session: Session,
    draft_id: int,
    *,
    result: dict[str, Any] | None = None,  # Any: as the column
    problem: dict[str, Any] | None = None,  # Any: as the column
    blobs: dict[str, str] | None = None,
    at: datetime,
) -> None:
    """Say what came of the job that releases a draft, if it has one, in the transaction that made it so."""
    job = job_of_draft(session, draft_id)
    if job is not None:
        end_job(session, job, result=result, problem=problem, blobs=blobs, at=at)


def cancel_job(session: Session, job: Job, *, at: datetime) -> None:
    """End a job before it is done; whoever is at it notices with its next step and leaves nothing behind.

    Raises:
        IllegalStep: it has ended, or is of a kind that is stopped otherwise.
    """
    session.refresh(job, with_for_update=True)
    if job.state not in OPEN or job.kind not in CANCELLABLE:
        raise IllegalStep(
            f"A {job.kind} that is {job.state} is not cancelled; a release is stopped by returning the draft.",
            detail_de=f"Ein Auftrag {job.kind!r} im Zustand {job.state!r} wird nicht abgebrochen; eine Freigabe hält an, wer den Entwurf zurückgibt.",
            state=job.state,
        )
    job.state, job.step, job.blobs, job.updated_at = JobState.CANCELLED, "", {}, at
    session.flush()


CANCELLABLE = frozenset({JobKind.DELIVERY, JobKind.SUBMISSION, *LOOKS})


def forget_blobs(session: Session, *, at: datetime) -> None:
    """Let go of what quotes data in jobs that ended some time ago; the next sweep removes it."""
    old = select(Job).where(Job.state.not_in(OPEN), Job.updated_at < at - KEPT_FOR)
    for job in session.scalars(old):
        if job.blobs:
            job.blobs = {}


def _require_open(job: Job) -> None:
    if job.state not in OPEN:
        raise Conflict(f"The job is {job.state}.", detail_de=f"Der Auftrag ist im Zustand {job.state!r}.")
