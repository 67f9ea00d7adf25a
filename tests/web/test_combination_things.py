"""A saved combination is a thing like a dataset: a page, JSON and DCAT at one address, in a list, named by what goes in."""

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from rdflib import Graph, URIRef
from werkzeug.test import TestResponse

from portal.dcat.namespaces import DCAT, DCTERMS, HYDRA, PROV, RDF
from portal.dcat.syntax import SYNTAXES
from portal.publishing import combination_documents
from portal.publishing.joining.kept import KeptJoins, for_files, for_pages
from portal.web.app import create_app
from tests.builders import a_folder, a_table
from tests.combining import KEY, TREE, key_to
from tests.people import NOON
from tests.releases import publish
from tests.saving import BASE, CARE, EXPECTED, Case, case

__all__ = ["case"]

FORMATS_OF_RDFLIB = {"ttl": "turtle", "rdf": "xml", "jsonld": "json-ld", "nt": "nt"}


def page(case: Case, path: str, **headers: str) -> TestResponse:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return case.everyone.client.get(path, headers=named)


def graph(answer: TestResponse, suffix: str) -> Graph:
    assert answer.status_code == 200, answer.text
    return Graph().parse(data=answer.data, format=FORMATS_OF_RDFLIB[suffix])


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("", "text/html"),
        ("*/*", "text/html"),
        ("text/html,application/xhtml+xml,*/*;q=0.8", "text/html"),
        ("application/json", "application/json"),
        *((syntax.media_type, syntax.media_type) for syntax in SYNTAXES),
    ],
)
def test_its_address_answers_in_the_form_that_is_liked_best(case: Case, accept: str, media_type: str) -> None:
    case.saved("formen")

    answer = page(case, "/combinations/formen", Accept=accept)

    assert (answer.status_code, answer.mimetype) == (200, media_type)
    assert {"Accept", "Accept-Encoding", "Accept-Language"} <= set(answer.headers["Vary"].split(", "))
    assert 'creativecommons.org/licenses/by-sa/4.0/>; rel="license"' in answer.headers["Link"]
    again = page(case, "/combinations/formen", Accept=accept, If_None_Match=answer.headers["ETag"])
    assert (again.status_code, again.data) == (304, b"")
    assert case.everyone.client.head("/combinations/formen", headers={"Accept": accept}).headers["ETag"] == answer.headers["ETag"]  # fmt: skip


def test_json_at_its_address_is_that_of_rest(case: Case) -> None:
    told = case.saved("gleich")

    assert (
        page(case, "/combinations/gleich", Accept="application/json").data == page(case, told["url"][len(BASE) :]).data
    )
    assert told["pageUrl"] == f"{BASE}/combinations/gleich"
    led = page(case, told["id"][len(BASE) :])
    assert (led.status_code, led.headers["Location"]) == (303, "/combinations/gleich")


def test_the_page_says_what_is_joined_and_what_may_be_done_with_it(case: Case) -> None:
    case.saved("seite", description={"de": "Wer <wann> war.", "en": "Who <when> was."})

    german = page(case, "/combinations/seite?lang=de").text
    english = page(case, "/combinations/seite?lang=en").text

    assert "<h1>Pflege der Bäume</h1>" in german
    assert "<h1>Care of the trees</h1>" in english
    assert "Wer &lt;wann&gt; war." in german
    assert "trees.species_id = species.id" in german
    assert re.search(r"trees\.id = visits\.tree_id</code>; <strong>mehrere je Zeile", german)
    assert "Rows repeat" in english
    assert 'href="/datasets/pflege/v/1?lang=de"' in german
    assert "Daten zusammengeführt und bearbeitet." in german
    assert "visits.on" in german
    assert "Eiche; groß" in german
    assert "(3 rows)" in english
    assert all(f'href="/combinations/seite{suffix}"' in german for suffix in (".csv", ".excel.csv", ".xlsx", ".ttl"))
    assert "<script" not in german


