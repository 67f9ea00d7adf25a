"""`rows?join=` over HTTP: pages, files and groups of joined tables, what they say of where they come from, and what is refused."""

import csv
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from flask.testing import FlaskClient
from python_calamine import CalamineWorkbook

from portal.accounts.actor import command
from portal.exports.formats import FORMATS, TableFormat
from portal.foundation.config import Settings
from portal.foundation.text import LangString
from portal.publishing.migrate import upgrade
from portal.publishing.seed import ensure_operator
from portal.publishing.withdrawal import restore, withdraw
from portal.web.app import create_app
from portal.wiring import Portal, build
from tests.combining import PLACES, TREES, VISITS, a_wood
from tests.people import NOON
from tests.web.test_junk import assert_problem

BASE = "https://daten.example"
TABLES = "/api/v1/datasets/baeume/tables"
ROWS = f"{TABLES}/trees/rows"
VISITED = f"{ROWS}?join=pflege/visits.tree_id"


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    folder = tmp_path_factory.mktemp("wood")
    built = build(Settings(data=folder / "data", base_url=BASE, datasets="-", access_log=False))
    upgrade(built.engine)
    ensure_operator(built.engine, built.settings)
    a_wood(built, folder)
    yield built
    built.engine.dispose()


@pytest.fixture(scope="module")
def client(portal: Portal) -> FlaskClient:
    return create_app(portal, refresh_s=0).test_client()


def told(client: FlaskClient, address: str) -> dict[str, Any]:
    answer = client.get(address.removeprefix(BASE))
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.get_json()
    return found


def joined_by_hand() -> list[tuple[str, str | None, float | None]]:
    """Give tree, visit and cost of every row of `VISITED`."""
    found = []
    for tree in TREES:
        visits = [one for one in VISITS if one[1] == tree[0]] or [(None, None, None, None)]
        found += [(str(tree[0]), one[0], None if one[3] is None else float(one[3])) for one in visits]
    return found


def test_a_table_says_what_it_can_be_joined_with(client: FlaskClient) -> None:
    offered = {one["name"]: one for one in told(client, f"{TABLES}/trees")["joins"]}

    assert {name: (one["cardinality"], one["multiplies"]) for name, one in offered.items()} == {
        "species_id": ("n:1", False),
        "place_id": ("n:1", False),
        "gaben/trees.tree_id": ("1:n", True),
        "notizen/notes.row": ("1:n", True),
        "pflege/visits.tree_id": ("1:n", True),
        "zaehlung/counts.tree_id": ("1:n", True),
    }
    assert offered["pflege/visits.tree_id"]["columns"] == ["visits.id", "visits.tree_id", "visits.on", "visits.cost"]
    assert offered["notizen/notes.row"]["via"] == {
        "here": ["id"],
        "there": ["row"],
        "where": {"dataset": "baeume", "table": "trees"},
    }
    for one in offered.values():
        assert list(told(client, one["url"])["rows"][0])[-len(one["columns"]) :] == one["columns"]


def test_a_key_finds_one_row_or_none(client: FlaskClient) -> None:
    answer = told(client, f"{ROWS}?join=species_id,place_id")

    places = dict(PLACES)
    assert (answer["multiplies"], answer["total"]) == (False, 3)
    assert [(row["id"], row["species.label"], row["place.name"]) for row in answer["rows"]] == [
        ("b-1", "Linde", places["o-1"]),
        ("b-2", "Eiche; groß", places["o-2"]),
        ("b-3", None, places["o-1"]),
    ]


def test_a_key_that_comes_from_elsewhere_repeats_the_row_and_says_so(client: FlaskClient) -> None:
    answer = told(client, VISITED)

    assert answer["multiplies"] is True
    assert answer["joins"] == [
        {"path": "pflege/visits.tree_id", "columns": "visits.", "dataset": "pflege", "table": "visits", "version": 1, "multiplies": True}
    ]  # fmt: skip
    assert [(row["id"], row["visits.id"], row["visits.cost"]) for row in answer["rows"]] == joined_by_hand()


