"""Junk in headers and bodies of every address that takes one: a problem document, nothing stored, never a crash."""

from collections.abc import Iterator
from typing import Any

import pytest

from portal.web.api.openapi import committed_document
from tests.templates import an_empty_portal
from tests.web.callers import Town, a_town
from tests.web.problems import assert_problem

JSON = "application/json"

BODIES: tuple[bytes, ...] = (
    b"", b" ", b"{", b"[]", b"null", b"true", b'"x"', b"1", b"NaN", b'{"a": NaN}', b"\xff\xfe", b"\x00", b"{}" * 3, b'{"": 1}',
    b"[" * 100_000, b'{"a":' * 100_000, b'{"unknown": 1}', b'{"__proto__": {}}', b'{"\\ud800": 1}', b"<xml/>", b"a=b&c=d",
    b'{"name": {"a": []}, "title": [[]], "roles": {}, "actions": "x", "reason": [], "current": 1, "new": null, "disabled": "x"}',
    b'{"name": "\\u0000", "title": "\\u0000", "password": "\\u0000", "roles": ["\\u0000"], "actions": ["\\u0000"], "reason": {"de": "\\u0000"}}',
    b'{"name": "' + b"x" * 200_000 + b'"}', b'{"days": 1e400}', b'{"days": ' + b"9" * 4_000 + b"}",
)  # fmt: skip

TYPES = (
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/xml",
    "junk",
    "",
    "text/csv",
)


def operations() -> Iterator[tuple[str, str]]:
    """Give every address that takes a JSON body."""
    for path, methods in committed_document()["paths"].items():
        for method, operation in methods.items():
            if isinstance(operation, dict) and _needs_json(operation.get("requestBody", {})):
                shown = path.removeprefix("/api/v1").replace("/publishers/{name}", "/publishers/{slug}")
                slug = "stadt" if "publishers" in path else "baeume"
                yield method.upper(), shown.format(slug=slug, name="vera", prefix="x")


def _needs_json(body: dict[str, Any]) -> bool:
    return bool(body.get("required")) and all(media_type.endswith("json") for media_type in body["content"])


OPERATIONS = list(operations())


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    folder = tmp_path_factory.mktemp("strict")
    portal = an_empty_portal(folder / "data", base_url="")
    return a_town(portal, folder)


@pytest.fixture(scope="module")
def cookie(town: Town) -> str:
    """Log the portal administrator in once: comparing a password for every piece of junk takes too long."""
    client = town.app.test_client()
    form = {"name": "chef", "password": "korrekt pferd batterie"}
    answer = client.post("/login", data=form, headers={"Sec-Fetch-Site": "same-origin"})
    return answer.headers["Set-Cookie"].split(";")[0]


@pytest.mark.parametrize(("method", "path"), OPERATIONS, ids=[" ".join(one) for one in OPERATIONS])
def test_a_body_that_is_not_what_it_should_be_stores_nothing(town: Town, cookie: str, method: str, path: str) -> None:
    before = town.events()

    for body in BODIES:
        answer = town.call(method, path, body, Cookie=cookie, Sec_Fetch_Site="same-origin", Content_Type=JSON)
        assert_problem(answer, 400, slug="invalid-input")

    assert town.events() == before


@pytest.mark.parametrize(("method", "path"), OPERATIONS, ids=[" ".join(one) for one in OPERATIONS])
def test_a_body_of_another_type_is_refused_by_name(town: Town, cookie: str, method: str, path: str) -> None:
    for media_type in TYPES:
        answer = town.call(method, path, b"{}", Cookie=cookie, Sec_Fetch_Site="same-origin", Content_Type=media_type)
        assert_problem(answer, 415, slug="unreadable-type")


def test_a_body_that_is_too_large_is_refused(town: Town, cookie: str) -> None:
    body = b'{"name": "' + b"x" * 1_100_000 + b'"}'
    for key in ({}, {"Idempotency_Key": "a-1"}):
        answer = town.call(
            "POST", "/users", body, Cookie=cookie, Sec_Fetch_Site="same-origin", Content_Type=JSON, **key
        )
        assert_problem(answer, 413, slug="too-large")


@pytest.mark.parametrize(
    "header", ["If-Match", "Idempotency-Key", "Authorization", "Cookie", "Origin", "Sec-Fetch-Site", "Content-Length"]
)
def test_no_header_can_crash_a_change(town: Town, header: str) -> None:
    secret = town.token("moritz")
    for value in ("", "junk", '"', "W/", '"' * 3_000, "\xff", "a=b;" * 500, "null", "-1", "*", "{}", "x" * 5_000):
        sent = {"Authorization": f"Bearer {secret}", header: value}
        answer = town.app.test_client(use_cookies=False).patch(
            "/api/v1/publishers/stadt", json={"logo": "https://stadt.example/l.svg"}, headers=sent
        )
        assert answer.status_code < 500, (header, value[:30])


@pytest.mark.parametrize(("method", "path"), OPERATIONS, ids=[" ".join(one) for one in OPERATIONS])
def test_parameters_that_do_not_exist_are_refused_on_changes_too(
    town: Town, cookie: str, method: str, path: str
) -> None:
    answer = town.call(method, f"{path}?dry_run=1", {}, Cookie=cookie, Sec_Fetch_Site="same-origin")

    assert_problem(answer, 400)


@pytest.mark.parametrize(
    "path",
    ["/users/%00", "/users/" + "x" * 3_000, "/users/..", "/users/%ff", "/publishers/%00/members", "/publishers/stadt/members/%00",
     "/publishers/stadt/members/%ed%a0%80", "/publishers/" + "x" * 3_000 + "/members"],
)  # fmt: skip
def test_junk_in_the_address_names_nothing(town: Town, cookie: str, path: str) -> None:
    assert_problem(town.call("GET", path, Cookie=cookie), 404)