def test_the_page_names_the_size_of_a_file_that_somebody_has_fetched(case: Case) -> None:
    case.saved("groesse")
    before = page(case, "/combinations/groesse").text

    size = len(page(case, "/combinations/groesse.csv").data)

    assert f"{size} B" not in before
    assert f"<td>{size} B</td>" in page(case, "/combinations/groesse").text


def test_an_older_state_has_a_page_that_stays_in_it(case: Case) -> None:
    told = case.saved("stand")
    case.saved("stand", title={"de": "Anders"}, join="species_id", query={"columns": "id"})
    pinned = told["pinnedUrl"].partition("?")[2]

    shown = page(case, f"/combinations/stand?{pinned}").text

    assert "<h1>Pflege der Bäume</h1>" in shown
    assert f'href="/combinations/stand.csv?{pinned.replace("&", "&amp;")}"' in shown
    assert "Ein fester Stand" in shown
    assert f'href="?{pinned.replace("&", "&amp;")}&amp;lang=en"' in shown
    dcat = page(case, f"/combinations/stand?{pinned}", Accept="text/turtle")
    assert dcat.headers["Content-Location"] == f"/combinations/stand/dcat.ttl?{pinned}"
    assert page(case, dcat.headers["Content-Location"]).data == dcat.data
    assert "<h1>Anders</h1>" in page(case, "/combinations/stand").text


def test_groups_are_shown_and_have_no_files_that_name_rows(case: Case) -> None:
    told = case.saved("gruppen", query={"group_by": "species.label"})

    shown = page(case, "/combinations/gruppen").text

    assert "group_by=species.label" in shown
    assert "<td>Linde</td><td>2</td>" in shown
    assert not {"jsonld", "ttl"} & {one["format"] for one in told["files"]}
    assert '.ttl"' not in re.sub(r"dcat\.ttl", "", shown)
    assert (
        len(set(graph(page(case, "/combinations/gruppen/dcat.ttl"), "ttl").subjects(RDF.type, DCAT.Distribution))) == 7
    )


def test_a_join_that_is_too_large_has_a_page_all_the_same(case: Case, tmp_path: Path) -> None:
    case.saved("riesig")
    small = KeptJoins(tmp_path / "joins", pages=replace(for_pages(10), rows=2), files=for_files(10))
    client = create_app(replace(case.portal, joins=small), refresh_s=0).test_client()

    shown = client.get("/combinations/riesig?lang=en")

    assert shown.status_code == 200
    assert "more than 2 rows; take them as a file" in shown.text
    file = client.get("/combinations/riesig.csv")
    assert (file.status_code, file.headers["Row-Count"]) == (200, "3")
    refused = client.get("/api/v1/combinations/riesig/rows")
    assert (refused.status_code, refused.get_json()["max_rows"]) == (422, 2)


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/combinations/none", 404), ("/combinations/none/dcat.ttl", 404), ("/combinations/fest/dcat.exe", 404),
        ("/combinations/fest/dcat", 404), ("/combinations.exe", 404), ("/combinations.ttl?x=1", 400), ("/combinations.ttl?page=0", 400),
        ("/combinations/fest?x=1", 400), ("/combinations/fest?lang=de&lang=en", 400), ("/combinations/fest?revision=0", 400),
        ("/combinations/fest?revision=1_0", 400), ("/combinations/fest?revision=9", 404), ("/combinations/fest?versions=x", 400),
        ("/combinations/fest/dcat.ttl?revision=x", 400), ("/combinations?offset=-1", 400), ("/combinations?offset=1e3", 400),
        ("/combinations?dataset=%00", 400), ("/combinations?x=1", 400), ("/id/combination/none/x", 404),
    ],
)  # fmt: skip
def test_what_is_asked_wrongly_is_refused(case: Case, address: str, status: int) -> None:
    case.saved("fest")

    assert case.status(address) == status


