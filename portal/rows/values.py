"""The text of a parameter becomes a typed value of a column, or is refused with a sentence.

integer, year     ASCII digits, with a sign
number            12, 12.5, -0.25; the point is the decimal sign
boolean           true, false
date, yearmonth   2026-11-22, 2026-11
time              10:00, 10:00:00.5
datetime          2026-11-22, 2026-11-22T10:00, …:00.5; with Z or +01:00 where the column has a zone, UTC without
"""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from decimal import Decimal

from portal.foundation.tableschema import ColumnType
from portal.rows.query import Value

MAX_TEXT = 1_000
"""Characters of a text to compare with."""
MAX_DIGITS = 38

_CLOCK = r"\d\d:\d\d(:\d\d(\.\d{1,6})?)?"

SHOWN: dict[ColumnType, str] = {
    ColumnType.INTEGER: "42",
    ColumnType.YEAR: "2026",
    ColumnType.NUMBER: "12.5",
    ColumnType.BOOLEAN: "true",
    ColumnType.DATE: "2026-11-22",
    ColumnType.YEARMONTH: "2026-11",
    ColumnType.TIME: "10:00:00",
    ColumnType.DATETIME: "2026-11-22T10:00:00Z",
}
"""What a value looks like; stands in refusals."""


def read_value(kind: ColumnType, physical: str, text: str) -> Value:
    """Read *text* as a value of a column.

    Raises:
        ValueError: it is none, or larger than any column holds.
    """
    if len(text) > MAX_TEXT or any(sign == "\0" or 0xD800 <= ord(sign) <= 0xDFFF for sign in text):
        raise ValueError("too long or not text")
    if kind is ColumnType.STRING:
        return text
    if not text.isascii():
        raise ValueError("not ASCII")
    if kind is ColumnType.DATETIME:
        return _datetime(text, zoned="TIME ZONE" in physical)
    return _READERS[kind](text)


def _whole(text: str) -> int:
    if not re.fullmatch(rf"-?\d{{1,{MAX_DIGITS}}}", text):
        raise ValueError("no whole number")
    return int(text)


def _year(text: str) -> int:
    if not re.fullmatch(r"\d{4}", text):
        raise ValueError("no year")
    return int(text)


def _number(text: str) -> Decimal:
    if not re.fullmatch(r"-?\d+(\.\d+)?", text) or sum(map(str.isdigit, text)) > MAX_DIGITS:
        raise ValueError("no number, or of more than 38 digits")
    return Decimal(text)


def _boolean(text: str) -> bool:
    return {"true": True, "false": False}[text]


def _date(text: str) -> str:
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        raise ValueError("no date")
    return date.fromisoformat(text).isoformat()


def _yearmonth(text: str) -> str:
    if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", text):
        raise ValueError("no month")
    return text


def _time(text: str) -> str:
    if not re.fullmatch(_CLOCK, text):
        raise ValueError("no time")
    return _clock(time.fromisoformat(_six(text)))


def _datetime(text: str, *, zoned: bool) -> str:
    found = re.fullmatch(rf"(\d{{4}}-\d\d-\d\d)(?:[T ]({_CLOCK}))?(Z|[ +-]\d\d:\d\d)?", text)
    if not found or (found[5] and not zoned):
        raise ValueError("no datetime")
    zone = "" if found[5] in (None, "Z") else found[5].replace(" ", "+")  # a plus in an address is read as a space
    moment = datetime.fromisoformat(f"{found[1]}T{_six(found[2] or '00:00')}{zone}")
    try:
        plain = moment.astimezone(UTC).replace(tzinfo=None) if zone else moment
    except OverflowError:
        raise ValueError("outside the years 1 to 9999") from None
    return f"{plain.date().isoformat()}T{_clock(plain.time())}"


def _six(text: str) -> str:
    """Fill a fraction of a second up to the six digits that Python reads."""
    whole, _, fraction = text.partition(".")
    return f"{whole}.{fraction:0<6}" if fraction else whole


def _clock(moment: time) -> str:
    """Write a time as DuckDB does: without a fraction that says nothing."""
    fraction = f".{moment.microsecond:06}".rstrip("0") if moment.microsecond else ""
    return moment.replace(microsecond=0).isoformat() + fraction


_READERS: dict[ColumnType, Callable[[str], Value]] = {
    ColumnType.INTEGER: _whole,
    ColumnType.YEAR: _year,
    ColumnType.NUMBER: _number,
    ColumnType.BOOLEAN: _boolean,
    ColumnType.DATE: _date,
    ColumnType.YEARMONTH: _yearmonth,
    ColumnType.TIME: _time,
}
