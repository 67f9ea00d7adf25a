"""A row at its own address: every form, what it refers to, what refers to it, and clear refusals."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from portal.accounts.actor import command
from portal.foundation.text import LangString
from portal.publishing.withdrawal import withdraw
from portal.web.app import create_app
from portal.wiring import Portal
from tests.builders import a_field, a_folder, a_table
from tests.releases import NOON, publish
from tests.templates import an_empty_portal

BASE = "https://daten.example"
KEY = a_field("id", constraints={"required": True, "unique": True})
PARK = {"fields": ["park_id"], "reference": {"resource": "parks", "fields": ["id"]}}


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Portal:
    """`parks` with trees in it; `pflege` looks after those trees; `weg` did too and is withdrawn."""
    folder = tmp_path_factory.mktemp("things")
    portal = an_empty_portal(folder / "data")
    publish(portal, _parks(folder / "parks"), _care(folder / "pflege", "pflege"), _care(folder / "weg", "weg"))
    withdraw(portal.engine, "weg", by=command("test"), at=NOON, reason=LangString("Doppelt.", "Twice."))
    return portal


@pytest.fixture(scope="module")
def client(portal: Portal) -> FlaskClient:
    return create_app(portal, refresh_s=0).test_client()


def _parks(path: Path) -> Path:
    parks = a_table(rows=[("p-1", "Stadtgarten"), ("p.ttl", "Nordpark"), ("a/b ä", "Südpark")])
    fields = (KEY, a_field("name"), a_field("park_id"), a_field("height", "number"))
    trees = a_table(
        fields=fields,
        rows=[(f"t-{number}", f"Linde {number}", "p-1", "12.50") for number in range(1, 131)],
        schema={"fields": list(fields), "primaryKey": ["id"], "foreignKeys": [PARK]},
    )
    return a_folder(path, slug="parks", tables={"parks": parks, "trees": trees})


def _care(path: Path, slug: str) -> Path:
    fields = (KEY, a_field("tree"))
    key = {"fields": ["tree"], "reference": {"package": "parks", "resource": "trees", "fields": ["id"]}}
    cuts = a_table(
        fields=fields,
        rows=[("c-1", "t-1"), ("c-2", "t-none"), ("c-3", None)],
        schema={"fields": list(fields), "primaryKey": ["id"], "externalKeys": [key]},
    )
    return a_folder(path, slug=slug, tables={"cuts": cuts})


def test_a_row_says_what_it_is_what_it_refers_to_and_what_refers_to_it(client):
    told = client.get("/id/parks/trees/t-1", headers={"Accept": "application/json"}).get_json()

    assert told["id"] == f"{BASE}/id/parks/trees/t-1"
    assert told["row"] == {"id": "t-1", "name": "Linde 1", "park_id": "p-1", "height": 12.5}
    assert told["refersTo"] == [
        {"columns": ["park_id"], "id": f"{BASE}/id/parks/parks/p-1", "row": {"id": "p-1", "name": "Stadtgarten"}}
    ]
    assert told["referredToBy"]["items"] == [
        {
            "dataset": "pflege",
            "table": "cuts",
            "columns": ["tree"],
            "total": 1,
            "next": None,
            "rows": [{"id": f"{BASE}/id/pflege/cuts/c-1", "row": {"id": "c-1", "tree": "t-1"}}],
        }
    ]
    assert told["licence"]["attribution"]["de"]


def test_numbers_keep_their_digits(client):
    assert '"height":12.50}' in client.get("/id/parks/trees/t-1.json").text


def test_pages_of_referring_rows_are_the_whole(client):
    first = client.get("/id/parks/parks/p-1.json").get_json()["referredToBy"]["items"][0]
    assert (first["total"], len(first["rows"])) == (130, 10)

    found, following = [row["row"]["id"] for row in first["rows"]], first["next"]
    while following:
        (part,) = client.get(following.removeprefix(BASE)).get_json()["referredToBy"]["items"]
        found += [row["row"]["id"] for row in part["rows"]]
        following = part["next"]

    assert found == [f"t-{number}" for number in range(1, 131)]


@pytest.mark.parametrize(
    ("accept", "suffix", "kind"),
    [
        ("", ".html", "text/html; charset=utf-8"),
        ("application/json", ".json", "application/json"),
        ("application/ld+json", ".jsonld", "application/ld+json"),
        ("text/turtle", ".ttl", "text/turtle; charset=utf-8"),
    ],
)
def test_accept_and_suffix_give_the_same_form(client, accept, suffix, kind):
    negotiated = client.get("/id/parks/trees/t-2", headers={"Accept": accept})
    named = client.get(f"/id/parks/trees/t-2{suffix}")

    assert negotiated.status_code == named.status_code == 200
    assert negotiated.content_type == named.content_type == kind
    assert negotiated.headers["Content-Location"] == f"/id/parks/trees/t-2{suffix}"
    assert negotiated.data == named.data
    assert "Accept" in negotiated.headers["Vary"]
    assert 'rel="license"' in negotiated.headers["Link"]
    assert negotiated.headers["Last-Modified"]
    assert (
        client.get(f"/id/parks/trees/t-2{suffix}", headers={"If-None-Match": named.headers["ETag"]}).status_code == 304
    )
    assert client.head(f"/id/parks/trees/t-2{suffix}").headers["Content-Length"] == str(len(named.data))


def test_a_key_that_ends_like_a_suffix_wins(client):
    assert client.get("/id/parks/parks/p.ttl").content_type.startswith("text/html")
    assert client.get("/id/parks/parks/p.ttl.json").get_json()["row"]["name"] == "Nordpark"


def test_a_key_with_slash_blank_and_umlaut_has_an_address_that_works(client):
    told = client.get("/id/parks/parks/a%2Fb%20%C3%A4.json").get_json()

    assert told["id"] == f"{BASE}/id/parks/parks/a%2Fb%20%C3%A4"
    assert client.get(told["id"].removeprefix(BASE)).status_code == 200


def test_a_named_row_that_is_not_there_is_said_to_be_missing(client):
    told = client.get("/id/pflege/cuts/c-2.json").get_json()
    page = client.get("/id/pflege/cuts/c-2?lang=en").text

    assert told["refersTo"] == [{"columns": ["tree"], "id": f"{BASE}/id/parks/trees/t-none", "row": None}]
    assert "not published at the moment" in page
    assert client.get("/id/pflege/cuts/c-3.json").get_json()["refersTo"] == []


@pytest.mark.parametrize(("language", "words"), [("de", "Darauf verweisen"), ("en", "Referred to by")])
def test_the_page_speaks_both_languages_and_links_both_ways(client, language, words):
    page = client.get(f"/id/parks/trees/t-1?lang={language}").text

    assert f'<html lang="{language}">' in page
    assert words in page
    assert f'href="/id/parks/parks/p-1?lang={language}"' in page
    assert f'href="/id/pflege/cuts/c-1?lang={language}"' in page


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("parks/trees/none", 404),
        ("parks/none/t-1", 404),
        ("none/trees/t-1", 404),
        ("weg/cuts/c-1", 410),
        ("parks/trees/t-1.xml", 404),
        ("parks/trees/.json", 404),
        ("parks/trees/t-1%00", 404),
        ("parks/trees/t-1.json?after=x", 200),
        ("parks/trees/t-1.json?referring=none", 404),
        ("parks/parks/p-1.json?referring=parks/trees/park_id&after=-1", 400),
        ("parks/parks/p-1.json?skip=1e3", 400),
        ("parks/parks/" + ",".join("a" * 3000), 404),
    ],
)
def test_what_cannot_be_told_is_refused_with_a_sentence(client, path, status):
    answer = client.get(f"/id/{path}", headers={"Accept": "application/json"})

    assert answer.status_code == status
    if status != 200:
        assert answer.content_type == "application/problem+json"


def test_a_change_elsewhere_is_seen(client, portal, tmp_path):
    publish(portal, _care(tmp_path / "neu", "neu"))

    items = client.get("/id/parks/trees/t-1.json").get_json()["referredToBy"]["items"]
    withdraw(portal.engine, "neu", by=command("test"), at=NOON, reason=LangString("Zu Ende.", "Over."))
    after = client.get("/id/parks/trees/t-1.json").get_json()["referredToBy"]["items"]

    assert [one["dataset"] for one in items] == ["neu", "pflege"]
    assert [one["dataset"] for one in after] == ["pflege"]
