"""Rows of a row file that hold given values: how one row finds those that refer to it.

Values are given as text, as they stand in addresses; SQLite compares them as the column's type (its affinity).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from portal.foundation.tableschema import ColumnType
from portal.rows.engine import RowEngine, RowSource
from portal.rows.query import RowQuery
from portal.rows.serve import read_page

_NUMBERS = frozenset({ColumnType.INTEGER, ColumnType.NUMBER, ColumnType.YEAR})
_BOOLEANS = {"true": 1, "false": 0}


@dataclass(frozen=True)
class Matches:
    """Some of the rows that hold the values, in published order."""

    rows: Sequence[tuple[int, str]]
    """Number, counted from 1, and JSON object of each."""
    total: int
    last: int | None
    """Number of the last row if more follow; None: this is the end."""


NOTHING = Matches((), 0, None)


def matching_rows(
    engine: RowEngine, source: RowSource, wanted: Mapping[str, str], *, after: int, limit: int
) -> Matches:
    """Give up to *limit* rows behind number *after* whose columns hold the *wanted* values, and how many there are in all.

    Raises:
        InvalidInput: there is no such column.
        TooCostly: it took too long.
    """
    values = [_value(source.schema.column(name).type, text) for name, text in wanted.items()]
    if not wanted or None in values:
        return NOTHING
    where = " AND ".join(f"{_quoted(name)} = ?" for name in wanted)
    with engine.sqlite(source.row_file) as connection:
        total = connection.execute(f"SELECT count(*) FROM rows WHERE {where}", values).fetchone()[0]  # noqa: S608 - names are quoted
        found = connection.execute(
            f"SELECT _row FROM rows WHERE {where} AND _row > ? ORDER BY _row LIMIT ?",  # noqa: S608 - as above
            [*values, after, limit + 1],
        ).fetchall()
    numbers = [number for (number,) in found[:limit]]
    rows = [(number, read_page(engine, source, RowQuery(after=number - 1, limit=1)).rows[0]) for number in numbers]
    return Matches(rows, total, numbers[-1] if len(found) > limit else None)


def _value(kind: ColumnType, text: str) -> str | int | None:
    """Give what to compare with; None: no value of this type is written so."""
    if kind is ColumnType.BOOLEAN:
        return _BOOLEANS.get(text)
    if kind in _NUMBERS and not re.fullmatch(r"-?[0-9]{1,60}(\.[0-9]{1,60})?", text):
        return None
    return text


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
