"""Rows come out of a row file as JSON with their types, page by page and one by one."""

import json
from pathlib import Path
from tempfile import mkdtemp

import duckdb
import pytest

from portal.foundation.tableschema import read_schema
from portal.rows.engine import RowEngine, RowSource
from portal.rows.index import build_row_file
from portal.rows.query import RowQuery
from portal.rows.serve import read_page, read_row

FIELDS = [
    {"name": "id", "type": "integer"},
    {"name": 'Name "x"'},
    {"name": "price", "type": "number"},
    {"name": "exact", "type": "number"},
    {"name": "huge", "type": "integer"},
    {"name": "open", "type": "boolean"},
    {"name": "on", "type": "date"},
    {"name": "year", "type": "year"},
]
PHYSICAL = ("BIGINT", "VARCHAR", "DECIMAL(10,2)", "DECIMAL(20,18)", "DECIMAL(38,0)", "BOOLEAN", "DATE", "INTEGER")
ROWS = 25
ENGINE = RowEngine(Path(mkdtemp()), timeout_s=10)
NAME = '"Name ""x"""'


def a_table(folder: Path, *key: str) -> RowSource:
    schema = read_schema({"fields": FIELDS, "primaryKey": list(key)})
    duckdb.execute(
        f"""COPY (SELECT i AS id, concat('n', i, chr(10), '„', chr(34), 'ß') AS {NAME}, 12.5::DECIMAL(10,2) AS price,
            0.123456789012345678::DECIMAL(20,18) AS exact, {"9" * 38}::DECIMAL(38,0) AS huge, i % 2 = 0 AS open,
            DATE '1899-12-31' AS "on", CASE WHEN i > 1 THEN 2018 END AS year
            FROM range(1, {ROWS + 1}) AS t(i)) TO '{folder}/t.parquet' (FORMAT parquet)"""
    )
    build_row_file(folder / "t.parquet", schema, PHYSICAL, folder / "ä ?#%.sqlite")
    return RowSource(
        row_file=folder / "ä ?#%.sqlite",
        parquet=folder / "t.parquet",
        schema=schema,
        physical=PHYSICAL,
        row_count=ROWS,
    )


def test_every_value_keeps_its_type_and_all_its_digits(tmp_path: Path) -> None:
    page = read_page(ENGINE, a_table(tmp_path, "id"), RowQuery(limit=1))

    assert page.rows[0] == (
        '{"id":1,"Name \\"x\\"":"n1\\n„\\"ß","price":12.50,"exact":0.123456789012345678,'
        f'"huge":{"9" * 38},"open":false,"on":"1899-12-31","year":null}}'
    )


@pytest.mark.parametrize("limit", [1, 7, 24, 25, 26])
def test_the_pages_together_are_all_rows_in_order(tmp_path: Path, limit: int) -> None:
    source = a_table(tmp_path, "id")

    seen, after = [], 0
    while True:
        page = read_page(ENGINE, source, RowQuery(after=after, limit=limit))
        assert len(page.rows) <= limit
        seen += [json.loads(row)["id"] for row in page.rows]
        if page.last is None:
            break
        after = page.last

    assert seen == list(range(1, ROWS + 1))


def test_behind_the_last_row_there_is_an_empty_page(tmp_path: Path) -> None:
    page = read_page(ENGINE, a_table(tmp_path, "id"), RowQuery(after=ROWS, limit=10))

    assert (list(page.rows), page.last) == ([], None)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        (("id",), ["7"]),
        (('Name "x"',), ['n7\n„"ß']),
        (("id", "open"), ["7", "0"]),
        (("on", "id"), ["1899-12-31", "7"]),
        (("year", "id"), ["2018", "7"]),
    ],
)
def test_a_row_is_found_by_its_key_as_it_stands_in_an_address(
    tmp_path: Path, key: tuple[str, ...], value: list[str]
) -> None:
    found = read_row(ENGINE, a_table(tmp_path, *key), value)

    assert found is not None
    assert json.loads(found)["id"] == 7


@pytest.mark.parametrize("value", [["99"], ["x"], [""], ["7", "7"], [], ["9" * 40], ["-0x7"], ["7 OR 1=1"], ["７"]])
def test_a_key_that_is_not_there_gives_nothing(tmp_path: Path, value: list[str]) -> None:
    assert read_row(ENGINE, a_table(tmp_path, "id"), value) is None


def test_a_table_without_a_key_has_no_single_rows(tmp_path: Path) -> None:
    assert read_row(ENGINE, a_table(tmp_path), ["7"]) is None


def test_a_row_file_is_read_without_writing_beside_it(tmp_path: Path) -> None:
    source = a_table(tmp_path, "id")
    before = sorted(path.name for path in tmp_path.iterdir())
    source.row_file.chmod(0o444)

    read_page(ENGINE, source, RowQuery(limit=5))

    assert sorted(path.name for path in tmp_path.iterdir()) == before
