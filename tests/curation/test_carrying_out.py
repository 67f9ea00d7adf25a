"""Jobs carried out: deliveries and submissions, done once or not at all, whatever ends them in between."""

import random
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from portal.accounts.permissions import Action
from portal.accounts.tokens import actor_of, find_token, issue, revoke
from portal.accounts.users import User
from portal.catalogue.draft import DraftState
from portal.curation import carrying_out
from portal.curation.carrying_out import tidy
from portal.curation.jobs_seen import cancel, job_report
from portal.curation.ordering import order_bulk_submission, order_delivery, order_submission
from portal.curation.received import Upload
from portal.curation.targets import WHOLE
from portal.curation.working import take_up_jobs
from portal.foundation.clock import now
from portal.foundation.db import reading, transaction
from portal.foundation.errors import Forbidden, IllegalStep, Outdated
from portal.jobs.job import KEPT_FOR, Job, JobState, report_step
from portal.publishing.rebuild import draft_digests
from portal.publishing.standing import jobs_wait
from tests.curating import CSV, TABLE
from tests.curation.conftest import City
from tests.curation.desk import Desk
from tests.forked import start, timed
from tests.people import NOON, OPERATOR

KILLS = {"sqlite": 4, "postgresql": 3}


def order(desk: Desk, content: bytes = CSV, *, table: str = TABLE, revision: int | None = None, **facts: Any) -> str:
    """Order a delivery and give the id of the job; *facts* are those of `Upload`, or `by`."""
    by = facts.pop("by", desk.anna)
    desk.folder.mkdir(exist_ok=True)
    path = desk.folder / "ordered.csv"
    path.write_bytes(content)
    upload = Upload(path=path, filename="ordered.csv", **facts)
    parts = desk.portal.engine, desk.portal.drafts
    return order_delivery(*parts, "baeume", table, upload, revision=revision, by=by, at=NOON).id


def work(desk: Desk | City) -> list[str]:
    portal = desk.portal
    return [job.id for job in take_up_jobs(portal.engine, portal.store, portal.settings, drafts=portal.drafts)]


def submission(desk: Desk) -> str:
    """Order a submission, however small the draft, and give the id of the job."""
    parts = desk.portal.engine, desk.portal.drafts
    job = order_submission(*parts, "baeume", above_bytes=None, revision=None, by=desk.anna, at=NOON)
    assert job is not None
    return job.id


def report(desk: Desk, job_id: str) -> dict[str, Any]:
    with reading(desk.portal.engine) as session:
        return job_report(session, desk.portal.drafts, desk.job(job_id), by=desk.anna)


def test_a_delivery_that_was_ordered_becomes_what_it_would_have_become_at_once(desk: Desk) -> None:
    job_id = order(desk)
    assert desk.the_draft().sources == {}
    assert jobs_wait(desk.portal.engine)

    assert work(desk) == [job_id]

    job, draft = desk.job(job_id), desk.the_draft()
    assert (job.state, job.rows, job.size_bytes, job.steps_done) == (JobState.DONE, 2, len(CSV), 3)
    assert job.result == {
        "dataset": "baeume", "stored": True, "tables": [{"table": TABLE, "rows": 2, "counts": {}}]
    }  # fmt: skip
    assert draft.deliveries[TABLE]["rows"] == 2
    assert [one["name"] for one in report(desk, job_id)["tables"][0]["columns"]] == ["id", "name"]
    assert not jobs_wait(desk.portal.engine)
    assert work(desk) == []


def test_a_file_of_several_tables_and_a_dry_run_are_ordered_alike(desk: Desk) -> None:
    dry = order(desk, dry_run=True)
    work(desk)
    assert desk.the_draft().sources == {}
    assert desk.job(dry).state == JobState.DONE
    assert report(desk, dry)["tables"][0]["rows"] == 2

    order(desk, table=WHOLE)
    work(desk)

    assert list(desk.the_draft().sources) == ["ordered"]


def test_what_can_be_refused_at_once_is_refused_at_once(desk: Desk) -> None:
    before = desk.stored()

    with pytest.raises(Outdated):
        order(desk, revision=99)
    with pytest.raises(Forbidden):
        order(desk, by=desk.ben)

    assert desk.stored() == before
    assert work(desk) == []


