"""A piece of long work with an address, so that whoever asked for it can see how far it is."""

import secrets
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Engine, String, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.foundation.db import Record, UtcDateTime, transaction
from portal.foundation.errors import NotFound, PortalError


class JobState(StrEnum):
    """How far a job is."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


_OPEN = (JobState.WAITING, JobState.RUNNING)


class Job(Record):
    """One piece of work. Its id is not to be guessed, but who may see it is asked all the same."""

    __tablename__ = "job"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    dataset: Mapped[str] = mapped_column(String(200), index=True)
    """Slug of the dataset it works on."""
    draft_id: Mapped[int | None] = mapped_column(index=True)
    """The draft it releases; that row is gone when it is done."""
    state: Mapped[str] = mapped_column(String(20), default=JobState.WAITING, index=True)
    step: Mapped[str] = mapped_column(String(40), default="")
    """What it is at."""
    steps_done: Mapped[int] = mapped_column(default=0)
    steps_total: Mapped[int] = mapped_column(default=0)
    result: Mapped[dict[str, Any] | None] = mapped_column(JSON)  # Any: JSON, each kind has its own
    problem: Mapped[dict[str, Any] | None] = mapped_column(JSON)  # Any: slug, detail and facts of the error
    actor: Mapped[str] = mapped_column(String(200))
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Not before this moment; None: at once."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)


def add_job(
    session: Session,
    kind: str,
    *,
    dataset: str,
    draft_id: int | None,
    actor: str,
    due_at: datetime | None,
    at: datetime,
) -> Job:
    """Write down that something is to be done."""
    job = Job(
        id=secrets.token_hex(16),
        kind=kind,
        dataset=dataset,
        draft_id=draft_id,
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


def job_of_draft(session: Session, draft_id: int) -> Job | None:
    """Give the newest job that releases a draft and has not ended."""
    query = select(Job).where(Job.draft_id == draft_id, Job.state.in_(_OPEN)).order_by(Job.created_at.desc())
    return session.scalars(query.limit(1)).first()


def report_step(engine: Engine, job_id: str, step: str, *, done: int, total: int, at: datetime) -> None:
    """Say how far a job is, at once and whatever becomes of it; one that has ended stays so."""
    with transaction(engine) as session:
        session.execute(
            update(Job)
            .where(Job.id == job_id, Job.state.in_(_OPEN))
            .values(state=JobState.RUNNING, step=step, steps_done=done, steps_total=total, updated_at=at)
        )


def end_job(
    session: Session,
    job: Job,
    *,
    result: dict[str, Any] | None = None,  # Any: as the column
    problem: dict[str, Any] | None = None,  # Any: as the column
    at: datetime,
) -> None:
    """Say what came of a job: a result, or the problem that ended it."""
    job.state = JobState.FAILED if problem else JobState.DONE
    job.result, job.problem, job.step, job.updated_at = result, problem, "", at
    if not problem:
        job.steps_done = job.steps_total
    session.flush()


def end_job_of_draft(
    session: Session,
    draft_id: int,
    *,
    result: dict[str, Any] | None = None,  # Any: as the column
    problem: dict[str, Any] | None = None,  # Any: as the column
    at: datetime,
) -> None:
    """Say what came of the job that releases a draft, if it has one, in the transaction that made it so."""
    job = job_of_draft(session, draft_id)
    if job is not None:
        end_job(session, job, result=result, problem=problem, at=at)


def problem_of(error: PortalError) -> dict[str, Any]:  # Any: as the column
    """Give an error as a job keeps it."""
    return {"slug": error.slug, "detail": error.detail.as_dict(), **error.facts}
