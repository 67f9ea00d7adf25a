"""A row as JSON text, with the types of the schema: made by SQLite where it lies there, else in Python.

A page leaves SQLite as one value: every row that Python fetches by itself gives up the interpreter's lock and waits for it
again, which at eight readers costs more than the query.
"""

import json
import sqlite3
from collections.abc import Callable, Sequence

from portal.foundation.tableschema import Column, ColumnType
from portal.rows.physical import decimal_digits, is_exact_text, is_zoned, quoted

Shown = list[tuple[int, str]]
"""Rows: the number, and the JSON object."""

_BETWEEN = "\x1e"
"""Stands between rows on their way out of SQLite; in JSON text it is escaped (RFC 8259, section 7)."""


def fetch_shown(rows: sqlite3.Connection, sql: str, values: Sequence[object]) -> Shown:
    """Give the rows that *sql* selects: a number and a text each, in its order.

    They get their names out here: inside, `ORDER BY "number"` would mean them and not the column of that name.
    """
    together = (
        f"WITH page(number, shown) AS ({sql}) SELECT group_concat(number), group_concat(shown, char(30)) FROM page"  # noqa: S608 - SQL of this room
    )
    numbers, texts = rows.execute(together, values).fetchone()
    return [] if numbers is None else list(zip(map(int, numbers.split(",")), texts.split(_BETWEEN), strict=True))


def row_sql(columns: Sequence[Column], physical: Sequence[str]) -> str:
    """Give SQLite's SQL for a row of a row file as a JSON object."""
    parts = []
    for place, (column, kind) in enumerate(zip(columns, physical, strict=True)):
        key = json.dumps(column.name, ensure_ascii=False).replace("'", "''")
        parts += [f"'{'{' if place == 0 else ','}{key}:'", f"coalesce({_value_sql(column, kind)}, 'null')"]
    return " || ".join([*parts, "'}'"])


def _value_sql(column: Column, kind: str) -> str:
    name, digits = f"rows.{quoted(column.name)}", decimal_digits(kind)
    match column.type:
        case ColumnType.STRING:
            return f"json_quote({name})"
        case ColumnType.NUMBER if digits and not is_exact_text(column, kind):
            return f"CASE WHEN {name} IS NOT NULL THEN printf('%.{digits[1]}f', {name}) END"
        case ColumnType.INTEGER | ColumnType.NUMBER | ColumnType.YEAR:
            return name
        case ColumnType.BOOLEAN:
            return f"CASE {name} WHEN 1 THEN 'true' WHEN 0 THEN 'false' END"
        case _:
            return f"""'"' || {name} || '{"Z" if is_zoned(kind) else ""}"'"""


def row_writer(columns: Sequence[Column], physical: Sequence[str]) -> Callable[[Sequence[object]], str]:
    """Give what writes the values of *columns*, as SQLite stores them, as a JSON object."""
    keys = [json.dumps(column.name, ensure_ascii=False) + ":" for column in columns]
    encoders = [encoder(column, kind) for column, kind in zip(columns, physical, strict=True)]
    pairs = list(zip(keys, encoders, strict=True))

    def written(values: Sequence[object]) -> str:
        cells = zip(pairs, values, strict=True)
        return (
            "{" + ",".join(key + ("null" if value is None else encode(value)) for (key, encode), value in cells) + "}"
        )

    return written


def encoder(column: Column, kind: str) -> Callable[[object], str]:
    """Give what writes one value as JSON: a decimal with the digits that the table's files have."""
    digits = decimal_digits(kind)
    if column.type is ColumnType.NUMBER and digits:
        form = f".{digits[1]}f"
        return lambda value: value if isinstance(value, str) else format(value, form)
    if column.type is ColumnType.DATETIME and is_zoned(kind):
        return lambda value: f'"{value}Z"'
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
