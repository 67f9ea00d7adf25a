"""A typed table becomes one immutable SQLite file, made for finding rows.

    Parquet ──▶ table rows(_row 1…n, columns …) ──▶ indexes ──▶ ANALYZE

How values lie in it is told in physical.py. Empty cells are NULL.

Which columns get an index is decided from schema and types alone, so that equal ones give equal files: the primary key
(unique), foreign keys, columns with an enum, every date, datetime, year, yearmonth and unique column, and last the numbers,
for ranges and for sorting. Free text gets none, nor do booleans, which part a table in two: such filters scan, until a
column was asked for often enough to get an index beside the file (asked.py).
"""

from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

from portal.foundation.errors import InvalidInput
from portal.foundation.lazily import adbc_driver_manager, adbc_driver_sqlite, duckdb
from portal.foundation.tableschema import Column, ColumnType, TableSchema
from portal.rows.physical import is_exact_text, is_zoned, quoted

ROW = "_row"
"""Primary key of every row file: 1 to n in published order."""

FORMAT_VERSION = 3
"""`PRAGMA user_version` of row files; readers refuse others and have the file rebuilt."""

MAX_INDEXED_COLUMNS = 24
"""Wide tables stop here: every index costs as much as the column itself."""

_SHAPE = ("PRAGMA page_size = 8192", f"PRAGMA user_version = {FORMAT_VERSION}")
_UNSAFE = (
    "PRAGMA journal_mode = OFF",
    "PRAGMA synchronous = OFF",
    "PRAGMA locking_mode = EXCLUSIVE",
    "PRAGMA cache_size = -2048",
    "PRAGMA temp_store = FILE",
)
"""Nobody reads the file before it is whole, and a crash throws it away: no journal, no waiting for the disk. The cache is
what SQLite sorts at once for an index: 2 MiB stay in the processor's, 64 MiB take a third longer."""

_FILTERED_TYPES = frozenset({ColumnType.DATE, ColumnType.DATETIME, ColumnType.YEAR, ColumnType.YEARMONTH})
_NUMBERS = frozenset({ColumnType.INTEGER, ColumnType.NUMBER})


