"""Jobs for people: which they may see, what came of them, and ending one before it is done."""

import json
from datetime import datetime
from itertools import islice

from sqlalchemy import Engine, func, or_, select
from sqlalchemy.orm import Session

from portal.accounts.actor import Actor, ActorKind
from portal.accounts.permissions import Action, may
from portal.catalogue.dataset import Dataset
from portal.curation.carrying_out import REFUSALS, TABLE
from portal.curation.details import veiled
from portal.curation.finding import curated_dataset, require_somebody
from portal.curation.merging import Described
from portal.foundation.db import transaction
from portal.foundation.errors import NotFound
from portal.jobs.job import OPEN, Job, cancel_job, find_job
from portal.publishing.told_problems import told_problem
from portal.store.local import LocalStore

_CONCERNED = (Action.READ_DRAFT, Action.EDIT_DRAFT, Action.SUBMIT, Action.DECIDE_PRIVACY)
"""Whoever ordered a job sees it with one of these: a token may have no other."""


def seen_job(session: Session, job_id: str, *, by: Actor) -> Job:
    """Give a job to those who may read the drafts of its dataset, or ordered it and still have to do with it.

    Raises:
        Unauthenticated: nobody asks.
        NotFound: there is no such job, or it does not concern *by*.
        Forbidden: *by* knows the dataset and may not read its drafts.
    """
    require_somebody(by, Action.READ_DRAFT)
    job = find_job(session, job_id)
    if _sees(job, _publisher_id(session, job), by):
        return job
    if job.dataset is not None:
        curated_dataset(session, job.dataset, Action.READ_DRAFT, by=by)
    raise NotFound(f"There is no job {job_id[:40]!r}.", detail_de=f"Es gibt keinen Auftrag {job_id[:40]!r}.")


def list_jobs(session: Session, *, only_open: bool, limit: int, by: Actor) -> list[Job]:
    """Give the jobs *by* may see, newest first.

    Raises:
        Unauthenticated: nobody asks.
    """
    require_somebody(by, Action.READ_DRAFT)
    works_for = func.coalesce(Job.publisher_id, Dataset.publisher_id)
    query = select(Job, works_for).outerjoin(Dataset, Dataset.slug == Job.dataset)
    if only_open:
        query = query.where(Job.state.in_(OPEN))
    if not may(by, Action.READ_DRAFT, None):  # who may so for the portal sees every job; the rest is asked one by one
        known = {*by.roles, by.scope.publisher_id if by.scope else None}
        query = query.where(or_(Job.actor == by.label, works_for.in_([one for one in known if one is not None])))
    found = session.execute(query.order_by(Job.created_at.desc(), Job.id).execution_options(yield_per=200))
    return list(islice((job for job, publisher_id in found if _sees(job, publisher_id, by)), limit))


def cancel(engine: Engine, job_id: str, *, by: Actor, at: datetime) -> Job:
    """End a job before it is done.

    Raises:
        Unauthenticated, NotFound, Forbidden: as `seen_job`; *by* must edit for the publisher or have ordered it.
        IllegalStep: it has ended, or is of a kind that is stopped otherwise.
    """
    with transaction(engine) as session:
        job = seen_job(session, job_id, by=by)
        if not _ordered(job, by) and job.dataset is not None:
            curated_dataset(session, job.dataset, Action.EDIT_DRAFT, by=by)
        cancel_job(session, job, at=at)
        return job


def job_problem(session: Session, drafts: LocalStore, job: Job, *, by: Actor) -> Described | None:
    """Give why a job failed, as far as *by* may know; None: it did not."""
    problem = told_problem(drafts, job.problem)
    return problem if _decides(session, job, by) else veiled(problem)


def job_report(session: Session, drafts: LocalStore, job: Job, *, by: Actor) -> Described:
    """Give all that came of a job: what was told of its tables, its refusals, its problem.

    Raises:
        NotFound: it has not ended, or so long ago that what quotes data is gone.
    """
    if job.state in OPEN:
        raise NotFound("The job has not ended yet.", detail_de="Der Auftrag ist noch nicht zu Ende.")
    tables = {name.removeprefix(TABLE): digest for name, digest in job.blobs.items() if name.startswith(TABLE)}
    told: Described = {
        "tables": [{"table": name, **_read(drafts, digest)} for name, digest in tables.items()],
        "refusals": _read(drafts, job.blobs[REFUSALS])[REFUSALS] if REFUSALS in job.blobs else [],
        "problem": told_problem(drafts, job.problem),
    }
    return told if _decides(session, job, by) else veiled(told)


def _read(drafts: LocalStore, digest: str) -> Described:
    told: Described = json.loads(drafts.read(digest))
    return {key: value for key, value in told.items() if key not in ("by", "at")}


def _sees(job: Job, publisher_id: int | None, by: Actor) -> bool:
    if publisher_id is None:
        return by.kind is ActorKind.JOB or _ordered(job, by)
    if job.publisher_id is not None and may(by, Action.MANAGE_PUBLISHER, publisher_id):
        return True
    wanted = _CONCERNED if _ordered(job, by) else _CONCERNED[:1]
    return any(may(by, action, publisher_id) for action in wanted)


def _decides(session: Session, job: Job, by: Actor) -> bool:
    publisher_id = _publisher_id(session, job)
    return _ordered(job, by) or (publisher_id is not None and may(by, Action.DECIDE_PRIVACY, publisher_id))


def _ordered(job: Job, by: Actor) -> bool:
    return job.actor == by.label


def _publisher_id(session: Session, job: Job) -> int | None:
    if job.publisher_id is not None or job.dataset is None:
        return job.publisher_id
    return session.scalar(select(Dataset.publisher_id).where(Dataset.slug == job.dataset))
