"""Saved combinations over HTTP: saved by those who may, read by everyone in every format, changed without losing what was."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from portal.accounts.actor import command
from portal.events.public import public_events
from portal.exports.formats import FORMATS
from portal.foundation.db import reading
from portal.foundation.text import LangString
from portal.publishing.withdrawal import restore, withdraw
from portal.web.api.document import document
from tests.builders import a_folder, a_table
from tests.combining import KEY, TREE
from tests.people import NOON
from tests.releases import publish
from tests.saving import BASE, CARE, EXPECTED, Case, case

__all__ = ["case"]


def test_a_combination_is_saved_once_and_described_to_everyone(case: Case) -> None:
    first = case.editor.ask("PUT", "/combinations/pflege-der-baeume", json=CARE)
    again = case.editor.ask("PUT", "/combinations/pflege-der-baeume", json=CARE)

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.headers["Location"] == f"{BASE}/api/v1/combinations/pflege-der-baeume"
    answer = case.everyone.ask("GET", "/combinations/pflege-der-baeume")
    told = answer.get_json()
    assert (told["revision"], told["versions"], told["multiplies"]) == (1, {"baeume": 1, "pflege": 1}, True)
    assert told["lineage"]["publishUnder"][0]["code"] == "cc-by-sa/4.0"
    assert told["schema"]["fields"][4]["name"] == "species.id"
    assert 'rel="license"' in answer.headers["Link"]
    assert case.everyone.ask("GET", "/combinations/pflege-der-baeume", headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304  # fmt: skip


def test_its_rows_are_those_of_the_question(case: Case) -> None:
    told = case.saved("zeilen")
    found: list[tuple[Any, ...]] = []
    address = f"{told['rowsUrl']}?limit=2&count=exact"
    while address:
        page = case.everyone.client.get(address.removeprefix(BASE)).get_json()
        found += [tuple(row.values()) for row in page["rows"]]
        address = page["next"]

    assert found == EXPECTED == case.rows(told["pinnedUrl"])
    assert (page["combination"], page["revision"], page["total"]) == ("zeilen", 1, 3)
    assert page["lineage"]["answer"] == "yes"


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: str(form.name))
def test_it_comes_in_every_format_at_an_address_that_stays(case: Case, form: Any) -> None:
    told = case.saved("formate")
    short = f"/combinations/formate{form.suffix}"
    file, same = case.everyone.client.get(short), case.everyone.ask("GET", f"/combinations/formate/rows{form.suffix}")

    assert {"format": form.name, "url": BASE + short, "mediatype": form.media_type.split(";")[0]} in told["files"]
    assert (file.status_code, file.headers["Row-Count"]) == (200, "3")
    assert file.data == same.data
    assert file.headers["Repr-Digest"].startswith("sha-256=:")
    assert file.headers["Content-Type"].split(";")[0] == form.media_type.split(";")[0]
    assert case.everyone.client.get(short, headers={"If-None-Match": file.headers["ETag"]}).status_code == 304
    assert case.everyone.client.head(short).headers["Content-Length"] == str(len(file.data))
    pinned = case.everyone.client.get(f"{short}?{told['pinnedUrl'].partition('?')[2]}")
    assert pinned.data == file.data
    assert "immutable" in pinned.headers["Cache-Control"]


def test_a_changed_combination_keeps_what_it_was(case: Case) -> None:
    before = case.saved("anders")
    after = case.saved("anders", query={"columns": "id"}, join="species_id")

    assert (before["revision"], after["revision"]) == (1, 2)
    assert case.rows(after["rowsUrl"]) == [("b-1",), ("b-2",), ("b-3",)]
    assert case.rows(before["pinnedUrl"]) == case.rows(f"{after['rowsUrl']}?revision=1") == EXPECTED
    assert case.everyone.ask("GET", "/combinations/anders?revision=1").get_json()["join"] == CARE["join"]
    assert case.status(f"{after['rowsUrl']}?revision=3") == 404


def test_newer_versions_are_followed_and_an_exact_state_stays(case: Case, tmp_path: Path) -> None:
    counts = {"zaehlung": ["b-1"], "umbau": ["b-1"]}
    for slug in counts:
        publish(case.portal, _counted(tmp_path / slug, "b-1", slug=slug))
    told = {slug: case.saved(slug, join=f"{slug}/counts.tree_id", query={"columns": "counts.id"}) for slug in counts}

    publish(case.portal, _counted(tmp_path / "two", "b-1", "b-2", slug="zaehlung"), at=NOON + timedelta(days=1))
    publish(case.portal, a_folder(tmp_path / "other", slug="umbau", tables={"counts": a_table()}), at=NOON + timedelta(days=1))  # fmt: skip

    pinned, current = told["zaehlung"]["pinnedUrl"], told["zaehlung"]["rowsUrl"]
    assert case.rows(current) == [("c-1",), ("c-2",), (None,)]
    assert case.rows(pinned) == [("c-1",), (None,), (None,)]
    described = case.everyone.ask("GET", "/combinations/zaehlung").get_json()
    assert described["versions"]["zaehlung"] > told["zaehlung"]["versions"]["zaehlung"]
    misfit = case.everyone.ask("GET", "/combinations/umbau/rows")
    assert misfit.status_code == 409
    assert case.everyone.ask("GET", "/combinations/umbau").status_code == 409
    assert case.rows(misfit.get_json()["pinnedUrl"]) == [("c-1",), (None,), (None,)]


def _counted(path: Path, *trees: str, slug: str) -> Path:
    rows = [(f"c-{number}", tree) for number, tree in enumerate(trees, start=1)]
    key = {"fields": "tree_id", "reference": {"package": "baeume", "resource": "trees", "fields": "id"}}
    schema = {"fields": [KEY, TREE], "primaryKey": ["id"], "externalKeys": [key]}
    table = a_table(fields=(KEY, TREE), rows=rows, schema=schema)
    return a_folder(path, slug=slug, tables={"counts": table})


def test_a_withdrawn_dataset_takes_its_combinations_along_until_it_is_back(case: Case) -> None:
    told = case.saved("zurueck")
    withdraw(case.portal.engine, "pflege", reason=LangString("Fehler"), by=command("withdraw"), at=NOON)

    assert {case.status(told[name]) for name in ("url", "rowsUrl", "pinnedUrl")} == {410}
    assert case.status("/combinations/zurueck.csv") == 410

    restore(case.portal.engine, "pflege", by=command("restore"), at=NOON)
    assert case.rows(told["pinnedUrl"]) == EXPECTED


def test_a_removed_combination_is_gone_and_can_be_saved_again(case: Case) -> None:
    told = case.saved("weg")

    assert case.everyone.ask("DELETE", "/combinations/weg").status_code == 401
    assert case.editor.ask("DELETE", "/combinations/weg").status_code == 204
    assert {case.status(told[name]) for name in ("url", "rowsUrl", "pinnedUrl")} == {410}
    assert case.editor.ask("DELETE", "/combinations/weg").status_code == 410
    assert "weg" not in [one["name"] for one in case.everyone.ask("GET", "/combinations").get_json()["items"]]

    assert case.saved("weg")["revision"] == 2
    assert case.status(told["pinnedUrl"]) == 200
    with reading(case.portal.engine) as session:
        kinds = [one.kind for one in public_events(session) if one.facts.get("combination") == "weg"]
    assert kinds == ["combination-saved", "combination-removed", "combination-saved"]


def test_they_are_listed_and_found_by_the_datasets_that_go_in(case: Case) -> None:
    case.saved("liste-a")
    case.saved("liste-b", join="place_id", query={})

    def names(question: str) -> list[str]:
        return [one["name"] for one in case.everyone.ask("GET", f"/combinations?{question}").get_json()["items"]]

    assert {"liste-a", "liste-b"} <= set(names("dataset=baeume"))
    assert "liste-b" in names("dataset=orte")
    assert "liste-a" not in names("dataset=orte")
    assert names("dataset=ort%25") == []
    first = case.everyone.ask("GET", "/combinations?limit=1").get_json()
    assert (len(first["items"]), first["next"]) == (1, f"{BASE}/api/v1/combinations?limit=1&offset=1")
    table = case.everyone.ask("GET", "/datasets/baeume/tables/trees").get_json()
    assert table["combinationsUrl"] == f"{BASE}/api/v1/combinations?dataset=baeume"


def test_what_may_not_be_published_is_not_saved(case: Case, tmp_path: Path) -> None:
    publish(
        case.portal, a_folder(tmp_path / "o", slug="odbl", tables={"x": _tree_table()}, licenses=[{"name": "odbl"}])
    )
    clash = {**CARE, "join": "pflege/visits.tree_id,odbl/x.tree_id", "query": {}}

    answer = case.editor.ask("PUT", "/combinations/streit", json=clash)

    assert (answer.status_code, answer.get_json()["type"]) == (409, f"{BASE}/problems/licences-clash")
    assert case.status("/api/v1/combinations/streit") == 404


def test_a_dataset_that_changes_its_licence_ends_a_combination_but_not_its_former_state(
    case: Case, tmp_path: Path
) -> None:
    def mixed(licence: str, name: str) -> Path:
        facts = {"title": f"Mischwald {name}", "licenses": [{"name": licence}]}
        return a_folder(tmp_path / name, slug="mischwald", tables={"x": _tree_table()}, **facts)

    publish(case.portal, mixed("cc-zero", "a"))
    told = case.saved("mischwald", join="pflege/visits.tree_id,mischwald/x.tree_id", query={"columns": "x.id"})
    publish(case.portal, mixed("odbl", "b"), at=NOON + timedelta(days=1))

    answer = case.everyone.ask("GET", "/combinations/mischwald/rows")
    assert (answer.status_code, answer.get_json()["type"]) == (409, f"{BASE}/problems/licences-clash")
    assert {case.status(told["url"]), case.status("/combinations/mischwald.csv")} == {409}
    assert case.rows(told["pinnedUrl"]) == case.rows(answer.get_json()["pinnedUrl"]) == [("x-1",), ("x-1",), (None,), (None,)]  # fmt: skip
    shown = case.everyone.client.get("/combinations/mischwald?lang=de", headers={"Accept": "text/html"})
    assert shown.status_code == 409
    assert "<li>" in shown.text
    assert "combinations/mischwald?revision=1&amp;versions=" in shown.text
    assert case.status(answer.get_json()["pinnedPageUrl"]) == 200


def _tree_table() -> Any:
    key = {"fields": "tree_id", "reference": {"package": "baeume", "resource": "trees", "fields": "id"}}
    schema = {"fields": [KEY, TREE], "primaryKey": ["id"], "externalKeys": [key]}
    return a_table(fields=(KEY, TREE), rows=[("x-1", "b-1")], schema=schema)


@pytest.mark.parametrize(
    ("facts", "status"),
    [
        ({"join": "none"}, 400), ({"join": "place_id,"}, 400), ({"query": {"no": "1"}}, 400), ({"query": {"after": "1"}}, 400),
        ({"query": {"version": "1"}}, 400), ({"query": {"join": "x"}}, 400), ({"query": {"limit": "x"}}, 400), ({"query": []}, 400),
        ({"query": {"id": 1}}, 400), ({"query": {"id": "x" * 5000}}, 400), ({"query": {"id\x00": "x"}}, 400), ({"title": {}}, 400),
        ({"title": {"de": ""}}, 400), ({"title": {"de": "x" * 600}}, 400), ({"title": {"de": "\x00"}}, 400), ({"title": "x"}, 400),
        ({"description": {"de": "\x07"}}, 400), ({"dataset": "none"}, 404), ({"dataset": "weg"}, 410), ({"table": "none"}, 404),
        ({"publisher": "none"}, 404), ({"revision": 7}, 400), ({"join": "weg/logs.tree_id"}, 410), ({"join": "x" * 3000}, 400),
    ],
    ids=lambda value: str(value)[:40],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_and_not_saved(case: Case, facts: dict[str, Any], status: int) -> None:
    answer = case.editor.ask("PUT", "/combinations/unsinn", json={**CARE, **facts})

    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json"), answer.text
    assert case.status("/api/v1/combinations/unsinn") == 404


@pytest.mark.parametrize("name", ["Gross", "a_b", "-a", "a--b", "a.b", "x" * 101, "%00", "%C3%A4", "a%2Fb"])
def test_a_name_that_is_no_slug_is_refused(case: Case, name: str) -> None:
    assert case.editor.ask("PUT", f"/combinations/{name}", json=CARE).status_code in (400, 404, 405)


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/api/v1/combinations/none", 404), ("/api/v1/combinations/none/rows", 404), ("/combinations/none.csv", 404),
        ("/combinations/fragen.exe", 404), ("/combinations/fragen.", 404), ("/combinations/fragen.csv?limit=1", 400),
        ("/combinations/fragen.csv?format=json", 400), ("/combinations/fragen.csv?revision=1&revision=1", 400),
        ("/api/v1/combinations/fragen/rows?sort=id", 400), ("/api/v1/combinations/fragen/rows?revision=0", 400),
        ("/api/v1/combinations/fragen/rows?revision=x", 400), ("/api/v1/combinations/fragen/rows?versions=x", 400),
        ("/api/v1/combinations/fragen/rows?versions=pflege:99", 404), ("/api/v1/combinations/fragen/rows?versions=orte:1", 400),
        ("/api/v1/combinations/fragen/rows?limit=0", 400), ("/api/v1/combinations/fragen/rows?after=99", 400),
        ("/api/v1/combinations/fragen?versions=x", 400), ("/api/v1/combinations/fragen?revision=99", 404),
        ("/api/v1/combinations?limit=0", 400), ("/api/v1/combinations?offset=-1", 400), ("/api/v1/combinations?x=1", 400),
        ("/combinations/%00.csv", 404), ("/combinations/%ED%A0%80.csv", 404),
    ],
)  # fmt: skip
def test_what_is_asked_wrongly_is_refused(case: Case, address: str, status: int) -> None:
    case.saved("fragen")

    assert case.status(address) == status


def test_answers_are_what_the_openapi_document_says(case: Case) -> None:
    case.saved("doc")
    api = document()

    for path in ("/combinations", "/combinations/{slug}", "/combinations/{slug}/rows"):
        described = api["paths"][f"/api/v1{path}"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        answer = case.everyone.ask("GET", path.format(slug="doc")).get_json()
        assert not list(Draft202012Validator({**described, "components": api["components"]}).iter_errors(answer)), path
