"""How the text of a cell becomes a value: per Table Schema type one pattern, one cast and one canonical text.

Table Schema v2, "Field types", default formats only:

    type        written as                                   stored as
    string      anything                                     VARCHAR (empty text is null)
    integer     -?digits, at most 38                         BIGINT if all fit, else DECIMAL(38,0)
    number      -?digits[.digits], exact, no exponent        smallest DECIMAL(p,s) for the digits as written
    boolean     true True TRUE 1, false False FALSE 0        BOOLEAN
    date        YYYY-MM-DD, years 0001 to 9999               DATE
    time        hh:mm:ss[.ffffff]                            TIME
    datetime    YYYY-MM-DDThh:mm:ss[.ffffff]                 TIMESTAMP
                the same with Z or ±hh:mm                    TIMESTAMP WITH TIME ZONE, in UTC
    year        YYYY                                         INTEGER
    yearmonth   YYYY-MM                                      VARCHAR

The expressions below take the SQL of a text column; patterns are RE2 and must match the whole text.
"""

import re
from dataclasses import dataclass

from portal.foundation.tableschema import ColumnType

MAX_DIGITS = 38
"""What DuckDB's and Parquet's DECIMAL hold."""

BIGINT, HUGE_INTEGER = "BIGINT", "DECIMAL(38,0)"
TOO_WIDE = "numbers of more than 38 digits"
"""Stands where a physical type would, for a column that no DECIMAL holds; it is never released."""
TIMESTAMP, TIMESTAMP_UTC = "TIMESTAMP", "TIMESTAMP WITH TIME ZONE"

_CLOCK = r"([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,6})?"
_DAY = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_ZONE = r"(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])"

PATTERNS: dict[ColumnType, str] = {
    ColumnType.INTEGER: r"-?[0-9]+",
    ColumnType.NUMBER: r"-?[0-9]+(\.[0-9]+)?",
    ColumnType.BOOLEAN: r"true|True|TRUE|1|false|False|FALSE|0",
    ColumnType.DATE: _DAY,
    ColumnType.TIME: _CLOCK,
    ColumnType.DATETIME: f"{_DAY}T{_CLOCK}{_ZONE}?",
    ColumnType.YEAR: r"[0-9]{4}",
    ColumnType.YEARMONTH: r"[0-9]{4}-(0[1-9]|1[0-2])",
}


@dataclass(frozen=True)
class Shape:
    """What the profile of a text column says about its values; all zero for an empty column."""

    whole_digits: int = 0
    """Most digits before the point, leading zeros apart."""
    fraction_digits: int = 0
    """Most digits after the point, as written."""
    huge: bool = False
    """Some integer does not fit into 64 bits."""
    zoned: bool = False
    """Datetimes name their offset."""


def is_valid(kind: ColumnType, text: str) -> str:  # noqa: PLR0911 - one return per type
    """Give SQL that is true where *text* can be read as *kind*; false or null where not, and for null.

    What reads and writes to the same text, or has the usual form, is valid; only the others need the pattern, which takes
    twice as long.
    """
    if kind is ColumnType.STRING:
        return "true"
    matches = f"regexp_full_match({text}, '{PATTERNS[kind]}')"
    match kind:
        case ColumnType.DATE:
            same = f"strlen({text}) = 10 AND CAST(TRY_CAST({text} AS DATE) AS VARCHAR) = {text}"  # years of four digits
            rest = f"{matches} AND TRY_CAST({text} AS DATE) BETWEEN DATE '0001-01-01' AND DATE '9999-12-31'"
            return f"(CASE WHEN {same} THEN true ELSE {rest} END)"
        case ColumnType.DATETIME:
            # 20 characters with these signs at their places leave strptime no room to read anything but full digits
            shaped = f"strlen({text}) = 20 AND {text} >= '0001' AND {text} LIKE '____-__-__T__:__:__Z'"
            usual = f"{shaped} AND try_strptime({text}, '%Y-%m-%dT%H:%M:%SZ') IS NOT NULL"
            moment = f"epoch_us(TRY_CAST({text} AS TIMESTAMPTZ))"
            rest = f"{matches} AND {moment} BETWEEN {_FIRST_US} AND {_LAST_US}"
            return f"(CASE WHEN {usual} THEN true ELSE {rest} END)"
        case ColumnType.INTEGER:
            same = f"CAST(TRY_CAST({text} AS {BIGINT}) AS VARCHAR) = {text}"
            return f"(CASE WHEN {same} THEN true ELSE {matches} AND TRY_CAST({text} AS {HUGE_INTEGER}) IS NOT NULL END)"
        case ColumnType.BOOLEAN:
            return f"(CASE WHEN {text} = 'true' OR {text} = 'false' THEN true ELSE {matches} END)"
        case ColumnType.YEAR | ColumnType.YEARMONTH:
            return f"({matches} AND left({text}, 4) <> '0000')"
        case _:
            return matches


_FIRST_US = -62_135_596_800_000_000
"""0001-01-01T00:00:00 UTC in microseconds since 1970: earlier years cannot be written in four digits."""
_LAST_US = 253_402_300_799_999_999
"""9999-12-31T23:59:59.999999 UTC."""


def is_zoned(text: str) -> str:
    """Give SQL that is true where the datetime *text* names an offset; null stays null."""
    return f"(CASE WHEN ends_with({text}, 'Z') THEN true ELSE {text} LIKE '%+__:__' OR {text} LIKE '%-__:__' END)"


