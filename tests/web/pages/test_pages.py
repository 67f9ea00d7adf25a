"""Every page in both languages: all it leads to is there, it loads nothing from elsewhere and runs nothing."""

from collections.abc import Iterator
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.web.conftest import BASE_URL

PAGES = (
    "/", "/datasets", "/datasets?q=linde", "/datasets/baeume", "/datasets/baeume/v/1", "/id/baeume/trees/b-1", "/licences",
    "/contact", "/login", "/api/docs", "/api/docs/baeume/trees", "/problems/not-found",
)  # fmt: skip
LOADING = {"stylesheet", "icon", "manifest", "preload", "modulepreload", "prefetch", "preconnect", "dns-prefetch"}
"""`rel` of links that a browser follows by itself."""
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

Tag = tuple[str, dict[str, str]]


class _Tags(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[Tag] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name: value or "" for name, value in attrs}))


def page(client: FlaskClient, address: str, language: str = "de") -> TestResponse:
    answer = client.get(address, headers={"Accept": "text/html", "Accept-Language": language}, base_url=BASE_URL)
    assert (answer.status_code, answer.mimetype) == (200, "text/html"), address
    return answer


def tags(answer: TestResponse) -> list[Tag]:
    return _Tags(answer.get_data(as_text=True)).found


def links(client: FlaskClient, address: str) -> Iterator[str]:
    """Give the addresses of ours that a page leads to or loads, without what stands behind `#`."""
    for _, facts in tags(page(client, address)):
        target = urlsplit(urljoin(BASE_URL + address, facts.get("href", facts.get("src", "#"))))
        if f"{target.scheme}://{target.netloc}" == BASE_URL:
            yield target._replace(fragment="").geturl()


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("address", PAGES)
def test_a_page_says_its_language_and_has_one_heading(client: FlaskClient, address: str, language: str) -> None:
    found = tags(page(client, address, language))

    assert ("html", {"lang": language}) in found
    assert [tag for tag, _ in found].count("h1") == 1


@pytest.mark.parametrize("address", PAGES)
def test_a_page_loads_nothing_from_elsewhere_and_runs_nothing(client: FlaskClient, address: str) -> None:
    answer = page(client, address)

    for tag, facts in tags(answer):
        followed = tag == "link" and LOADING & set(facts.get("rel", "").split())
        loaded = facts.get("src") or (facts["href"] if followed else "/")
        assert urljoin(BASE_URL, loaded).startswith(f"{BASE_URL}/"), (tag, facts)
        assert tag != "script"
        assert not [name for name in facts if name.startswith("on") or name == "style"], (tag, facts)
    assert answer.headers["Content-Security-Policy"] == POLICY


@pytest.mark.parametrize("address", PAGES)
def test_reading_a_page_sets_no_cookie_and_tells_others_nothing(client: FlaskClient, address: str) -> None:
    headers = page(client, address).headers

    assert "Set-Cookie" not in headers
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Strict-Transport-Security"] == "max-age=31536000"


def test_whatever_a_page_leads_to_is_there(client: FlaskClient) -> None:
    led_to = {link: address for address in PAGES for link in links(client, address)}

    lost = {link: address for link, address in led_to.items() if client.get(link, base_url=BASE_URL).status_code >= 400}

    assert len(led_to) > 50
    assert lost == {}
