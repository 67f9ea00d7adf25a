"""DuckDB reads what is served with its own defaults: types by detection, rows as published."""

from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.readers.conftest import ServedDataset
from tests.sources import SourceTable, parsed

DETECTED = {
    "integer": {"BIGINT", "HUGEINT"},
    "year": {"BIGINT"},
    "number": {"DOUBLE", "BIGINT"},
    "boolean": {"BOOLEAN"},
    "date": {"DATE"},
    "time": {"TIME"},
    "datetime": {"TIMESTAMP"},
}
"""Table Schema type ↔ what DuckDB makes of a CSV column of it; texts may look like something else."""


@pytest.fixture
def connection() -> duckdb.DuckDBPyConnection:
    return duckdb.connect()


def test_csv_is_detected_with_its_types(
    dataset: ServedDataset, connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    for table in dataset.tables:
        path = _downloaded(dataset, table, ".csv", tmp_path)
        relation = connection.sql(f"SELECT * FROM read_csv('{path}')")

        assert relation.columns == table.columns
        assert relation.shape[0] == len(table.rows), table.key
        for name, kind in zip(relation.columns, relation.types, strict=True):
            filled = any(row[name] is not None for row in table.rows)
            if filled and table.types[name] != "string":
                assert str(kind) in DETECTED[table.types[name]], f"{table.key} {name} is read as {kind}"


def test_csv_as_text_gives_every_cell(
    dataset: ServedDataset, connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    for table in dataset.tables:
        path = _downloaded(dataset, table, ".csv", tmp_path)
        rows = connection.sql(f"SELECT * FROM read_csv('{path}', all_varchar = true)").fetchall()

        found = [
            {name: parsed(text or "", table.types[name]) for name, text in zip(table.columns, row, strict=True)}
            for row in rows
        ]
        assert found == table.rows, table.key


def test_json_lines_give_the_same_texts_and_numbers(
    dataset: ServedDataset, connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    for table in dataset.tables:
        path = _downloaded(dataset, table, ".jsonl", tmp_path)
        relation = connection.sql(f"SELECT * FROM read_json('{path}')")

        assert relation.columns == table.columns
        plain = [name for name, kind in table.types.items() if kind in ("string", "integer", "boolean")]
        texts = [
            name
            for name, kind in zip(relation.columns, relation.types, strict=True)
            if name in plain and str(kind) != "JSON"
        ]
        for name in texts:
            found = [row[relation.columns.index(name)] for row in relation.fetchall()]
            assert [_text(value) for value in found] == [_text(row[name]) for row in table.rows], f"{table.key} {name}"


def test_parquet_gives_exact_values(
    dataset: ServedDataset, connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    for table in dataset.tables:
        path = _downloaded(dataset, table, ".parquet", tmp_path)
        relation = connection.sql(f"SELECT * FROM read_parquet('{path}')")

        assert relation.columns == table.columns
        assert [dict(zip(table.columns, row, strict=True)) for row in relation.fetchall()] == table.rows, table.key


def _downloaded(dataset: ServedDataset, table: SourceTable, suffix: str, folder: Path) -> Path:
    path = folder / f"{table.name}{suffix}"
    path.write_bytes(dataset.file(table, suffix))
    return path


def _text(value: Any) -> str | None:
    """Give a value as text: DuckDB reads texts in JSON that look like dates as dates."""
    return None if value is None else str(value)