def test_findings_stand_in_the_report_and_no_value_in_the_database(desk: Desk) -> None:
    job_id = order(desk, b"id,height\nx-1,3\nx-2,4\nSumme,7\n")

    work(desk)

    job = desk.job(job_id)
    assert (job.state, desk.the_draft().sources) == (JobState.FAILED, {})
    problem = report(desk, job_id)["problem"]
    assert [(one["code"], one["row"], one["value"]) for one in problem["findings"]] == [("total-row", 3, "Summe")]
    assert job.problem is not None
    assert (job.problem["slug"], job.problem["counts"]) == ("invalid-dataset", {"total-row": 1})
    assert "Summe" not in repr([job.problem, job.result, job.blobs])


def test_the_same_order_is_the_same_job_until_it_has_ended(desk: Desk) -> None:
    first = order(desk)

    assert order(desk) == first
    assert order(desk, CSV + b"x-3,Eiche\n") != first
    work(desk)
    assert order(desk) != first


def test_a_draft_that_others_changed_meanwhile_is_left_alone(desk: Desk) -> None:
    job_id = order(desk, revision=desk.the_draft().revision)
    desk.edit({"title": "Anders"})

    work(desk)

    job = desk.job(job_id)
    assert (job.state, job.problem and job.problem["slug"]) == (JobState.FAILED, "outdated")
    assert desk.the_draft().sources == {}


def test_a_token_that_was_revoked_meanwhile_gets_nothing_done(desk: Desk) -> None:
    with transaction(desk.portal.engine) as session:
        owner = session.get_one(User, desk.anna.user_id)
        tomorrow = now() + timedelta(days=1)
        actions = [Action.EDIT_DRAFT]
        issued = issue(session, owner, publisher_id=None, actions=actions, expires_at=tomorrow, by=OPERATOR, at=NOON)
    token = actor_of(desk.portal.engine, issued.secret, at=now())
    first = order(desk, by=token)
    work(desk)
    second = order(desk, CSV + b"x-3,Eiche\n", by=token)
    with transaction(desk.portal.engine) as session:
        revoke(session, find_token(session, issued.token.prefix), by=OPERATOR, at=NOON)

    work(desk)

    assert desk.job(first).state == JobState.DONE
    problem = desk.job(second).problem
    assert problem is not None
    assert problem["slug"] == "unauthenticated"
    assert desk.the_draft().deliveries[TABLE]["rows"] == 2


