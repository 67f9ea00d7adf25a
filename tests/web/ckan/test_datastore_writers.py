"""Rows written through CKAN's door: typed by fields, merged by key, and public only by a release of the whole table."""

import pytest

from portal.foundation.tableschema import ColumnType
from tests.releases import versions
from tests.web.ckan.writing import CSV, PACKAGE, Writers

FIELDS = [
    {"id": "nr", "type": "int4"},
    {"id": "wert", "type": "numeric", "info": {"label": "Wert", "notes": "Gemessen.", "unit": "m"}},
    {"id": "am", "type": "timestamp"},
    {"id": "gut", "type": "bool"},
    {"id": "wort"},
]
ROWS = [
    {"nr": 1, "wert": 2.5, "am": "2026-01-01T00:00:00", "gut": True, "wort": "Straße, „groß“"},
    {"nr": 2, "wert": "12345678901234567890.25", "gut": False},
]


@pytest.fixture(scope="module")
def zahlen(writers: Writers) -> str:
    """Id of the table `zahlen` of a public dataset."""
    writers.done("emil", "package_create", **PACKAGE | {"name": "messung"})
    made = writers.done(
        "emil", "datastore_create",
        resource={"package_id": "messung", "name": "Zahlen"}, fields=FIELDS, primary_key="nr", records=ROWS,
    )  # fmt: skip
    assert made["state"] == "active"
    return made["resource_id"]


def _rows(writers: Writers, table: str) -> list[dict]:
    return writers.done(None, "datastore_search", resource_id=table)["records"]


def test_records_become_a_table_with_the_types_of_their_fields(writers: Writers, zahlen):
    told = writers.done(None, "datastore_info", id=zahlen)

    assert [(one["id"], one["type"]) for one in told["fields"]] == [
        ("nr", "int8"), ("wert", "numeric"), ("am", "timestamp"), ("gut", "bool"), ("wort", "text"),
    ]  # fmt: skip
    assert told["fields"][1]["info"] == {"label": "Wert", "notes": "Gemessen.", "unit": "m"}
    assert _rows(writers, zahlen)[0] == {"_id": 1, **ROWS[0]}
    assert writers.done(None, "resource_show", id=zahlen)["name"] == "Zahlen (CSV)"


def test_rows_are_put_in_by_key_and_the_rest_stays(writers: Writers, zahlen):
    before = len(versions(writers.portal, "messung"))
    told = writers.done(
        "emil", "datastore_upsert", resource_id=zahlen, include_records=True,
        records=[{"nr": "02", "wort": "geändert"}, {"nr": 3, "gut": None, "_id": 7}],
    )  # fmt: skip
    rows = _rows(writers, zahlen)

    assert (told["state"], told["total"], len(told["records"])) == ("active", 3, 2)
    assert [(row["nr"], row["wort"], row["gut"]) for row in rows] == [
        (1, ROWS[0]["wort"], True), (2, "geändert", False), (3, None, None),
    ]  # fmt: skip
    assert len(versions(writers.portal, "messung")) == before + 1
    again = writers.done("emil", "datastore_upsert", resource_id=zahlen, records=[{"nr": 3}])
    assert again["state"] == "active"
    assert len(versions(writers.portal, "messung")) == before + 1
    dry = writers.done("emil", "datastore_upsert", resource_id=zahlen, records=[{"nr": 9}], dry_run=True)
    assert dry["total"] == 4
    assert _rows(writers, zahlen) == rows


def test_an_apostrophe_before_a_formula_is_data_where_programs_send_rows(writers: Writers, zahlen):
    told = writers.done("emil", "datastore_upsert", resource_id=zahlen, records=[{"nr": 8, "wort": "'=x"}])

    assert told["state"] == "active"
    assert _rows(writers, zahlen)[-1]["wort"] == "'=x"


def test_columns_are_added_and_rows_taken_out(writers: Writers, zahlen):
    writers.done(
        "emil", "datastore_create", resource_id=zahlen,
        fields=[{"id": "nr", "type": "int8"}, {"id": "neu", "type": "date"}],
        records=[{"nr": 1, "neu": "2026-02-03"}, {"nr": 4}, {"nr": 5}],
    )  # fmt: skip
    assert _rows(writers, zahlen)[0]["neu"] == "2026-02-03"

    writers.done("emil", "datastore_records_delete", resource_id=zahlen, filters={"nr": {"gte": 5}})
    writers.done("emil", "datastore_delete", resource_id=zahlen, filters={"nr": [3, "4"], "neu": None})
    assert [row["nr"] for row in _rows(writers, zahlen)] == [1, 2]