def test_they_are_listed_and_named_by_the_datasets_that_go_in(case: Case) -> None:
    before = page(case, "/datasets/orte")
    case.saved("orte-a", title={"de": "Bäume & Orte"}, join="place_id", query={})
    after = page(case, "/datasets/orte")

    assert "Bäume &amp; Orte" in page(case, "/combinations").text
    assert "Bäume &amp; Orte" in page(case, "/combinations?dataset=orte").text
    assert "Bäume &amp; Orte" not in page(case, "/combinations?dataset=pflege").text
    assert 'href="/combinations/orte-a"' not in before.text
    assert re.search(r'href="/combinations/orte-a">Bäume &amp; Orte</a>.*<a href="#places">places</a>', after.text)
    assert after.headers["ETag"] != before.headers["ETag"]

    case.editor.ask("DELETE", "/combinations/orte-a")
    assert 'href="/combinations/orte-a"' not in page(case, "/datasets/orte").text
    assert 'href="/combinations"' in page(case, "/").text


@pytest.mark.parametrize(
    ("accept", "location"),
    [("application/json", "/api/v1/combinations"), ("text/turtle", "/combinations.ttl"), ("application/ld+json", "/combinations.jsonld")],
)  # fmt: skip
def test_the_list_leads_machines_to_what_they_want(case: Case, accept: str, location: str) -> None:
    answer = page(case, "/combinations", Accept=accept)

    assert (answer.status_code, answer.headers["Location"]) == (303, location)


def test_dcat_says_the_same_in_every_syntax(case: Case) -> None:
    case.saved("dcat")

    told = [set(graph(page(case, f"/combinations/dcat/dcat.{syntax.suffix}"), syntax.suffix)) for syntax in SYNTAXES]

    assert all(one == told[0] for one in told)
    thing = URIRef(f"{BASE}/id/combination/dcat")
    assert {str(made_of) for subject, prop, made_of in told[0] if (subject, prop) == (thing, PROV.wasDerivedFrom)} == {
        f"{BASE}/{path}"
        for path in ("id/dataset/baeume", "id/dataset/pflege", "datasets/baeume/v/1", "datasets/pflege/v/1")
    }
    licences = {str(licence) for _, prop, licence in told[0] if prop == DCTERMS.license}
    assert licences == {"http://dcat-ap.de/def/licenses/cc-by-sa/4.0"}


def test_the_catalogue_of_combinations_has_what_is_under_a_licence_and_follows_every_change(case: Case) -> None:
    def listed() -> set[str]:
        found = graph(page(case, "/combinations.ttl"), "ttl")
        return {str(one).rpartition("/")[2] for one in found.subjects(RDF.type, DCAT.Dataset)}

    case.saved("offen")
    assert "offen" in listed()
    case.editor.ask("DELETE", "/combinations/offen")
    assert "offen" not in listed()


