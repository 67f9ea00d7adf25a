"""Cells of a row as the DataStore writes them: as JSON, as text, and numbers as they are read."""

import json
import re
from decimal import Decimal

from portal.foundation.tableschema import Column, ColumnType
from portal.rows.cells import Cell
from portal.rows.physical import decimal_digits

_NUMBER = re.compile(r"-?[0-9]{1,60}(\.[0-9]{1,60})?[eE][+-]?[0-9]{1,2}")


def json_text(column: Column, kind: str, value: Cell) -> str:
    """Give a cell as JSON; numbers keep their digits. *kind* is DuckDB's type of the column."""
    if value is None:
        return "null"
    if column.type is ColumnType.BOOLEAN:
        return "true" if value else "false"
    if column.type in (ColumnType.INTEGER, ColumnType.NUMBER, ColumnType.YEAR):
        return plain_text(column, kind, value)
    return json.dumps(value, ensure_ascii=False)


def plain_text(column: Column, kind: str, value: Cell) -> str:
    """Give a cell as text; an empty one is empty."""
    if value is None:
        return ""
    if column.type is ColumnType.BOOLEAN:
        return "true" if value else "false"
    digits = decimal_digits(kind)
    return format(value, f".{digits[1]}f") if digits and isinstance(value, float) else str(value)


def number_text(text: str) -> str:
    """Give a number that was written with an exponent without one; any other text as it is."""
    return format(Decimal(text), "f") if _NUMBER.fullmatch(text) else text
