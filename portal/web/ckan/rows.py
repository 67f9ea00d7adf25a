"""Rows of a table as the DataStore gives them: plain SQL over the immutable row file, every value bound.

    TableFile ──▶ Wanted (conditions, order, columns) ──▶ rows as JSON texts or plain texts, in pieces

Nothing here knows CKAN's parameters (datastore.py reads them), so that a general row query can take its place. Conditions hold
column names that were looked up in the schema and values as parameters; nothing else reaches SQLite.
"""

import json
import re
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from portal.foundation.errors import Busy
from portal.foundation.tableschema import Column, ColumnType, TableSchema
from portal.web.ckan.catalogue import folded, words

TIMEOUT_S = 10.0
"""A query that takes longer is cut off."""
_STEPS_BETWEEN_LOOKS = 20_000
_PIECE = 1_000
_MAX_TOGETHER = 90
"""SQLite takes 100 arguments in a function where it was built so."""

DIGITS = "digits"
"""Collation that orders exact numbers, which lie in the file as text, by value."""


@dataclass(frozen=True)
class TableFile:
    """A table that can be asked."""

    path: Path
    schema: TableSchema
    physical: tuple[str, ...]
    row_count: int

    def kind(self, name: str) -> str:
        """Give DuckDB's type of a column."""
        return self.physical[self.schema.names.index(name)]

    def is_exact_text(self, name: str) -> bool:
        """Tell whether the numbers of a column lie in the file as text, because a double would lose digits."""
        column, found = self.schema.column(name), re.match(r"DECIMAL\(([0-9]+),", self.kind(name))
        if column.type is ColumnType.INTEGER:
            return found is not None
        return column.type is ColumnType.NUMBER and found is not None and int(found[1]) > 15


@dataclass(frozen=True)
class Condition:
    """A condition in SQL, and the values of its question marks."""

    sql: str
    values: tuple[str | int | float, ...] = ()


EVERYTHING = Condition("1")


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which rows, in which order, with which columns."""

    where: Condition = EVERYTHING
    order: Sequence[str] = ()
    """SQL terms; none: published order."""
    columns: Sequence[str]
    numbered: bool = True
    """Whether the row's number is to stand before its values."""
    distinct: bool = False
    limit: int | None = None
    offset: int = 0


Cell = str | int | float | None


def count(table: TableFile, wanted: Wanted) -> int:
    """Give how many rows there are, whatever the page.

    Raises:
        Busy: it takes too long.
    """
    if wanted.where == EVERYTHING and not wanted.distinct:
        return table.row_count
    inner = f"SELECT {'DISTINCT ' + _columns(wanted) if wanted.distinct else '1'} FROM rows WHERE {wanted.where.sql}"  # noqa: S608 - quoted names
    with _opened(table) as opened:
        found = opened.connection.execute(f"SELECT count(*) FROM ({inner})", wanted.where.values)  # noqa: S608 - as above
        return int(found.fetchone()[0])


def rows(table: TableFile, wanted: Wanted) -> Iterator[tuple[Cell, ...]]:
    """Give rows as SQLite holds them.

    Raises:
        Busy: it takes too long.
    """
    where, values, offset = wanted.where.sql, [*wanted.where.values], wanted.offset
    if wanted.where == EVERYTHING and not wanted.order and not wanted.distinct:
        where, values, offset = "_row > ?", [offset], 0  # rows are numbered without a gap: no page is far away
    order = ", ".join([*wanted.order, *([] if wanted.distinct else ["_row"])])
    sql = f"SELECT {'DISTINCT ' if wanted.distinct else ''}{_columns(wanted)} FROM rows WHERE {where}"  # noqa: S608 - quoted names
    sql += f" ORDER BY {order}" if order else ""
    with _opened(table) as opened:
        found = opened.connection.execute(
            f"{sql} LIMIT ? OFFSET ?", [*values, -1 if wanted.limit is None else wanted.limit, offset]
        )
        while piece := found.fetchmany(_PIECE):
            yield from piece
            opened.begin()  # whoever reads slowly is not to blame the query for it


