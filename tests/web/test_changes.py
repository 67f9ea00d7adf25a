"""What changed between two versions, as anyone asks for it: summary, pages of rows, the whole as CSV."""

import csv
import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from portal.accounts.actor import command
from portal.foundation.text import LangString
from portal.publishing.comparing.kept import KeptChanges
from portal.publishing.withdrawal import withdraw
from portal.web.app import create_app
from portal.wiring import Portal
from tests.builders import ATable, a_field, a_folder, a_table
from tests.releases import NOON, publish, trees
from tests.templates import an_empty_portal

API = "/api/v1/datasets/baeume"
ROWS = f"{API}/tables/trees/changes"
Json = dict[str, Any]


def parks(*names: str) -> ATable:
    return a_table(fields=[a_field("name")], rows=[(name,) for name in names], primary_key=())


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """Give a portal with `baeume` in three versions, and `weg`, which was withdrawn.

    1  trees by key, parks without one          2  rows of both changed, `height` came
    3  `name` went, parks went, benches came
    """
    folder = tmp_path_factory.mktemp("changes")
    portal = an_empty_portal(folder / "data")
    key, name, height = a_field("id"), a_field("name"), a_field("height", "number")
    first = a_table(fields=[key, name], rows=[("x-1", "Linde"), ("x-2", "Eiche"), ("x-3", "Buche")])
    second = a_table(
        fields=[key, name, height], rows=[("x-1", "Linde", 3), ("x-3", "Rotbuche", ""), ("x-4", "Ahorn", 1)]
    )
    third = a_table(fields=[key, height], rows=[("x-1", 3), ("x-3", ""), ("x-4", 1)])
    for number, tables in enumerate(
        (
            {"trees": first, "parks": parks("Süd", "Nord", "Nord")},
            {"trees": second, "parks": parks("Nord", "Süd", "West")},
            {"trees": third, "benches": a_table()},
        )
    ):
        publish(portal, a_folder(folder / str(number), slug="baeume", tables=tables))
    publish(portal, trees(folder / "weg", "Linde", slug="weg"))
    withdraw(portal.engine, "weg", reason=LangString("Falsch", "Wrong"), by=command("withdraw"), at=NOON)
    yield portal
    portal.engine.dispose()


@pytest.fixture(scope="module")
def client(built: Portal) -> FlaskClient:
    return create_app(built, refresh_s=0).test_client()


def of(client: FlaskClient, address: str) -> Json:
    answer = client.get(address)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    found: Json = answer.get_json()
    return found


def test_the_summary_says_what_changed_about_every_table(client: FlaskClient) -> None:
    found = of(client, f"{API}/changes?since=1&until=2")

    trees_table, parks_table = found["tables"]
    assert (found["since"], found["until"]) == (1, 2)
    assert trees_table["rows"] == {"before": 3, "after": 3, "added": 1, "removed": 1, "changed": 2, "unchanged": 0}
    assert trees_table["columns"]["added"] == ["height"]
    assert trees_table["changedColumns"] == {"name": 1, "height": 1}
    assert (trees_table["warnings"], trees_table["note"]) == ([], None)
    assert parks_table["comparedBy"] == "row"
    assert (parks_table["rows"]["added"], parks_table["rows"]["removed"]) == (1, 1)
    assert [change["pointer"] for change in found["metadata"]] == ["/resources/trees/schema/fields/height"]


def test_the_summary_warns_whoever_reads_what_goes_away(client: FlaskClient) -> None:
    found = of(client, f"{API}/changes?since=2")

    told = {table["name"]: (table["change"], [one["en"] for one in table["warnings"]]) for table in found["tables"]}
    assert told == {
        "trees": ("changed", ["Column “name” goes away: whoever reads it will not find it."]),
        "benches": ("added", []),
        "parks": ("removed", ["Table “parks” goes away: its addresses lead nowhere."]),
    }


