"""A token is shown once, kept as a digest, narrows what its owner may, and ends in time."""

import hmac
from collections.abc import Iterable
from datetime import date, timedelta

import pytest
from sqlalchemy import select, text

from portal.accounts import tokens
from portal.accounts.actor import Actor, ActorKind
from portal.accounts.membership import person, remove_member
from portal.accounts.permissions import NEVER_BY_TOKEN, Action, may
from portal.accounts.roles import Role
from portal.accounts.tokens import Issued, Token, actor_of, find_token, issue, list_tokens, revoke
from portal.accounts.users import User, disable_user
from portal.events.log import Event, Kind
from portal.foundation.db import reading, transaction
from portal.foundation.errors import Forbidden, InvalidInput, NotFound, Unauthenticated
from portal.wiring import Portal
from tests.people import NOON, OPERATOR, a_member, a_publisher, a_user, someone

LATER = NOON + timedelta(days=30)


@pytest.fixture
def editor(portal: Portal) -> User:
    with transaction(portal.engine) as session:
        return a_member(session, "anna", a_publisher(session), Role.EDITOR)


def a_token(
    portal: Portal, owner: User, actions: Iterable[Action] = (Action.EDIT_DRAFT,), *, publisher_id: int | None = None
) -> Issued:
    with transaction(portal.engine) as session:
        return issue(
            session, owner, publisher_id=publisher_id, actions=list(actions), expires_at=LATER, by=OPERATOR, at=NOON
        )


def publisher_of(portal: Portal, owner: User) -> int:
    with reading(portal.engine) as session:
        return next(iter(person(session, owner).roles))


def test_a_token_acts_for_its_owner_within_its_actions(portal: Portal, editor: User) -> None:
    issued, publisher = a_token(portal, editor), publisher_of(portal, editor)

    actor = actor_of(portal.engine, issued.secret, at=NOON)

    assert (actor.kind, actor.user_id) == (ActorKind.TOKEN, editor.id)
    assert actor.label == f"token:{issued.token.prefix.removeprefix('dwt_')}"
    assert may(actor, Action.EDIT_DRAFT, publisher)
    assert not may(actor, Action.SUBMIT, publisher)
    assert not may(actor, Action.EDIT_DRAFT, publisher + 1)


def test_the_secret_has_256_bits_and_stands_nowhere_in_the_database(portal: Portal, editor: User) -> None:
    issued = a_token(portal, editor)

    with reading(portal.engine) as session:
        kept = [str(row) for table in ("token", "event") for row in session.execute(text(f"SELECT * FROM {table}"))]
    assert len(issued.secret) == len(issued.token.prefix) + 1 + 43
    assert not any(issued.secret[len(issued.token.prefix) + 1 :] in row for row in kept)


def test_two_tokens_are_never_alike(portal: Portal, editor: User) -> None:
    assert len({a_token(portal, editor).secret for _ in range(20)}) == 20


@pytest.mark.parametrize(
    "secret", ["", "dwt_", "dwt_0123456789_" + "x" * 43, "Bearer x", "ü" * 60, "\x00", "dwt_0123456789_" + "x" * 10_000]
)
def test_what_is_no_token_is_refused(portal: Portal, editor: User, secret: str) -> None:
    with pytest.raises(Unauthenticated):
        actor_of(portal.engine, secret, at=NOON)


def test_one_wrong_letter_is_refused(portal: Portal, editor: User) -> None:
    secret = a_token(portal, editor).secret
    wrong = secret[:-1] + ("A" if secret[-1] != "A" else "B")

    with pytest.raises(Unauthenticated):
        actor_of(portal.engine, wrong, at=NOON)


