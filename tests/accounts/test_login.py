"""Logging in: the right password at once, guesses slower and slower, and no address kept."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, text

from portal.accounts import login, passwords, throttle
from portal.accounts.actor import Actor
from portal.accounts.login import log_in
from portal.accounts.throttle import FREE_PER_NAME, FREE_PER_NETWORK, LONGEST_WAIT_S, LoginFailure, network_of
from portal.accounts.users import User, disable_user
from portal.foundation.db import reading, transaction
from portal.foundation.errors import PortalError, TooManyAttempts, Unauthenticated
from portal.wiring import Portal
from tests.people import NOON, OPERATOR, PASSWORD, a_user

HOME, ELSEWHERE = "203.0.113.9", "198.51.100.7"
SECRET = b"s" * 32


@pytest.fixture
def user(portal: Portal) -> User:
    with transaction(portal.engine) as session:
        return a_user(session)


def attempt(
    portal: Portal, password: str = PASSWORD, *, name: str = "anna", address: str = HOME, at: datetime = NOON
) -> Actor:
    return log_in(portal.engine, name=name, password=password, address=address, secret=SECRET, at=at)


def guess(portal: Portal, times: int, *, name: str = "anna", address: str = HOME, at: datetime = NOON) -> None:
    for _ in range(times):
        with pytest.raises(Unauthenticated):
            attempt(portal, "falsch falsch falsch", name=name, address=address, at=at)


def test_the_right_password_gives_the_person(portal: Portal, user: User) -> None:
    assert attempt(portal).label == user.label
    assert attempt(portal, name=" Anna ").user_id == user.id


def test_a_password_is_the_same_however_its_letters_were_put_together(portal: Portal) -> None:
    with transaction(portal.engine) as session:
        a_user(session, "ben", password="Brücke über Möwen")

    attempt(portal, "Bru\u0308cke u\u0308ber Mo\u0308wen", name="ben")


def test_no_such_user_wrong_password_and_disabled_sound_the_same(portal: Portal, user: User) -> None:
    said = set()
    with transaction(portal.engine) as session:
        disable_user(session, a_user(session, "ben"), by=OPERATOR, at=NOON)

    for name, password in (
        ("anna", "falsch falsch"),
        ("ben", PASSWORD),
        ("cleo", PASSWORD),
        ("\x00", PASSWORD),
        ("", ""),
    ):
        with pytest.raises(Unauthenticated) as caught:
            attempt(portal, password, name=name)
        said.add((caught.value.detail, str(caught.value.facts)))

    assert len(said) == 1


def test_an_unknown_name_costs_a_hash_as_well(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[str | None] = []

    def watching(kept: str | None, password: str) -> bool:
        compared.append(kept)
        return passwords.is_password(kept, password)

    monkeypatch.setattr(login, "is_password", watching)
    guess(portal, 1, name="cleo")

    assert compared == [None]
    assert not passwords.is_password(None, PASSWORD)


@pytest.mark.usefixtures("true_cost")
def test_what_is_compared_for_nobody_costs_what_a_password_costs() -> None:
    assert not passwords.is_old(passwords.NOBODYS_HASH)


def test_waits_double_with_every_failure_and_end(portal: Portal, user: User) -> None:
    guess(portal, FREE_PER_NAME + 1)
    at, waits = NOON, []
    for _ in range(12):
        with pytest.raises(TooManyAttempts) as caught:
            attempt(portal, at=at)  # even the right password waits
        wait_s = caught.value.facts["retry_after_s"]
        assert isinstance(wait_s, int)
        waits.append(wait_s)
        at += timedelta(seconds=wait_s)
        guess(portal, 1, at=at, address=ELSEWHERE)

    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, LONGEST_WAIT_S, LONGEST_WAIT_S, LONGEST_WAIT_S]


def test_the_right_password_after_the_wait_forgets_the_failures(portal: Portal, user: User) -> None:
    guess(portal, FREE_PER_NAME + 1)
    attempt(portal, at=NOON + timedelta(seconds=1))

    guess(portal, FREE_PER_NAME, at=NOON + timedelta(seconds=2))
    attempt(portal, at=NOON + timedelta(seconds=2))


def test_guessing_many_names_from_one_network_is_slowed_and_others_are_not(portal: Portal, user: User) -> None:
    for number in range(FREE_PER_NETWORK + 1):
        guess(portal, 1, name=f"user{number}", address=f"203.0.113.{number}")

    with pytest.raises(TooManyAttempts):
        attempt(portal, address="203.0.113.200")
    attempt(portal, address=ELSEWHERE)


def test_logging_in_often_does_not_count_against_the_network(portal: Portal, user: User) -> None:
    for _ in range(FREE_PER_NETWORK + 5):
        attempt(portal)


def test_many_guesses_at_once_are_no_way_around(portal: Portal, user: User) -> None:
    def outcome(_: int) -> str:
        try:
            attempt(portal, "falsch falsch falsch")
        except PortalError as error:
            return error.slug
        return "in"

    with ThreadPoolExecutor(12) as pool:
        outcomes = Counter(pool.map(outcome, range(36)))

    assert outcomes == {"unauthenticated": FREE_PER_NAME + 1, "too-many-attempts": 36 - FREE_PER_NAME - 1}


def test_neither_name_nor_address_is_kept_and_after_a_day_nothing(portal: Portal, user: User) -> None:
    guess(portal, 2, name="geheim-statt-name")

    with reading(portal.engine) as session:
        kept = str(session.execute(text("SELECT * FROM login_failure")).all())
    assert "geheim" not in kept
    assert "203.0.113" not in kept

    attempt(portal, address=ELSEWHERE, at=NOON + throttle.FORGOTTEN_AFTER)
    with reading(portal.engine) as session:
        assert {row.failures for row in session.scalars(select(LoginFailure))} == {0}


def test_failures_of_yesterday_do_not_count(portal: Portal, user: User) -> None:
    guess(portal, FREE_PER_NAME + 1)

    guess(portal, FREE_PER_NAME + 1, at=NOON + throttle.FORGOTTEN_AFTER)


def test_an_address_is_a_network() -> None:
    assert (
        network_of("203.0.113.9") == network_of("203.0.113.250") == network_of("::ffff:203.0.113.9") == "203.0.113.0/24"
    )
    assert network_of("2001:db8:1:2::3") == network_of("2001:db8:1:ffff::1") == "2001:db8:1::/48"
    assert network_of("fe80::1%eth0") == "fe80::/48"
    assert network_of("unix:") == "unknown"


@pytest.mark.usefixtures("true_cost")
def test_an_old_hash_is_made_anew_at_the_next_login(portal: Portal, user: User) -> None:
    cheap = passwords.PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(PASSWORD)
    with transaction(portal.engine) as session:
        session.get_one(User, user.id).password_hash = cheap

    attempt(portal)

    with reading(portal.engine) as session:
        assert "m=19456,t=2" in session.get_one(User, user.id).password_hash
