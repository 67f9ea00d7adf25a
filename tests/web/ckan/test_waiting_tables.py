"""Tables that scripts make before their rows: announced, filled in many calls, emptied and made again."""

import pytest

from tests.releases import versions
from tests.web.ckan.writing import CSV, PACKAGE, Writers

FIELDS = [
    {"id": "nr", "type": "int4"},
    {"id": "wert", "type": "float8", "info": {"label": "Wert", "notes": "Gemessen.", "unit": "m"}},
    {"id": "am", "type": "timestamp"},
]
WAITS = "has no rows yet"


def _begin(writers: Writers, name: str, **more: str) -> None:
    writers.done("emil", "package_create", **PACKAGE | {"name": name} | more)


def _rows(writers: Writers, table: str) -> list[dict]:
    return writers.done(None, "datastore_search", resource_id=table)["records"]


def _chunk(first: int, last: int) -> list[dict]:
    return [{"nr": nr, "wert": nr / 8, "am": "2026-01-01 00:00:00"} for nr in range(first, last)]


def _bearer(writers: Writers) -> dict[str, str]:
    return {"Authorization": f"Bearer {writers.tokens['emil']}"}


def test_a_table_is_made_by_its_fields_and_filled_in_many_calls(writers: Writers):
    _begin(writers, "stueckweise", state="draft")
    resource = {"package_id": "stueckweise", "name": "Messwerte", "description": "Jede Stunde."}
    made = writers.done("emil", "datastore_create", resource=resource, fields=FIELDS, primary_key="nr", force=True)
    table = made["resource_id"]

    assert (made["state"], made["total"]) == ("draft", 0)
    assert WAITS in made["message"]
    shown = writers.done("emil", "package_show", id="stueckweise")["resources"]
    assert [(one["id"], one["url_type"], one["rows"], one["description"]) for one in shown] == [
        (table, "datastore", 0, "Jede Stunde.")
    ]
    totals = [
        writers.done("emil", "datastore_upsert", resource_id=table, records=_chunk(first, first + 10), method=method)[
            "total"
        ]
        for first, method in ((0, "upsert"), (10, "insert"), (20, "upsert"), (25, "upsert"), (35, "insert"))
    ]
    assert totals == [10, 20, 30, 35, 45]
    told = writers.app.test_client().get("/api/v1/datasets/stueckweise/draft", headers=_bearer(writers)).get_json()
    assert told["tables"][0]["delivery"]["appended"] == 10  # since a call changed rows that were there
    assert list(
        writers.fields("emil", "datastore_upsert", resource_id=table, records=_chunk(3, 5), method="insert")
    ) == ["records"]
    bad = writers.fields(
        "emil", "datastore_upsert", resource_id=table, records=[*_chunk(45, 47), {"nr": 47, "wert": "x"}]
    )
    assert ["row 48, column wert" in one for one in bad["records"]] == [True]
    assert writers.done("emil", "package_patch", id="stueckweise", state="active")["state"] == "active"
    rows = _rows(writers, table)
    assert [row["nr"] for row in rows] == list(range(45))
    assert (rows[9]["wert"], rows[40]["am"]) == (9 / 8, "2026-01-01T00:00:00")
    assert [one.rows for one in versions(writers.portal, "stueckweise")] == [{"messwerte": 45}]


@pytest.mark.parametrize("url", ["", "_datastore_only_resource"])
def test_a_resource_without_a_file_waits_for_its_table(writers: Writers, url):
    name = f"ohne-datei-{len(url)}"
    _begin(writers, name)
    made = writers.done("emil", "resource_create", package_id=name, name="Messwerte", url=url)

    assert (made["state"], made["table"], WAITS in made["message"]) == ("draft", "messwerte", True)
    assert writers.call("emil", "datastore_upsert", resource_id=made["id"], records=[{"nr": 1}]).status_code == 404
    assert writers.done("emil", "resource_show", id=made["id"])["name"] == "Messwerte (CSV)"
    filled = writers.done("emil", "datastore_create", resource_id=made["id"], fields=FIELDS, records=_chunk(1, 3))
    assert (filled["state"], filled["total"], len(_rows(writers, made["id"]))) == ("active", 2, 2)


def test_a_resource_of_a_new_package_waits_for_its_table_too(writers: Writers):
    made = writers.done(
        "emil", "package_create", **PACKAGE | {"name": "gleich-mit", "resources": [{"name": "t", "url": ""}]}
    )
    again = writers.done("emil", "package_update", **made)

    assert [one["table"] for one in made["resources"]] == [one["table"] for one in again["resources"]] == ["t"]
    assert WAITS in again["message"]
    assert "fetches nothing" not in again["message"]
    filled = writers.done("emil", "datastore_create", resource_id=made["resources"][0]["id"], records=_chunk(1, 3))
    assert filled["state"] == "active"


