"""Examples that run: for each operator of a column a value out of the table that some row meets.

    species                 Linde                          from the first rows, else the smallest
    height_m__gt            0.25                           the smallest, where there is a larger one
    planted_on__between     2020-05-01, 2021-11-30         smallest and largest
    species__contains       Linde                          a word of a value

Where no value of the table can do it (nothing is larger than the only value), there is no example.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from portal.foundation.tableschema import Column, ColumnType
from portal.publishing.manual.facts import TableManual
from portal.rows.parameters import BETWEEN
from portal.rows.physical import MAX_EXACT_DIGITS, is_exact_text
from portal.rows.query import Op

MAX_CHARACTERS = 100
"""A longer value makes no example."""
_WORD = re.compile(r"\b[A-Za-zÄÖÜäöüß]{4,40}\b|\b[A-Za-z0-9]{2,40}\b")


@dataclass(frozen=True)
class Examples:
    """What the table can give for one column; None: nothing fit for an example."""

    value: str | None
    least: str | None
    most: str | None
    word: str | None
    """A word of some value; only of text."""
    first: str | None
    """How some value begins; only of text."""
    has_empty: bool
    has_filled: bool

    def of(self, op: str) -> list[str] | None:  # noqa: PLR0911 - one return for each kind of operator
        """Give the value (of `in` and `between` the values) with which some row meets the operator; None: there is none."""
        varied = self.least != self.most
        match op:
            case Op.NULL:
                return ["true"] if self.has_empty else ["false"] if self.has_filled else None
            case Op.CONTAINS:
                return _listed(self.word)
            case Op.STARTSWITH:
                return _listed(self.first)
            case Op.NOT:
                return _listed(self.value) if varied or self.has_empty else None
            case Op.IN:
                others = [one for one in (self.least, self.most) if one not in (None, self.value)]
                return _listed(self.value, *others[:1])
            case Op.LT:
                return _listed(self.most) if varied else None
            case Op.GT:
                return _listed(self.least) if varied else None
            case _ if op == BETWEEN:
                return None if self.least is None or self.most is None else [self.least, self.most]
            case _:
                return _listed(self.value)


def examples_of(manual: TableManual) -> dict[str, Examples]:
    """Give the examples of every column, by its name."""
    return {
        column.name: _examples(
            column,
            physical,
            [row[column.name] for row in manual.shown],
            (statistics.minimum, statistics.maximum),
            has_empty=statistics.nulls > 0,
        )
        for column, physical, statistics in manual.columns
    }


def _examples(
    column: Column,
    physical: str,
    shown: Iterable[str | None],
    edges: tuple[str | None, str | None],
    *,
    has_empty: bool,
) -> Examples:
    least, most = (one if one is not None and _is_fit(column, physical, one) else None for one in edges)
    texts = [text for text in (*shown, *edges) if text is not None]
    is_text = column.type is ColumnType.STRING
    words = (found[0] for text in texts if (found := _WORD.search(_plain(text)))) if is_text else iter(())
    firsts = (found[0] for text in texts if (found := _WORD.match(_plain(text)))) if is_text else iter(())
    fit = next((text for text in texts if _is_fit(column, physical, text)), None)
    return Examples(
        value=fit,
        least=least,
        most=most,
        word=next(words, None),
        first=next(firsts, None),
        has_empty=has_empty,
        has_filled=bool(texts),
    )


def _is_fit(column: Column, physical: str, text: str) -> bool:
    """Tell whether *text* can be typed by a person and survives as a number of JSON."""
    if len(text) > MAX_CHARACTERS or not text.isprintable():
        return False
    if column.type is ColumnType.NUMBER:
        digits = sum(sign.isdigit() for sign in text)
        return not is_exact_text(column, physical) and digits <= MAX_EXACT_DIGITS and "e" not in repr(float(text))
    return True


def _plain(text: str) -> str:
    """Give a text whose letters are single signs, or nothing: a word cut off before its accent is no word."""
    return text if unicodedata.is_normalized("NFC", text) else ""


def _listed(*values: str | None) -> list[str] | None:
    found = [value for value in values if value is not None]
    return found or None