def holding(table: TableFile, text: str, columns: Sequence[str]) -> Condition:
    """Give the condition that every word of *text* stands in one of *columns*, without case and accents."""
    wanted = words(text)
    if not wanted:
        return EVERYTHING
    groups = [columns[start : start + _MAX_TOGETHER] for start in range(0, len(columns), _MAX_TOGETHER)]
    joined = " || ".join(f"joined({', '.join(quoted(name) for name in group)})" for group in groups)
    return Condition(f"holds({joined}, ?)", (" ".join(wanted),))


def ordered(table: TableFile, name: str) -> str:
    """Give a column as SQL that is compared by value."""
    return f"{quoted(name)} COLLATE {DIGITS}" if name != "_row" and table.is_exact_text(name) else quoted(name)


def json_text(table: TableFile, column: Column, value: Cell) -> str:
    """Give a value as JSON; numbers keep their digits."""
    if value is None:
        return "null"
    if column.type is ColumnType.BOOLEAN:
        return "true" if value else "false"
    if column.type in (ColumnType.INTEGER, ColumnType.NUMBER, ColumnType.YEAR):
        return plain_text(table, column, value)
    return json.dumps(value, ensure_ascii=False)


def plain_text(table: TableFile, column: Column, value: Cell) -> str:
    """Give a value as text; an empty cell is empty."""
    if value is None:
        return ""
    if column.type is ColumnType.BOOLEAN:
        return "true" if value else "false"
    scale = re.fullmatch(r"DECIMAL\(\d+,(\d+)\)", table.kind(column.name))
    return format(value, f".{scale[1]}f") if scale and isinstance(value, float) else str(value)


def quoted(name: str) -> str:
    """Give a column's name as SQL."""
    return '"' + name.replace('"', '""') + '"'


def _columns(wanted: Wanted) -> str:
    return ", ".join([*(["_row"] if wanted.numbered else []), *map(quoted, wanted.columns)])


class _Opened:
    """A row file, opened; whatever it is asked ends in time."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        self._until = 0.0
        self.begin()
        connection.set_progress_handler(lambda: time.monotonic() > self._until, _STEPS_BETWEEN_LOOKS)
        connection.create_function("joined", -1, _joined, deterministic=True)
        connection.create_function("holds", 2, _holds, deterministic=True)
        connection.create_collation(DIGITS, _compared)

    def begin(self) -> None:
        """Let the time begin anew."""
        self._until = time.monotonic() + TIMEOUT_S


@contextmanager
def _opened(table: TableFile) -> Iterator[_Opened]:
    uri = f"{table.path.as_uri()}?mode=ro&immutable=1"
    with closing(sqlite3.connect(uri, uri=True, check_same_thread=False)) as connection:
        try:
            yield _Opened(connection)
        except sqlite3.OperationalError as error:
            if "interrupted" not in str(error):
                raise
            raise Busy(
                f"The query took longer than {TIMEOUT_S:.0f} s and was cut off; ask for less, or take the file.",
                detail_de=f"Die Abfrage dauerte länger als {TIMEOUT_S:.0f} s und wurde abgebrochen; bitte weniger fragen oder die Datei nehmen.",
                retry_after_s=10,
            ) from None


def _joined(*values: Cell) -> str:
    """Give some cells as one text."""
    return " ".join([str(value) for value in values if value is not None]) + " "


def _holds(text: str, wanted: str) -> bool:
    """Tell whether each of the *wanted* words, which are folded, stands in *text*; called for every row."""
    plain = folded(text)
    return all(word in plain for word in wanted.split())


def _compared(one: str, other: str) -> int:
    left, right = Decimal(one), Decimal(other)
    return (left > right) - (left < right)
