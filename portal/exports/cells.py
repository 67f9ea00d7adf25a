"""One column as SQL: the expressions all writers build their rows from.

A value has one canonical text (portal/ingest/lexical.py), the same in every text format, so formats cannot disagree.
"""

from dataclasses import dataclass

from portal.foundation.tableschema import Column, ColumnType
from portal.ingest.engine import quote_text
from portal.ingest.lexical import TIMESTAMP_UTC, canonical, decimal_digits
from portal.ingest.statistics import ColumnStatistics

MAX_EXACT_DIGITS = 15
"""Significant decimal digits that a double always gives back unchanged (IEEE 754); spreadsheets hold no more."""


class Constant(str):
    """SQL of a text that is the same in every row."""

    __slots__ = ()


@dataclass(frozen=True)
class Cell:
    """A column under the SQL name `sql`, whose values have the DuckDB type `physical`."""

    column: Column
    physical: str
    sql: str
    written: str = ""
    """SQL name of its canonical text, where the relation has that; empty: it is to be made."""
    statistics: ColumnStatistics | None = None
    """What is known of the values, so that nothing need be said for cases that do not come up; None: nothing."""
    marks: frozenset[str] | None = None
    """Those of the signs in marks.py that some text holds; None: any."""

    @property
    def text(self) -> str:
        """SQL of the canonical text; null stays null."""
        return self.written or self.canonical

    @property
    def canonical(self) -> str:
        """SQL that makes the canonical text; null stays null."""
        return canonical(self.column.type, self.physical, self.sql)

    @property
    def without_zone(self) -> str:
        """SQL of the canonical text of a date or datetime, without the `Z` of UTC; null stays null."""
        return f"left({self.text}, -1)" if self.physical == TIMESTAMP_UTC else self.text

    @property
    def is_text(self) -> bool:
        """The values are free text, which every format has to escape."""
        return self.column.type is ColumnType.STRING

    @property
    def is_filled(self) -> bool:
        """It is known that no value is null."""
        return self.statistics is not None and self.statistics.nulls == 0

    def held(self, *marks: str) -> tuple[str, ...]:
        """Give those of *marks* that some text may hold."""
        return marks if self.marks is None else tuple(mark for mark in marks if mark in self.marks)

    @property
    def is_number(self) -> bool:
        return self.column.type in (ColumnType.INTEGER, ColumnType.NUMBER, ColumnType.YEAR)

    @property
    def json(self) -> list[str]:
        """Parts of SQL of the value as JSON text; null stays null. Numbers are written with all their digits."""
        if self.is_text and not self.held(
            '"', "\\", "\t", "\r", "\n"
        ):  # RFC 8259, 7; other control characters are never released
            return [literal('"'), self.sql, literal('"')]
        if self.is_text:
            return [f"CAST(to_json({self.sql}) AS VARCHAR)"]
        if self.column.type is ColumnType.YEAR:
            return [f"CAST({self.sql} AS VARCHAR)"]
        if self.is_number or self.column.type is ColumnType.BOOLEAN:
            return [self.text]
        return [literal('"'), self.text, literal('"')]

    def filled(self, parts: list[str], *, otherwise: str = "") -> list[str]:
        """Give *parts* of SQL for a row where the value is there, and the text *otherwise* for one where it is null.

        Parts that stand side by side cost less than `||`, which writes a text of its own; so they do where they may.
        """
        if self.is_filled:
            return parts
        joined = " || ".join(parts)
        return [f"coalesce({joined}, {literal(otherwise)})" if otherwise else joined]

    @property
    def fits_double(self) -> str:
        """SQL that is true where a double holds the number exactly; only for numbers."""
        digits = decimal_digits(self.physical)
        if self.column.type is ColumnType.YEAR or (digits and digits[0] <= MAX_EXACT_DIGITS):
            return "true"
        if self.physical == "BIGINT":
            edge = 10**MAX_EXACT_DIGITS
            if self.statistics is not None and all(-edge < int(one) < edge for one in self.statistics.edges):
                return "true"
            return f"({self.sql} BETWEEN {1 - edge} AND {edge - 1})"
        plain = f"rtrim({self.text}, '0')" if digits and digits[1] else self.text
        return f"(strlen(ltrim(replace({plain}, '.', ''), '-0')) <= {MAX_EXACT_DIGITS})"


def concat(parts: list[str]) -> str:
    """Give SQL that joins *parts* to one text; a null part counts as nothing."""
    joined: list[str] = []
    for part in parts:
        if joined and isinstance(part, Constant) and isinstance(joined[-1], Constant):
            joined[-1] = Constant(joined[-1][:-1] + part[1:])
        else:
            joined.append(part)
    return f"concat({', '.join(joined)})"


def literal(text: str) -> Constant:
    """Give *text* as an SQL literal."""
    return Constant(quote_text(text))


def contains_any(text: str, *signs: str) -> str:
    """Give SQL that is true where *text* holds one of *signs*; a pattern that says the same takes five times as long."""
    return f"({' OR '.join(f'contains({text}, {literal(sign)})' for sign in signs)})"
