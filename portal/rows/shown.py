"""A row of a row file as JSON text, with the types of the schema."""

import json
from collections.abc import Callable, Sequence

from portal.foundation.tableschema import Column, ColumnType
from portal.rows.physical import decimal_digits, is_zoned


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
