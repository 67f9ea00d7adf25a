"""A typed table becomes one immutable SQLite file, made for finding rows.

    Parquet ──▶ table rows(_row 1…n, columns …) ──▶ indexes ──▶ ANALYZE

Values in SQLite: integers and decimals of at most 15 digits as numbers, longer ones as exact text; booleans 0/1;
dates, times and datetimes as ISO 8601 text, datetimes with an offset in UTC with `Z`. Empty cells are NULL.

Which columns get an index is decided from the schema alone, so that equal schemas give equal files: the primary key
(unique), foreign keys, columns with an enum, and every date, datetime, year, yearmonth, boolean and unique column.
Free text and measured numbers get none: such filters scan, which costs about 0.1 s per million rows.
"""

import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import duckdb

from portal.foundation.errors import InvalidInput
from portal.foundation.tableschema import Column, ColumnType, TableSchema

ROW = "_row"
"""Primary key of every row file: 1 to n in published order."""

FORMAT_VERSION = 1
"""`PRAGMA user_version` of row files; readers refuse others and have the file rebuilt."""

MAX_EXACT_DIGITS = 15
"""Significant decimal digits that a double always gives back unchanged (IEEE 754)."""

MAX_INDEXED_COLUMNS = 24
"""Wide tables stop here: every index costs as much as the column itself."""

_BATCH_ROWS = 20_000
_FILTERED_TYPES = frozenset(
    {ColumnType.BOOLEAN, ColumnType.DATE, ColumnType.DATETIME, ColumnType.YEAR, ColumnType.YEARMONTH}
)


def build_row_file(
    table: Path,
    schema: TableSchema,
    physical: tuple[str, ...],
    target: Path,
    *,
    connection: duckdb.DuckDBPyConnection | None = None,
) -> None:
    """Write the rows of the Parquet file *table* to the SQLite file *target*, which must not exist yet.

    *physical* gives DuckDB's type of each column. Without *connection* a DuckDB is opened for this call.

    Raises:
        InvalidInput: a column is called `_row`, or the file exists.
    """
    if ROW in (name.lower() for name in schema.names):
        raise InvalidInput(f"A column may not be called {ROW!r}.", detail_de=f"Keine Spalte darf {ROW!r} heißen.")
    if target.exists():
        raise InvalidInput(
            f"The row file {target.name!r} exists.", detail_de=f"Die Datei {target.name!r} gibt es schon."
        )
    rows = sqlite3.connect(target, isolation_level=None)
    reader = connection.cursor() if connection is not None else duckdb.connect(config={"threads": 2})
    try:
        _create(rows, schema, physical)
        _fill(rows, reader, table, schema, physical)
        _finish(rows, schema)
    finally:
        reader.close()
        rows.close()


def indexed_columns(schema: TableSchema) -> list[tuple[str, ...]]:
    """Give the columns or groups of columns that get an index besides the primary key, most important first."""
    wanted = [key.columns for key in schema.foreign_keys]
    wanted += [(column.name,) for column in schema.columns if column.constraints.enum or column.constraints.unique]
    wanted += [(column.name,) for column in schema.columns if column.type in _FILTERED_TYPES]
    distinct = [columns for columns in dict.fromkeys(wanted) if columns != schema.primary_key]
    return distinct[:MAX_INDEXED_COLUMNS]


def _create(rows: sqlite3.Connection, schema: TableSchema, physical: tuple[str, ...]) -> None:
    rows.executescript(
        f"""PRAGMA page_size = 8192; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;
            PRAGMA locking_mode = EXCLUSIVE; PRAGMA cache_size = -65536; PRAGMA temp_store = FILE;
            PRAGMA user_version = {FORMAT_VERSION};"""
    )
    columns = ", ".join(
        f"{_quoted(column.name)} {_affinity(column, kind)}"
        for column, kind in zip(schema.columns, physical, strict=True)
    )
    rows.execute(f"CREATE TABLE rows ({ROW} INTEGER PRIMARY KEY, {columns})")


def _fill(
    rows: sqlite3.Connection,
    reader: duckdb.DuckDBPyConnection,
    table: Path,
    schema: TableSchema,
    physical: tuple[str, ...],
) -> None:
    values = ", ".join(_value(column, kind) for column, kind in zip(schema.columns, physical, strict=True))
    places = ", ".join("?" * (len(schema.columns) + 1))
    reader.execute("SET TimeZone = 'UTC'")
    reader.execute(
        f"SELECT file_row_number + 1, {values} FROM read_parquet(?, file_row_number = true)",  # noqa: S608 - quoted names
        [_literal_path(table)],
    )
    rows.execute("BEGIN")
    for batch in _batches(reader):
        rows.executemany(f"INSERT INTO rows VALUES ({places})", batch)  # noqa: S608 - question marks
    rows.execute("COMMIT")


def _finish(rows: sqlite3.Connection, schema: TableSchema) -> None:
    if schema.primary_key:
        rows.execute(f"CREATE UNIQUE INDEX rows_key ON rows ({_listed(schema.primary_key)})")
    for number, columns in enumerate(indexed_columns(schema), start=1):
        rows.execute(f"CREATE INDEX rows_{number} ON rows ({_listed(columns)})")
    rows.execute("PRAGMA analysis_limit = 1000")
    rows.execute("ANALYZE")


def _batches(reader: duckdb.DuckDBPyConnection) -> Iterator[list[tuple[object, ...]]]:
    while batch := reader.fetchmany(_BATCH_ROWS):
        yield batch


def _affinity(column: Column, physical: str) -> str:
    match column.type:
        case ColumnType.INTEGER:
            return "INTEGER" if physical == "BIGINT" else "TEXT"
        case ColumnType.NUMBER:
            return "REAL" if _precision(physical) <= MAX_EXACT_DIGITS else "TEXT"
        case ColumnType.BOOLEAN | ColumnType.YEAR:
            return "INTEGER"
        case _:
            return "TEXT"


def _value(column: Column, physical: str) -> str:  # noqa: PLR0911 - one return per type
    """Give SQL for a value as SQLite stores it."""
    name = _quoted(column.name)
    match column.type:
        case ColumnType.NUMBER if _precision(physical) <= MAX_EXACT_DIGITS:
            return f"CAST({name} AS DOUBLE)"
        case ColumnType.BOOLEAN:
            return f"CAST({name} AS TINYINT)"
        case ColumnType.DATETIME if physical != "TIMESTAMP":
            return f"replace(CAST(make_timestamp(epoch_us({name})) AS VARCHAR), ' ', 'T') || 'Z'"
        case ColumnType.DATETIME:
            return f"replace(CAST({name} AS VARCHAR), ' ', 'T')"
        case ColumnType.INTEGER if physical == "BIGINT":
            return name
        case ColumnType.STRING | ColumnType.YEARMONTH | ColumnType.YEAR:
            return name
        case _:
            return f"CAST({name} AS VARCHAR)"


def _precision(physical: str) -> int:
    found = re.match(r"DECIMAL\(([0-9]+),", physical)
    return int(found[1]) if found else 0


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(_quoted(name) for name in names)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _literal_path(path: Path) -> str:
    """Escape what DuckDB would read as a wildcard."""
    return "".join(f"[{sign}]" if sign in "*?[" else sign for sign in str(path))
