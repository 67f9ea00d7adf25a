"""Logging in by OpenID Connect, against a provider over HTTP: the whole way, and every way in which it can go wrong."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from portal.accounts.identities import link_identity
from portal.accounts.users import User, disable_user, find_user
from portal.foundation.clock import now
from portal.foundation.config import Settings
from portal.foundation.db import reading, transaction
from portal.foundation.errors import Misconfigured
from portal.web.app import HALVES, create_app
from portal.wiring import Portal, build
from tests.people import OPERATOR, a_user
from tests.ports import free_port
from tests.templates import Templates, nothing
from tests.web.providers import Provider, a_provider

BASE = "http://127.0.0.1:8000"
SUBJECT = "subjekt-17"

Browse = Callable[..., FlaskClient]


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    with a_provider(f"{BASE}/login/oidc/callback") as running:
        yield running


@pytest.fixture
def portal(provider: Provider, templates: Templates, tmp_path: Path) -> Iterator[Portal]:
    with templates.copy(nothing, "sqlite", tmp_path) as plain:
        settings = _with_provider(plain, provider)
        portal = build(settings)
        with transaction(portal.engine) as session:
            link_identity(session, a_user(session), issuer=provider.issuer, subject=SUBJECT, by=OPERATOR, at=now())
        yield portal
        portal.engine.dispose()


def _with_provider(settings: Settings, provider: Provider) -> Settings:
    return replace(
        settings,
        base_url="",
        datasets="-",
        access_log=False,
        oidc_issuer=provider.issuer,
        oidc_client_id=provider.client_id,
        oidc_client_secret=provider.client_secret,
        oidc_title="Stadtkonto",
    )


@pytest.fixture
def browse(portal: Portal) -> Browse:
    """Open a browser on the portal; *changed* settings replace those of the test."""

    def opened(**changed: object) -> FlaskClient:
        settings = replace(portal.settings, **changed)  # type: ignore[arg-type]
        client = create_app(replace(portal, settings=settings)).test_client()
        client.environ_base["HTTP_HOST"] = "127.0.0.1:8000"
        return client

    return opened


def begun(browser: FlaskClient, path: str = "/login/oidc") -> str:
    answer = browser.get(path, base_url=BASE)
    assert answer.status_code == 302, answer.get_data(as_text=True)[:300]
    assert answer.headers["Cache-Control"] == "no-store"
    return answer.headers["Location"]


def come_back(browser: FlaskClient, address: str) -> tuple[int, str]:
    parts = urlsplit(address)
    answer = browser.get(f"{parts.path}?{parts.query}", base_url=BASE, headers={"Accept": "text/html"})
    return answer.status_code, answer.headers.get("Location", "")


def who(browser: FlaskClient) -> str | None:
    answer = browser.get("/api/v1/me", base_url=BASE)
    return answer.get_json()["name"] if answer.status_code == 200 else None


def test_a_linked_person_logs_in_and_is_led_back(browse: Browse, provider: Provider) -> None:
    browser = browse()
    assert "Stadtkonto" in browser.get("/login", base_url=BASE).get_data(as_text=True)

    back = provider.approve(begun(browser, "/login/oidc?next=/datasets"), SUBJECT)

    assert come_back(browser, back) == (303, "/datasets")
    assert who(browser) == "anna"


def test_the_provider_is_asked_with_state_nonce_and_a_challenge(browse: Browse, provider: Provider) -> None:
    asked = [parse_qs(urlsplit(begun(browse())).query) for _ in range(2)]

    for one in asked:
        assert one["response_type"] == ["code"]
        assert one["redirect_uri"] == [f"{BASE}/login/oidc/callback"]
        assert one["code_challenge_method"] == ["S256"]
        assert "openid" in one["scope"][0].split()
    for name in ("state", "nonce", "code_challenge"):
        assert asked[0][name] != asked[1][name]
        assert len(asked[0][name][0]) >= 20


def test_a_stranger_is_refused_unless_users_are_made(browse: Browse, provider: Provider, portal: Portal) -> None:
    browser = browse()

    status, _ = come_back(browser, provider.approve(begun(browser), "fremdes-subjekt"))

    assert status == 401
    assert who(browser) is None
    assert _users(portal) == 1


def test_a_stranger_becomes_a_user_without_any_role(browse: Browse, provider: Provider, portal: Portal) -> None:
    provider.know("neu-1", preferred_username="Bodo", name="Bodo Beispiel")
    browser = browse(oidc_create_users=True)

    for _ in range(2):
        assert come_back(browser, provider.approve(begun(browser), "neu-1"))[0] == 303

    told = browser.get("/api/v1/me", base_url=BASE).get_json()
    assert (told["name"], told["displayName"], told["roles"], told["portalAdmin"]) == (
        "bodo",
        "Bodo Beispiel",
        {},
        False,
    )
    assert _users(portal) == 2


def test_a_stranger_whom_the_provider_does_not_name_gets_a_made_up_name(browse: Browse, provider: Provider) -> None:
    browser = browse(oidc_create_users=True)

    assert come_back(browser, provider.approve(begun(browser), "namenlos"))[0] == 303

    assert str(who(browser)).startswith("oidc-")


@pytest.mark.parametrize("wished", ["anna", "ANNA ", "ünlesbar", "", "x" * 300, "\x00", "a\nb"])
def test_nobody_takes_over_a_user_by_being_called_the_same(
    browse: Browse, provider: Provider, portal: Portal, wished: str
) -> None:
    provider.know("dieb", preferred_username=wished, name=wished)
    browser = browse(oidc_create_users=True)

    assert come_back(browser, provider.approve(begun(browser), "dieb"))[0] == 303

    assert str(who(browser)).startswith("oidc-")
    with reading(portal.engine) as session:
        assert find_user(session, "anna").display_name == "anna"


def test_who_logs_in_elsewhere_has_no_password_here(browse: Browse, provider: Provider) -> None:
    provider.know("neu-2", preferred_username="cora")
    browser = browse(oidc_create_users=True)
    come_back(browser, provider.approve(begun(browser), "neu-2"))

    for password in ("", "x", "null"):
        answer = browser.post(
            "/login", data={"name": "cora", "password": password}, headers={"Origin": BASE}, base_url=BASE
        )
        assert answer.status_code == 401


def test_a_disabled_user_is_not_let_in_by_the_provider(browse: Browse, provider: Provider, portal: Portal) -> None:
    with transaction(portal.engine) as session:
        disable_user(session, find_user(session, "anna"), by=OPERATOR, at=now())
    browser = browse()

    assert come_back(browser, provider.approve(begun(browser), SUBJECT))[0] == 401
    assert who(browser) is None


def test_what_the_provider_denies_is_told(browse: Browse, provider: Provider) -> None:
    browser = browse()

    assert come_back(browser, provider.deny(begun(browser)))[0] == 401
    assert who(browser) is None


def test_an_answer_for_another_browser_is_refused(browse: Browse, provider: Provider) -> None:
    """Nobody can be logged in as somebody else by following a link (login CSRF)."""
    attacker, victim = browse(), browse()

    back = provider.approve(begun(attacker), SUBJECT)

    assert come_back(victim, back)[0] == 401
    begun(victim)
    assert come_back(victim, back)[0] == 401
    assert who(victim) is None


def test_an_answer_counts_once(browse: Browse, provider: Provider) -> None:
    browser = browse()
    back = provider.approve(begun(browser), SUBJECT)
    assert come_back(browser, back)[0] == 303

    assert come_back(browser, back)[0] == 401


def test_a_code_of_another_login_is_refused_by_verifier_and_nonce(browse: Browse, provider: Provider) -> None:
    """A code that was stolen on its way is worth nothing in another browser (RFC 9700, 2.1.1)."""
    victim, attacker = browse(), browse()
    stolen = parse_qs(urlsplit(provider.approve(begun(victim), SUBJECT)).query)["code"][0]
    state = parse_qs(urlsplit(begun(attacker)).query)["state"][0]

    assert come_back(attacker, f"/login/oidc/callback?code={stolen}&state={state}")[0] == 401
    assert who(attacker) is None


@pytest.mark.parametrize(
    "query",
    ["", "code=x", "state=x", "code=x&state=y", "error=access_denied", "error=%00", "code=&state=", "code=%ff&state=%ff",
     "state[]=x", "code=" + "x" * 5_000, "iss=https://evil.example&code=x&state=y"],
)  # fmt: skip
def test_junk_at_the_callback_logs_nobody_in(browse: Browse, query: str) -> None:
    browser = browse()
    begun(browser)

    assert come_back(browser, f"/login/oidc/callback?{query}")[0] == 401
    assert who(browser) is None


def test_an_id_token_for_another_client_is_refused(browse: Browse, provider: Provider) -> None:
    """The code is the portal's, but what the provider signed is meant for somebody else."""
    browser = browse()
    back = provider.approve(begun(browser), SUBJECT)
    app = browser.application.extensions[HALVES].whole

    app.extensions["datenwerkstatt.oidc"].client_id = provider.client_id  # the account that exchanges the code
    settings = app.extensions["datenwerkstatt"].portal.settings
    other = replace(app.extensions["datenwerkstatt"].portal, settings=replace(settings, oidc_client_id="somebody-else"))
    app.extensions["datenwerkstatt"] = replace(app.extensions["datenwerkstatt"], portal=other)

    assert come_back(browser, back)[0] == 401


