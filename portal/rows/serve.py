"""Rows out of a row file: a page at a time, as JSON text whose types are those of the schema.

The file is immutable: it is opened read-only with `immutable=1`, so that SQLite takes no lock and looks for no journal.
"""

import json
import re
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from portal.foundation.tableschema import Column, ColumnType, TableSchema

MAX_PAGE = 10_000
"""Rows in one answer; more come by its `next` link."""


@dataclass(frozen=True)
class RowPage:
    """Some rows in published order."""

    rows: Sequence[str]
    """Each a JSON object."""
    last: int | None
    """Number of the last row if more follow; None: this is the end."""


def read_page(row_file: Path, schema: TableSchema, physical: Sequence[str], *, after: int, limit: int) -> RowPage:
    """Give up to *limit* rows that come after row number *after* (0: from the start).

    *physical* are the columns' DuckDB types: a decimal is written with its digits, as in the table's files.
    """
    names = ", ".join('"' + name.replace('"', '""') + '"' for name in schema.names)
    with closing(_open(row_file)) as connection:
        found = connection.execute(
            f"SELECT _row, {names} FROM rows WHERE _row > ? ORDER BY _row LIMIT ?",  # noqa: S608 - names are quoted
            (after, limit + 1),
        ).fetchall()
    keys = [json.dumps(name, ensure_ascii=False) + ":" for name in schema.names]
    encoders = [_encoder(column, kind) for column, kind in zip(schema.columns, physical, strict=True)]
    rows = [
        "{"
        + ",".join(
            key + ("null" if value is None else encode(value))
            for key, encode, value in zip(keys, encoders, row[1:], strict=True)
        )
        + "}"
        for row in found[:limit]
    ]
    return RowPage(rows, found[limit - 1][0] if len(found) > limit else None)


def read_row(row_file: Path, schema: TableSchema, physical: Sequence[str], key: Sequence[str]) -> str | None:
    """Give the row whose primary key is *key*, as a JSON object; None: there is none.

    The parts are compared as text, so that a key can be given as it stands in an address.
    """
    if not schema.primary_key or len(key) != len(schema.primary_key):
        return None
    where = " AND ".join(_is(schema, name) for name in schema.primary_key)
    with closing(_open(row_file)) as connection:
        found = connection.execute(
            f"SELECT _row FROM rows WHERE {where}",  # noqa: S608 - names are quoted
            [_value(schema, name, part) for name, part in zip(schema.primary_key, key, strict=True)],
        ).fetchone()
    return read_page(row_file, schema, physical, after=found[0] - 1, limit=1).rows[0] if found else None


def _is(schema: TableSchema, name: str) -> str:
    quoted = '"' + name.replace('"', '""') + '"'
    plain = schema.column(name).type in (ColumnType.STRING, ColumnType.INTEGER, ColumnType.YEAR)
    return f"{quoted} = ?" if plain else f"CAST({quoted} AS TEXT) = ?"


def _value(schema: TableSchema, name: str, part: str) -> str | int:
    whole = schema.column(name).type in (ColumnType.INTEGER, ColumnType.YEAR)
    return int(part) if whole and re.fullmatch(r"-?[0-9]{1,18}", part) else part


def _open(row_file: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{row_file.as_uri()}?mode=ro&immutable=1", uri=True)


def _encoder(column: Column, kind: str) -> Callable[[object], str]:
    scale = re.fullmatch(r"DECIMAL\(\d+,(\d+)\)", kind)
    if column.type is ColumnType.NUMBER and scale:
        digits = f".{scale[1]}f"
        return lambda value: value if isinstance(value, str) else format(value, digits)
    return _ENCODERS.get(column.type, _text)


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _number(value: object) -> str:
    """Write a number as JSON does; long decimals lie in the file as exact text."""
    return value if isinstance(value, str) else repr(value)


def _boolean(value: object) -> str:
    return "true" if value else "false"


_ENCODERS: dict[ColumnType, Callable[[object], str]] = {
    ColumnType.INTEGER: _number,
    ColumnType.YEAR: _number,
    ColumnType.BOOLEAN: _boolean,
}
