"""Submit, approve, return, discard: by whom, in which state, seen by how many eyes."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.accounts.actor import Actor, ActorKind, Scope, command
from portal.accounts.roles import Action, Role
from portal.catalogue.draft import Draft, DraftState, require_revision
from portal.catalogue.review import approve, discard, return_to_editors, submit
from portal.events.log import Event
from portal.foundation.db import reading, transaction
from portal.foundation.errors import Conflict, Forbidden, IllegalStep, InvalidInput, Outdated
from portal.wiring import Portal
from tests.people import NOON, a_dataset, a_draft, a_publisher, a_user, someone


class Case:
    """A draft of a publisher, an editor and an approver; both have both roles, so that only four eyes part them."""

    def __init__(self, portal: Portal, *, four_eyes: bool = True) -> None:
        self.engine = portal.engine
        with transaction(portal.engine) as session:
            publisher = a_publisher(session, four_eyes=four_eyes)
            self.draft_id = a_draft(session, a_dataset(session, publisher)).id
            self.publisher_id = publisher.id
            both = {publisher.id: {Role.EDITOR, Role.APPROVER}}
            self.anna = someone(a_user(session, "anna").id, both)
            self.ben = someone(a_user(session, "ben").id, both)

    def submitted(self) -> "Case":
        with transaction(self.engine) as session:
            submit(session, session.get_one(Draft, self.draft_id), by=self.anna, at=NOON)
        return self

    def draft(self) -> Draft:
        with reading(self.engine) as session:
            return session.get_one(Draft, self.draft_id)

    def approve(self, by: Actor, **facts: object) -> None:
        with transaction(self.engine) as session:
            approve(session, session.get_one(Draft, self.draft_id), by=by, at=NOON, **facts)  # type: ignore[arg-type]


def test_a_submitted_draft_says_who_and_when(portal: Portal) -> None:
    case = Case(portal).submitted()

    draft = case.draft()
    assert (draft.state, draft.submitted_by, draft.submitter_id, draft.submitted_at) == (
        DraftState.REVIEW, case.anna.label, case.anna.user_id, NOON,
    )  # fmt: skip


def test_another_person_approves(portal: Portal) -> None:
    case = Case(portal).submitted()

    case.approve(case.ben)

    draft = case.draft()
    assert (draft.state, draft.decided_by, draft.release_at) == (DraftState.BUILDING, case.ben.label, None)


def test_the_submitter_does_not_approve(portal: Portal) -> None:
    case = Case(portal).submitted()

    with pytest.raises(Forbidden) as caught:
        case.approve(case.anna)

    assert caught.value.facts == {"four_eyes": True}
    assert case.draft().state == DraftState.REVIEW


def test_a_token_of_the_submitter_is_the_submitter(portal: Portal) -> None:
    case = Case(portal).submitted()
    token = Actor(
        kind=ActorKind.TOKEN, label="token:ab", user_id=case.anna.user_id, roles=case.anna.roles,
        scope=Scope(frozenset({Action.APPROVE})),
    )  # fmt: skip

    with pytest.raises(Forbidden):
        case.approve(token)


def test_with_four_eyes_switched_off_one_person_does_both(portal: Portal) -> None:
    case = Case(portal, four_eyes=False).submitted()

    case.approve(case.anna)

    assert case.draft().state == DraftState.BUILDING


def test_a_command_of_the_operator_is_not_held_to_four_eyes(portal: Portal) -> None:
    case = Case(portal)
    with transaction(portal.engine) as session:
        submit(session, session.get_one(Draft, case.draft_id), by=command("release"), at=NOON)

    case.approve(command("release"))

    assert case.draft().state == DraftState.BUILDING


def test_a_draft_nobody_submitted_is_not_approved(portal: Portal) -> None:
    case = Case(portal)

    with pytest.raises(IllegalStep):
        case.approve(case.ben)


def test_an_approval_may_name_a_time(portal: Portal) -> None:
    case = Case(portal).submitted()

    case.approve(case.ben, release_at=NOON + timedelta(days=2))

    assert case.draft().release_at == NOON + timedelta(days=2)


def test_a_time_that_has_passed_means_at_once(portal: Portal) -> None:
    case = Case(portal).submitted()

    case.approve(case.ben, release_at=NOON)

    assert case.draft().release_at is None


@pytest.mark.parametrize("approved", [False, True])
def test_a_returned_draft_carries_the_comment_until_it_is_submitted_again(portal: Portal, approved: bool) -> None:
    case = Case(portal).submitted()
    if approved:
        case.approve(case.ben, release_at=NOON + timedelta(days=2))
    with transaction(portal.engine) as session:
        return_to_editors(
            session, session.get_one(Draft, case.draft_id), comment=" Lizenz fehlt ", by=case.ben, at=NOON
        )

    returned = case.draft()
    assert (returned.state, returned.comment, returned.release_at) == (DraftState.DRAFT, "Lizenz fehlt", None)
    assert case.submitted().draft().comment is None


@pytest.mark.parametrize("comment", ["", "  ", "x" * 2001])
def test_a_draft_is_not_returned_without_a_comment(portal: Portal, comment: str) -> None:
    case = Case(portal).submitted()

    with transaction(portal.engine) as session, pytest.raises(InvalidInput):
        return_to_editors(session, session.get_one(Draft, case.draft_id), comment=comment, by=case.ben, at=NOON)


def test_a_discarded_draft_is_gone_and_the_log_keeps_its_digest(portal: Portal) -> None:
    case = Case(portal)
    with transaction(portal.engine) as session:
        discard(session, session.get_one(Draft, case.draft_id), by=case.anna, at=NOON)

    with reading(portal.engine) as session:
        assert session.get(Draft, case.draft_id) is None
        assert session.scalars(select(Event)).all()[-1].facts == {"content_digest": "d" * 64}


def test_what_waits_for_its_release_is_not_discarded(portal: Portal) -> None:
    case = Case(portal).submitted()
    case.approve(case.ben)

    with transaction(portal.engine) as session, pytest.raises(IllegalStep):
        discard(session, session.get_one(Draft, case.draft_id), by=case.anna, at=NOON)


def test_every_step_asks_for_permission_first(portal: Portal) -> None:
    case = Case(portal)
    viewer, stranger = someone(50, {case.publisher_id: {Role.VIEWER}}), someone(51, {99: set(Role)})

    for by in (viewer, stranger, someone(52, portal_admin=True)):
        with transaction(portal.engine) as session:
            draft = session.get_one(Draft, case.draft_id)
            for step in (submit, approve, discard):
                with pytest.raises(Forbidden):
                    step(session, draft, by=by, at=NOON)
            with pytest.raises(Forbidden):
                return_to_editors(session, draft, comment="Nein", by=by, at=NOON)


def test_every_change_counts_the_revision(portal: Portal) -> None:
    case = Case(portal)
    first = case.draft().revision

    second = case.submitted().draft().revision

    assert second > first
    require_revision(case.draft(), second)
    with pytest.raises(Outdated) as caught:
        require_revision(case.draft(), first)
    assert (caught.value.status, caught.value.facts) == (412, {"revision": second})


def test_of_two_who_decide_at_once_one_is_told(portal: Portal) -> None:
    case = Case(portal).submitted()
    seen = case.draft()
    case.approve(case.ben)

    def return_what_was_seen() -> None:
        with transaction(portal.engine) as session:
            session.add(seen)  # read before the approval, written after it
            return_to_editors(session, seen, comment="Zu spät", by=case.ben, at=NOON)

    with pytest.raises(Conflict):
        return_what_was_seen()

    assert case.draft().state == DraftState.BUILDING


def test_the_log_tells_the_whole_way(portal: Portal) -> None:
    case = Case(portal).submitted()
    case.approve(case.ben)

    with reading(portal.engine) as session:
        way = [(event.kind, event.actor) for event in session.scalars(select(Event).where(Event.dataset == "baeume"))]
    assert way == [("draft-submitted", case.anna.label), ("draft-approved", case.ben.label)]