def build_row_file(
    table: Path,
    schema: TableSchema,
    physical: tuple[str, ...],
    target: Path,
    *,
    connection: "duckdb.DuckDBPyConnection | None" = None,
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
    with closing(connection.cursor() if connection is not None else duckdb.connect(config={"threads": 2})) as reader:
        _write(target, schema, physical, _values(reader, table, schema, physical))


def indexed_columns(schema: TableSchema, physical: Sequence[str]) -> list[tuple[str, ...]]:
    """Give the columns or groups of columns that get an index besides the primary key, most important first.

    The first one's index is called `rows_1`, and so on.
    """
    wanted = [key.columns for key in schema.foreign_keys]
    wanted += [(column.name,) for column in schema.columns if column.constraints.enum or column.constraints.unique]
    wanted += [(column.name,) for column in schema.columns if column.type in _FILTERED_TYPES]
    pairs = zip(schema.columns, physical, strict=True)
    wanted += [(column.name,) for column, kind in pairs if column.type in _NUMBERS and not is_exact_text(column, kind)]
    distinct = [columns for columns in dict.fromkeys(wanted) if columns != schema.primary_key]
    return distinct[:MAX_INDEXED_COLUMNS]


def stored(column: Column, physical: str, name: str) -> str:
    """Give SQL for a value as SQLite stores it; *name* is the SQL of the value in DuckDB."""
    match column.type:
        case ColumnType.NUMBER if not is_exact_text(column, physical):
            return f"CAST({name} AS DOUBLE)"
        case ColumnType.BOOLEAN:
            return f"CAST({name} AS TINYINT)"
        case ColumnType.DATETIME:
            moment = f"make_timestamp(epoch_us({name}))" if is_zoned(physical) else name
            exact = f"replace(CAST({moment} AS VARCHAR), ' ', 'T')"
            usual = f"strftime({moment}, '%Y-%m-%dT%H:%M:%S')"  # the same in less time, of whole seconds
            return f"(CASE WHEN epoch_us({name}) % 1000000 = 0 THEN {usual} ELSE {exact} END)"
        case ColumnType.INTEGER if not is_exact_text(column, physical):
            return name
        case ColumnType.STRING | ColumnType.YEARMONTH | ColumnType.YEAR:
            return name
        case _:
            return f"CAST({name} AS VARCHAR)"


def _values(
    reader: "duckdb.DuckDBPyConnection", table: Path, schema: TableSchema, physical: tuple[str, ...]
) -> "duckdb.DuckDBPyRelation":
    """Give the rows as SQLite stores them."""
    reader.execute("SET TimeZone = 'UTC'")
    values = ", ".join(
        stored(column, kind, quoted(column.name)) for column, kind in zip(schema.columns, physical, strict=True)
    )
    return reader.sql(
        f"SELECT file_row_number + 1, {values} FROM read_parquet(?, file_row_number = true)",  # noqa: S608 - quoted names
        params=[literal_path(table)],
    )


def _write(target: Path, schema: TableSchema, physical: tuple[str, ...], values: "duckdb.DuckDBPyRelation") -> None:
    """Insert *values*, handed over as Arrow batches: no value becomes a Python object, which would cost three times as much.

    The driver brings a SQLite of its own, which also makes the indexes: newer than the system's and built without
    `secure_delete`, it makes them in four fifths of the time.
    """
    with (
        closing(adbc_driver_sqlite.connect(str(target))) as database,
        closing(adbc_driver_manager.AdbcConnection(database)) as rows,
        closing(adbc_driver_manager.AdbcStatement(rows)) as statement,
    ):
        for sql in (*_SHAPE, *_UNSAFE, _table(schema, physical), "BEGIN"):
            _run(statement, sql)
        statement.set_sql_query(f"INSERT INTO rows VALUES ({', '.join('?' * (len(schema.columns) + 1))})")  # noqa: S608 - question marks
        statement.bind_stream(values)
        statement.execute_update()
        for sql in ("COMMIT", *_indexes(schema, physical), "PRAGMA analysis_limit = 1000", "ANALYZE"):
            _run(statement, sql)


def _run(statement: "adbc_driver_manager.AdbcStatement", sql: str) -> None:
    statement.set_sql_query(sql)
    statement.execute_update()


def _table(schema: TableSchema, physical: tuple[str, ...]) -> str:
    columns = ", ".join(
        f"{quoted(column.name)} {_affinity(column, kind)}"
        for column, kind in zip(schema.columns, physical, strict=True)
    )
    return f"CREATE TABLE rows ({ROW} INTEGER PRIMARY KEY, {columns})"


def _indexes(schema: TableSchema, physical: Sequence[str]) -> Iterator[str]:
    if schema.primary_key:
        yield f"CREATE UNIQUE INDEX rows_key ON rows ({_listed(schema.primary_key)})"
    for number, columns in enumerate(indexed_columns(schema, physical), start=1):
        yield f"CREATE INDEX rows_{number} ON rows ({_listed(columns)})"


def _affinity(column: Column, physical: str) -> str:
    if is_exact_text(column, physical):
        return "TEXT"
    return _AFFINITIES.get(column.type, "TEXT")


_AFFINITIES = {
    **dict.fromkeys((ColumnType.INTEGER, ColumnType.BOOLEAN, ColumnType.YEAR), "INTEGER"),
    ColumnType.NUMBER: "REAL",
}


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(quoted(name) for name in names)


def literal_path(path: Path) -> str:
    """Escape what DuckDB would read as a wildcard."""
    return "".join(f"[{sign}]" if sign in "*?[" else sign for sign in str(path))