def test_joins_go_on_from_what_was_joined_and_a_path_brings_its_start_along(client: FlaskClient) -> None:
    answer = told(
        client, "/api/v1/datasets/pflege/tables/visits/rows?join=tree_id:place_id,tree_id:species_id&sort=-id"
    )

    assert [one["path"] for one in answer["joins"]] == ["tree_id", "tree_id:place_id", "tree_id:species_id"]
    assert [(row["id"], row["tree.name"], row["place.name"], row["species.label"]) for row in answer["rows"]] == [
        ("v-4", None, None, None),
        ("v-3", "Eiche „am Tor“", "Köln, Süd", "Eiche; groß"),
        ("v-2", "Alte Linde", "Krefeld", "Linde"),
        ("v-1", "Alte Linde", "Krefeld", "Linde"),
    ]


def test_a_key_that_holds_for_some_rows_finds_nothing_for_the_others(client: FlaskClient) -> None:
    address = "/api/v1/datasets/notizen/tables/notes/rows?join=row@baeume/trees,row@orte/places"

    assert [(row["id"], row["trees.name"], row["places.name"]) for row in told(client, address)["rows"]] == [
        ("n-1", "Alte Linde", None),
        ("n-2", None, "Krefeld"),
        ("n-3", None, None),
    ]
    back = told(client, "/api/v1/datasets/orte/tables/places/rows?join=notizen/notes.row")
    assert [(row["id"], row["notes.id"]) for row in back["rows"]] == [("o-1", "n-2"), ("o-2", None)]


def test_the_same_table_twice_has_two_names(client: FlaskClient) -> None:
    rows = told(client, f"{ROWS}?join=place_id,pflege/visits.tree_id:tree_id:place_id&limit=1")["rows"]

    assert {"place.name", "tree_place.name"} <= set(rows[0])


def test_pages_of_a_join_together_are_the_whole(client: FlaskClient) -> None:
    found, address = [], f"{VISITED}&limit=1&sort=-visits.cost"
    while address:
        page = told(client, address)
        found += page["rows"]
        address = page["next"]

    whole = told(client, f"{VISITED}&sort=-visits.cost")["rows"]
    assert found == whole
    assert [row["visits.cost"] for row in whole] == [12.5, 0.07, None, None]


def test_joined_columns_are_asked_for_like_all_others(client: FlaskClient) -> None:
    def ids(question: str) -> list[str]:
        return [row["visits.id"] for row in told(client, f"{VISITED}&{question}")["rows"]]

    assert ids("visits.cost__gte=1") == ["v-1"]
    assert ids("visits.on__between=2025-01-01,2025-12-31&id=b-1") == ["v-2"]
    assert ids("q=linden") == ["v-1", "v-2"]
    grouped = told(client, f"{VISITED}&group_by=visits.on__year&figures=visits.cost__sum&visits.id__null=false")["rows"]
    assert [(row["visits.on__year"], row["count"]) for row in grouped] == [(2024, 1), (2025, 2)]
    distinct = told(client, f"{ROWS}?join=place_id&distinct=place.name")["rows"]
    assert distinct == [{"place.name": "Krefeld", "count": 2}, {"place.name": "Köln, Süd", "count": 1}]


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: str(form.name))
def test_every_format_gives_the_same_joined_rows_and_says_where_they_come_from(
    client: FlaskClient, form: TableFormat, tmp_path: Path
) -> None:
    address = f"{ROWS}{form.suffix}?join=pflege/visits.tree_id&columns=id,visits.id,visits.cost"
    answer = client.get(address)

    assert answer.status_code == 200, answer.text
    assert answer.headers["Row-Count"] == "4"
    assert answer.headers["Repr-Digest"].startswith("sha-256=:")
    assert answer.headers["Link"] == (
        '<https://creativecommons.org/licenses/by-sa/4.0/>; rel="license", '
        f'<{BASE}/api/v1/licences/combine?datasets=baeume,pflege>; rel="describedby"; type="application/json"'
    )
    assert _read(form.suffix, answer.data, tmp_path) == joined_by_hand()
    again = client.get(address, headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    head = client.head(address)
    assert (head.headers["ETag"], head.headers["Content-Length"]) == (answer.headers["ETag"], str(len(answer.data)))


def _read(suffix: str, content: bytes, folder: Path) -> list[tuple[str, str | None, float | None]]:
    """Give the rows of a file: tree, visit, cost."""
    rows: Any
    if suffix in (".csv", ".excel.csv"):
        german = suffix == ".excel.csv"
        listed = list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";" if german else ","))[1:]
        rows = [[one.replace(",", ".") if german else one for one in row] for row in listed]
    elif suffix in (".xlsx", ".ods"):
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
        rows = [[*row, "", ""][:3] for row in sheet.to_python()[1:]]
    elif suffix == ".parquet":
        (folder / "rows.parquet").write_bytes(content)
        rows = duckdb.sql(f"FROM '{folder / 'rows.parquet'}'").fetchall()
    elif suffix == ".ttl":
        blocks = re.split(r"^(?=<)", content.decode(), flags=re.MULTILINE)[1:]
        rows = [
            [(re.search(pattern, block) or ["", ""])[1] for pattern in (r"/trees/(b-\d)>", r"/visits/(v-\d)>", r'"([0-9.]+)"\^\^xsd:decimal')]
            for block in blocks
        ]  # fmt: skip
    else:
        document = [json.loads(line) for line in content.splitlines()] if suffix == ".jsonl" else json.loads(content)
        listed = document if suffix == ".jsonl" else document["@graph" if suffix == ".jsonld" else "rows"]
        rows = [[row.get(name) for name in ("id", "visits.id", "visits.cost")] for row in listed]
        if suffix == ".jsonld":
            rows = [[one["@id"].rsplit("/", 1)[-1] if isinstance(one, dict) else one for one in row] for row in rows]
    return [(row[0], row[1] or None, None if row[2] in ("", None) else float(row[2])) for row in rows]


