"""What a curator withholds, drops or coarsens is nowhere but among the drafts. All persons are invented."""

import gzip
import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from sqlalchemy import select

from portal.catalogue.version import Version
from portal.events.log import Event, Kind
from portal.events.public import public_events
from portal.foundation.db import reading
from portal.foundation.errors import InvalidDataset
from portal.foundation.tableschema import ColumnType
from portal.publishing.catalog_documents import everything, whole
from portal.publishing.protection_descriptor import protected_schema
from portal.publishing.rebuild import all_versions, rebuild
from portal.wiring import Portal
from tests.builders import a_field, a_folder, a_table
from tests.releases import NOON, a_decision, content, publish, versions

MARK = "Musterfrau-Zyxwv"
KEY = a_field("id", constraints={"required": True, "unique": True})
PERSONS = (f"Erika {MARK}", f"Max {MARK}", "Linde")


def a_case(
    path: Path, *decisions: dict[str, Any], rows: Any = None, fields: Any = None, key: Any = ("id",), **facts: Any
) -> Path:
    """Write a folder with a table `trees`: an id, a name, a number; two of three names are persons."""
    columns = fields or (KEY, a_field("name"), a_field("height", "integer"))
    given = rows or [(f"x-{number}", name, 10 * number + 7) for number, name in enumerate(PERSONS, start=1)]
    table = a_table(fields=columns, rows=given, primary_key=key)
    return a_folder(path, tables={"trees": table}, privacyDecisions=list(decisions), **facts)


def coarsen(column: str, **parameters: Any) -> dict[str, Any]:
    return a_decision(column, "personal-column", decision="coarsen") | {"parameters": parameters}


def withhold(column: str = "name") -> dict[str, Any]:
    return a_decision(column, "name", decision="withhold")


def drop(column: str = "name", finding: str = "name", **facts: Any) -> dict[str, Any]:
    return a_decision(column, finding, decision="drop-rows", **facts)


def csv_of(portal: Portal, number: int = 1) -> list[str]:
    return content(portal, "trees.csv", number=number).decode().splitlines()


def descriptor_of(portal: Portal) -> dict[str, Any]:
    return dict(json.loads(content(portal, "datapackage.json")))


def test_a_conditional_key_goes_with_the_columns_it_needs() -> None:
    key = {"fields": ["id"], "where": {"table": "x"}, "reference": {"resource": "x", "fields": ["id"]}}
    schema = {"fields": [KEY, a_field("table"), a_field("name")], "conditionalKeys": [key]}

    assert protected_schema(schema, {"name"}, {})["conditionalKeys"] == [key]
    assert protected_schema(schema, {"table"}, {})["conditionalKeys"] == []
    assert protected_schema(schema, set(), {"table": ColumnType.YEAR})["conditionalKeys"] == []


def refused(portal: Portal, folder: Path) -> list[str]:
    with pytest.raises(InvalidDataset) as caught:
        publish(portal, folder)
    findings: Any = caught.value.facts["findings"]
    return [one["code"] for one in findings]


