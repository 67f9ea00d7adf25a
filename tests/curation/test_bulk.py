"""One patch on many datasets: said beforehand, applied to all that are allowed or to none, logged as such."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from portal.accounts.actor import NOBODY
from portal.curation.editable import EditableFilter, editable_datasets
from portal.events.verifying import verify_chain
from portal.foundation.db import reading
from portal.foundation.errors import AllRefused, Conflict, Forbidden, InvalidInput, Outdated, Unauthenticated
from tests.curation.conftest import City

DAILY = {"dcat": {"accrualPeriodicity": "DAILY"}}


def test_a_plan_says_what_would_change_and_changes_nothing(city: City) -> None:
    plan = city.plan(DAILY, "baeume", "parks")

    assert [(one.slug, one.draft_id, one.changes) for one in plan.planned] == [
        (slug, None, {"/dcat/accrualPeriodicity": {"before": "ANNUAL", "after": "DAILY"}})
        for slug in ("baeume", "parks")
    ]
    assert city.draft("baeume") is None


def test_an_applied_change_opens_drafts_and_edits_those_there_are(city: City) -> None:
    city.open("parks")
    city.edit("parks", {"title": "Parks"})

    done = city.apply(DAILY, "baeume", "parks")

    assert [city.descriptor(slug)["dcat"]["accrualPeriodicity"] for slug in ("baeume", "parks")] == ["DAILY", "DAILY"]
    assert city.descriptor("parks")["title"] == "Parks"
    draft = city.draft("baeume")
    assert draft is not None
    assert city.portal.drafts.has(draft.sources["trees"])
    assert len([event for event in city.events() if event.facts.get("bulk") == done]) == 3  # one draft was opened
    with reading(city.portal.engine) as session:
        assert verify_chain(session).broken is None


def test_those_that_may_not_be_changed_are_refused_one_by_one_and_the_others_are_changed(city: City) -> None:
    plan = city.plan(DAILY, "baeume", "hafen", "nichts")

    city.apply_plan(plan)

    assert [(one.slug, one.error.slug) for one in plan.refusals] == [("hafen", "forbidden"), ("nichts", "not-found")]
    assert city.draft("baeume") is not None
    assert city.draft("hafen") is None


def test_a_draft_that_was_submitted_is_refused(city: City) -> None:
    city.open("parks")
    city.submit("parks")

    plan = city.plan(DAILY, "baeume", "parks")

    assert [(one.slug, one.error.slug) for one in plan.refusals] == [("parks", "illegal-step")]


def test_what_breaks_a_rule_is_refused_with_its_findings(city: City) -> None:
    plan = city.plan({"dcat": {"accrualPeriodicity": "SOMETIMES"}}, "baeume")

    assert plan.refusals[0].as_dict()["findings"][0]["pointer"] == "/dcat/accrualPeriodicity"  # type: ignore[index]
    with pytest.raises(AllRefused):
        city.apply_plan(plan)


def test_what_is_so_already_is_said_and_nothing_is_stored(city: City) -> None:
    plan = city.plan({"dcat": {"accrualPeriodicity": "ANNUAL"}}, "baeume")

    assert (plan.unchanged, city.apply_plan(plan)) == (("baeume",), None)
    assert city.draft("baeume") is None


def test_somebody_who_was_faster_keeps_all_of_it_from_happening(city: City) -> None:
    city.open("parks")
    plan = city.plan(DAILY, "baeume", "parks")
    city.edit("parks", {"title": "Schneller"})

    with pytest.raises(Conflict):
        city.apply_plan(plan)

    assert city.draft("baeume") is None
    assert city.descriptor("parks")["dcat"]["accrualPeriodicity"] == "ANNUAL"


def test_a_draft_that_somebody_has_just_begun_keeps_all_of_it_from_happening(city: City) -> None:
    plan = city.plan(DAILY, "baeume", "parks")
    city.open("parks")

    with pytest.raises(Conflict):
        city.apply_plan(plan)

    assert city.draft("baeume") is None


@pytest.mark.parametrize("slugs", [(), ("baeume", "baeume"), tuple(f"d-{number}" for number in range(1_001))])
def test_none_too_many_or_one_twice_are_no_bulk_change(city: City, slugs: tuple[str, ...]) -> None:
    with pytest.raises(InvalidInput):
        city.plan(DAILY, *slugs)


def test_who_edits_nowhere_learns_nothing(city: City) -> None:
    with pytest.raises(Unauthenticated):
        city.plan(DAILY, "baeume", by=NOBODY)
    with pytest.raises(Forbidden):
        city.plan(DAILY, "baeume", by=city.viewer)


def test_a_filter_finds_what_one_may_edit_by_the_draft_where_there_is_one(city: City) -> None:
    city.open("parks")
    city.edit("parks", {"dcat": {"theme": ["TRAN"]}, "keywords": ["Wiese"]})

    def found(**conditions: str) -> list[str]:
        with reading(city.portal.engine) as session:
            return [one.slug for one in editable_datasets(session, EditableFilter(**conditions), by=city.editor)]

    assert found() == ["baeume", "parks"]
    assert found(publisher="stadt", theme="TRAN") == ["parks"]
    assert found(theme="ENVI") == ["baeume"]
    assert found(keyword="Wiese") == ["parks"]
    assert found(keyword="tree", licence="dl-zero-de/2.0") == ["parks"]  # the English keyword is not among the terms
    with pytest.raises(Forbidden):
        found(publisher="fremd")


def test_changes_at_the_same_time_do_not_wait_in_a_circle_and_lose_nothing(city: City) -> None:
    for slug in ("baeume", "parks"):
        city.open(slug)

    def change_many(slugs: tuple[str, ...], number: int) -> bool:
        return _went_through(lambda: city.apply({"title": f"{slugs} {number}"}, *slugs))

    def change_one(slug: str, number: int) -> bool:
        return _went_through(lambda: city.edit(slug, {"description": f"einer {number}"}))

    with ThreadPoolExecutor(4) as pool:
        tasks = [pool.submit(change_many, ("baeume", "parks"), number) for number in range(4)]
        tasks += [pool.submit(change_many, ("parks", "baeume"), number) for number in range(4)]
        tasks += [pool.submit(change_one, slug, number) for number in range(4) for slug in ("parks", "baeume")]
        done = [task.result(timeout=60) for task in tasks]

    assert any(done)
    drafts = [city.draft(slug) for slug in ("baeume", "parks")]
    edits = [event for event in city.events() if "changes" in event.facts]
    assert [draft.revision - 1 if draft else None for draft in drafts] == [
        len([event for event in edits if event.dataset == slug]) for slug in ("baeume", "parks")
    ]
    with reading(city.portal.engine) as session:
        assert verify_chain(session).broken is None


def _went_through(work: Callable[[], object]) -> bool:
    """Tell whether somebody was not slower than somebody else; anything but that is an error."""
    try:
        work()
    except (Conflict, Outdated):
        return False
    return True