def test_files_carry_licence_and_credit_of_all_that_went_in(client: FlaskClient) -> None:
    document = client.get(f"{ROWS}.json?join=place_id").get_json()

    assert document["licence"]["url"] == "https://creativecommons.org/licenses/by/4.0/"
    assert "„Baeume der Stadt“" in document["licence"]["attribution"]["de"]
    assert "„Orte der Stadt“" in document["licence"]["attribution"]["de"]
    assert document["title"]["de"] == "Trees × Places"
    assert document["columns"][4]["title"] == {"de": "Places: Id", "en": "Places: Id"}
    assert told(client, document["url"])["rows"] == document["rows"]


def test_an_answer_tells_its_lineage(client: FlaskClient) -> None:
    lineage = told(client, VISITED)["lineage"]

    assert [(one["name"], one["version"], one["licence"]) for one in lineage["datasets"]] == [
        ("baeume", 1, "dl-zero-de/2.0"),
        ("pflege", 1, "cc-by-sa/4.0"),
    ]
    assert (lineage["answer"], lineage["publishUnder"][0]["code"]) == ("yes", "cc-by-sa/4.0")
    assert lineage["credit"]["line"]["en"].endswith(". Data combined and adapted.")


def test_what_may_not_be_published_is_answered_and_says_so_loudly(client: FlaskClient) -> None:
    question = "join=pflege/visits.tree_id,zaehlung/counts.tree_id"
    page, document = client.get(f"{ROWS}?{question}"), client.get(f"{ROWS}.json?{question}").get_json()

    assert page.get_json()["lineage"]["answer"] == "no"
    assert page.get_json()["lineage"]["summary"]["en"].startswith("No. ")
    assert 'rel="license"' not in page.headers["Link"]
    assert "licences/combine?datasets=baeume,pflege,zaehlung" in page.headers["Link"]
    assert document["licence"]["title"]["en"] == "No. A combination may not be published under any licence."
    assert client.get(document["licence"]["url"].removeprefix(BASE)).get_json()["answer"] == "no"