def test_many_combinations_come_in_pages_that_lead_to_each_other(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in (1, 2, 3):
        case.saved(f"blatt-{number}")
    monkeypatch.setattr(combination_documents, "PAGE_SIZE", 2)

    seen: list[str] = []
    address = "/combinations.nt"
    while address:
        told = graph(page(case, address), "nt")
        seen += [str(one) for one in told.subjects(RDF.type, DCAT.Dataset)]
        address = next((str(one)[len(BASE) :] for one in told.objects(None, HYDRA.next)), "")

    assert len(seen) == len(set(seen)) == int(str(next(told.objects(None, HYDRA.totalItems))))
    assert {f"{BASE}/id/combination/blatt-{number}" for number in (1, 2, 3)} <= set(seen)
    assert case.status("/combinations.nt?page=999") == 404


def test_what_is_unclear_is_described_and_not_in_the_catalogue(case: Case, tmp_path: Path) -> None:
    key = {"externalKeys": [key_to("tree_id", "trees", dataset="baeume")]}
    schema = {"fields": [KEY, TREE], "primaryKey": ["id"], **key}
    table = a_table(fields=(KEY, TREE), rows=[("u-1", "b-1")], schema=schema)
    licences = [{"name": "other-open"}]
    publish(case.portal, a_folder(tmp_path / "u", slug="unklar", tables={"u": table}, licenses=licences))
    told = case.saved("unklar", join="unklar/u.tree_id", query={})

    assert told["lineage"]["answer"] == "unclear"
    one = page(case, "/combinations/unklar")
    assert 'rel="license"' not in one.headers["Link"]
    assert "Unklar." in one.text
    described = graph(page(case, "/combinations/unklar/dcat.nt"), "nt")
    assert set(described.objects(None, DCTERMS.license)) == set()
    assert "combination/unklar" not in page(case, "/combinations.nt").text


def test_saving_leaves_the_catalogue_of_the_datasets_as_it_is(case: Case) -> None:
    before = page(case, "/catalog.ttl")

    case.saved("neben")

    after = page(case, "/catalog.ttl")
    assert (after.headers["ETag"], after.headers["Last-Modified"]) == (before.headers["ETag"], before.headers["Last-Modified"])  # fmt: skip
    assert "/id/combination/" not in after.text
    assert "dcterms:relation <https://daten.example/combinations>" in after.text


def test_a_new_version_of_what_goes_in_changes_it(case: Case, tmp_path: Path) -> None:
    def counted(name: str, rows: list[tuple[Any, ...]]) -> Path:
        key = {"externalKeys": [key_to("tree_id", "trees", dataset="baeume")]}
        schema = {"fields": [KEY, TREE], "primaryKey": ["id"], **key}
        table = a_table(fields=(KEY, TREE), rows=rows, schema=schema)
        return a_folder(tmp_path / name, slug="neuer", tables={"counts": table})

    publish(case.portal, counted("a", [("c-1", "b-1")]))
    case.saved("neuer", join="neuer/counts.tree_id", query={"columns": "counts.id", "counts.id__null": "false"})
    before = page(case, "/combinations/neuer"), page(case, "/combinations.ttl")
    publish(case.portal, counted("b", [("c-1", "b-1"), ("c-7", "b-2")]), at=NOON + timedelta(days=1))
    after = page(case, "/combinations/neuer"), page(case, "/combinations.ttl")

    assert "<td>c-7</td>" in after[0].text
    assert "(2 Zeilen)" in after[0].text
    for old, new in zip(before, after, strict=True):
        assert old.headers["ETag"] != new.headers["ETag"]


def test_it_is_saved_only_over_what_was_seen(case: Case) -> None:
    def put(slug: str, **headers: str) -> int:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return case.editor.ask("PUT", f"/combinations/{slug}", json={**CARE, "description": {"de": str(headers)}}, headers=named).status_code  # fmt: skip

    assert put("gesehen", If_Match="*") == 412
    assert put("gesehen", If_Match='"x"') == 412
    assert put("gesehen", If_None_Match="*") == 201
    assert put("gesehen", If_None_Match="*") == 412
    seen = case.everyone.ask("GET", "/combinations/gesehen", headers={"Accept-Encoding": "gzip"}).headers["ETag"]
    assert seen.endswith('-gz"')
    assert put("gesehen", If_Match='"x", "y"') == 412
    assert put("gesehen", If_Match=seen) == 201
    assert put("gesehen", If_Match=seen) == 412
    assert put("gesehen", If_Match="*") == 201
    assert put("gesehen") == 201
    assert case.editor.ask("DELETE", "/combinations/gesehen", headers={"If-Match": seen}).status_code == 412
    fresh = case.editor.ask("PUT", "/combinations/gesehen", json=CARE)
    assert case.editor.ask("DELETE", "/combinations/gesehen", headers={"If-Match": fresh.headers["ETag"]}).status_code == 204  # fmt: skip
    assert put("gesehen", If_Match="*") == 412
    assert put("gesehen", If_None_Match="*") == 201
    assert case.everyone.ask("PUT", "/combinations/gesehen", json=CARE, headers={"If-Match": '"x"'}).status_code == 401
    assert case.rows(f"{BASE}/api/v1/combinations/gesehen/rows") == EXPECTED
