"""The application in two halves: reading loads nothing more, everything else is answered by one who knows all addresses."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.web.app import HALVES, create_app
from portal.web.halves import SHARED, Halves
from portal.wiring import Portal
from tests.waiting import PATIENCE_S

READ = [
    "/", "/health", "/datasets", "/datasets.json", "/licences", "/api/v1/", "/api/v1/datasets", "/api/v1/publishers",
    "/api/v1/events", "/api/v1/openapi.json", "/api/docs", "/api/3/action/package_list", "/static/portal.css",
]  # fmt: skip
ELSEWHERE = [
    ("GET", "/api/v1/me", 401),
    ("POST", "/api/v1/publishers", 401),
    ("GET", "/login", 200),
    ("DELETE", "/api/v1/datasets", 405),
    ("OPTIONS", "/api/v1/publishers", 204),
    ("GET", "/api/v1/%ff%fe", 404),
    ("GET", "/api/v1/nothing", 404),
]


@pytest.fixture
def app(portal: Portal) -> Flask:
    return create_app(portal, refresh_s=0)


def is_whole(app: Flask) -> bool:
    """Tell whether the other half was made; looked at from outside it always is."""
    return app.extensions[HALVES]._whole is not None


def test_who_reads_makes_nobody_wait_for_the_other_half(app: Flask) -> None:
    client = app.test_client()

    assert [address for address in READ if client.get(address).status_code >= 400] == []
    assert client.head("/licences").status_code == 200
    assert client.post("/api/3/action/package_list", json={}).status_code == 200
    assert not is_whole(app)


@pytest.mark.parametrize(("method", "address", "status"), ELSEWHERE)
def test_everything_else_is_answered_by_the_whole(client: FlaskClient, method: str, address: str, status: int) -> None:
    assert client.open(address, method=method).status_code == status


def test_what_is_nowhere_is_told_without_the_whole(app: Flask) -> None:
    client = app.test_client()

    assert client.get("/wp-admin/setup.php").status_code == 404
    assert client.post("/licences").status_code == 405
    assert client.open("/licences", method="OPTIONS").headers["Allow"] == "GET, HEAD, OPTIONS"
    assert not is_whole(app)


def test_of_all_other_addresses_the_reading_half_knows_everything(app: Flask) -> None:
    def elsewhere(half: Flask) -> set[tuple[str, str]]:
        rules = [rule for rule in half.url_map.iter_rules() if not rule.rule.startswith(SHARED)]
        return {(rule.rule, method) for rule in rules for method in rule.methods or ()}

    assert elsewhere(app.extensions[HALVES].whole) == elsewhere(app)


def test_the_whole_is_made_when_it_is_first_asked_for(app: Flask) -> None:
    app.test_client().get("/api/v1/me")

    assert is_whole(app)


def test_an_address_of_both_halves_names_all_its_methods(client: FlaskClient) -> None:
    allowed = client.open("/api/v1/publishers/nobody", method="DELETE").headers["Allow"]

    assert {"GET", "PATCH"} <= set(allowed.split(", "))


def test_several_who_ask_at_once_get_the_same_whole(app: Flask) -> None:
    made: list[Flask] = []
    begun = threading.Barrier(4)

    def make() -> Flask:
        made.append(Flask("whole"))
        return made[-1]

    halves, seen = Halves(app, make), []

    def ask() -> None:
        begun.wait(PATIENCE_S)
        seen.append(halves.whole)

    in_threads(ask, 4)
    assert len(made) == 1
    assert seen == made * 4


def in_threads(work: Callable[[], Any], count: int) -> None:
    threads = [threading.Thread(target=work) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_S)
