"""A bulk change undone: every draft is what it was, and what others did since is not touched."""

import pytest

from portal.accounts.actor import NOBODY
from portal.curation.undoing import Undone, seen_change, undo_bulk_change
from portal.foundation.db import reading
from portal.foundation.errors import AllRefused, Forbidden, IllegalStep, NotFound, Unauthenticated
from tests.curation.conftest import City
from tests.people import NOON

DAILY = {"dcat": {"accrualPeriodicity": "DAILY"}}


def undo(city: City, change_id: str) -> Undone:
    return undo_bulk_change(city.portal.engine, change_id, by=city.editor, at=NOON)


def test_drafts_are_put_back_to_the_key_and_those_that_were_opened_are_gone(city: City) -> None:
    city.open("parks")
    city.edit("parks", {"title": "Parks", "family": "grün"})
    before = city.descriptor("parks")
    done = city.apply({**DAILY, "family": None, "homepage": "https://example.org/"}, "baeume", "parks")

    undone = undo(city, done)

    assert undone.outcomes == {"baeume": "discarded", "parks": "restored"}
    assert city.draft("baeume") is None
    assert city.descriptor("parks") == before
    assert list(city.descriptor("parks")) == list(before)


def test_a_draft_that_was_changed_since_stays_and_the_answer_says_so(city: City) -> None:
    done = city.apply(DAILY, "baeume", "parks")
    city.edit("parks", {"title": "Neu"})

    undone = undo(city, done)

    assert undone.outcomes == {"baeume": "discarded"}
    assert [(one.slug, one.error.slug) for one in undone.refusals] == [("parks", "outdated")]
    assert city.descriptor("parks")["title"] == "Neu"


def test_what_was_changed_and_changed_back_can_be_undone(city: City) -> None:
    first = city.apply(DAILY, "baeume")
    second = city.apply({"title": "Anders"}, "baeume")

    assert undo(city, second).outcomes == {"baeume": "restored"}
    assert undo(city, first).outcomes == {"baeume": "discarded"}


def test_a_draft_that_is_gone_or_submitted_is_left_alone(city: City) -> None:
    done = city.apply(DAILY, "baeume", "parks")
    for slug in ("baeume", "parks"):
        city.submit(slug)

    with pytest.raises(AllRefused) as caught:
        undo(city, done)

    assert {one["problem"] for one in caught.value.facts["refusals"]} == {"illegal-step"}  # type: ignore[attr-defined]


def test_what_was_undone_is_not_undone_again(city: City) -> None:
    done = city.apply(DAILY, "baeume")
    undo(city, done)

    with pytest.raises(IllegalStep):
        undo(city, done)


def test_others_see_of_a_change_what_concerns_them_and_undo_what_they_edit(city: City) -> None:
    done = city.apply(DAILY, "baeume", "hafen", by=city.both)

    with reading(city.portal.engine) as session:
        assert [dataset.slug for dataset, _ in seen_change(session, done, by=city.viewer)[1]] == ["baeume"]
        with pytest.raises(Unauthenticated):
            seen_change(session, done, by=NOBODY)
        with pytest.raises(NotFound):
            seen_change(session, "f" * 32, by=city.editor)
    with pytest.raises(Forbidden):
        undo_bulk_change(city.portal.engine, done, by=city.viewer, at=NOON)

    assert undo(city, done).outcomes == {"baeume": "discarded"}
    assert undo_bulk_change(city.portal.engine, done, by=city.neighbour, at=NOON).outcomes == {"hafen": "discarded"}
