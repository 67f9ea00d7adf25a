"""How values lie in the two engines: DuckDB's types, and what SQLite makes of them.

string, yearmonth      text              VARCHAR
integer                INTEGER           BIGINT; exact text beyond 64 bits (DECIMAL(38,0))
number                 REAL              DECIMAL of at most 15 digits; exact text beyond
boolean, year          INTEGER           BOOLEAN, INTEGER
date, time             ISO 8601 text     DATE, TIME
datetime               ISO 8601 text     TIMESTAMP; with a zone in UTC, without the Z, so that text sorts as time does
"""

import re

from portal.foundation.tableschema import Column, ColumnType

MAX_EXACT_DIGITS = 15
"""Significant decimal digits that a double always gives back unchanged (IEEE 754)."""


def decimal_digits(physical: str) -> tuple[int, int] | None:
    """Give precision and scale of a DECIMAL, None for any other type."""
    found = re.fullmatch(r"DECIMAL\(([0-9]+),([0-9]+)\)", physical)
    return (int(found[1]), int(found[2])) if found else None


def is_exact_text(column: Column, physical: str) -> bool:
    """Tell whether the numbers of a column lie in SQLite as text, which can be shown but not compared."""
    digits = decimal_digits(physical)
    if column.type is ColumnType.INTEGER:
        return physical != "BIGINT"
    return column.type is ColumnType.NUMBER and digits is not None and digits[0] > MAX_EXACT_DIGITS


def is_zoned(physical: str) -> bool:
    return physical == "TIMESTAMP WITH TIME ZONE"


def quoted(name: str) -> str:
    """Give *name* as an SQL identifier (a quote is doubled)."""
    return '"' + name.replace('"', '""') + '"'
