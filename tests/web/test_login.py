"""Logging in with a browser by name and password: the cookie, who may use it from where, and when it ends."""

from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portal.accounts.throttle import FREE_PER_NAME
from portal.accounts.users import disable_user, find_user, set_password
from portal.foundation.clock import now
from portal.foundation.db import transaction
from portal.web.app import HALVES, create_app
from portal.web.login import AFTER_LOGIN, local
from portal.web.sessions import LIFETIME
from tests.people import OPERATOR, PASSWORD
from tests.templates import an_empty_portal
from tests.web.callers import Town, a_town
from tests.web.problems import assert_problem

BASE = "https://daten.example"
HERE = {"Origin": BASE}
BROWSER = {"Accept": "text/html", "Accept-Language": "de"}

FOREIGN = (
    {}, {"Origin": "https://evil.example"}, {"Origin": "null"}, {"Origin": "http://daten.example"},
    {"Origin": "https://daten.example.evil.example"}, {"Origin": "https://daten.example:8443"},
    {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Sec-Fetch-Site": "none"},
    {"Sec-Fetch-Site": "cross-site", "Origin": BASE}, {"Referer": f"{BASE}/login"},
)  # fmt: skip


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    """One town for all; what changes a person changes one that no other test asks."""
    folder = tmp_path_factory.mktemp("login")
    portal = an_empty_portal(folder / "data")
    return a_town(portal, folder)


@pytest.fixture
def browser(town: Town) -> FlaskClient:
    client = town.app.test_client()
    client.environ_base["wsgi.url_scheme"] = "https"
    return client


def log_in(browser: FlaskClient, name: str = "eva", password: str = PASSWORD, **form: str) -> TestResponse:
    return browser.post(
        "/login", data={"name": name, "password": password, **form}, headers=HERE | BROWSER, base_url=BASE
    )


def me(browser: FlaskClient) -> int:
    return browser.get("/api/v1/me", base_url=BASE).status_code


def test_logging_in_sets_a_cookie_that_scripts_and_other_sites_cannot_use(town: Town, browser: FlaskClient) -> None:
    answer = log_in(browser)

    assert (answer.status_code, answer.headers["Location"]) == (303, AFTER_LOGIN)
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-session=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))
    assert "Domain" not in cookie
    assert me(browser) == 200


def test_without_https_the_cookie_has_a_plain_name(tmp_path: Path) -> None:
    portal = an_empty_portal(tmp_path / "data", base_url="")
    client = create_app(a_town(portal, tmp_path).portal).test_client()

    answer = client.post("/login", data={"name": "eva", "password": PASSWORD}, headers={"Origin": "http://localhost"})

    assert answer.headers["Set-Cookie"].startswith("session=")
    assert "Secure" not in answer.headers["Set-Cookie"]


@pytest.mark.parametrize(
    "path", ["/", "/datasets", "/datasets/baeume", "/login", "/contact", "/api/v1/datasets", "/api/v1/events",
             "/api/v1/datasets/baeume/events", "/datasets/baeume/trees.csv", "/api/v1/me", "/nothing"]
)  # fmt: skip
def test_who_only_reads_gets_no_cookie(browser: FlaskClient, path: str) -> None:
    assert "Set-Cookie" not in browser.get(path, base_url=BASE).headers


@pytest.mark.parametrize("password", ["", "falsch falsch", PASSWORD.upper()])
def test_a_wrong_password_shows_the_form_again_without_it(browser: FlaskClient, password: str) -> None:
    answer = log_in(browser, password=password)

    page = answer.get_data(as_text=True)
    assert answer.status_code == 401
    assert "Basic" not in answer.headers["WWW-Authenticate"]
    assert "Name oder Passwort ist falsch." in page
    assert "Set-Cookie" not in answer.headers
    assert not password or password not in page


def test_guessing_is_slowed_in_the_form_too(browser: FlaskClient) -> None:
    for _ in range(FREE_PER_NAME + 1):
        log_in(browser, "alma", "falsch falsch")

    answer = log_in(browser, "alma")

    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) >= 1


def test_the_page_says_who_one_is_and_logging_out_forgets_it(browser: FlaskClient) -> None:
    log_in(browser)
    assert "Angemeldet als <strong>eva</strong>" in browser.get("/login", headers=BROWSER, base_url=BASE).get_data(
        as_text=True
    )

    answer = browser.post("/logout", headers=HERE, base_url=BASE)

    assert answer.status_code == 303
    assert me(browser) == 401


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
def test_another_site_can_neither_log_in_nor_out_nor_change_anything(
    town: Town, browser: FlaskClient, headers: dict[str, str]
) -> None:
    sent = {**headers, "Accept": "application/json"}
    assert_problem(browser.post("/login", data={"name": "eva", "password": PASSWORD}, headers=sent, base_url=BASE), 403)
    log_in(browser, "moritz")
    before = town.events()

    for method, path in (
        ("PATCH", "/api/v1/publishers/stadt"),
        ("DELETE", "/api/v1/tokens/x"),
        ("PUT", "/api/v1/me/password"),
    ):
        assert_problem(browser.open(path, method=method, json={"title": "X"}, headers=sent, base_url=BASE), 403)
    assert_problem(browser.post("/logout", headers=sent, base_url=BASE), 403)

    assert town.events() == before
    assert me(browser) == 200


