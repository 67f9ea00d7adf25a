"""What robots, harvesters, feed readers and assistants look at first leads to the rest."""

import re
from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient

from tests.web.conftest import BASE_URL

ATOM = "{http://www.w3.org/2005/Atom}"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def test_the_sitemap_lists_the_page_of_every_dataset_with_its_day(client: FlaskClient) -> None:
    listed = ElementTree.fromstring(client.get("/sitemap.xml").data).findall(f"{SITEMAP}url")

    days = {one.findtext(f"{SITEMAP}loc"): one.findtext(f"{SITEMAP}lastmod") for one in listed}
    assert days[f"{BASE_URL}/datasets/baeume"] == "2026-06-01"
    assert all(client.get(str(address).removeprefix(BASE_URL)).status_code == 200 for address in days)
    assert f"Sitemap: {BASE_URL}/sitemap.xml" in client.get("/robots.txt").text
    assert client.get("/sitemap.xml?part=2").status_code == 404


def test_every_page_leads_to_the_interfaces_and_these_to_what_describes_them(client: FlaskClient) -> None:
    for address in ("/", "/datasets", "/datasets/baeume", "/api/v1/datasets"):
        assert '</.well-known/api-catalog>; rel="api-catalog"' in client.get(address).headers["Link"]

    answer = client.get("/.well-known/api-catalog")
    targets = [one["href"] for links in answer.json["linkset"] for kind in links.values() if kind is not links["anchor"] for one in kind]  # fmt: skip

    assert answer.mimetype == "application/linkset+json"
    assert len(targets) == 7
    assert all(client.get(target.removeprefix(BASE_URL)).status_code == 200 for target in targets)


def test_an_assistant_is_told_addresses_that_answer(client: FlaskClient) -> None:
    said = client.get("/llms.txt").text
    place = {"slug": "baeume", "table": "trees", "key": "b-1"}

    addresses = re.findall(rf"{BASE_URL}(/[^\s)\]:,]+)", said)
    asked = [
        address.format(**place).partition("?")[0] for address in addresses if not address.endswith("/package_search")
    ]

    assert len(asked) > 15
    assert {address: client.get(address).status_code for address in asked} == dict.fromkeys(asked, 200)


def test_a_dataset_page_names_its_documents_and_its_own_licence(client: FlaskClient) -> None:
    link = client.get("/datasets/baeume/v/1").headers["Link"]

    for suffix, kind in ((".json", "application/json"), (".ttl", "text/turtle")):
        assert f'<{BASE_URL}/datasets/baeume/v/1{suffix}>; rel="describedby"; type="{kind}"' in link
    assert link.startswith(client.get("/datasets/baeume.json").headers["Link"].partition(", ")[0])


def test_the_feed_tells_releases_newest_first(client: FlaskClient) -> None:
    answer = client.get("/feed.atom?dataset=baeume&lang=en")
    feed = ElementTree.fromstring(answer.data)
    entries = feed.findall(f"{ATOM}entry")

    assert answer.mimetype == "application/atom+xml"
    assert [one.findtext(f"{ATOM}title", "").rpartition(": ")[2] for one in entries] == ["Version 2", "Version 1"]
    assert [one.find(f"{ATOM}link").attrib["href"] for one in entries] == [  # type: ignore[union-attr]  # an error tells
        f"{BASE_URL}/datasets/baeume/v/2",
        f"{BASE_URL}/datasets/baeume/v/1",
    ]
    assert len({one.findtext(f"{ATOM}id") for one in feed.iter(f"{ATOM}entry")}) == 2
    assert len(ElementTree.fromstring(client.get("/feed.atom").data).findall(f"{ATOM}entry")) == 3


@pytest.mark.parametrize("asked", ["before=x", "before=-1", "before=1e3", "before=999999999999999", "dataset=%00"])
def test_a_place_in_the_feed_that_is_none_is_refused(client: FlaskClient, asked: str) -> None:
    assert client.get(f"/feed.atom?{asked}").status_code == 400


def test_a_chosen_language_goes_along_and_keeps_the_selection(client: FlaskClient) -> None:
    page = client.get("/datasets?keyword=x&offset=0&lang=en").text

    assert 'href="/licences?lang=en"' in page
    assert 'href="?keyword=x&amp;offset=0&amp;lang=de"' in page
    assert 'href="/licences"' in client.get("/datasets").text


def test_pages_show_values_as_the_files_write_them(client: FlaskClient) -> None:
    assert "<td>0.50</td>" in client.get("/datasets/baeume").text
    assert "<dd>0.50</dd>" in client.get("/id/baeume/trees/b-2.html").text
