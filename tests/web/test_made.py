"""Lists and pages are made once for each state of the catalogue; nobody gets yesterday's, or somebody else's."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from flask.testing import FlaskClient
from werkzeug.test import Client
from werkzeug.wrappers import Response

from portal.accounts.actor import command
from portal.foundation.text import LangString
from portal.publishing.withdrawal import withdraw
from portal.web.app import create_app
from portal.web.made import MadeAnswers
from portal.web.published import PublishedIndex
from portal.wiring import Portal
from tests.releases import NOON, publish, trees
from tests.templates import an_empty_portal

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

PAGES = ("/", "/datasets.csv", "/datasets/baeume?lang=de", "/api/v1/datasets", "/api/v1/datasets/baeume/tables")


class Counting:
    """An application that says how often it was asked, in answers that everybody may keep."""

    def __init__(self, headers: dict[str, str] | None = None) -> None:
        self.asked = 0
        self._headers = headers or {}

    def __call__(self, environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        self.asked += 1
        response = Response(f"{self.asked} {environ['QUERY_STRING']}")
        response.headers.update(
            {
                "ETag": '"x"',
                "Cache-Control": "public, no-cache",
                "Vary": "Accept",
                "Last-Modified": "Sun, 01 Mar 2026 12:00:00 GMT",
            }
            | self._headers
        )
        return response(environ, start)


@pytest.fixture
def own(tmp_path: Path) -> Portal:
    """An empty portal of this test's own."""
    return an_empty_portal(tmp_path / "data")


def before(application: Counting, portal: Portal, *, max_bytes: int = 1_000_000) -> Client:
    index = PublishedIndex(portal, refresh_s=0)
    return Client(MadeAnswers(application, index, max_bytes=max_bytes), use_cookies=False)


@pytest.mark.parametrize("address", PAGES)
def test_a_kept_answer_is_the_one_that_was_made(portal: Portal, address: str) -> None:
    client = create_app(portal, refresh_s=0).test_client()

    first, second = client.get(address), client.get(address)

    assert first.data == second.data
    ignored = ("X-Request-Id",)
    assert [h for h in first.headers if h[0] not in ignored] == [h for h in second.headers if h[0] not in ignored]


def test_the_application_is_asked_once_for_each_address_query_and_language(portal: Portal) -> None:
    application = Counting()
    client = before(application, portal)

    for _ in range(3):
        client.get("/")
        client.head("/")
        client.get("/?lang=en")
        client.get("/", headers={"Accept-Language": "en"})
        client.get("/", headers={"Accept-Encoding": "gzip"})

    assert application.asked == 3


@pytest.mark.parametrize(
    ("address", "headers"),
    [
        ("/health", {}),
        ("/api/v1/publishers", {}),
        ("/api/v1/datasets/baeume/tables/trees/rows", {}),
        ("/", {"Authorization": "Bearer abc"}),
        ("/", {"Cookie": "session=abc"}),
        (f"/?q={'x' * 1000}", {}),
    ],
)
def test_what_others_may_not_get_or_change_of_itself_is_asked_for_every_time(
    portal: Portal, address: str, headers: dict[str, str]
) -> None:
    application = Counting()
    client = before(application, portal)

    client.get(address, headers=headers)
    client.get(address, headers=headers)

    assert application.asked == 2


@pytest.mark.parametrize(
    "headers", [{"Set-Cookie": "a=b"}, {"Cache-Control": "no-store"}, {"Cache-Control": "private"}]
)
def test_an_answer_for_one_reader_is_not_kept(portal: Portal, headers: dict[str, str]) -> None:
    application = Counting(headers)
    client = before(application, portal)

    assert client.get("/").text == "1 "
    assert client.get("/").text == "2 "


def test_what_is_kept_is_bounded_and_the_oldest_goes_first(portal: Portal) -> None:
    application = Counting()
    client = before(application, portal, max_bytes=30)

    for number in range(20):
        client.get(f"/?n={number}")
    client.get("/?n=19")
    assert application.asked == 20

    client.get("/?n=0")
    assert application.asked == 21


def test_a_change_is_seen_at_once_and_a_withdrawal_leaves_nothing(own: Portal, tmp_path: Path) -> None:
    publish(own, trees(tmp_path / "b", "Linde"))
    client: FlaskClient = create_app(own, refresh_s=0).test_client()
    assert "Linde" in client.get("/datasets/baeume").text
    assert client.get("/api/v1/datasets").json["total"] == 1  # type: ignore[index]
    title = client.get("/api/v1/datasets/baeume").json["title"]  # type: ignore[index]
    assert title in client.get("/feed.atom").text

    publish(own, trees(tmp_path / "b", "Eiche"))
    assert "Eiche" in client.get("/datasets/baeume").text

    publish(own, trees(tmp_path / "z", "Zeder", slug="zedern"))
    assert client.get("/api/v1/datasets").json["total"] == 2  # type: ignore[index]
    assert "zedern" in client.get("/datasets.csv").text

    withdraw(own.engine, "baeume", reason=LangString("Irrtum"), by=command("withdraw"), at=NOON)
    assert client.get("/datasets/baeume").status_code == 410
    assert client.get("/api/v1/datasets/baeume/tables").status_code == 410
    feed = client.get("/feed.atom").text
    assert "Irrtum" in feed
    assert title not in feed


def test_a_kept_page_is_a_304_for_who_has_it_and_a_slice_for_who_lacks_the_rest(client: FlaskClient) -> None:
    whole = client.get("/")

    assert client.get("/", headers={"If-None-Match": whole.headers["ETag"]}).status_code == 304
    part = client.get("/", headers={"Range": "bytes=10-"})
    assert (part.status_code, part.data) == (206, whole.data[10:])
    assert client.get("/", headers={"If-Match": '"other"'}).status_code == 412
