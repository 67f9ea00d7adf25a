"""Who asks: every way of saying it, every way of getting it wrong, and what caches and logs are told."""

import logging
from datetime import timedelta

import pytest

from portal.accounts.roles import Action
from portal.accounts.throttle import FREE_PER_NAME
from portal.accounts.tokens import find_token, issue, revoke
from portal.accounts.users import disable_user, find_user
from portal.foundation.clock import now
from portal.foundation.db import transaction
from tests.people import OPERATOR, PASSWORD
from tests.templates import an_empty_portal
from tests.web.callers import Town, a_town, basic
from tests.web.problems import assert_problem

ME = "/me"

JUNK = (
    "Bearer", "Bearer ", "Bearer x", "Bearer dwt_", "Bearer dwt_0123456789_" + "x" * 43, "Bearer " + "x" * 5_000, "Basic",
    "Basic !!!", "Basic " + "A" * 6_000, "Basic Og==", "Basic YQ==", "Basic /////w==", "Digest username=x", "dwt_0123456789",
    "Negotiate abc", "Bearer a=b", "\xff\xfe", "Basic \xff\xfe", "Bearer dwt_0123456789_" + "ü" * 43, "Basic AAA6AAA=",
)  # fmt: skip


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    folder = tmp_path_factory.mktemp("auth")
    portal = an_empty_portal(folder / "data", access_log=True)
    return a_town(portal, folder)


def test_a_token_acts_for_its_owner_within_its_scope(town: Town) -> None:
    told = town.call("GET", ME, secret=town.token("eva", Action.SUBMIT, publisher="stadt")).get_json()

    assert (told["kind"], told["name"], told["roles"]) == ("token", "eva", {"stadt": ["editor"]})
    assert told["scope"] == {"actions": ["submit"], "publisher": "stadt"}


def test_name_and_password_are_the_person(town: Town) -> None:
    told = town.person("eva", "GET", ME).get_json()

    assert (told["kind"], told["name"], told["scope"]) == ("person", "eva", None)


@pytest.mark.parametrize("scheme", ["bearer", "BEARER", "Bearer"])
def test_the_scheme_may_be_written_in_any_case(town: Town, scheme: str) -> None:
    assert town.call("GET", ME, Authorization=f"{scheme} {town.token('eva')}").status_code == 200


def test_nobody_is_told_how_to_log_in(town: Town) -> None:
    answer = town.call("GET", ME)

    assert_problem(answer, 401, slug="unauthenticated")
    assert answer.headers["WWW-Authenticate"].startswith('Bearer realm="Datenwerkstatt", Basic realm=')


def test_a_browser_is_not_made_to_open_a_password_window(town: Town) -> None:
    answer = town.call("GET", ME, Sec_Fetch_Site="cross-site")

    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="Datenwerkstatt"'


@pytest.mark.parametrize("junk", JUNK, ids=lambda junk: junk[:30])
def test_whatever_is_no_credential_is_refused(town: Town, junk: str) -> None:
    answer = town.call("GET", ME, Authorization=junk)

    assert_problem(answer, 401, slug="unauthenticated")
    assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]
    assert junk not in answer.get_data(as_text=True) or len(junk) < 10


def test_expired_revoked_and_orphaned_tokens_are_refused(town: Town) -> None:
    with transaction(town.portal.engine) as session:
        owner = find_user(session, "vera")
        facts = {"publisher_id": None, "actions": [Action.SUBMIT], "by": OPERATOR}
        old = issue(
            session,
            owner,
            expires_at=now() - timedelta(days=1),
            at=now() - timedelta(days=2),
            **facts,  # type: ignore[arg-type]
        ).secret
        ended = issue(session, owner, expires_at=now() + timedelta(days=1), at=now(), **facts).secret  # type: ignore[arg-type]
        orphan = issue(
            session,
            find_user(session, "niemandes"),
            expires_at=now() + timedelta(days=1),
            at=now(),
            **facts,  # type: ignore[arg-type]
        ).secret
        revoke(session, find_token(session, ended[:14]), by=OPERATOR, at=now())
        disable_user(session, find_user(session, "niemandes"), by=OPERATOR, at=now())

    for secret in (old, ended, orphan):
        assert_problem(town.call("GET", ME, secret=secret), 401)