def test_a_file_fills_a_resource_that_waits_and_one_that_does_not_come_is_taken_out(writers: Writers):
    _begin(writers, "wartend")
    first = writers.done("emil", "resource_create", package_id="wartend", name="eins")
    second = writers.done("emil", "resource_create", package_id="wartend", name="zwei")
    sent = writers.send("emil", "resource_update", CSV, id=first["id"])

    assert (sent["state"], sent["rows"]) == ("draft", 2)
    assert writers.done("emil", "resource_delete", id=second["id"])["state"] == "deleted"
    assert list(versions(writers.portal, "wartend")[0].rows) == ["eins"]


def test_a_table_is_dropped_and_made_again_and_the_public_sees_no_gap(writers: Writers):
    _begin(writers, "erneuert")
    table = writers.done(
        "emil",
        "datastore_create",
        resource={"package_id": "erneuert", "name": "t"},
        fields=FIELDS,
        records=_chunk(1, 4),
    )["resource_id"]
    dropped = writers.done("emil", "datastore_delete", resource_id=table, force=True)

    assert (dropped["state"], WAITS in dropped["message"]) == ("draft", True)
    assert len(_rows(writers, table)) == 3
    assert writers.call("emil", "datastore_delete", resource_id=table).status_code == 404
    fields = [{"id": "wert", "type": "text"}, {"id": "neu", "type": "date"}]
    again = writers.done("emil", "datastore_create", resource_id=table, fields=fields, records=[{"wert": "viel"}])
    assert (again["state"], _rows(writers, table)) == ("active", [{"_id": 1, "wert": "viel", "neu": None}])
    told = writers.done(None, "datastore_info", id=table)["fields"][0]
    assert (told["type"], told["info"]) == ("text", {"label": "Wert", "notes": "Gemessen.", "unit": "m"})
    assert [one.number for one in versions(writers.portal, "erneuert")] == [1, 2]


@pytest.mark.parametrize("action", ["datastore_delete", "datastore_records_delete"])
def test_with_empty_filters_all_rows_go_and_the_columns_stay(writers: Writers, action):
    name = action.replace("_", "-")
    _begin(writers, name)
    table = writers.done(
        "emil", "datastore_create", resource={"package_id": name, "name": "t"}, fields=FIELDS, records=_chunk(1, 4)
    )["resource_id"]
    emptied = writers.done("emil", action, resource_id=table, filters={})

    assert (emptied["state"], emptied["total"], WAITS in emptied["message"]) == ("draft", 0, True)
    filled = writers.done("emil", "datastore_upsert", resource_id=table, records=_chunk(7, 8), method="insert")
    assert (filled["state"], [row["nr"] for row in _rows(writers, table)]) == ("active", [7])


def test_trying_out_makes_no_table(writers: Writers):
    _begin(writers, "probe")
    resource = {"package_id": "probe", "name": "t"}

    tried = writers.done("emil", "datastore_create", resource=resource, fields=FIELDS, dry_run=True)

    assert tried["total"] == 0
    assert writers.done("emil", "package_show", id="probe")["resources"] == []


def test_drafts_with_tables_that_wait_are_read_like_others(writers: Writers):
    _begin(writers, "lesbar")
    writers.done("emil", "resource_create", package_id="lesbar", name="t")
    client, headers = writers.app.test_client(), _bearer(writers)
    statuses = {
        step: client.get(f"/api/v1/datasets/lesbar/draft{step}", headers=headers).status_code
        for step in ("", "/changes", "/preview", "/quality", "/tables/t/personal-data")
    }

    assert (statuses[""], {one for one in statuses.values() if one >= 500}) == (200, set())


def test_junk_for_a_table_that_waits_is_told_in_ckans_shape(writers: Writers):
    _begin(writers, "junk-wartend", state="draft")
    table = writers.done("emil", "resource_create", package_id="junk-wartend", name="t")["id"]
    records = (
        [{}],
        [{"_id": 1}],
        [{"": "x"}],
        [{"a": {"b": [1]}}],
        [{"a": "x" * 100_000}],
        [{"a": 1}, {"A": 1}],
        [[]],
        "[",
        7,
    )
    fields = (
        [{}],
        [{"id": "a"}] * 3_000,
        [{"id": "_id"}],
        [{"id": "a\n"}],
        [{"id": "a", "type": []}],
        [{"id": ["a"]}],
        {},
        "x",
    )

    for given in (*({"records": one} for one in records), *({"fields": one} for one in fields), {"primary_key": "x"}):
        for name in ("datastore_create", "datastore_upsert"):
            answer = writers.call("emil", name, resource_id=table, **given)
            assert answer.status_code in (200, 400, 404, 409), f"{name} {str(given)[:60]}: {answer.text[:300]}"
            assert answer.status_code == 200 or answer.get_json()["error"]["__type"]
        if answer.status_code == 200:
            writers.done("emil", "datastore_delete", resource_id=table)
    assert writers.done("emil", "package_show", id="junk-wartend")["state"] == "draft"
