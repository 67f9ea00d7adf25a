"""The foreman of a server starts a worker for each kind of work, and neither waits for the other."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from portal.accounts.roles import Role
from portal.catalogue.publishers import find_publisher
from portal.curation.ordering import order_submission
from portal.curation.working import only_worker
from portal.foundation.config import Settings
from portal.foundation.db import reading
from portal.jobs.job import JobState
from portal.publishing.migrate import upgrade
from portal.publishing.standing import Work, jobs_wait
from portal.web.foreman import Foreman
from portal.wiring import build
from tests.curating import add_person, add_publisher
from tests.curation.desk import SLUG, Desk
from tests.people import NOON, someone


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    portal = build(Settings(data=tmp_path / "data", base_url="https://daten.example", datasets="-"))
    upgrade(portal.engine)
    add_publisher(portal)
    people = [(add_person(portal, name, role), role) for name, role in (("anna", Role.EDITOR), ("ben", Role.APPROVER))]
    with reading(portal.engine) as session:
        publisher_id = find_publisher(session, "stadt").id
    desk = Desk(portal, tmp_path / "uploads", *(someone(one, {publisher_id: {role}}) for one, role in people))
    desk.begin()
    yield desk
    portal.engine.dispose()


def test_a_release_is_made_while_a_job_takes_long_and_the_job_after_it(desk: Desk) -> None:
    portal, foreman = desk.portal, Foreman(desk.portal)
    desk.deliver()
    desk.submit()
    release = desk.approve()

    try:
        with only_worker(portal.engine, portal.settings, Work.JOBS) as alone:  # as a delivery that takes long
            assert alone
            foreman.start()
            foreman.nudge()
            soon(lambda: desk.job(release).state == JobState.DONE)
        desk.open()
        parts = portal.engine, portal.drafts, SLUG
        job = order_submission(*parts, above_bytes=None, revision=None, by=desk.anna, at=NOON)
        assert job is not None
        foreman.nudge()
        soon(lambda: not jobs_wait(portal.engine))
    finally:
        foreman.stop()

    assert desk.job(job.id).state == JobState.DONE


def soon(happens: Callable[[], bool], *, patience_s: float = 60) -> None:
    until = time.monotonic() + patience_s
    while not happens():
        assert time.monotonic() < until, "it never happened"
        time.sleep(0.05)