@pytest.mark.parametrize(
    "path", ["/datasets", "/datasets/baeume", "/publishers", "/events", "/datasets/baeume/tables/trees/rows"]
)
def test_public_addresses_do_not_look_at_credentials_and_stay_cacheable(town: Town, path: str) -> None:
    plain = town.call("GET", path)

    for header in ("Bearer expired", basic("eva", "wrong"), "junk"):
        answer = town.call("GET", path, Authorization=header)
        assert answer.status_code == 200
        assert answer.get_data() == plain.get_data()
        assert answer.headers["Cache-Control"] == "public, no-cache"


def test_answers_for_somebody_are_kept_by_no_cache(town: Town) -> None:
    answer = town.call("GET", ME, secret=town.token("eva"))

    assert answer.headers["Cache-Control"] == "no-store"
    assert "Authorization" in answer.headers["Vary"]


def test_one_address_that_tells_people_different_things_says_so_to_caches(town: Town) -> None:
    public = town.call("GET", "/datasets/baeume/events")
    private = town.call("GET", "/datasets/baeume/events", secret=town.token("vera"))

    assert public.headers["Cache-Control"] == "public, no-cache"
    assert private.headers["Cache-Control"] == "no-store"
    assert "Authorization" in public.headers["Vary"]
    assert "Authorization" in private.headers["Vary"]


def test_a_wrong_credential_is_refused_where_it_would_have_told_more(town: Town) -> None:
    assert_problem(town.call("GET", "/datasets/baeume/events", Authorization="Bearer no"), 401)


def test_guessing_is_slowed_and_says_when_to_come_again(town: Town) -> None:
    for _ in range(FREE_PER_NAME + 1):
        assert_problem(town.call("GET", ME, Authorization=basic("alma", "falsch falsch")), 401)

    answer = town.call("GET", ME, Authorization=basic("alma"))

    told = assert_problem(answer, 429, slug="too-many-attempts")
    assert answer.headers["Retry-After"] == str(told["retry_after_s"])


def test_no_secret_is_written_to_any_log(town: Town, caplog: pytest.LogCaptureFixture) -> None:
    secret = town.token("eva")
    with caplog.at_level(logging.DEBUG):
        town.call("GET", ME, secret=secret)
        town.person("eva", "GET", ME)
        town.call("GET", ME, Authorization=basic("eva", "geheimes falsches wort"))

    written = " ".join(f"{record.getMessage()} {vars(record)}" for record in caplog.records)
    assert "password" not in written
    for word in (secret, secret[15:], PASSWORD, "geheimes", basic("eva")[6:]):
        assert word not in written


@pytest.mark.parametrize(
    "path", ["/me", "/users", "/tokens/x", "/publishers/stadt/members/eva", "/datasets/baeume/withdraw"]
)
def test_scripts_of_other_origins_may_send_tokens(town: Town, path: str) -> None:
    answer = town.call("OPTIONS", path, Origin="https://woanders.example", Access_Control_Request_Method="POST")

    assert answer.status_code == 204
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in answer.headers
    allowed = set(answer.headers["Access-Control-Allow-Headers"].split(", "))
    assert {"Authorization", "If-Match", "Idempotency-Key", "Content-Type", "Prefer"} <= allowed


def test_a_preflight_names_the_methods_there_are(town: Town) -> None:
    def methods(path: str) -> set[str]:
        return set(town.call("OPTIONS", path).headers["Access-Control-Allow-Methods"].split(", "))

    assert methods("/publishers/stadt/members/eva") == {"DELETE", "GET", "HEAD", "OPTIONS", "PUT"}
    assert methods("/datasets") == {"GET", "HEAD", "OPTIONS", "POST"}
    assert methods("/licences") == {"GET", "HEAD", "OPTIONS"}


def test_the_portals_own_secret_is_readable_by_its_owner_alone(town: Town) -> None:
    key = town.portal.settings.data / "secret.key"

    assert len(key.read_bytes()) == 32
    assert key.stat().st_mode & 0o077 == 0
