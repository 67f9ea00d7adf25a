"""A request that is sent again is done once, whatever became of the first answer."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update
from werkzeug.test import TestResponse

from portal.accounts.retries import KEPT_FOR, IdempotencyKey
from portal.foundation.clock import now
from portal.foundation.db import reading, transaction
from tests.templates import PortalWith
from tests.web.callers import Town, fill_town
from tests.web.problems import assert_problem

BEN = {"name": "ben", "password": "ein langes wort"}
CORA = {"name": "cora", "password": "ein langes wort"}


@pytest.fixture
def town(portal_with: PortalWith) -> Town:
    return Town.of(portal_with(fill_town))


def age(town: Town, by: timedelta) -> None:
    """Let every key be older."""
    with transaction(town.portal.engine) as session:
        session.execute(update(IdempotencyKey).values(begun_at=now() - by))


def test_the_same_request_gets_the_same_answer_and_is_done_once(town: Town) -> None:
    first = town.person("chef", "POST", "/users", BEN, Idempotency_Key='"a-1"')
    again = town.person("chef", "POST", "/users", BEN, Idempotency_Key="a-1")

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.get_data() == first.get_data()
    for name in ("Location", "Content-Type"):
        assert again.headers[name] == first.headers[name]
    assert again.headers["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first.headers


def test_without_a_key_or_with_another_it_is_done_again(town: Town) -> None:
    town.person("chef", "POST", "/users", BEN, Idempotency_Key="a-1")

    assert_problem(town.person("chef", "POST", "/users", BEN), 409)
    assert_problem(town.person("chef", "POST", "/users", BEN, Idempotency_Key="a-2"), 409)


def test_a_key_is_for_one_request(town: Town) -> None:
    town.person("chef", "POST", "/users", BEN, Idempotency_Key="a-1")

    assert_problem(town.person("chef", "POST", "/users", CORA, Idempotency_Key="a-1"), 422, slug="key-reused")
    assert_problem(town.person("chef", "PATCH", "/users/ben", {"disabled": True}, Idempotency_Key="a-1"), 422)


def test_the_same_key_of_somebody_else_is_another_key(town: Town) -> None:
    town.person("chef", "POST", "/users", BEN, Idempotency_Key="a-1")

    assert town.person("eva", "POST", "/tokens", {"actions": ["submit"]}, Idempotency_Key="a-1").status_code == 201


def test_a_refused_request_may_be_mended_under_the_same_key(town: Town) -> None:
    assert_problem(town.person("chef", "POST", "/users", {**BEN, "password": "kurz"}, Idempotency_Key="a-1"), 400)
    assert_problem(town.person("eva", "POST", "/users", BEN, Idempotency_Key="a-2"), 403)

    assert town.person("chef", "POST", "/users", BEN, Idempotency_Key="a-1").status_code == 201


def test_many_at_once_do_it_once(town: Town) -> None:
    secret, body, before = town.token("alma"), {"reason": {"de": "Falsch."}}, town.events()

    def withdraw(_: int) -> TestResponse:
        return town.call("POST", "/datasets/baeume/withdraw", body, secret=secret, Idempotency_Key="a-1")

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(withdraw, range(8)))

    assert {answer.status_code for answer in answers} <= {200, 409}
    assert all(answer.headers["Retry-After"] for answer in answers if answer.status_code == 409)
    assert withdraw(0).headers["Idempotency-Replayed"] == "true"
    assert town.events() == before + 1


def test_what_was_broken_off_is_not_done_again_under_its_key(town: Town) -> None:
    """A process that dies between the change and the answer leaves a key that was begun and never finished."""
    town.person("chef", "POST", "/users", BEN, Idempotency_Key="a-1")
    with transaction(town.portal.engine) as session:
        session.execute(update(IdempotencyKey).values(status=None, body=None))
    running = town.person("chef", "POST", "/users", BEN, Idempotency_Key="a-1")
    assert assert_problem(running, 409)["retry_after_s"] == 1

    age(town, timedelta(minutes=6))

    told = assert_problem(town.person("chef", "POST", "/users", BEN, Idempotency_Key="a-1"), 409)
    assert "broken off" in told["translations"]["en"]["detail"]


def test_after_a_day_a_key_is_forgotten(town: Town) -> None:
    town.person("chef", "POST", "/users", BEN, Idempotency_Key="a-1")
    age(town, KEPT_FOR + timedelta(seconds=1))

    assert town.person("chef", "POST", "/users", CORA, Idempotency_Key="a-1").status_code == 201

    with reading(town.portal.engine) as session:
        assert session.scalar(select(func.count()).select_from(IdempotencyKey)) == 1


def test_a_patch_with_if_match_can_be_repeated(town: Town) -> None:
    tag = town.call("GET", "/publishers/stadt").headers["ETag"]
    change = {"title": "Stadt am Fluss"}
    first = town.person("moritz", "PATCH", "/publishers/stadt", change, If_Match=tag, Idempotency_Key="p-1")
    again = town.person("moritz", "PATCH", "/publishers/stadt", change, If_Match=tag, Idempotency_Key="p-1")

    assert (first.status_code, again.status_code) == (200, 200)
    assert again.headers["ETag"] == first.headers["ETag"]


def test_what_is_no_key_is_refused(town: Town) -> None:
    for key in ("", " ", '""', '"', 'a"b', "a b", "ä", "x" * 201, '"' + "x" * 201 + '"'):
        assert_problem(town.person("chef", "POST", "/users", BEN, Idempotency_Key=key), 400, slug="invalid-input")

    assert_problem(town.call("POST", "/users", BEN, Idempotency_Key="a-1"), 401)


def test_reads_and_puts_do_not_look_at_keys(town: Town) -> None:
    for _ in range(2):
        assert town.call("GET", "/datasets", Idempotency_Key="a b").status_code == 200
        answer = town.person(
            "moritz", "PUT", "/publishers/stadt/members/eva", {"roles": ["viewer"]}, Idempotency_Key="a b"
        )
        assert answer.status_code == 200
