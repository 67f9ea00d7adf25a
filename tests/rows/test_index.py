"""A row file holds the rows of the Parquet file, typed for SQLite, in their order, with the right indexes."""

import sqlite3
from pathlib import Path

import duckdb
import pytest

from portal.foundation.errors import InvalidInput
from portal.foundation.tableschema import TableSchema, read_schema
from portal.rows.index import FORMAT_VERSION, build_row_file

SCHEMA = read_schema(
    {
        "fields": [
            {"name": 'Schlüssel "1"'},
            {"name": "lang", "type": "integer"},
            {"name": "preis", "type": "number"},
            {"name": "genau", "type": "number"},
            {"name": "offen", "type": "boolean"},
            {"name": "tag", "type": "date"},
            {"name": "um", "type": "datetime"},
            {"name": "ort", "type": "integer"},
            {"name": "art", "constraints": {"enum": ["a", "b"]}},
        ],
        "primaryKey": ['Schlüssel "1"'],
        "foreignKeys": [{"fields": "ort", "reference": {"resource": "orte", "fields": "id"}}],
    }
)
KEY = '"Schlüssel ""1"""'
PHYSICAL = (
    "VARCHAR",
    "DECIMAL(38,0)",
    "DECIMAL(10,2)",
    "DECIMAL(20,18)",
    "BOOLEAN",
    "DATE",
    "TIMESTAMP WITH TIME ZONE",
    "BIGINT",
    "VARCHAR",
)


@pytest.fixture
def parquet(tmp_path: Path) -> Path:
    path = tmp_path / "rows[1].parquet"
    duckdb.execute(
        f"""COPY (SELECT 'k' || i AS {KEY}, {"9" * 38}::DECIMAL(38,0) AS lang, 12.50::DECIMAL(10,2) AS preis,
            0.123456789012345678::DECIMAL(20,18) AS genau, true AS offen, DATE '0001-02-03' AS tag,
            TIMESTAMPTZ '2024-01-01 10:00:00.5+00' AS um, i AS ort, NULL::VARCHAR AS art
            FROM range(3) AS t(i)) TO '{path}' (FORMAT parquet)"""
    )
    return path


def test_the_rows_keep_their_order_and_exact_values(parquet: Path, tmp_path: Path) -> None:
    build_row_file(parquet, SCHEMA, PHYSICAL, tmp_path / "rows.sqlite")

    with sqlite3.connect(tmp_path / "rows.sqlite") as rows:
        assert rows.execute("SELECT * FROM rows ORDER BY _row").fetchall() == [
            (n + 1, f"k{n}", "9" * 38, 12.5, "0.123456789012345678", 1, "0001-02-03", "2024-01-01T10:00:00.5", n, None)
            for n in range(3)
        ]
        assert rows.execute("PRAGMA user_version").fetchone() == (FORMAT_VERSION,)
        assert rows.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_keys_enums_dates_and_numbers_are_indexed_and_text_booleans_and_long_numbers_are_not(
    parquet: Path, tmp_path: Path
) -> None:
    build_row_file(parquet, SCHEMA, PHYSICAL, tmp_path / "rows.sqlite")

    with sqlite3.connect(tmp_path / "rows.sqlite") as rows:
        names = [name for (name,) in rows.execute("SELECT name FROM sqlite_master WHERE type = 'index'")]
        indexed = {rows.execute(f"PRAGMA index_info({name})").fetchone()[2] for name in names}
        assert indexed == {'Schlüssel "1"', "ort", "art", "tag", "um", "preis"}
        with pytest.raises(sqlite3.IntegrityError):
            rows.execute(f"INSERT INTO rows SELECT 9, {KEY}, 1, 1, 1, 1, 1, 1, 1, 1 FROM rows WHERE _row = 1")


def test_a_table_without_rows_gives_a_row_file_without_rows(tmp_path: Path) -> None:
    schema: TableSchema = read_schema({"fields": [{"name": "a"}]})
    duckdb.execute(f"COPY (SELECT '' AS a LIMIT 0) TO '{tmp_path / 'a.parquet'}' (FORMAT parquet)")

    build_row_file(tmp_path / "a.parquet", schema, ("VARCHAR",), tmp_path / "a.sqlite")

    with sqlite3.connect(tmp_path / "a.sqlite") as rows:
        assert rows.execute("SELECT count(*) FROM rows").fetchone() == (0,)


def test_a_row_file_is_never_overwritten(parquet: Path, tmp_path: Path) -> None:
    (tmp_path / "rows.sqlite").touch()

    with pytest.raises(InvalidInput):
        build_row_file(parquet, SCHEMA, PHYSICAL, tmp_path / "rows.sqlite")