def test_the_links_of_the_summary_and_of_the_versions_lead_on(client: FlaskClient) -> None:
    newest, *_, oldest = of(client, f"{API}/versions")["items"]
    assert oldest["changesUrl"] is None

    for table in of(client, newest["changesUrl"])["tables"]:
        rows = of(client, table["changesUrl"])
        answer = client.get(table["csvUrl"])
        lines = list(csv.DictReader(io.StringIO(answer.get_data(as_text=True))))
        assert [line["_change"] for line in lines] == [change["change"] for change in rows["changes"]]
        assert rows["total"] == len(lines) == int(answer.headers["Row-Count"])
        assert rows["csvUrl"] == table["csvUrl"]


def test_rows_come_in_pages_and_the_pages_are_the_whole(client: FlaskClient) -> None:
    whole = of(client, f"{ROWS}?since=1&until=2")
    assert [(one["change"], one["key"]["id"]) for one in whole["changes"]] == [
        ("changed", "x-1"), ("removed", "x-2"), ("changed", "x-3"), ("added", "x-4"),
    ]  # fmt: skip
    assert whole["changes"][2] == {
        "change": "changed",
        "key": {"id": "x-3"},
        "before": {"id": "x-3", "name": "Buche"},
        "after": {"id": "x-3", "name": "Rotbuche", "height": None},
        "columns": ["name"],
    }

    found, address = [], f"{ROWS}?since=1&until=2&limit=3"
    while address:
        page = of(client, address)
        found, address = found + page["changes"], page["next"]

    assert found == whole["changes"]
    assert (page["total"], page["limit"]) == (4, 3)


def test_a_page_names_the_version_it_began_with(client: FlaskClient) -> None:
    assert of(client, f"{ROWS}?since=1&limit=1")["next"].endswith("since=1&until=3&limit=1&after=1")


def test_the_csv_is_a_file_with_length_digest_and_name(client: FlaskClient) -> None:
    answer = client.get(f"{ROWS}.csv?since=1&until=2", headers={"Accept-Encoding": "identity"})

    assert answer.get_data(as_text=True) == (
        "_change,_columns,id,name,height\r\n"
        "changed,height,x-1,Linde,3\r\n"
        "removed,,x-2,Eiche,\r\n"
        "changed,name,x-3,Rotbuche,\r\n"
        "added,,x-4,Ahorn,1\r\n"
    )
    assert answer.headers["Content-Length"] == str(len(answer.data))
    assert answer.headers["Row-Count"] == "4"
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8; header=present"
    assert answer.headers["Content-Disposition"].endswith('"baeume_v1-v2_trees_changes.csv"')
    assert 'rel="license"' in answer.headers["Link"]
    assert "Repr-Digest" in answer.headers
    assert client.get(f"{ROWS}.csv?since=1&until=2", headers={"Range": "bytes=0-6"}).data == b"_change"


@pytest.mark.parametrize("address", [f"{API}/changes", ROWS, f"{ROWS}.csv"])
def test_answers_about_two_named_versions_never_change_and_are_sent_once(client: FlaskClient, address: str) -> None:
    fixed, current = client.get(f"{address}?since=1&until=3"), client.get(f"{address}?since=1")

    again = client.get(f"{address}?since=1&until=3", headers={"If-None-Match": fixed.headers["ETag"]})

    assert (again.status_code, again.data) == (304, b"")
    assert "immutable" in fixed.headers["Cache-Control"]
    assert current.headers["Cache-Control"] == "public, no-cache"
    assert fixed.headers["ETag"] == current.headers["ETag"]
    assert client.head(f"{address}?since=1").status_code == 200
    assert client.get(f"{address}?since=2").headers["ETag"] != fixed.headers["ETag"]


def test_nothing_changed_since_the_version_itself(client: FlaskClient) -> None:
    found = of(client, f"{API}/changes?since=3")

    assert (found["metadata"], {table["change"] for table in found["tables"]}) == ([], {"unchanged"})
    assert of(client, f"{ROWS}?since=3&until=3")["changes"] == []
    assert client.get(f"{ROWS}.csv?since=3").data == b"_change,_columns,id,height\r\n"