def test_what_is_cancelled_leaves_nothing_behind_at_whatever_step(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    waiting = order(desk)
    cancel(desk.portal.engine, waiting, by=desk.anna, at=NOON)
    assert work(desk) == []

    for step in carrying_out.STEPS:
        job_id = order(desk)

        def until(engine: Any, running: str, at_step: str, last: str = step, **facts: Any) -> None:
            report_step(engine, running, at_step, **facts)
            if at_step == last:
                cancel(engine, running, by=desk.anna, at=NOON)

        monkeypatch.setattr(carrying_out, "report_step", until)
        work(desk)
        assert desk.job(job_id).state == JobState.CANCELLED
        assert desk.the_draft().sources == {}

    with pytest.raises(IllegalStep):
        cancel(desk.portal.engine, waiting, by=desk.anna, at=NOON)


def test_a_job_that_kills_its_worker_each_time_is_given_up(desk: Desk) -> None:
    job_id = order(desk)
    with transaction(desk.portal.engine) as session:
        session.get_one(Job, job_id).attempts = carrying_out.ATTEMPTS

    work(desk)

    assert desk.job(job_id).state == JobState.FAILED
    assert work(desk) == []


def test_a_worker_killed_anywhere_delivers_once_or_leaves_it_to_the_next(desk: Desk, engine_name: str) -> None:
    chance, whole_s = random.Random(20261122), None
    desk.deliver()

    for kill in range(KILLS[engine_name]):
        before = desk.the_draft()
        job_id = order(desk, CSV + f"k-{kill},Eiche\n".encode(), revision=before.revision)
        if whole_s is None:
            whole_s = timed(desk.portal.settings, "work")
        else:
            start(desk.portal.settings, "work").kill_after(whole_s * (kill + chance.random()) / KILLS[engine_name])
        is_done = desk.job(job_id).state == JobState.DONE
        assert (desk.the_draft().revision, desk.the_draft().sources == before.sources) == (
            before.revision + is_done,
            not is_done,
        )
        work(desk)
        assert desk.job(job_id).state == JobState.DONE
        assert desk.the_draft().revision == before.revision + 1

    drafts = desk.portal.drafts
    assert drafts.damaged(desk.the_draft().sources.values()) == []


def test_the_file_of_an_order_is_spared_by_the_sweep_and_goes_after_it(desk: Desk) -> None:
    job_id = order(desk, b"id;name\nx-1;Linde\n")
    (upload,) = desk.job(job_id).blobs.values()
    drafts = desk.portal.drafts

    drafts.sweep(draft_digests(desk.portal.engine), younger_than_s=-1)
    assert drafts.has(upload)

    work(desk)
    drafts.sweep(draft_digests(desk.portal.engine), younger_than_s=-1)
    assert not drafts.has(upload)
    assert report(desk, job_id)["tables"]


def test_what_a_job_quoted_goes_a_week_after_its_end(desk: Desk) -> None:
    job_id = order(desk, b"id,height\nx-1,3\nx-2,4\nSumme,7\n")
    work(desk)

    tidy(desk.portal.engine, desk.portal.drafts, at=_later(desk.job(job_id), KEPT_FOR - timedelta(minutes=1)))
    assert desk.job(job_id).blobs
    tidy(desk.portal.engine, desk.portal.drafts, at=_later(desk.job(job_id), KEPT_FOR + timedelta(minutes=1)))

    assert desk.job(job_id).blobs == {}
    desk.portal.drafts.sweep(draft_digests(desk.portal.engine), younger_than_s=-1)
    assert report(desk, job_id)["problem"] == {"slug": "invalid-dataset", "counts": {"total-row": 1}}


def _later(job: Job, after: timedelta) -> datetime:
    return job.updated_at + after


def test_a_draft_is_submitted_by_a_job_or_the_job_says_why_not(desk: Desk) -> None:
    refused = submission(desk)
    work(desk)
    assert desk.job(refused).state == JobState.FAILED
    desk.deliver()

    job_id = submission(desk)
    work(desk)

    assert desk.job(job_id).result == {"submitted": ["baeume"], "refused": []}
    assert desk.the_draft().state == DraftState.REVIEW
    assert desk.the_draft().submitter_id == desk.anna.user_id


def test_the_drafts_of_a_bulk_change_are_submitted_each_by_itself(city: City, tmp_path: Path) -> None:
    change = city.apply({"dcat": {"accrualPeriodicity": "DAILY"}}, "baeume", "parks")
    city.edit("parks", {"description": None})

    job = order_bulk_submission(city.portal.engine, change, by=city.editor, at=NOON)
    work(city)

    with reading(city.portal.engine) as session:
        found = session.get_one(Job, job.id)
        told = job_report(session, city.portal.drafts, found, by=city.editor)
    assert found.state == JobState.DONE
    assert found.result == {
        "submitted": ["baeume"], "refused": [{"dataset": "parks", "problem": "invalid-dataset"}]
    }  # fmt: skip
    assert [one["pointer"] for one in told["refusals"][0]["findings"]] == ["/description"]


def test_a_submission_broken_off_goes_on_where_it_was(city: City) -> None:
    change = city.apply({"dcat": {"accrualPeriodicity": "DAILY"}}, "baeume", "parks")
    job = order_bulk_submission(city.portal.engine, change, by=city.editor, at=NOON)
    with transaction(city.portal.engine) as session:  # as a worker leaves it that was killed after the first
        session.get_one(Job, job.id).result = {"submitted": ["baeume"]}
    city.submit("baeume")

    work(city)

    with reading(city.portal.engine) as session:
        assert session.get_one(Job, job.id).result == {"submitted": ["baeume", "parks"], "refused": []}