@pytest.mark.parametrize("headers", [HERE, {"Sec-Fetch-Site": "same-origin"}], ids=str)
def test_pages_of_this_site_may_change_what_the_person_may(browser: FlaskClient, headers: dict[str, str]) -> None:
    log_in(browser, "moritz")

    answer = browser.patch("/api/v1/publishers/stadt", json={"title": "Stadt K"}, headers=headers, base_url=BASE)

    assert answer.status_code == 200


def test_a_token_counts_more_than_the_cookie_and_needs_no_origin(town: Town, browser: FlaskClient) -> None:
    log_in(browser, "moritz")
    secret = town.token("vera")

    told = browser.get("/api/v1/me", headers={"Authorization": f"Bearer {secret}"}, base_url=BASE).get_json()

    assert told["name"] == "vera"


def test_another_password_or_being_disabled_ends_every_session(town: Town, browser: FlaskClient) -> None:
    log_in(browser, "niemandes")
    with transaction(town.portal.engine) as session:
        set_password(session, find_user(session, "niemandes"), password="ganz was anderes", by=OPERATOR, at=now())
    assert me(browser) == 401

    log_in(browser, "niemandes", "ganz was anderes")
    assert me(browser) == 200
    with transaction(town.portal.engine) as session:
        disable_user(session, find_user(session, "niemandes"), by=OPERATOR, at=now())
    assert me(browser) == 401


def test_changing_ones_own_password_keeps_this_browser_logged_in_and_no_other(town: Town, browser: FlaskClient) -> None:
    other = town.app.test_client()
    other.environ_base["wsgi.url_scheme"] = "https"
    log_in(browser, "fremde")
    log_in(other, "fremde")

    answer = browser.put(
        "/api/v1/me/password", json={"current": PASSWORD, "new": "ganz was anderes"}, headers=HERE, base_url=BASE
    )

    assert answer.status_code == 204
    assert (me(browser), me(other)) == (200, 401)


def test_a_cookie_that_was_made_up_or_changed_is_nobody(browser: FlaskClient) -> None:
    log_in(browser)
    good = browser.get_cookie("__Host-session", domain="daten.example")
    assert good is not None

    for value in ("", "x", good.value[:-2] + "xx", "eyJ1c2VyIjoxfQ.x.y", "." * 50, good.value.replace(".", "", 1)):
        browser.set_cookie("__Host-session", value, domain="daten.example", secure=True)
        assert me(browser) == 401


def test_a_session_ends_after_half_a_day(town: Town, browser: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    assert town.app.permanent_session_lifetime == LIFETIME == timedelta(hours=12)
    log_in(browser)

    monkeypatch.setattr(town.app.extensions[HALVES].whole, "permanent_session_lifetime", timedelta(seconds=-1))

    assert me(browser) == 401


@pytest.mark.parametrize("where", ["/datasets/baeume", "/datasets?theme=ENVI", "/a b", "/ä"])
def test_a_login_leads_back_to_where_it_was_asked_for(browser: FlaskClient, where: str) -> None:
    assert log_in(browser, next=where).status_code == 303
    assert local(where) == where


@pytest.mark.parametrize(
    "where", ["", "//evil.example", "/\\evil.example", "https://evil.example/", "javascript:alert(1)", "evil", "/\n/evil.example",
              "\\\\evil.example", "http:/x", "//daten.example@evil.example", "/\t/evil.example", "http://[", "/\x00"]
)  # fmt: skip
def test_a_login_leads_nowhere_else(browser: FlaskClient, where: str) -> None:
    answer = log_in(browser, next=where)

    assert (answer.status_code, answer.headers["Location"]) == (303, AFTER_LOGIN)


@pytest.mark.parametrize(
    "body", [b"", b"\xff" * 100, b"name=eva", b"name=%00&password=%00", b"name=" + b"x" * 100_000, b"&" * 5_000]
)
@pytest.mark.parametrize(
    "kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/json", "junk"]
)
def test_junk_in_the_form_is_refused(browser: FlaskClient, body: bytes, kind: str) -> None:
    answer = browser.post("/login", data=body, content_type=kind, headers=HERE, base_url=BASE)

    assert 400 <= answer.status_code < 500
    assert "Set-Cookie" not in answer.headers


def test_the_form_speaks_german_and_english_and_escapes(browser: FlaskClient) -> None:
    german = browser.get("/login?lang=de&next=/%22%3E%3Cscript%3E", base_url=BASE).get_data(as_text=True)
    english = browser.get("/login?lang=en", base_url=BASE).get_data(as_text=True)

    assert "Anmeldename" in german
    assert "Login name" in english
    assert "<script>" not in german


def test_without_a_provider_there_is_no_way_to_one(browser: FlaskClient) -> None:
    assert "/login/oidc" not in browser.get("/login", base_url=BASE).get_data(as_text=True)
    assert browser.get("/login/oidc", base_url=BASE).status_code == 404