@pytest.mark.parametrize(
    ("address", "status"),
    [
        (f"{API}/changes", 400),
        (f"{ROWS}", 400),
        (f"{ROWS}.csv", 400),
        (f"{API}/changes?since=2&until=1", 400),
        (f"{ROWS}?since=3&until=2", 400),
        (f"{ROWS}.csv?since=3&until=2", 400),
        (f"{API}/changes?since=0", 400),
        (f"{API}/changes?since=-1", 400),
        (f"{API}/changes?since=1&until=0", 400),
        (f"{API}/changes?since=", 400),
        (f"{API}/changes?since=one", 400),
        (f"{API}/changes?since=1.0", 400),
        (f"{API}/changes?since=%D9%A1", 400),
        (f"{API}/changes?since=1&since=2", 400),
        (f"{API}/changes?since=1&limit=5", 400),
        (f"{API}/changes?since={'9' * 400}", 400),
        (f"{ROWS}?since=1&limit=0", 400),
        (f"{ROWS}?since=1&limit=10001", 400),
        (f"{ROWS}?since=1&after=-1", 400),
        (f"{ROWS}?since=1&after=x-1", 400),
        (f"{ROWS}?since=1&version=1", 400),
        (f"{ROWS}.csv?since=1&limit=5", 400),
        (f"{API}/changes?since=4", 404),
        (f"{API}/changes?since=1&until=4", 404),
        (f"{API}/changes?since=999999999", 404),
        (f"{API}/tables/none/changes?since=1", 404),
        (f"{API}/tables/%00/changes?since=1", 404),
        (f"{API}/tables/benches/changes?since=1&until=2", 404),
        (f"{API}/tables/trees/changes.xlsx?since=1", 404),
        ("/api/v1/datasets/none/changes?since=1", 404),
        ("/api/v1/datasets/%ff/changes?since=1", 404),
        ("/api/v1/datasets/weg/changes?since=1", 410),
        ("/api/v1/datasets/weg/tables/trees/changes?since=1", 410),
        ("/api/v1/datasets/weg/tables/trees/changes.csv?since=1", 410),
    ],
)
def test_what_cannot_be_answered_is_a_problem_document(client: FlaskClient, address: str, status: int) -> None:
    answer = client.get(address)

    assert answer.status_code == status, answer.get_data(as_text=True)
    assert answer.content_type == "application/problem+json"
    assert answer.get_json()["translations"].keys() == {"de", "en"}


def test_what_is_missing_is_named_in_both_languages(client: FlaskClient) -> None:
    told = client.get(f"{API}/changes").get_json()["translations"]

    assert told["de"]["detail"] == "Die Anfrage hat ungültige Parameter: since: fehlt."
    assert "since: Missing data for required field" in told["en"]["detail"]


def test_where_too_many_comparisons_wait_the_answer_says_when_to_come_again(built: Portal, tmp_path: Path) -> None:
    full = replace(built, changes=KeptChanges(tmp_path, max_waiting=0))

    answer = create_app(full, refresh_s=0).test_client().get(f"{API}/changes?since=1")

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")
    assert answer.get_json()["type"].endswith("/problems/busy")


def test_a_page_behind_the_last_change_is_empty(client: FlaskClient) -> None:
    assert of(client, f"{ROWS}?since=1&after=9007199254740992")["changes"] == []


def test_what_is_kept_can_be_thrown_away(built: Portal, client: FlaskClient) -> None:
    before = client.get(f"{ROWS}.csv?since=1&until=2").data
    kept: list[Path] = [path for folder in built.settings.changes.iterdir() for path in folder.iterdir()]

    for path in kept:
        path.unlink()

    assert client.get(f"{ROWS}.csv?since=1&until=2").data == before
    assert of(client, f"{ROWS}?since=1&until=2")["total"] == 4