@pytest.mark.parametrize("prefix_known", [True, False])
def test_digests_are_compared_in_constant_time_whether_or_not_the_prefix_is_known(
    portal: Portal, editor: User, prefix_known: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    prefix = a_token(portal, editor).token.prefix if prefix_known else "dwt_ffffffffff"
    compared: list[tuple[str, str]] = []

    def watching(kept: str, sent: str) -> bool:
        compared.append((kept, sent))
        return hmac.compare_digest(kept, sent)

    watched = type("hmac", (), {"compare_digest": staticmethod(watching)})
    monkeypatch.setattr(tokens, "hmac", watched)

    with pytest.raises(Unauthenticated):
        actor_of(portal.engine, f"{prefix}_{'x' * 43}", at=NOON)

    assert [(len(kept), len(sent)) for kept, sent in compared] == [(64, 64)]


def test_an_expired_token_is_refused_from_its_last_second_on(portal: Portal, editor: User) -> None:
    secret = a_token(portal, editor).secret
    actor_of(portal.engine, secret, at=LATER - timedelta(seconds=1))

    with pytest.raises(Unauthenticated, match="expired on 2026-12-21"):
        actor_of(portal.engine, secret, at=LATER)


def test_a_revoked_token_is_refused(portal: Portal, editor: User) -> None:
    issued = a_token(portal, editor)
    with transaction(portal.engine) as session:
        revoke(session, find_token(session, issued.token.prefix), by=OPERATOR, at=NOON)

    with pytest.raises(Unauthenticated, match="revoked"):
        actor_of(portal.engine, issued.secret, at=NOON)


def test_a_token_ends_with_its_owner(portal: Portal, editor: User) -> None:
    secret = a_token(portal, editor).secret
    with transaction(portal.engine) as session:
        disable_user(session, session.get_one(User, editor.id), by=OPERATOR, at=NOON)

    with pytest.raises(Unauthenticated):
        actor_of(portal.engine, secret, at=NOON)


def test_a_role_taken_from_the_owner_is_taken_from_the_token(portal: Portal, editor: User) -> None:
    secret, publisher = a_token(portal, editor).secret, publisher_of(portal, editor)
    with transaction(portal.engine) as session:
        remove_member(session, editor, publisher_id=publisher, role=Role.EDITOR, by=OPERATOR, at=NOON)

    assert not may(actor_of(portal.engine, secret, at=NOON), Action.EDIT_DRAFT, publisher)


def test_only_the_day_of_the_last_use_is_kept(portal: Portal, editor: User) -> None:
    issued = a_token(portal, editor)
    for hours in (0, 1, 24):
        actor_of(portal.engine, issued.secret, at=NOON + timedelta(hours=hours))

    with reading(portal.engine) as session:
        assert session.scalars(select(Token.last_used_on)).one() == date(2026, 11, 22)


@pytest.mark.parametrize("action", sorted(NEVER_BY_TOKEN))
def test_a_token_that_hands_out_power_is_not_issued(portal: Portal, editor: User, action: Action) -> None:
    with pytest.raises(InvalidInput):
        a_token(portal, editor, [action])


def test_a_token_needs_an_action_and_a_future(portal: Portal, editor: User) -> None:
    with pytest.raises(InvalidInput):
        a_token(portal, editor, [])
    with transaction(portal.engine) as session, pytest.raises(InvalidInput):
        issue(session, editor, publisher_id=None, actions=[Action.SUBMIT], expires_at=NOON, by=OPERATOR, at=NOON)


def test_people_issue_tokens_for_themselves_only(portal: Portal, editor: User) -> None:
    def try_as(by: Actor, owner: User, publisher_id: int | None) -> None:
        with transaction(portal.engine) as session:
            issue(session, owner, publisher_id=publisher_id, actions=[Action.SUBMIT], expires_at=LATER, by=by, at=NOON)

    publisher = publisher_of(portal, editor)
    with transaction(portal.engine) as session:
        stranger = a_user(session, "ben")
        anna, ben = person(session, editor), person(session, stranger)

    try_as(anna, editor, publisher)
    try_as(anna, editor, None)
    for by, owner, bound_to in (
        (ben, stranger, publisher),  # a foreign publisher
        (ben, stranger, None),  # no role anywhere
        (anna, stranger, publisher),  # in another's name
        (someone(77, portal_admin=True), editor, publisher),  # the same, as portal administrator
        (actor_of(portal.engine, a_token(portal, editor).secret, at=NOON), editor, publisher),  # a token makes a token
    ):
        with pytest.raises(Forbidden):
            try_as(by, owner, bound_to)


def test_a_token_is_revoked_by_its_owner_or_who_manages_members(portal: Portal, editor: User) -> None:
    publisher = publisher_of(portal, editor)

    def revoke_as(by: Actor) -> None:
        prefix = a_token(portal, editor, publisher_id=publisher).token.prefix
        with transaction(portal.engine) as session:
            revoke(session, find_token(session, prefix), by=by, at=NOON)

    revoke_as(someone(editor.id))
    revoke_as(someone(50, {publisher: {Role.ADMINISTRATOR}}))
    revoke_as(someone(50, portal_admin=True))
    for by in (
        someone(50, {publisher: {Role.EDITOR, Role.APPROVER}}),
        someone(50, {publisher + 1: {Role.ADMINISTRATOR}}),
        actor_of(portal.engine, a_token(portal, editor).secret, at=NOON),
    ):
        with pytest.raises(Forbidden):
            revoke_as(by)


def test_lists_show_own_tokens_and_the_portal_administrator_all(portal: Portal, editor: User) -> None:
    prefix = a_token(portal, editor).token.prefix

    with reading(portal.engine) as session:
        own = list_tokens(session, editor, by=someone(editor.id))
        every = list_tokens(session, by=someone(50, portal_admin=True))
        with pytest.raises(Forbidden):
            list_tokens(session, editor, by=someone(50))
        with pytest.raises(Forbidden):
            list_tokens(session, by=someone(editor.id))
        with pytest.raises(NotFound):
            find_token(session, "dwt_nothing")
    assert [token.prefix for token, _ in own] == [token.prefix for token, _ in every] == [prefix]


def test_the_log_tells_what_a_token_may_and_not_its_secret(portal: Portal, editor: User) -> None:
    issued = a_token(portal, editor)

    with reading(portal.engine) as session:
        event = session.scalars(select(Event).where(Event.kind == Kind.TOKEN_ISSUED)).one()
    assert event.facts == {
        "token": issued.token.label,
        "user": editor.label,
        "publisher_id": None,
        "actions": ["edit_draft"],
        "expires_at": LATER.isoformat(),
    }