@pytest.mark.parametrize(
    ("name", "given", "key"),
    [
        ("datastore_upsert", {"records": [{"nr": 1, "farbe": "rot"}]}, "records"),
        ("datastore_upsert", {"records": [{"wort": "ohne Schlüssel"}]}, "key"),
        ("datastore_upsert", {"records": [{"nr": "x"}]}, "records"),
        ("datastore_upsert", {"records": [{"nr": 1, "am": "gestern"}]}, "records"),
        ("datastore_upsert", {"records": [{"nr": 1, "wert": {"a": [1]}}]}, "records"),
        ("datastore_upsert", {"records": [1]}, "records"),
        ("datastore_upsert", {"records": "x"}, "records"),
        ("datastore_upsert", {"records": [], "method": "merge"}, "method"),
        ("datastore_upsert", {"records": [{"nr": 1}], "method": "insert"}, "records"),
        ("datastore_upsert", {"records": [{"nr": 8}, {"nr": 8}], "method": "insert"}, "records"),
        ("datastore_upsert", {"records": [{"nr": 99}], "method": "update"}, "key"),
        ("datastore_create", {"fields": [{"id": "nr", "type": "text"}]}, "fields"),
        ("datastore_create", {"fields": [{"id": "x", "type": "geometry"}]}, "fields"),
        ("datastore_create", {"fields": [{"id": "x"}, {"id": "x"}]}, "fields"),
        ("datastore_create", {"fields": [{"type": "text"}]}, "fields"),
        ("datastore_create", {"fields": [{"id": "NR"}]}, "fields"),
        ("datastore_create", {"fields": [{"id": "x" * 300}]}, "fields"),
        ("datastore_create", {"primary_key": ["none"]}, "primary_key"),
        ("datastore_create", {"aliases": ["x"]}, "aliases"),
        ("datastore_create", {"resource": {"package_id": "messung"}}, "resource"),
        ("datastore_records_delete", {}, "filters"),
        ("datastore_records_delete", {"filters": {"none": 1}}, "filters"),
        ("datastore_records_delete", {"filters": {"nr": {"like": 1}}}, "filters"),
        ("datastore_records_delete", {"filters": {"_id": "x"}}, "filters"),
        ("datastore_records_delete", {"filters": "x"}, "filters"),
    ],
)
def test_rows_that_do_not_do_are_refused_and_nothing_changes(writers: Writers, zahlen, name, given, key):
    before = _rows(writers, zahlen)
    fields = writers.fields("emil", name, resource_id=zahlen, **given)

    assert list(fields) == [key]
    assert all(isinstance(one, str) for one in fields[key])
    assert _rows(writers, zahlen) == before
    assert writers.done("emil", "package_show", id="messung")["state"] == "active"


def test_without_a_key_rows_are_only_added(writers: Writers):
    writers.done("emil", "package_create", **PACKAGE | {"name": "ohne-key", "state": "draft"})
    table = writers.send("emil", "resource_create", CSV, package_id="ohne-key", name="b")["id"]

    assert list(writers.fields("emil", "datastore_upsert", resource_id=table, records=[{"id": "x-9"}])) == ["table"]
    added = writers.done("emil", "datastore_upsert", resource_id=table, records=[{"id": "x-9"}], method="insert")
    assert (added["state"], added["total"]) == ("draft", 3)
    assert "held" in added["message"]
    assert writers.call(None, "datastore_search", resource_id=table).status_code == 404


def test_what_a_person_chose_for_their_files_is_not_forgotten(writers: Writers):
    writers.done("emil", "package_create", **PACKAGE | {"name": "gewohnt", "state": "draft"})
    messy = "id;preis\na;1.234,50\nSumme;1.234,50\n".encode("windows-1252")
    table = writers.send("emil", "resource_create", messy, package_id="gewohnt", name="b", accept="total-row")["id"]
    writers.done("emil", "datastore_create", resource_id=table, primary_key="id", records=[{"id": "b", "preis": 7}])
    again = writers.send("emil", "resource_update", messy, id=table)

    assert again["rows"] == 1


def test_types_are_known_by_the_names_that_are_told():
    from portal.web.ckan.datastore import TYPES
    from portal.web.ckan.datastore_fields import _KNOWN, _is_shown_as

    for kind in ColumnType:
        assert _KNOWN[TYPES[kind]] is kind or _is_shown_as(kind, TYPES[kind])
