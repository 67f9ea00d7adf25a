"""A draft that whoever made it releases: only where four eyes are off, and never against what anybody decided."""

import pytest

from portal.accounts.actor import Actor
from portal.accounts.permissions import Action
from portal.accounts.roles import Role
from portal.catalogue.publishers import find_publisher
from portal.curation.finding import curated_dataset, find_draft
from portal.curation.releasing import hold_back, is_held_back, obstacles, release_if_possible
from portal.foundation.db import reading, transaction
from portal.foundation.errors import Outdated
from portal.foundation.text import LangString
from portal.jobs.job import Job
from portal.publishing.withdrawal import withdraw
from tests.curating import add_person
from tests.curation.desk import SLUG, Desk
from tests.people import NOON, OPERATOR, someone


@pytest.fixture
def emil(desk: Desk) -> Actor:
    """Edits and approves for stadt, which has switched four eyes off."""
    user_id = add_person(desk.portal, "emil", Role.EDITOR, Role.APPROVER)
    with transaction(desk.portal.engine) as session:
        stadt = find_publisher(session, "stadt")
        stadt.four_eyes = False
        return someone(user_id, {stadt.id: {Role.EDITOR, Role.APPROVER}})


def _release(desk: Desk, by: Actor) -> Job | list[LangString]:
    return release_if_possible(desk.portal.engine, desk.portal.drafts, SLUG, by=by, at=NOON)


def _hold(desk: Desk, held: bool) -> None:
    with transaction(desk.portal.engine) as session:
        hold_back(session, curated_dataset(session, SLUG, Action.EDIT_DRAFT, by=desk.anna), held, by=desk.anna, at=NOON)


def _obstacles(desk: Desk, by: Actor) -> list[str]:
    with reading(desk.portal.engine) as session:
        return [one.in_language("en") for one in obstacles(session, *find_draft(session, SLUG, by=by), by=by)]


def test_it_is_released_by_the_one_who_made_it(desk: Desk, emil: Actor):
    desk.deliver(by=emil)

    assert isinstance(_release(desk, emil), Job)
    assert desk.work() == [SLUG]
    assert desk.events()[-3:] == ["draft-submitted", "draft-approved", "version-released"]


def test_nothing_keeps_it_back_but_what_is_said(desk: Desk, emil: Actor):
    assert _obstacles(desk, emil) == ["There is no table yet."]
    assert _release(desk, emil) == [LangString("Es gibt noch keine Tabelle.", "There is no table yet.")]
    desk.deliver()
    assert _obstacles(desk, emil) == []
    assert _obstacles(desk, desk.anna) == ["The token may not submit and approve it."]
    _hold(desk, True)
    assert _obstacles(desk, emil) == ["It is held until state=active comes."]
    _hold(desk, False)
    desk.edit({"title": None})
    assert _obstacles(desk, emil) == ["/title: title is missing."]
    assert isinstance(_release(desk, emil), list)
    assert desk.the_draft().state == "draft"


def test_four_eyes_keep_it_back(desk: Desk):
    desk.deliver()

    assert _obstacles(desk, desk.anna) == ["Another person has to approve it (four eyes)."]
    assert desk.the_draft().state == "draft"


def test_what_looks_personal_keeps_it_back(desk: Desk, emil: Actor):
    desk.deliver(b"id,mail\nx-1,erfunden@person.example\n", new_schema=True)
    said = _release(desk, emil)

    assert isinstance(said, list)
    assert "mail" in said[0].in_language("en")
    assert desk.the_draft().state == "draft"


def test_what_was_withdrawn_does_not_come_back_by_itself(desk: Desk, emil: Actor):
    desk.publish()
    withdraw(desk.portal.engine, SLUG, reason=LangString("Falsch.", "Wrong."), by=OPERATOR, at=NOON)
    desk.open()
    desk.edit({"title": "Anders"})

    assert ["withdrawn" in one for one in _obstacles(desk, emil)] == [True]


def test_what_is_public_already_is_no_new_version(desk: Desk, emil: Actor):
    desk.publish()
    desk.open()

    assert _release(desk, emil) == []
    assert desk.draft() is None


def test_a_file_made_from_rows_that_are_gone_is_refused(desk: Desk):
    desk.deliver()
    before = desk.stored()

    with pytest.raises(Outdated):
        desk.deliver(b"id,name\nx-1,Linde\n", merged_from="0" * 64)
    assert desk.the_draft().sources == before[0][1]
    digest = desk.the_draft().sources["trees"]
    desk.deliver(b"id,name\nx-1,Linde\n", merged_from=digest)
    assert desk.the_draft().sources["trees"] != digest


def test_holding_back_outlives_a_version(desk: Desk):
    _hold(desk, True)
    desk.publish()

    with reading(desk.portal.engine) as session:
        assert is_held_back(session, curated_dataset(session, SLUG, Action.EDIT_DRAFT, by=desk.anna))
