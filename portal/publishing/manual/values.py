"""Columns in JSON Schema: what a value looks like in an answer, as it is really sent, and in a question.

    type        in an answer                                in a question
    string      string, never empty (docs/adr/0017)         the same
    integer     number with all its digits                  digits
    number      number with all its digits                  12.5; no exponent
    date        string, format date                         the same
    datetime    string; with a zone in UTC and with Z       2026-11-22, 2026-11-22T10:00, with Z or +01:00
    year        number                                      four digits
    yearmonth   string 2026-11                              the same

Formats beyond JSON Schema's own are those of the OpenAPI format registry (date-time-local, time-local, int64, decimal).
"""

import re
from typing import Any

from portal.foundation.tableschema import Column, ColumnType, Constraints
from portal.rows.physical import MAX_EXACT_DIGITS, is_exact_text, is_zoned
from portal.rows.values import MAX_TEXT, read_value

Described = dict[str, Any]  # Any: JSON

_TIME = r"^[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?$"
_MONTH = r"^[0-9]{4}-(0[1-9]|1[0-2])$"
_PLAIN_PATTERN = re.compile(r"(?!.*\[:)(?:[^\\(]|\((?!\?)|\(\?:|\\[dwsDWS.\\/*+?()\[\]{}|^$-])*")
"""What RE2, JavaScript and Python read alike; a pattern with more is told in words."""


def sent(column: Column, physical: str, *, nullable: bool) -> Described:
    """Give the schema of a column's values in answers, with what its constraints promise."""
    schema = {**plain(column.type, physical), **_promised(column, physical)}
    if nullable:
        schema["type"] = [schema["type"], "null"]
        if "enum" in schema:
            schema["enum"] = [*schema["enum"], None]
    return schema


def plain(kind: ColumnType, physical: str) -> Described:
    """Give the schema of values of a type in answers."""
    match kind:
        case ColumnType.STRING:
            return {"type": "string", "minLength": 1}
        case ColumnType.INTEGER:
            return {"type": "integer", "format": "int64"} if physical == "BIGINT" else {"type": "integer"}
        case ColumnType.DATETIME:
            return {"type": "string", "format": "date-time" if is_zoned(physical) else "date-time-local"}
        case _:
            return dict(_PLAIN[kind])


_PLAIN: dict[ColumnType, Described] = {
    ColumnType.NUMBER: {"type": "number", "format": "decimal"},
    ColumnType.BOOLEAN: {"type": "boolean"},
    ColumnType.DATE: {"type": "string", "format": "date"},
    ColumnType.TIME: {"type": "string", "format": "time-local", "pattern": _TIME},
    ColumnType.YEAR: {"type": "integer", "minimum": 1, "maximum": 9999},
    ColumnType.YEARMONTH: {"type": "string", "pattern": _MONTH},
}


def asked(column: Column, physical: str) -> Described:
    """Give the schema of one value to compare with: any value of the type."""
    match column.type:
        case ColumnType.STRING:
            return {"type": "string", "maxLength": MAX_TEXT}
        case ColumnType.YEAR:
            return {"type": "string", "pattern": "^[0-9]{4}$"}
        case ColumnType.DATETIME | ColumnType.TIME:
            return {"type": "string"}
        case _:
            return plain(column.type, physical)


def asked_exactly(column: Column, physical: str) -> Described:
    """Give the schema of one value to look for: a value that the column may have."""
    schema = {**asked(column, physical), **_promised(column, physical)}
    if column.type is ColumnType.STRING:
        schema["maxLength"] = min(schema["maxLength"], MAX_TEXT)
    if column.type is ColumnType.YEAR:
        schema = {key: value for key, value in schema.items() if key in ("type", "pattern")}
    return schema


def value_of(column: Column, physical: str, text: str) -> str | int | float | bool | None:
    """Give the value of *text* as JSON has it in answers; None: it is none, or a double would not hold it."""
    try:
        value = read_value(column.type, physical, text)
    except (ValueError, KeyError):
        return None
    match column.type:
        case ColumnType.NUMBER:
            return float(text) if sum(map(str.isdigit, text)) <= MAX_EXACT_DIGITS else None
        case ColumnType.DATETIME if is_zoned(physical):
            return f"{value}Z"
        case ColumnType.INTEGER | ColumnType.YEAR:
            return int(text)
        case _:
            return value if isinstance(value, str | bool) else str(value)


def _promised(column: Column, physical: str) -> Described:
    """Give what the column's constraints say, in JSON Schema, as far as it can say it."""
    rules, schema = column.constraints, Described()
    terms = [value_of(column, physical, term) for term in rules.enum]
    if terms and None not in terms:
        schema["enum"] = list(dict.fromkeys(terms))
    if column.type is ColumnType.STRING:
        schema |= _text_rules(rules)
    if column.type in (ColumnType.INTEGER, ColumnType.NUMBER, ColumnType.YEAR) and not is_exact_text(column, physical):
        for name, text in (("minimum", rules.minimum), ("maximum", rules.maximum)):
            bound = None if text is None else value_of(column, physical, text)
            schema |= {} if bound is None else {name: bound}
    return schema


def _text_rules(rules: Constraints) -> Described:
    schema = Described()
    if rules.pattern is not None and _PLAIN_PATTERN.fullmatch(rules.pattern):
        schema["pattern"] = f"^(?:{rules.pattern})$"
    if rules.min_length is not None:
        schema["minLength"] = max(1, rules.min_length)
    if rules.max_length is not None:
        schema["maxLength"] = rules.max_length
    return schema