@pytest.mark.parametrize("decision", [withhold(), drop(), coarsen("name", characters=1)])
def test_what_is_protected_is_in_no_file_of_the_data_folder_but_the_drafts(
    portal: Portal, tmp_path: Path, decision: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(InvalidDataset):
        publish(portal, a_case(tmp_path / "b"))
    publish(portal, a_case(tmp_path / "b", decision))
    whole(portal.engine, portal.store, portal.settings, ".ttl")
    everything(portal.engine, portal.store, portal.settings)
    list(rebuild(portal.engine, portal.store, portal.settings, all_versions(portal.engine), actor="t", at=NOON))

    assert [one.current for one in versions(portal)] == [True]
    assert [name for name, text in everything_below(portal) if MARK.encode() in text] == []
    assert MARK not in caplog.text


def everything_below(portal: Portal) -> Iterator[tuple[str, bytes]]:
    """Give every file below the data folder outside the drafts, and what is inside of archives and Parquet files."""
    for path in sorted(portal.settings.data.rglob("*")):
        if path.is_file() and not path.is_relative_to(portal.settings.drafts):
            yield from unpacked(str(path.relative_to(portal.settings.data)), path.read_bytes())
    with portal.engine.connect() as connection:
        for name in Version.metadata.tables:
            rows = connection.exec_driver_sql(f'SELECT * FROM "{name}"').all()
            yield f"table {name}", repr(rows).encode()


def unpacked(name: str, raw: bytes) -> Iterator[tuple[str, bytes]]:
    yield name, raw
    if raw.startswith(b"\x1f\x8b"):
        yield from unpacked(f"{name} (gzip)", gzip.decompress(raw))
    elif raw.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            for member in archive.namelist():
                yield from unpacked(f"{name}/{member}", archive.read(member))
    elif raw.startswith(b"PAR1"):
        path = Path(name).name
        yield f"{name} (rows)", _parquet(raw, path)


def _parquet(raw: bytes, name: str) -> bytes:
    connection = duckdb.connect()
    copy = Path(f"/dev/shm/{name}.parquet") if Path("/dev/shm").is_dir() else Path(f"/tmp/{name}.parquet")
    copy.write_bytes(raw)
    try:
        rows = connection.execute(f"SELECT * FROM '{copy}'").fetchall()
        facts = connection.execute(f"SELECT * FROM parquet_metadata('{copy}')").fetchall()
    finally:
        copy.unlink()
    return repr((rows, facts)).encode()


def test_the_search_for_what_is_protected_would_find_it(portal: Portal, tmp_path: Path) -> None:
    publish(portal, a_case(tmp_path / "b", a_decision("name", "name")))

    found = {name.rsplit(" ", 1)[-1] for name, text in everything_below(portal) if MARK.encode() in text}

    assert {"(gzip)", "(rows)"} <= found


def test_a_withheld_column_is_gone_and_the_public_is_told_which_and_why(portal: Portal, tmp_path: Path) -> None:
    publish(portal, a_case(tmp_path / "b", withhold(), a_decision("name", "name", row="x-1")))

    said = descriptor_of(portal)

    assert csv_of(portal) == ["id,height", "x-1,17", "x-2,27", "x-3,37"]
    assert [one["name"] for one in said["resources"][0]["schema"]["fields"]] == ["id", "height"]
    assert said["withheld"] == [{"resource": "trees", "column": "name", "reason": withhold()["reason"]}]
    assert said["privacyDecisions"] == [withhold() | {"applied": True}]
    assert "name" in approved(portal)["resources"][0]["schema"]["fields"][1].values()


def approved(portal: Portal) -> dict[str, Any]:
    with reading(portal.engine) as session:
        return dict(session.scalars(select(Version.approved_descriptor)).one() or {})


def test_without_anything_to_protect_the_approved_descriptor_is_the_public_one(portal: Portal, tmp_path: Path) -> None:
    publish(portal, a_case(tmp_path / "b", a_decision("name", "name")))

    assert approved(portal) == {}


def test_rows_with_hits_are_dropped_and_only_their_number_is_told(portal: Portal, tmp_path: Path) -> None:
    publish(portal, a_case(tmp_path / "b", drop()))

    assert csv_of(portal) == ["id,name,height", "x-3,Linde,37"]
    assert versions(portal)[0].rows == {"trees": 1}
    assert [one["rowsDropped"] for one in descriptor_of(portal)["privacyDecisions"]] == [2]


def test_a_row_is_dropped_by_its_key_and_its_key_is_not_told(portal: Portal, tmp_path: Path) -> None:
    publish(portal, a_case(tmp_path / "b", drop(row="x-1"), a_decision("name", "name", row="x-2")))

    told = descriptor_of(portal)["privacyDecisions"]

    assert csv_of(portal)[1:] == [f"x-2,Max {MARK},27", "x-3,Linde,37"]
    assert [one.get("row") for one in told] == [None, "x-2"]
    assert "x-1" not in json.dumps(told)


def test_rows_named_by_number_are_renumbered_with_those_that_are_left(portal: Portal, tmp_path: Path) -> None:
    publish(portal, a_case(tmp_path / "b", drop(row="1"), a_decision("name", "name", row="2"), key=()))

    assert [one.get("row") for one in descriptor_of(portal)["privacyDecisions"]] == [None, "1"]


@pytest.mark.parametrize(
    ("kind", "parameters", "values", "becomes", "coarse"),
    [
        ("date", {"to": "yearmonth"}, ["2018-09-27", "0987-01-02"], "yearmonth", ["2018-09", "0987-01"]),
        ("date", {"to": "year"}, ["2018-09-27", None], "year", ["2018", ""]),
        ("datetime", {"to": "year"}, ["2018-12-31T23:30:00-01:00"], "year", ["2019"]),
        ("yearmonth", {"to": "yearmonth"}, ["2018-09"], "yearmonth", ["2018-09"]),
        ("year", {"step": 10}, ["2018", "1999"], "year", ["2010", "1990"]),
        ("integer", {"step": 10}, ["37", "-3", "0", None], "integer", ["30", "-10", "0", ""]),
        ("integer", {"step": 7}, ["99999999999999999999999999999"], "integer", ["99999999999999999999999999995"]),
        ("number", {"step": 0.5}, ["37.74", "-9.99", "0.10"], "number", ["37.50", "-10.00", "0.00"]),
        ("number", {"step": 100}, ["37.74", "-0.01"], "number", ["0.00", "-100.00"]),
        ("string", {"characters": 2}, ["47051", "1", None], "string", ["47", "1", ""]),
    ],
)
def test_values_become_coarser_and_so_does_the_type(
    portal: Portal,
    tmp_path: Path,
    kind: str,
    parameters: dict[str, Any],
    values: list[str | None],
    becomes: str,
    coarse: list[str],
) -> None:
    fields = (KEY, a_field("fact", kind, dataProtection="personal", constraints={"required": False, "unique": True}))
    rows = [(f"x-{number}", value) for number, value in enumerate(values)]

    publish(portal, a_case(tmp_path / "b", coarsen("fact", **parameters), fields=fields, rows=rows))

    field = descriptor_of(portal)["resources"][0]["schema"]["fields"][1]
    assert [line.split(",")[1] for line in csv_of(portal)[1:]] == coarse
    assert (field["type"], "constraints" in field) == (becomes, False)


@pytest.mark.parametrize(
    ("kind", "parameters"),
    [("string", {"to": "year"}), ("integer", {"characters": 1}), ("integer", {"step": 0.5}), ("boolean", {"step": 1})],
)
def test_a_way_to_coarsen_that_does_not_fit_the_type_is_refused(
    portal: Portal, tmp_path: Path, kind: str, parameters: dict[str, Any]
) -> None:
    fields = (KEY, a_field("fact", kind))

    codes = refused(portal, a_case(tmp_path / "b", coarsen("fact", **parameters), fields=fields, rows=[("x-1", "1")]))

    assert codes == ["coarsen-unfit"]


def test_what_still_looks_personal_when_it_is_coarser_is_asked(portal: Portal, tmp_path: Path) -> None:
    assert refused(portal, a_case(tmp_path / "b", coarsen("name", characters=15))) == ["personal-name"] * 2


@pytest.mark.parametrize("decision", [withhold("id"), coarsen("id", characters=1)])
def test_a_key_does_not_lose_its_columns(portal: Portal, tmp_path: Path, decision: dict[str, Any]) -> None:
    assert "protected-key" in refused(portal, a_case(tmp_path / "b", decision, a_decision("name", "name")))


def test_a_foreign_key_of_another_table_keeps_its_target(portal: Portal, tmp_path: Path) -> None:
    trees = a_table(fields=(KEY, a_field("name")), rows=[("x-1", "a"), ("x-2", "b")], primary_key=())
    key = {"fields": ["tree"], "reference": {"resource": "trees", "fields": ["id"]}}
    schema = {"fields": [a_field("tree")], "foreignKeys": [key]}
    leaves = a_table(fields=(a_field("tree"),), rows=[("x-1",)], primary_key=(), schema=schema)

    def folder(*decisions: dict[str, Any]) -> Path:
        return a_folder(tmp_path / "b", tables={"trees": trees, "leaves": leaves}, privacyDecisions=list(decisions))

    assert refused(portal, folder(withhold("id"))) == ["protected-key"]
    assert refused(portal, folder(drop("id", "name", row="1"))) == ["foreign-key"]
    assert publish(portal, folder(drop("id", "name", row="2"))) == [1]


def test_a_slip_of_the_pen_lets_nothing_out(portal: Portal, tmp_path: Path) -> None:
    assert refused(portal, a_case(tmp_path / "b", withhold("nmae"), a_decision("name", "name"))) == [
        "decision-unknown-column"
    ]


def test_a_table_does_not_lose_all_its_columns(portal: Portal, tmp_path: Path) -> None:
    case = a_case(tmp_path / "b", withhold(), fields=(a_field("name"),), rows=[("Linde",)], key=())

    assert refused(portal, case) == ["protected-table-empty"]


def test_what_went_out_can_come_back_unchanged(portal: Portal, tmp_path: Path) -> None:
    fields = (KEY, a_field("name"), a_field("plz", dataProtection="personal"))
    rows = [("x-1", "Linde", "47051"), ("x-2", f"Erika {MARK}", "47798")]
    decisions = (withhold("name"), coarsen("plz", characters=2), drop("id", "name", row="x-2"))
    publish(portal, a_case(tmp_path / "b", *decisions, fields=fields, rows=rows))
    back = tmp_path / "back"
    back.mkdir()
    with zipfile.ZipFile(io.BytesIO(content(portal, ".zip"))) as archive:
        archive.extractall(back)

    publish(portal, back)

    assert csv_of(portal, 2) == csv_of(portal, 1) == ["id,plz", "x-1,47"]
    assert descriptor_of(portal)["withheld"] == json.loads((back / "datapackage.json").read_bytes())["withheld"]


def test_the_log_says_what_was_decided_and_no_digest_lets_anyone_guess(portal: Portal, tmp_path: Path) -> None:
    publish(portal, a_case(tmp_path / "b", drop(row="x-1"), withhold()))

    with reading(portal.engine) as session:
        (event,) = session.scalars(select(Event).where(Event.kind == Kind.VERSION_RELEASED))
        (public,) = public_events(session)
        source = session.scalars(select(Version.content_digest)).one()

    assert [one["decision"] for one in event.facts["privacy_decisions"]] == ["drop-rows", "withhold"]
    assert "x-1" not in json.dumps(dict(public.facts))
    assert event.facts["content_digest"] != source


def test_a_legal_basis_stands_in_the_public_decision(portal: Portal, tmp_path: Path) -> None:
    decided = a_decision("name", "name") | {"legalBasis": "Einwilligung, Art. 6 Abs. 1 a DSGVO"}

    publish(portal, a_case(tmp_path / "b", decided))

    assert descriptor_of(portal)["privacyDecisions"] == [decided]
