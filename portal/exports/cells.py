"""One column as SQL: the expressions all writers build their rows from.

A value has one canonical text (portal/ingest/lexical.py), the same in every text format, so formats cannot disagree.
"""

from dataclasses import dataclass

from portal.foundation.tableschema import Column, ColumnType
from portal.ingest.engine import quote_text
from portal.ingest.lexical import TIMESTAMP, TIMESTAMP_UTC, canonical, decimal_digits

MAX_EXACT_DIGITS = 15
"""Significant decimal digits that a double always gives back unchanged (IEEE 754); spreadsheets hold no more."""


@dataclass(frozen=True)
class Cell:
    """A column under the SQL name `sql`, whose values have the DuckDB type `physical`."""

    column: Column
    physical: str
    sql: str

    @property
    def text(self) -> str:
        """SQL of the canonical text; null stays null."""
        return canonical(self.column.type, self.physical, self.sql)

    @property
    def without_zone(self) -> str:
        """SQL of the canonical text of a date or datetime, without the `Z` of UTC; null stays null."""
        moment = f"make_timestamp(epoch_us({self.sql}))" if self.physical == TIMESTAMP_UTC else self.sql
        return canonical(self.column.type, TIMESTAMP, moment)

    @property
    def is_text(self) -> bool:
        """The values are free text, which every format has to escape."""
        return self.column.type is ColumnType.STRING

    @property
    def is_number(self) -> bool:
        return self.column.type in (ColumnType.INTEGER, ColumnType.NUMBER, ColumnType.YEAR)

    @property
    def json(self) -> str:
        """SQL of the value as JSON text; null stays null. Numbers are written with all their digits."""
        if self.is_text:
            return f"CAST(to_json({self.sql}) AS VARCHAR)"
        if self.column.type is ColumnType.YEAR:
            return f"CAST({self.sql} AS VARCHAR)"
        if self.is_number or self.column.type is ColumnType.BOOLEAN:
            return self.text
        return f"('\"' || {self.text} || '\"')"

    @property
    def fits_double(self) -> str:
        """SQL that is true where a double holds the number exactly; only for numbers."""
        digits = decimal_digits(self.physical)
        if self.column.type is ColumnType.YEAR or (digits and digits[0] <= MAX_EXACT_DIGITS):
            return "true"
        if self.physical == "BIGINT":
            edge = 10**MAX_EXACT_DIGITS
            return f"({self.sql} BETWEEN {1 - edge} AND {edge - 1})"
        plain = f"rtrim({self.text}, '0')" if digits and digits[1] else self.text
        return f"(strlen(ltrim(replace({plain}, '.', ''), '-0')) <= {MAX_EXACT_DIGITS})"


def concat(parts: list[str]) -> str:
    """Give SQL that joins *parts* to one text; a null part counts as nothing."""
    return f"concat({', '.join(parts)})"


def literal(text: str) -> str:
    """Give *text* as an SQL literal."""
    return quote_text(text)


def contains_any(text: str, *signs: str) -> str:
    """Give SQL that is true where *text* holds one of *signs*; a pattern that says the same takes five times as long."""
    return f"({' OR '.join(f'contains({text}, {literal(sign)})' for sign in signs)})"
