"""The one DuckDB connection that types, checks and exports tables, and how names and texts are quoted for it.

Opening a connection costs about 15 ms, more than all queries of a small table: whoever handles many tables opens
one `Engine` and hands it on. An engine belongs to one thread at a time; `beside` gives another thread its own.

Large texts leave by `texts`: DuckDB hands over Arrow record batches (Arrow C stream interface), in which the values of
a text column lie one behind the other as UTF-8. Nothing is copied, both cores work, and only a batch is in memory.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from portal.foundation.lazily import duckdb, nanoarrow

DEFAULT_THREADS = 2
DEFAULT_MEMORY_BYTES = 750_000_000
"""Limit of DuckDB's buffers. What it does not count (CSV and Parquet in the making, Arrow batches) comes to about 250 MB
more: a release stays within 1 GB."""

_MOST_AGGREGATES = 120
"""Asked in one query: the columns of most tables are gone over once."""

_TEXT_BUFFER, _NUMBER_BUFFER = 2, 1
"""Place of the values among the buffers of an Arrow array: validity, for texts their offsets, then the values."""


@dataclass(frozen=True)
class Engine:
    """An in-memory DuckDB with bounded memory; what does not fit goes to a temporary folder."""

    connection: "duckdb.DuckDBPyConnection"

    @classmethod
    def open(
        cls, temporary: Path, *, threads: int = DEFAULT_THREADS, memory_bytes: int = DEFAULT_MEMORY_BYTES
    ) -> "Engine":
        """Start a DuckDB that spills into the folder *temporary*, which is made when needed."""
        connection = duckdb.connect(
            config={
                "threads": threads,
                "memory_limit": f"{memory_bytes}B",
                "temp_directory": str(temporary / ".duckdb-spill"),
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
                "arrow_large_buffer_size": True,  # 64-bit offsets: a batch of long texts may pass 2 GiB
            }
        )
        connection.execute("SET GLOBAL TimeZone = 'UTC'; SET enable_progress_bar = false")
        return cls(connection)

    def beside(self) -> "Engine":
        """Give another connection to the same DuckDB, for another thread; they share its memory and its threads."""
        return Engine(self.connection.cursor())

    def rows(self, sql: str) -> list[tuple[Any, ...]]:  # Any: whatever the query selects
        """Give all rows of a small result."""
        return self.connection.execute(sql).fetchall()

    def row(self, sql: str) -> tuple[Any, ...]:  # Any: whatever the query selects
        """Give the only row of a result."""
        found = self.connection.execute(sql).fetchone()
        if found is None:
            raise LookupError(f"The query gave no row: {sql[:200]}")
        return found

    def facts(self, aggregates: Sequence[str], source: str) -> tuple[Any, ...]:  # Any: whatever the aggregates give
        """Give what *aggregates* say of the relation *source*, in their order; a wide table is gone over several times.

        DuckDB's time and memory grow faster than the number of aggregates: 3,600 over three rows do not fit into 750 MB.
        """
        found: list[Any] = []
        for start in range(0, len(aggregates), _MOST_AGGREGATES):
            asked = ", ".join(aggregates[start : start + _MOST_AGGREGATES])
            found += self.row(f"SELECT {asked} FROM {source}")  # noqa: S608 - callers quote names and texts
        return tuple(found)

    def texts(self, sql: str) -> Iterator[memoryview]:
        """Give the texts that *sql* selects, joined, as UTF-8 in large pieces.

        *sql* gives two columns without nulls: the text, and a number that goes up by one from row to row. DuckDB keeps
        the order of a scan, but a join among the columns' expressions (a longer `IN (…)` becomes one) may lose it.

        Raises:
            RuntimeError: the rows do not come in the order of their numbers.
        """
        for (piece,) in self.columns_of_texts(sql, 1):
            yield piece

    def columns_of_texts(self, sql: str, count: int) -> Iterator[tuple[memoryview, ...]]:
        """Give *count* columns of texts, each as above; the number is the column behind them.

        Raises:
            RuntimeError: as above.
        """
        expected = None
        with self.beside() as own:
            for batch in nanoarrow.c_array_stream(own.connection.sql(sql)):
                numbers = memoryview(batch.child(count).view().buffer(_NUMBER_BUFFER))
                first, last = numbers[0], numbers[batch.length - 1]
                if first != (first if expected is None else expected) or last - first != batch.length - 1:
                    raise RuntimeError(f"Rows came out of order at {first}: {sql[:200]}")
                expected = last + 1
                yield tuple(
                    memoryview(batch.child(index).view().buffer(_TEXT_BUFFER)).cast("B") for index in range(count)
                )

    def run(self, sql: str) -> None:
        """Execute a statement whose result nobody reads."""
        self.connection.execute(sql)

    def close(self) -> None:
        self.connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


@contextmanager
def borrowed(engine: Engine | None, temporary: Path) -> Iterator[Engine]:
    """Give *engine* if there is one, otherwise a new one that is closed afterwards."""
    if engine is not None:
        yield engine
        return
    with Engine.open(temporary) as own:
        yield own


def quote_name(name: str) -> str:
    """Give *name* as an SQL identifier (SQL-92, 5.2: a quote is doubled)."""
    return '"' + name.replace('"', '""') + '"'


def quote_text(text: str) -> str:
    """Give *text* as an SQL string literal (a quote is doubled; DuckDB has no backslash escapes in '…')."""
    return "'" + text.replace("'", "''") + "'"


def parquet_rows(path: Path, *, numbered: bool = False) -> str:
    """Give the SQL that reads a Parquet file in its order; *numbered* adds `file_row_number`, from 0."""
    options = ", file_row_number = true" if numbered else ""
    return f"read_parquet({quote_text(_literal_path(path))}{options})"


def _literal_path(path: Path) -> str:
    """Escape what DuckDB would read as a wildcard."""
    return "".join(f"[{sign}]" if sign in "*?[" else sign for sign in str(path))