def test_a_provider_that_calls_itself_otherwise_is_not_used(browse: Browse, provider: Provider) -> None:
    answer = browse(oidc_issuer=provider.issuer + "/").get("/login/oidc", base_url=BASE)

    assert answer.status_code == 502


def test_a_wrong_secret_logs_nobody_in(browse: Browse, provider: Provider) -> None:
    browser = browse(oidc_client_secret="wrong")

    assert come_back(browser, provider.approve(begun(browser), SUBJECT))[0] == 401


def test_a_provider_that_is_away_is_told_and_the_password_still_works(browse: Browse) -> None:
    browser = browse(oidc_issuer=f"http://localhost:{free_port()}")

    answer = browser.get("/login/oidc", base_url=BASE)

    assert answer.status_code == 502
    assert browser.get("/login", base_url=BASE).status_code == 200


def test_ten_logins_begun_at_once_leave_a_cookie_that_browsers_keep(browse: Browse) -> None:
    browser = browse()
    for _ in range(10):
        begun(browser)

    cookie = browser.get_cookie("session", domain="127.0.0.1")
    assert cookie is not None
    assert len(cookie.value) < 2_000


@pytest.mark.parametrize(
    ("issuer", "client"),
    [
        ("http://login.example", "x"),
        ("ftp://login.example", "x"),
        ("login.example", "x"),
        ("https://login.example", ""),
    ],
)
def test_a_provider_on_an_open_line_or_without_an_account_is_a_misconfiguration(issuer: str, client: str) -> None:
    with pytest.raises(Misconfigured, match="PORTAL_OIDC_ISSUER"):
        Settings.from_environment({"PORTAL_OIDC_ISSUER": issuer, "PORTAL_OIDC_CLIENT_ID": client})


def _users(portal: Portal) -> int:
    with reading(portal.engine) as session:
        return session.scalar(select(func.count()).select_from(User)) or 0