def test_versions_can_be_pinned_and_then_stay(client: FlaskClient) -> None:
    pinned = client.get(f"{VISITED.replace('/rows?', '/rows.csv?')}&versions=baeume:1,pflege:1")
    open_end = client.get(f"{VISITED.replace('/rows?', '/rows.csv?')}&versions=pflege:1")

    assert "immutable" in pinned.headers["Cache-Control"]
    assert "immutable" not in open_end.headers["Cache-Control"]
    assert pinned.data == open_end.data
    assert client.get(f"{VISITED}&version=1&versions=baeume:1").status_code == 200
    for wrong, status in (
        ("versions=pflege:7", 404), ("versions=baeume:7", 404), ("versions=orte:1", 400), ("versions=pflege", 400),
        ("versions=pflege:1,pflege:1", 400), ("versions=", 400), ("versions=baeume:1&version=2", 400), ("versions=%00", 400),
    ):  # fmt: skip
        assert_problem(client.get(f"{VISITED}&{wrong}"), status)


@pytest.mark.parametrize(
    "join", ["x", "", ",", ":", "place_id:", "place_id:x", "id", "geheim/x.y", "visits.tree_id", "pflege/visits.tree_id'--", "%00", "x" * 2001,
             "place_id,,species_id", "gaben/trees.name", "notizen/notes.row@baeume/trees", "../orte/places.id", "%F0%9F%98%80"],
)  # fmt: skip
def test_a_join_that_is_none_is_refused_with_those_there_are(client: FlaskClient, join: str) -> None:
    for suffix in ("", ".csv"):
        answer = client.get(f"{ROWS}{suffix}?join={join}")
        assert_problem(answer, 400)
        assert answer.get_json()["parameter"] == "join"
    if join in ("x", "id"):
        assert "pflege/visits.tree_id" in answer.get_json()["joins"]


def test_nobody_joins_without_end(client: FlaskClient) -> None:
    round_and_round = ":".join(["pflege/visits.tree_id", "tree_id"] * 5)

    assert_problem(client.get(f"{ROWS}?join={round_and_round}"), 400)


def test_what_is_withheld_or_withdrawn_is_in_no_join(client: FlaskClient, portal: Portal) -> None:
    given = client.get(f"{ROWS}?join=gaben/trees.tree_id")

    assert list(given.get_json()["rows"][0])[4:] == ["trees.id", "trees.tree_id"]
    assert "Musterfrau" not in given.text
    gone = client.get(f"{ROWS}?join=weg/logs.tree_id")
    assert_problem(gone, 410)
    assert "Falsche Zeilen" in gone.get_json()["translations"]["de"]["detail"]

    before = client.get(VISITED)
    withdraw(portal.engine, "pflege", reason=LangString("Fehler"), by=command("withdraw"), at=NOON)
    assert_problem(client.get(VISITED), 410)
    assert_problem(client.get(VISITED, headers={"If-None-Match": before.headers["ETag"]}), 410)
    assert_problem(client.get(f"{VISITED.replace('/rows?', '/rows.csv?')}&versions=baeume:1,pflege:1"), 410)
    assert "pflege" not in client.get(f"{TABLES}/trees").text
    restore(portal.engine, "pflege", by=command("restore"), at=NOON)
    assert client.get(VISITED, headers={"If-None-Match": before.headers["ETag"]}).status_code == 304


def test_a_joined_table_is_described_with_what_can_follow(client: FlaskClient) -> None:
    described = told(client, f"{TABLES}/trees/joined?join=place_id")

    assert [one["name"] for one in described["schema"]["fields"]][3:] == ["place_id", "place.id", "place.name"]
    assert {"columns": "place.", "path": "place_id"}.items() <= described["joins"][0].items()
    assert "place_id:notizen/notes.row" in [one["name"] for one in described["further"]]
    assert "place_id" not in [one["name"] for one in described["further"]]
    assert told(client, described["rowsUrl"])["total"] == 3
    assert_problem(client.get(f"{TABLES}/trees/joined?join=x"), 400)


def test_a_row_shows_what_names_it_on_a_condition(client: FlaskClient) -> None:
    found = client.get("/id/orte/places/o-1.json").get_json()["referredToBy"]["items"]

    assert [(one["table"], one["total"]) for one in found if one["dataset"] == "notizen"] == [("notes", 1)]
