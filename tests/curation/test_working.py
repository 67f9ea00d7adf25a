"""From submission to the public: gates, jobs, one worker at a time; killed anywhere, the next one finishes it."""

import os
import random
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from portal.accounts.roles import Role
from portal.catalogue.draft import DraftState
from portal.catalogue.publishers import find_publisher
from portal.curation.previewing import preview
from portal.curation.working import only_worker
from portal.events.verifying import verify_chain
from portal.foundation.config import Settings
from portal.foundation.db import reading
from portal.foundation.errors import (
    Forbidden,
    IllegalStep,
    InvalidDataset,
    InvalidInput,
    Outdated,
    OutOfSpace,
)
from portal.foundation.text import LangString
from portal.jobs.job import JobState
from portal.publishing import release
from portal.publishing.migrate import upgrade
from portal.publishing.standing import Work
from portal.publishing.withdrawal import withdraw
from portal.wiring import build
from tests.curating import CSV, add_person, add_publisher
from tests.curation.desk import SLUG, Desk
from tests.forked import start, timed
from tests.people import NOON, OPERATOR, someone
from tests.releases import damaged, versions

TOMORROW = NOON + timedelta(days=1)
KILLS = {"sqlite": 8, "postgresql": 4}
MIB = 1024 * 1024


def test_what_lacks_something_is_not_submitted(desk: Desk) -> None:
    with pytest.raises(InvalidDataset):
        desk.submit()
    desk.deliver()
    desk.edit({"description": None})

    with pytest.raises(InvalidDataset) as caught:
        desk.submit()

    assert [one["pointer"] for one in caught.value.facts["findings"]] == ["/description"]  # type: ignore[attr-defined]
    assert desk.the_draft().state == DraftState.DRAFT


def test_a_preview_is_to_the_byte_what_is_released(desk: Desk) -> None:
    desk.deliver()
    portal = desk.portal
    seen = preview(portal.engine, portal.drafts, portal.settings, SLUG, by=desk.anna, at=NOON)

    desk.submit()
    desk.approve()
    desk.work()

    assert {one.name: one.digest for one in seen if one.format != "zip"} == {
        name: digest for name, digest in versions(portal, SLUG)[0].files.items() if not name.endswith(".zip")
    }
    assert not any(
        portal.drafts.has(one.digest) and not portal.store.has(one.digest) for one in seen if one.format == "csv"
    )


def test_a_preview_is_not_a_change(desk: Desk) -> None:
    desk.deliver()
    revision = desk.the_draft().revision

    preview(desk.portal.engine, desk.portal.drafts, desk.portal.settings, SLUG, by=desk.anna, at=NOON)

    assert desk.the_draft().revision == revision


