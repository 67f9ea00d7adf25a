"""Two at once: one gets through, the other is told, and nothing of either is half there."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import select

from portal.catalogue.draft import DraftState
from portal.foundation.db import reading
from portal.foundation.errors import PortalError
from portal.jobs.job import Job, JobState
from tests.curating import CSV, Caller, Door, begin, with_token
from tests.curation.desk import SLUG, Desk
from tests.releases import damaged, versions

REFUSALS = {"conflict", "illegal-step", "outdated", "not-found"}
ROUNDS = 4


def at_once(*steps: Callable[[], Any]) -> list[str]:
    """Take all steps in the same moment; give `done` or the slug of the error of each."""
    ready = Barrier(len(steps))

    def take(step: Callable[[], Any]) -> str:
        ready.wait()
        try:
            step()
        except PortalError as error:
            return error.slug
        return "done"

    with ThreadPoolExecutor(len(steps)) as pool:
        return list(pool.map(take, steps))


def test_of_two_edits_on_one_revision_one_is_kept_and_the_other_told(desk: Desk) -> None:
    for turn in range(ROUNDS):
        revision = desk.the_draft().revision
        titles = [f"{turn} {name}" for name in ("eins", "zwei", "drei")]

        ends = at_once(*(partial(desk.edit, {"title": title}, revision) for title in titles))

        assert ends.count("done") == 1
        assert set(ends) <= {"done", "conflict", "outdated"}
        assert desk.the_draft().descriptor["title"] == titles[ends.index("done")]
        assert desk.the_draft().revision == revision + 1


def test_two_who_begin_the_same_dataset_at_once_begin_one(desk: Desk) -> None:
    for turn in range(ROUNDS):
        begin_it = partial(begin, desk.portal, f"wege-{turn}", "stadt")

        ends = at_once(begin_it, begin_it, begin_it)

        assert sorted(ends) == ["conflict", "conflict", "done"]


def test_two_edits_that_look_again_both_stay(desk: Desk) -> None:
    def until_done(patch: dict[str, Any]) -> None:
        for _ in range(20):
            try:
                return desk.edit(patch)
            except PortalError as error:
                assert error.slug in ("conflict", "outdated")  # noqa: PT017 - the loop goes on
        raise AssertionError("never got through")

    ends = at_once(lambda: until_done({"title": "Titel"}), lambda: until_done({"keywords": ["Wort"]}))

    descriptor = desk.the_draft().descriptor
    assert ends == ["done", "done"]
    assert (descriptor["title"], descriptor["keywords"]) == ("Titel", ["Wort"])


def test_deliveries_of_two_tables_at_once_are_both_there_or_told(desk: Desk) -> None:
    one, two = (Desk(desk.portal, desk.folder / name, desk.anna, desk.ben) for name in ("a", "b"))

    ends = at_once(lambda: one.deliver(table="eins"), lambda: two.deliver(table="zwei"))

    assert set(ends) <= {"done", "conflict"}
    there = {name for name, end in zip(("eins", "zwei"), ends, strict=True) if end == "done"}
    draft = desk.the_draft()
    assert (
        set(draft.sources) == set(draft.deliveries) == {one["name"] for one in draft.descriptor["resources"]} == there
    )
    assert desk.portal.drafts.damaged(draft.sources.values()) == []


def test_two_who_open_a_draft_at_once_get_the_same(desk: Desk) -> None:
    for _ in range(ROUNDS):
        if desk.draft() is not None:
            desk.deliver(CSV + f"y-{len(versions(desk.portal, SLUG))},Eiche\n".encode())
            desk.submit()
            desk.approve()
            desk.work()

        ends = at_once(desk.open, desk.open, desk.open)

        assert set(ends) <= {"done", "conflict"}
        assert "done" in ends
        assert desk.the_draft().state == DraftState.DRAFT


def test_a_delivery_while_somebody_submits_is_in_what_is_submitted_or_refused(desk: Desk) -> None:
    for turn in range(ROUNDS):
        desk.deliver()
        submitted, delivered = at_once(desk.submit, lambda turn=turn: desk.deliver(CSV + f"z-{turn},Eiche\n".encode()))

        draft = desk.the_draft()
        rows = desk.portal.drafts.read(draft.sources["trees"]).count(b"\n") - 1
        assert {submitted, delivered} <= REFUSALS | {"done"}
        assert rows == (3 if delivered == "done" else 2)
        assert draft.state == (DraftState.REVIEW if submitted == "done" else DraftState.DRAFT)
        if draft.state == DraftState.REVIEW:
            desk.give_back()


def test_a_delivery_while_somebody_discards_leaves_no_half_draft(desk: Desk) -> None:
    desk.publish()
    for turn in range(ROUNDS):
        desk.open()
        discarded, delivered = at_once(desk.discard, lambda turn=turn: desk.deliver(CSV + f"w-{turn},Eiche\n".encode()))

        draft = desk.draft()
        assert {discarded, delivered} <= REFUSALS | {"done"}
        assert "done" in (discarded, delivered)
        if draft is not None:
            assert desk.portal.drafts.damaged(draft.sources.values()) == []
        if delivered != "done":
            assert draft is None


def test_two_approvals_at_once_make_one_job_and_one_version(desk: Desk) -> None:
    desk.deliver()
    desk.submit()

    ends = at_once(desk.approve, desk.approve, desk.approve)
    desk.work()

    assert ends.count("done") == 1
    with reading(desk.portal.engine) as session:
        assert [job.state for job in session.scalars(select(Job))] == [JobState.DONE]
    assert [one.number for one in versions(desk.portal, SLUG)] == [1]


def test_approval_and_return_at_once_agree_on_one(desk: Desk) -> None:
    desk.deliver()
    for _ in range(ROUNDS):
        desk.submit()
        approved, returned = at_once(desk.approve, desk.give_back)

        state = desk.the_draft().state
        with reading(desk.portal.engine) as session:
            waiting = [job for job in session.scalars(select(Job)) if job.state == JobState.WAITING]
        assert (state == DraftState.BUILDING) == bool(waiting)
        assert "done" in (approved, returned)
        if state != DraftState.DRAFT:
            desk.give_back()


def test_two_releases_at_once_make_one_version(desk: Desk) -> None:
    desk.deliver()
    desk.submit()
    desk.approve()

    at_once(desk.work, desk.work, desk.work)
    desk.work()

    assert [one.number for one in versions(desk.portal, SLUG)] == [1]
    assert damaged(desk.portal) == []
    assert desk.events().count("version-released") == 1


def test_what_is_taken_back_while_it_is_built_is_released_or_a_draft_never_both(desk: Desk) -> None:
    desk.publish()
    for turn in range(ROUNDS):
        desk.deliver(CSV + f"v-{turn},Eiche\n".encode())
        desk.submit()
        job_id = desk.approve()
        before = len(versions(desk.portal, SLUG))

        _, returned = at_once(desk.work, desk.give_back)

        is_out = len(versions(desk.portal, SLUG)) > before
        assert (desk.draft() is None) is is_out
        assert (returned == "done") is not is_out
        assert desk.job(job_id).state == (JobState.DONE if is_out else JobState.FAILED)


@pytest.fixture
def callers(desk: Desk) -> tuple[Caller, Caller]:
    door = Door.of(desk.portal)
    return with_token(door, "anna"), with_token(door, "anna")


def test_two_curators_over_http_one_wins_the_other_gets_409_or_412(desk: Desk, callers: tuple[Caller, Caller]) -> None:
    draft = f"/datasets/{SLUG}/draft"
    for turn in range(ROUNDS):
        tag = callers[0].ask("GET", draft).headers["ETag"]
        ready = Barrier(2)

        def edit(number: int, ready: Barrier = ready, tag: str = tag, turn: int = turn) -> int:
            ready.wait()
            patch = {"metadata": {"title": f"{turn} von {number}"}}
            return callers[number].ask("PATCH", draft, json=patch, headers={"If-Match": tag}).status_code

        with ThreadPoolExecutor(2) as pool:
            ends = list(pool.map(edit, (0, 1)))

        assert ends.count(200) == 1, ends
        assert set(ends) <= {200, 409, 412}
        assert desk.the_draft().descriptor["title"] == f"{turn} von {ends.index(200)}"


def test_without_if_match_nothing_is_changed(desk: Desk, callers: tuple[Caller, Caller]) -> None:
    before = desk.stored()

    answer = callers[0].ask("PATCH", f"/datasets/{SLUG}/draft", json={"notes": "x"})

    assert answer.status_code == 428
    assert answer.get_json()["type"].endswith("/problems/precondition-required")
    assert desk.stored() == before
