"""Pages of rows before Flask: the same answers as Flask's views give, sooner."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse, create_environ

from portal.foundation.errors import InvalidInput, TooCostly
from portal.web.published import PublishedIndex
from portal.web.row_door import REFUSED, RowDoor
from portal.web.served_tables import ServedTables
from portal.wiring import Portal

TABLE = "/api/v1/datasets/baeume/tables"
ADDRESSES = [
    f"{TABLE}/trees/rows", f"{TABLE}/trees/rows?limit=3&after=7", f"{TABLE}/trees/rows?height_m__gt=9.5&sort=-id",
    f"{TABLE}/trees/rows?version=1", f"{TABLE}/trees/rows?species__contains=gro%C3%9F&columns=id", f"{TABLE}/trees/rows/b-7",
    f"{TABLE}/counts/rows/2021", f"{TABLE}/counts/rows?group_by=year", f"{TABLE}/trees/rows?columns=id&limit=1",
]  # fmt: skip
REFUSED_ONES = [
    (f"{TABLE}/trees/rows?colour=red", 400), (f"{TABLE}/trees/rows?limit=0", 400), (f"{TABLE}/trees/rows?version=x", 400),
    (f"{TABLE}/trees/rows/nothing", 404), (f"{TABLE}/nothing/rows", 404), ("/api/v1/datasets/nothing/tables/a/rows", 404),
    (f"{TABLE}/trees/rows/b-7?limit=1", 400), (f"{TABLE}/trees/rows?limit=1&limit=2", 400), (f"{TABLE}/trees/rows?id=%FF", 200),
    (f"{TABLE}/trees/rows?after=99", 200), (f"{TABLE}/trees/rows?sort=id&after=99", 400), (f"{TABLE}/trees/rows?format=csv", 200),
]  # fmt: skip
WEIGHED = "application/json, application/x-nothing;q=0.1"
"""An `Accept` that the door leaves to Flask, and that asks for the same."""
OF_THE_REQUEST = ("X-Request-Id",)


def told(answer: TestResponse) -> tuple[int, bytes, dict[str, str]]:
    return answer.status_code, answer.data, {k: v for k, v in answer.headers if k not in OF_THE_REQUEST}


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
@pytest.mark.parametrize("address", ADDRESSES)
def test_the_door_answers_as_flask_does(client: FlaskClient, address: str, encoding: str) -> None:
    at_the_door = client.get(address, headers={"Accept-Encoding": encoding})
    of_flask = client.get(address, headers={"Accept-Encoding": encoding, "Accept": WEIGHED})

    assert at_the_door.status_code == 200
    assert told(at_the_door) == told(of_flask)


@pytest.mark.parametrize(("address", "status"), REFUSED_ONES)
def test_what_is_not_plain_is_told_by_flask(client: FlaskClient, address: str, status: int) -> None:
    answer = client.get(address)

    assert answer.status_code == status
    assert (answer.mimetype == "application/problem+json") == (status >= 400)


@pytest.mark.parametrize("sent", ['{}', '"{}-gz"', "*", 'W/{}', '"another", {}'])  # fmt: skip
def test_who_has_the_page_is_told_so_before_anything_is_looked_up(client: FlaskClient, sent: str) -> None:
    address = f"{TABLE}/trees/rows?sort=-id"
    tag = client.get(address).headers["ETag"]

    again = client.get(address, headers={"If-None-Match": sent.format(tag).replace('""', '"').replace('"-gz', "-gz")})

    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] in (tag, f'{tag[:-1]}-gz"')


def test_a_head_request_has_no_body(client: FlaskClient) -> None:
    answer, whole = client.head(f"{TABLE}/trees/rows"), client.get(f"{TABLE}/trees/rows")

    assert answer.data == b""
    assert answer.headers["Content-Length"] == str(len(whole.data))


def test_a_page_is_sent_in_parts_to_who_asks_for_a_part(client: FlaskClient) -> None:
    whole = client.get(f"{TABLE}/trees/rows").data

    part = client.get(f"{TABLE}/trees/rows", headers={"Range": "bytes=10-19"})

    assert (part.status_code, part.data) == (206, whole[10:20])


def test_what_is_refused_at_the_door_is_not_tried_again(portal: Portal) -> None:
    handed_on: list[dict[str, Any]] = []
    tables = ServedTables(portal, PublishedIndex(portal))
    door = RowDoor(lambda environ, start: handed_on.append(environ) or [], portal, tables)  # type: ignore[func-returns-value]

    list(door(create_environ(f"{TABLE}/trees/rows?colour=red"), lambda status, headers: None))

    assert isinstance(handed_on[0][REFUSED], InvalidInput)


def test_flask_tells_why_the_door_refused_and_looks_at_nothing_more(client: FlaskClient) -> None:
    refused = TooCostly("It took too long.", detail_de="Es dauerte zu lange.")

    answer = client.get(
        "/api/v1/datasets/nothing/tables/nothing/rows",
        headers={"Accept": WEIGHED},
        environ_overrides={REFUSED: refused},
    )

    assert answer.status_code == TooCostly.status
    assert answer.json is not None
    assert answer.json["detail"] == "Es dauerte zu lange."