def test_a_job_tells_of_a_release_from_waiting_to_done(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.deliver()
    desk.submit()
    job_id = desk.approve()
    seen = [(desk.job(job_id).state, "")]
    verify_files = release._verify
    monkeypatch.setattr(
        release,
        "_verify",
        lambda *parts: (seen.append((desk.job(job_id).state, desk.job(job_id).step)), verify_files(*parts))[1],
    )

    desk.work()

    job = desk.job(job_id)
    assert seen == [(JobState.WAITING, ""), (JobState.RUNNING, "verify")]
    assert (job.state, job.steps_done, job.steps_total) == (JobState.DONE, 4, 4)
    assert job.result == {"dataset": SLUG, "version": 1, "url": f"https://daten.example/datasets/{SLUG}/v/1"}


def test_a_release_set_for_a_time_is_not_made_before_it(desk: Desk) -> None:
    desk.deliver()
    desk.submit()
    job_id = desk.approve(release_at=TOMORROW)

    assert desk.work(at=TOMORROW - timedelta(seconds=1)) == []
    assert (desk.job(job_id).state, desk.job(job_id).due_at) == (JobState.WAITING, TOMORROW)
    assert versions(desk.portal, SLUG) == []

    assert desk.work(at=TOMORROW) == [SLUG]
    assert desk.job(job_id).state == JobState.DONE


def test_a_time_that_has_passed_or_is_far_away_is_a_slip(desk: Desk) -> None:
    desk.deliver()
    desk.submit()

    for release_at in (NOON - timedelta(days=365), NOON + timedelta(days=3_000)):
        with pytest.raises(InvalidInput):
            desk.approve(release_at=release_at)

    assert desk.the_draft().state == DraftState.REVIEW


def test_the_submitter_does_not_approve_and_the_approver_has_seen_this_revision(desk: Desk) -> None:
    desk.deliver()
    desk.submit()

    with pytest.raises(Outdated):
        desk.approve(revision=desk.the_draft().revision - 1)
    with pytest.raises(Forbidden):
        Desk(desk.portal, desk.folder, desk.anna, desk.anna).approve()

    assert desk.the_draft().state == DraftState.REVIEW


def test_what_is_taken_back_before_its_time_ends_its_job_and_is_a_draft_again(desk: Desk) -> None:
    desk.deliver()
    desk.submit()
    job_id = desk.approve(release_at=TOMORROW)

    desk.give_back("Noch nicht.")

    assert (desk.the_draft().state, desk.the_draft().comment) == (DraftState.DRAFT, "Noch nicht.")
    assert desk.job(job_id).state == JobState.FAILED
    assert desk.work(at=TOMORROW) == []


def test_a_withdrawal_ends_the_job_of_the_release_it_stops(desk: Desk) -> None:
    desk.publish()
    desk.deliver(CSV + b"x-3,Eiche\n")
    desk.submit()
    job_id = desk.approve(release_at=TOMORROW)

    withdraw(desk.portal.engine, SLUG, reason=LangString("Falsch."), by=OPERATOR, at=NOON)

    assert desk.the_draft().state == DraftState.DRAFT
    assert desk.job(job_id).state == JobState.FAILED


def test_what_is_being_released_is_not_discarded(desk: Desk) -> None:
    desk.deliver()
    desk.submit()
    desk.approve(release_at=TOMORROW)

    with pytest.raises(IllegalStep):
        desk.discard()

    desk.give_back()
    desk.discard()
    assert desk.draft() is None


def test_a_job_that_ended_is_not_found_by_the_next_draft_with_the_same_number(desk: Desk) -> None:
    desk.publish()
    desk.deliver(CSV + b"x-3,Eiche\n")
    desk.submit()

    job_id = desk.approve()
    desk.work()

    assert desk.job(job_id).result is not None
    assert [one.number for one in versions(desk.portal, SLUG)] == [1, 2]


def test_a_draft_nobody_foresaw_is_given_back_and_does_not_keep_others_waiting(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.deliver()
    desk.submit()
    job_id = desk.approve()
    monkeypatch.setattr(release, "_verify", lambda *_: 1 / 0)

    desk.work()

    draft = desk.the_draft()
    assert (draft.state, desk.job(job_id).state) == (DraftState.DRAFT, JobState.FAILED)
    assert desk.work() == []


def test_only_one_worker_works(desk: Desk) -> None:
    desk.deliver()
    desk.submit()
    desk.approve()

    with only_worker(desk.portal.engine, desk.portal.settings, Work.RELEASES) as alone:
        assert alone
        busy = desk.work()
    assert busy == []

    assert desk.work() == [SLUG]


def test_a_release_that_is_due_does_not_wait_for_a_job_that_runs(desk: Desk) -> None:
    desk.deliver()
    desk.submit()
    desk.approve()

    with only_worker(desk.portal.engine, desk.portal.settings, Work.JOBS) as alone:
        assert alone
        assert desk.work() == [SLUG]


def test_workers_that_start_at_once_make_one_version(desk: Desk) -> None:
    desk.deliver()
    desk.submit()
    job_id = desk.approve()

    racing = [start(desk.portal.settings, "work") for _ in range(3)]
    ends = [process.end() for process in racing]

    assert all(code == 0 for _, code in ends), ends
    assert [one.number for one in versions(desk.portal, SLUG)] == [1]
    assert desk.job(job_id).state == JobState.DONE
    assert desk.events().count("version-released") == 1


def test_a_worker_killed_anywhere_loses_nothing_and_the_next_one_finishes(desk: Desk, engine_name: str) -> None:
    chance = random.Random(20261122)
    desk.publish()
    whole_s = None

    for kill in range(KILLS[engine_name]):
        desk.deliver(CSV + f"k-{kill},Eiche\n".encode())
        desk.submit()
        job_id = desk.approve()
        before = versions(desk.portal, SLUG)
        if whole_s is None:
            whole_s = timed(desk.portal.settings, "work")
        else:
            start(desk.portal.settings, "work").kill_after(whole_s * (kill + chance.random()) / KILLS[engine_name])
        found = versions(desk.portal, SLUG)
        assert [one.files for one in found[: len(before)]] == [one.files for one in before]
        assert damaged(desk.portal) == []
        is_out = len(found) > len(before)
        assert (desk.draft() is None) is is_out
        assert (desk.job(job_id).state == JobState.DONE) is is_out
        desk.work()
        assert desk.job(job_id).state == JobState.DONE
        assert [one.number for one in versions(desk.portal, SLUG)] == list(range(1, len(before) + 2))
        assert f"k-{kill}".encode() in desk.portal.store.read(versions(desk.portal, SLUG)[-1].files["trees.csv"])

    assert damaged(desk.portal) == []
    with reading(desk.portal.engine) as session:
        assert verify_chain(session).broken is None


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 24 MiB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={24 * MIB}", "tmpfs", str(disk)], check=False, capture_output=True
    )
    if mounted.returncode != 0:
        pytest.skip(f"a small disk cannot be mounted here: {mounted.stderr.decode().strip()}")
    yield disk
    subprocess.run(["umount", "-l", str(disk)], check=True)


@pytest.mark.parametrize("free_kib", [0, 300, 1000])
def test_a_full_disk_refuses_a_delivery_and_a_release_waits_for_room(
    small_disk: Path, tmp_path: Path, free_kib: int
) -> None:
    portal = build(Settings(data=small_disk / "data", base_url="https://daten.example"))
    upgrade(portal.engine)
    add_publisher(portal)
    editor, approver = add_person(portal, "anna"), add_person(portal, "ben")
    with reading(portal.engine) as session:
        publisher_id = find_publisher(session, "stadt").id
    anna, ben = (
        someone(one, {publisher_id: {role}}) for one, role in ((editor, Role.EDITOR), (approver, Role.APPROVER))
    )
    desk = Desk(portal, tmp_path / "uploads", anna, ben)
    desk.begin()
    desk.publish()
    noise = random.Random(2018)
    rows = "".join(f"n-{row},{''.join(noise.choices('abcdefghijklmnop', k=300))}\n" for row in range(4_000))
    larger = CSV + rows.encode()

    fill(small_disk, free_bytes=free_kib * 1024)
    with pytest.raises(OutOfSpace):
        desk.deliver(larger)
    assert desk.draft() is None
    assert list(portal.drafts.work.iterdir()) == []

    (small_disk / "filler").unlink()
    desk.deliver(larger)
    desk.submit()
    job_id = desk.approve()
    fill(small_disk, free_bytes=free_kib * 1024)
    desk.work()
    assert desk.job(job_id).state in (JobState.WAITING, JobState.RUNNING)
    assert desk.the_draft().state == DraftState.BUILDING
    assert len(versions(portal, SLUG)) == 1

    (small_disk / "filler").unlink()
    assert desk.work() == [SLUG]
    assert desk.job(job_id).state == JobState.DONE
    assert versions(portal, SLUG)[-1].rows == {"trees": 4_002}
    assert damaged(portal) == []


def fill(disk: Path, *, free_bytes: int) -> None:
    """Fill *disk* until only *free_bytes* are left."""
    facts = os.statvfs(disk)
    with (disk / "filler").open("wb") as filler:
        filler.write(b"\0" * max(0, facts.f_bavail * facts.f_frsize - free_bytes))