def whole_digits(text: str) -> str:
    """Give SQL for the digits of a number before the point, leading zeros apart."""
    whole = f"(CASE WHEN contains({text}, '.') THEN instr({text}, '.') - 1 ELSE strlen({text}) END)"
    # counting what ltrim takes off costs five times as much, so only where there is something
    dropped = f"strlen({text}) - strlen(ltrim({text}, '-0'))"
    return f"(CASE WHEN {text} LIKE '0%' OR {text} LIKE '-%' THEN {whole} - ({dropped}) ELSE {whole} END)"


def fraction_digits(text: str) -> str:
    """Give SQL for the digits of a number after the point, as written: a price of 12.50 keeps both."""
    return f"(CASE WHEN contains({text}, '.') THEN strlen({text}) - instr({text}, '.') ELSE 0 END)"


def has_leading_zero(text: str) -> str:
    """Give SQL that is true where reading *text* as a number drops zeros in front: 05114 may be a key, not a count."""
    starts = f"starts_with({text}, '0') OR starts_with({text}, '-0')"
    return f"(CASE WHEN {starts} THEN regexp_matches({text}, '^-?0[0-9]') ELSE false END)"


def physical_type(kind: ColumnType, shape: Shape) -> str:  # noqa: PLR0911 - one return per type
    """Give the DuckDB type that holds every value of a column exactly, or `TOO_WIDE`."""
    match kind:
        case ColumnType.INTEGER:
            return HUGE_INTEGER if shape.huge else BIGINT
        case ColumnType.NUMBER:
            precision = max(1, shape.whole_digits) + shape.fraction_digits  # without a whole digit 0.5 prints as .5
            if precision > MAX_DIGITS:
                return TOO_WIDE
            return f"DECIMAL({precision},{shape.fraction_digits})"
        case ColumnType.DATETIME:
            return TIMESTAMP_UTC if shape.zoned else TIMESTAMP
        case ColumnType.BOOLEAN | ColumnType.DATE | ColumnType.TIME:
            return kind.upper()
        case ColumnType.YEAR:
            return "INTEGER"
        case ColumnType.STRING | ColumnType.YEARMONTH:
            return "VARCHAR"


def typed(kind: ColumnType, physical: str, text: str, *, valid: str | None = None) -> str:
    """Give SQL for the value of *text*; a text that cannot be read gives null (the checks have reported it).

    *valid* is SQL that tells whether it can be read, where that is known already.
    """
    if kind is ColumnType.STRING:
        return text
    if physical == TOO_WIDE:
        return "CAST(NULL AS DECIMAL)"
    readable = valid or is_valid(kind, text)
    value = cast(kind, physical, text) if kind is ColumnType.BOOLEAN else f"TRY_CAST({text} AS {physical})"
    return f"CASE WHEN {readable} THEN {value} END"


def cast(kind: ColumnType, physical: str, text: str) -> str:
    """Give SQL for the value of a *text* that has passed its check: cheaper than `typed`, fails on anything else."""
    if kind in (ColumnType.STRING, ColumnType.YEARMONTH):
        return text
    if kind is ColumnType.BOOLEAN:
        return f"({text} IN ('true', 'True', 'TRUE', '1'))"
    return f"CAST({text} AS {physical})"


def canonical(kind: ColumnType, physical: str, value: str) -> str:
    """Give SQL for the one text of a typed *value* that all text formats write; null stays null."""
    match kind:
        case ColumnType.STRING | ColumnType.YEARMONTH:
            return value
        case ColumnType.YEAR:
            return f"lpad(CAST({value} AS VARCHAR), 4, '0')"
        case ColumnType.DATETIME:
            moment = _moment(physical, value)
            zone = "Z" if physical == TIMESTAMP_UTC else ""
            exact = f"(replace(CAST({moment} AS VARCHAR), ' ', 'T') || '{zone}')"
            # of whole seconds strftime makes the same text in two thirds of the time
            return f"(CASE WHEN {_is_whole(value)} THEN strftime({moment}, '%Y-%m-%dT%H:%M:%S{zone}') ELSE {exact} END)"
        case _:
            return f"CAST({value} AS VARCHAR)"


def text_length(kind: ColumnType, physical: str, value: str) -> str:
    """Give SQL for the characters of the canonical text of a typed *value*."""
    length = f"length({canonical(kind, physical, value)})"
    if kind is ColumnType.DATETIME:
        seconds = "2026-11-22T12:00:00Z" if physical == TIMESTAMP_UTC else "2026-11-22T12:00:00"
        return f"(CASE WHEN {_is_whole(value)} THEN {len(seconds)} ELSE {length} END)"
    return length


def _moment(physical: str, value: str) -> str:
    """Give SQL for a datetime as a TIMESTAMP, in UTC where it has a zone."""
    return f"make_timestamp(epoch_us({value}))" if physical == TIMESTAMP_UTC else value


def _is_whole(value: str) -> str:
    """Give SQL that is true where a datetime has no fraction of a second."""
    return f"epoch_us({value}) % 1000000 = 0"


def decimal_digits(physical: str) -> tuple[int, int] | None:
    """Give precision and scale of a DECIMAL type, None for any other type."""
    found = re.fullmatch(r"DECIMAL\(([0-9]+),([0-9]+)\)", physical)
    return (int(found[1]), int(found[2])) if found else None
