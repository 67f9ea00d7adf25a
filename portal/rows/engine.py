"""The two engines that answer for rows, and the limits under which they do.

    RowEngine ──┬── SQLite: connections to row files, read-only and immutable; a few stay open
                └── DuckDB: one in memory, over Parquet files, with a cursor for each question

Every question ends after `timeout_s`: SQLite asks while it works, DuckDB is interrupted by a watch. Both hold no lock that
another question waits for, and neither can write: SQLite's files are opened `mode=ro&immutable=1` and nothing can be attached to
them, DuckDB is given SELECTs that this room has made. SQL of strangers goes elsewhere: portal/rows/sql.
"""

import sqlite3
import threading
import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from portal.foundation.errors import Busy, TooCostly
from portal.foundation.lazily import duckdb
from portal.foundation.tableschema import TableSchema
from portal.foundation.watch import interrupted_after
from portal.rows.index import FORMAT_VERSION, indexed_columns
from portal.rows.shown import row_sql
from portal.rows.turns import Turns

MAX_OPEN = 64
"""Connections to row files that stay open between questions."""
_LOOK_EVERY = 20_000
"""Steps of SQLite's machine between two looks at the clock: about a millisecond."""
_MAPPED_BYTES = 1 << 30
_LONGEST_WAIT_FOR_INDEX_S = 60.0
DUCKDB_MEMORY_BYTES = 400_000_000
DUCKDB_THREADS = 2


@dataclass(frozen=True, kw_only=True)
class RowSource:
    """A published table as the engines see it."""

    row_file: Path
    parquet: Path
    schema: TableSchema
    physical: tuple[str, ...]
    """DuckDB's type of each column."""
    row_count: int

    @cached_property
    def indexed(self) -> frozenset[str]:
        """Columns that have an index of their own in the row file."""
        keys = [self.schema.primary_key, *indexed_columns(self.schema, self.physical)]
        return frozenset(columns[0] for columns in keys if len(columns) == 1)

    @cached_property
    def whole_row(self) -> str:
        """SQLite's SQL for a row as a JSON object of all columns; of a few: `row_sql`."""
        return row_sql(self.schema.columns, self.physical)


class RowEngine:
    """Answers questions about rows; safe for threads."""

    def __init__(
        self, folder: Path, *, timeout_s: float, make_room: Callable[[Path], None] = lambda spared: None
    ) -> None:
        self.folder = folder
        """Where indexes of words are kept, a folder each; may be removed at any time."""
        self.make_room = make_room
        """Called with what was made in the folder just now, for others to go."""
        self.timeout_s = timeout_s
        self._turns = Turns()
        """Who asks DuckDB waits here."""
        self.indexing = Turns(at_once=1, longest_wait_s=_LONGEST_WAIT_FOR_INDEX_S)
        """Who looks for words waits here while their index is made."""
        self.making = threading.Lock()
        """Held while such an index is made: one at a time."""
        self.asked: Counter[Path] = Counter()
        """How often an index was missed that there could be (asked.py)."""
        self._idle: OrderedDict[tuple[Path, int], sqlite3.Connection] = OrderedDict()
        self._lock = threading.Lock()
        self._duckdb: duckdb.DuckDBPyConnection | None = None

    @contextmanager
    def sqlite(self, row_file: Path) -> Iterator[sqlite3.Connection]:
        """Give a connection to a row file for one question.

        Raises:
            TooCostly: the question took too long.
            Busy: the file is of an older form and will be made anew.
        """
        connection = self._taken(row_file) or _opened(row_file)
        deadline = time.monotonic() + self.timeout_s
        connection.set_progress_handler(lambda: time.monotonic() > deadline, _LOOK_EVERY)
        try:
            yield connection
        except sqlite3.OperationalError as error:
            connection.close()
            if error.sqlite_errorcode == sqlite3.SQLITE_INTERRUPT:
                raise self._too_costly() from None
            raise
        except BaseException:
            connection.close()
            raise
        self._put_back(row_file, connection)

    @contextmanager
    def duckdb(self) -> "Iterator[duckdb.DuckDBPyConnection]":
        """Give a connection to DuckDB for one question.

        Raises:
            TooCostly: the question took too long, or more memory than it may.
            Busy: too many such questions are waiting.
        """
        with self._turns.turn():
            with self._lock:
                if self._duckdb is None:
                    self._duckdb = _duckdb()
                cursor = self._duckdb.cursor()
            try:
                with interrupted_after(self.timeout_s, cursor.interrupt):
                    yield cursor
            except (duckdb.InterruptException, duckdb.OutOfMemoryException):
                raise self._too_costly() from None
            finally:
                cursor.close()

    def _taken(self, row_file: Path) -> sqlite3.Connection | None:
        with self._lock:
            key = next((key for key in reversed(self._idle) if key[0] == row_file), None)
            return self._idle.pop(key) if key else None

    def _put_back(self, row_file: Path, connection: sqlite3.Connection) -> None:
        with self._lock:
            self._idle[row_file, id(connection)] = connection
            surplus = self._idle.popitem(last=False)[1] if len(self._idle) > MAX_OPEN else None
        if surplus is not None:
            surplus.close()

    def _too_costly(self) -> TooCostly:
        return TooCostly(
            f"The query took longer than {self.timeout_s:g} s. Narrow it by a filter on an indexed column, or take the whole file.",
            detail_de=f"Die Abfrage dauerte länger als {self.timeout_s:g} s. Ein Filter auf eine Schlüssel- oder Datumsspalte "
            "macht sie kleiner; die ganze Tabelle gibt es als Datei.",
            timeout_s=self.timeout_s,
        )


def _opened(row_file: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(
        f"{row_file.as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False, isolation_level=None
    )
    if connection.execute("PRAGMA user_version").fetchone() != (FORMAT_VERSION,):
        connection.close()
        raise Busy(
            "The rows of this table are being prepared anew after an update; please try again in a minute.",
            detail_de="Die Zeilen dieser Tabelle werden nach einer Aktualisierung neu aufbereitet; bitte in einer Minute erneut versuchen.",
            retry_after_s=60,
        )
    connection.execute(f"PRAGMA mmap_size = {_MAPPED_BYTES}")
    connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
    return connection


def _duckdb() -> "duckdb.DuckDBPyConnection":
    connection = duckdb.connect(
        config={
            "threads": DUCKDB_THREADS,
            "memory_limit": f"{DUCKDB_MEMORY_BYTES}B",
            "temp_directory": "",
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
    )
    connection.execute("SET GLOBAL TimeZone = 'UTC'; SET GLOBAL enable_object_cache = true")
    return connection
