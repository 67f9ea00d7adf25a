"""Users are made, get other passwords, are locked out; the database and the log tell nobody more than needed."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.users import (
    User,
    add_user,
    disable_user,
    enable_user,
    find_user,
    has_portal_admin,
    list_users,
    name_portal_admin,
    set_password,
)
from portal.events.log import Event, Kind
from portal.foundation.db import reading, transaction
from portal.foundation.errors import Conflict, Forbidden, InvalidInput, NotFound
from portal.wiring import Portal
from tests.people import NOON, OPERATOR, PASSWORD, someone


def added(session: Session, name: str = "anna", *, password: str = PASSWORD) -> User:
    return add_user(session, name=name, display_name="", password=password, by=OPERATOR, at=NOON)


@pytest.mark.usefixtures("true_cost")
def test_a_password_is_kept_as_argon2id_only(portal: Portal) -> None:
    with transaction(portal.engine) as session:
        user = added(session)

    assert user.password_hash.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert PASSWORD not in user.password_hash


def test_the_log_names_a_user_by_id_never_by_name(portal: Portal) -> None:
    with transaction(portal.engine) as session:
        user = added(session, "anna.schmidt")

    with reading(portal.engine) as session:
        event = session.scalars(select(Event).where(Event.kind == Kind.USER_ADDED)).one()
    assert event.facts == {"user": f"user:{user.id}"}
    assert "anna" not in event.actor


def test_a_name_that_two_want_at_once_is_given_to_one(portal: Portal) -> None:
    def add(ready: Barrier) -> str:
        ready.wait()
        try:
            with transaction(portal.engine) as session:
                return added(session).name
        except Conflict as refused:
            return refused.slug

    ready = Barrier(4)
    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(add, [ready] * 4)) == ["anna", *["conflict"] * 3]


def test_login_names_are_one_whatever_their_case(portal: Portal) -> None:
    with transaction(portal.engine) as session:
        user = added(session, "Anna")

        assert find_user(session, " ANNA ").id == user.id
        with pytest.raises(Conflict):
            added(session, "anna")


@pytest.mark.parametrize("name", ["", "a", "ännä", "a b", "a\x00b", "-anna", "x" * 101, "a'b"])
def test_what_is_no_login_name_is_refused(portal: Portal, name: str) -> None:
    with transaction(portal.engine) as session:
        with pytest.raises(InvalidInput):
            added(session, name)
        with pytest.raises(NotFound):
            find_user(session, name)


@pytest.mark.parametrize("password", ["", "kurz", "x" * 1001, "ich heiße ANNA wirklich"])
def test_a_password_is_long_and_does_not_hold_the_name(portal: Portal, password: str) -> None:
    with transaction(portal.engine) as session, pytest.raises(InvalidInput):
        added(session, "anna", password=password)


def test_only_the_portal_administrator_looks_after_users(portal: Portal) -> None:
    with transaction(portal.engine) as session:
        user = added(session)
        nobody_special, admin = someone(99), someone(98, portal_admin=True)

        for act in (
            lambda by: add_user(session, name="ben", display_name="", password=PASSWORD, by=by, at=NOON),
            lambda by: disable_user(session, user, by=by, at=NOON),
            lambda by: enable_user(session, user, by=by, at=NOON),
            lambda by: name_portal_admin(session, user, by=by, at=NOON),
            lambda by: set_password(session, user, password=PASSWORD, by=by, at=NOON),
            lambda by: list_users(session, by=by),
        ):
            with pytest.raises(Forbidden):
                act(nobody_special)
            act(admin)


def test_everyone_may_change_their_own_password(portal: Portal) -> None:
    with transaction(portal.engine) as session:
        user = added(session)
        before = user.password_hash

        set_password(session, user, password="ein ganz anderes Wort", by=someone(user.id), at=NOON)

        assert user.password_hash != before


def test_the_portal_has_an_administrator_when_one_may_log_in(portal: Portal) -> None:
    with transaction(portal.engine) as session:
        user = added(session)
        assert not has_portal_admin(session)

        name_portal_admin(session, user, by=OPERATOR, at=NOON)
        assert has_portal_admin(session)

        disable_user(session, user, by=OPERATOR, at=NOON)
        assert not has_portal_admin(session)


def test_saying_the_same_twice_is_logged_once(portal: Portal) -> None:
    with transaction(portal.engine) as session:
        user = added(session)
        for _ in range(2):
            disable_user(session, user, by=OPERATOR, at=NOON)

    with reading(portal.engine) as session:
        assert len(session.scalars(select(Event).where(Event.kind == Kind.USER_DISABLED)).all()) == 1
        assert session.scalars(select(User)).one().disabled
