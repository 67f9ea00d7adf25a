"""Jobs: how far they are, that they end once, and what is kept of them for how long."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from portal.foundation.db import reading, transaction
from portal.foundation.errors import Conflict, IllegalStep, NotFound
from portal.jobs.job import (
    KEPT_FOR,
    Job,
    JobKind,
    JobState,
    add_job,
    cancel_job,
    end_job,
    end_job_of_draft,
    find_job,
    forget_blobs,
    open_jobs,
    report_step,
)
from portal.wiring import Portal
from tests.people import NOON

LATER = NOON + timedelta(minutes=5)


@pytest.fixture
def session(portal: Portal) -> Iterator[Session]:
    with transaction(portal.engine) as session:
        yield session


def a_job(session: Session, kind: JobKind = JobKind.DELIVERY, **facts: object) -> Job:
    return add_job(session, kind, actor="test", at=NOON, **facts)  # type: ignore[arg-type]  # each its type


def test_a_job_waits_until_it_is_begun_and_is_found_by_its_id(session: Session) -> None:
    job = a_job(session, dataset="baeume", ordered={"table": "trees"})

    assert find_job(session, job.id).ordered == {"table": "trees"}
    assert (job.state, job.steps_done, job.result) == (JobState.WAITING, 0, None)
    for unknown in ("", "x" * 32, job.id[:31]):
        with pytest.raises(NotFound):
            find_job(session, unknown)


def test_open_jobs_of_a_kind_come_oldest_first(session: Session) -> None:
    younger = add_job(session, JobKind.RENEWAL, actor="test", at=LATER)
    older, ended = a_job(session, JobKind.RENEWAL), a_job(session, JobKind.RENEWAL)
    a_job(session, JobKind.SUBMISSION)
    end_job(session, ended, at=LATER)

    assert open_jobs(session, [JobKind.RENEWAL]) == [older, younger]


def test_a_step_is_told_at_once_and_rows_are_kept_until_more_are_known(portal: Portal) -> None:
    with transaction(portal.engine) as session:
        job_id = a_job(session).id

    report_step(portal.engine, job_id, "read", done=1, total=3, rows=7, at=LATER)
    report_step(portal.engine, job_id, "check", done=2, total=3, at=LATER)

    with reading(portal.engine) as session:
        told = find_job(session, job_id)
        assert (told.state, told.step, told.steps_done, told.steps_total, told.rows) == ("running", "check", 2, 3, 7)


@pytest.mark.parametrize(("problem", "state"), [(None, JobState.DONE), ({"slug": "conflict"}, JobState.FAILED)])
def test_a_job_ends_once(session: Session, problem: dict[str, str] | None, state: JobState) -> None:
    job = a_job(session)

    end_job(session, job, problem=problem, at=LATER)

    assert (job.state, job.problem, job.updated_at) == (state, problem, LATER)
    with pytest.raises(Conflict):
        end_job(session, job, at=LATER)
    with pytest.raises(IllegalStep):
        cancel_job(session, job, at=LATER)


def test_what_is_cancelled_goes_no_further(portal: Portal) -> None:
    with transaction(portal.engine) as session:
        job = a_job(session, blobs={"upload": "d" * 64})
        cancel_job(session, job, at=LATER)
        job_id = job.id

    with pytest.raises(Conflict):
        report_step(portal.engine, job_id, "read", done=1, total=3, at=LATER)
    with reading(portal.engine) as session:
        assert (find_job(session, job_id).state, find_job(session, job_id).blobs) == (JobState.CANCELLED, {})


def test_a_release_is_stopped_by_its_draft_not_by_its_job(session: Session) -> None:
    with pytest.raises(IllegalStep):
        cancel_job(session, a_job(session, JobKind.RELEASE, draft_id=1), at=LATER)


def test_what_becomes_of_a_draft_is_told_of_its_newest_open_job(session: Session) -> None:
    first = a_job(session, JobKind.RELEASE, draft_id=1)
    end_job(session, first, problem={"slug": "invalid-dataset"}, at=NOON)
    second = add_job(session, JobKind.RELEASE, draft_id=1, actor="test", at=LATER)

    end_job_of_draft(session, 1, result={"version": 2}, at=LATER)
    end_job_of_draft(session, 2, result={"version": 1}, at=LATER)

    assert (first.result, second.result) == (None, {"version": 2})


def test_what_quotes_data_is_let_go_when_nobody_looks_any_more(session: Session) -> None:
    job, young = (a_job(session, blobs={"upload": "d" * 64}) for _ in range(2))
    end_job(session, job, blobs={"report": "e" * 64}, at=NOON)
    end_job(session, young, blobs={"report": "f" * 64}, at=LATER)
    waiting = a_job(session, blobs={"upload": "d" * 64})

    forget_blobs(session, at=NOON + KEPT_FOR + timedelta(seconds=1))

    assert (job.blobs, bool(young.blobs), bool(waiting.blobs)) == ({}, True, True)
