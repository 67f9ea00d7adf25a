"""Columns may be called as the words of SQL are, or as the portal's own helpers: rows are the same as under any name."""

import json

import duckdb
import pytest

from portal.foundation.tableschema import read_schema
from portal.rows.engine import RowEngine, RowSource
from portal.rows.index import build_row_file
from portal.rows.parameters import read_query
from portal.rows.serve import count_rows, read_page, read_row

NAMES = (
    "true", "FALSE", "number", "shown", "rows", "rowid", "value", "key", "asked_row", "asked_place", "n", "place", "c1", "words",
    "stored", "page", "count", "null", "current_date", "oid", "_rowid_", "asked", "text", "g0", "select", "type",
)  # fmt: skip
"""Bare, some of them are values in SQLite unless a column has the name; others stand in the portal's own SQL."""


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> RowSource:
    """A table whose columns all go the other way than its rows, and are 0 in the first row."""
    folder = tmp_path_factory.mktemp("names")
    columns = ", ".join(f'(9 - i) % 9 AS "{name}"' for name in NAMES)
    duckdb.execute(
        f"COPY (SELECT i AS id, {columns} FROM range(9) AS t(i)) TO '{folder / 't.parquet'}' (FORMAT parquet)"
    )
    schema = read_schema({"fields": [{"name": name, "type": "integer"} for name in ("id", *NAMES)], "primaryKey": "id"})
    physical = ("BIGINT",) * len(schema.names)
    build_row_file(folder / "t.parquet", schema, physical, folder / "t.sqlite")
    return RowSource(
        row_file=folder / "t.sqlite", parquet=folder / "t.parquet", schema=schema, physical=physical, row_count=9
    )


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> RowEngine:
    return RowEngine(tmp_path_factory.mktemp("engine"), timeout_s=60)


def ids(engine: RowEngine, source: RowSource, **asked: str) -> list[int]:
    query = read_query(asked, source.schema, source.physical)
    return [json.loads(row)["id"] for row in read_page(engine, source, query).rows]


def test_every_row_is_there(engine: RowEngine, source: RowSource) -> None:
    assert ids(engine, source) == list(range(9))
    assert ids(engine, source, after="3") == list(range(3, 9))
    assert json.loads(str(read_row(engine, source, ["4"])))["id"] == 4


@pytest.mark.parametrize("name", NAMES)
def test_a_column_sorts_and_chooses_whatever_it_is_called(engine: RowEngine, source: RowSource, name: str) -> None:
    assert ids(engine, source, sort=f"-{name}") == [*range(1, 9), 0]
    assert ids(engine, source, sort=name, id__gte="1") == list(range(8, 0, -1))
    assert ids(engine, source, sort=name, limit="3", after="1") == [8, 7, 6]
    assert ids(engine, source, **{f"{name}__exact": "4"}) == [5]
    assert ids(engine, source, **{f"{name}__between": "3,4"}, sort=name) == [6, 5]
    assert count_rows(engine, source, read_query({f"{name}__gt": "0"}, source.schema, source.physical)) == 8
