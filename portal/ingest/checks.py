"""What the rows of a table must meet: a list of checks, each an SQL condition that is true for a bad cell.

Conditions speak of the view `typed`: `row` (from 1), `r3` the text of the fourth column as read, `v3` whether it can be
read as its type, `t3` its value.
Source of the rules: Table Schema v2, "Constraints" and "primaryKey". Empty cells pass every check but `required`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from portal.foundation.tableschema import Column, ColumnType, TableSchema
from portal.foundation.text import LangString
from portal.ingest.engine import quote_text
from portal.ingest.lexical import (
    MAX_DIGITS,
    TIMESTAMP_UTC,
    TOO_WIDE,
    fraction_digits,
    has_leading_zero,
    is_zoned,
    typed,
    whole_digits,
)
from portal.ingest.report import Severity

ORDERED = frozenset(ColumnType) - {ColumnType.STRING, ColumnType.BOOLEAN}


@dataclass(frozen=True, kw_only=True)
class Check:
    """A condition that no row may meet, and what to say of those that do."""

    code: str
    condition: str
    message: LangString
    column: str | None
    value: str
    """SQL of the text that a finding quotes."""
    severity: Severity = Severity.ERROR
    source: str = "typed"
    """Relation the condition is asked of; it has `row` and whatever condition and value name."""
    counted: str | None = None
    """SQL aggregate over `typed` that counts the bad rows, where that is cheaper than asking the condition."""

    @property
    def number(self) -> str:
        """SQL aggregate over `typed`: how many rows are bad."""
        return self.counted or f"count(*) FILTER (WHERE {self.condition})"


def checks_of(schema: TableSchema, physical: tuple[str, ...]) -> Iterator[Check]:
    """Give every check of *schema*, column by column, then the primary key."""
    for index, column in enumerate(schema.columns):
        yield from _type_checks(column, index, physical[index])
        yield from _constraint_checks(column, index, physical[index])
    yield from _key_checks(schema)


def _type_checks(column: Column, index: int, physical: str) -> Iterator[Check]:
    kind, text, valid = column.type, f"r{index}", f"v{index}"
    if kind is not ColumnType.STRING:
        yield _check(f"not-a-{kind}", column, index, f"{text} IS NOT NULL AND NOT {valid}", _type_message(kind))
    if kind in (ColumnType.INTEGER, ColumnType.NUMBER):
        dropped = f"{valid} AND {has_leading_zero(text)}"
        yield _check("leading-zero", column, index, dropped, LEADING_ZERO, severity=Severity.WARNING)
    if kind is ColumnType.DATETIME and physical == TIMESTAMP_UTC:
        yield _check("mixed-time-zones", column, index, f"{valid} AND NOT {is_zoned(text)}", MIXED_ZONES)
    if kind is ColumnType.NUMBER and physical == TOO_WIDE:
        digits = f"{whole_digits(text)} + {fraction_digits(text)}"
        yield Check(
            code="too-many-digits",
            condition=f"{valid} AND {digits} = most",
            message=TOO_MANY,
            column=column.name,
            value=text,
            source=_widest(valid, digits),
            counted="max(1)",
        )


def _constraint_checks(column: Column, index: int, physical: str) -> Iterator[Check]:
    rules, text, value = column.constraints, f"r{index}", f"t{index}"
    if rules.required:
        yield _check("required", column, index, f"{text} IS NULL", REQUIRED)
    if rules.unique:
        yield Check(
            code="not-unique",
            condition="seen > 1",
            message=NOT_UNIQUE,
            column=column.name,
            value=text,
            source=_numbered([index]),
            counted=f"count({value}) - count(DISTINCT {value})",
        )
    if rules.enum:
        allowed = ", ".join(literal(column, physical, term) for term in rules.enum)
        yield _check("not-in-enum", column, index, f"{value} NOT IN ({allowed})", _one_of(rules.enum))
    if rules.pattern is not None:
        matches = f"regexp_full_match({text}, {quote_text(rules.pattern)})"
        yield _check("pattern", column, index, f"NOT {matches}", _pattern(rules.pattern))
    if rules.minimum is not None and column.type in ORDERED:
        bound = literal(column, physical, rules.minimum)
        yield _check("below-minimum", column, index, f"{value} < {bound}", _minimum(rules.minimum))
    if rules.maximum is not None and column.type in ORDERED:
        bound = literal(column, physical, rules.maximum)
        yield _check("above-maximum", column, index, f"{value} > {bound}", _maximum(rules.maximum))
    if rules.min_length is not None:
        yield _check("too-short", column, index, f"length({text}) < {rules.min_length}", _shortest(rules.min_length))
    if rules.max_length is not None:
        yield _check("too-long", column, index, f"length({text}) > {rules.max_length}", _longest(rules.max_length))


def _key_checks(schema: TableSchema) -> Iterator[Check]:
    if not schema.primary_key:
        return
    indexes = [schema.names.index(name) for name in schema.primary_key]
    for index in indexes:
        if not schema.columns[index].constraints.required:
            yield _check("primary-key-missing", schema.columns[index], index, f"r{index} IS NULL", KEY_MISSING)
    yield Check(
        code="primary-key-duplicate",
        condition="seen > 1",
        message=KEY_DUPLICATE,
        column=schema.primary_key[0] if len(indexes) == 1 else ", ".join(schema.primary_key),
        value=f"concat_ws(', ', {', '.join(f'r{index}' for index in indexes)})",
        source=_numbered(indexes),
        counted=_repeated(indexes),
    )


def _repeated(indexes: list[int]) -> str:
    """Give the aggregate that counts the rows whose key has come up before; keys with an empty cell are left out."""
    if len(indexes) == 1:
        return f"count(t{indexes[0]}) - count(DISTINCT t{indexes[0]})"
    filled = " AND ".join(f"t{index} IS NOT NULL" for index in indexes)
    key = f"row({', '.join(f't{index}' for index in indexes)})"
    return f"count(*) FILTER (WHERE {filled}) - count(DISTINCT {key}) FILTER (WHERE {filled})"


def _numbered(indexes: list[int]) -> str:
    """Give the rows with `seen`: how often these values have come up so far. Rows with an empty cell are left out."""
    values = ", ".join(f"t{index}" for index in indexes)
    filled = " AND ".join(f"t{index} IS NOT NULL" for index in indexes)
    seen = f"row_number() OVER (PARTITION BY {values} ORDER BY row) AS seen"
    return f"(SELECT *, {seen} FROM typed WHERE {filled})"  # noqa: S608 - generated names


def _widest(valid: str, digits: str) -> str:
    """Give the rows with `most`: the digits of the longest number in the column."""
    return f"(SELECT *, max({digits}) FILTER (WHERE {valid}) OVER () AS most FROM typed)"  # noqa: S608 - generated


def _check(
    code: str,
    column: Column,
    index: int,
    condition: str,
    message: LangString,
    *,
    severity: Severity = Severity.ERROR,
) -> Check:
    return Check(
        code=code,
        condition=condition,
        message=message,
        column=column.name,
        value=f"r{index}",
        severity=severity,
    )


def literal(column: Column, physical: str, text: str) -> str:
    """Give SQL for a bound or an enum term in a type that compares exactly; SQL null if it cannot be read."""
    if column.type not in (ColumnType.INTEGER, ColumnType.NUMBER):
        return typed(column.type, physical, quote_text(text))
    try:
        plain = format(Decimal(text), "f")
    except InvalidOperation:
        return "NULL"
    whole, _, fraction = plain.lstrip("-").partition(".")
    return f"CAST({quote_text(plain)} AS DECIMAL({max(1, len(whole) + len(fraction))},{len(fraction)}))"


def _type_message(kind: ColumnType) -> LangString:
    german, english = TYPE_WORDS[kind]
    return LangString(f"Das ist {german}.", f"This is {english}.")


TYPE_WORDS: dict[ColumnType, tuple[str, str]] = {
    ColumnType.INTEGER: (
        "keine ganze Zahl (Ziffern, höchstens 38, ohne Trennzeichen)",
        "not an integer (digits, at most 38, without separators)",
    ),
    ColumnType.NUMBER: (
        "keine Zahl (Ziffern mit Dezimalpunkt, ohne Tausendertrennung und Exponent)",
        "not a number (digits with a decimal point, no grouping, no exponent)",
    ),
    ColumnType.BOOLEAN: ("kein Wahrheitswert (true/false/1/0)", "not a boolean (true/false/1/0)"),
    ColumnType.DATE: ("kein Datum der Form JJJJ-MM-TT", "not a date of the form YYYY-MM-DD"),
    ColumnType.TIME: ("keine Uhrzeit der Form hh:mm:ss", "not a time of the form hh:mm:ss"),
    ColumnType.DATETIME: (
        "kein Zeitpunkt der Form JJJJ-MM-TTThh:mm:ss, mit Z, ±hh:mm oder ohne Zone",
        "not a datetime of the form YYYY-MM-DDThh:mm:ss, with Z, ±hh:mm or no zone",
    ),
    ColumnType.YEAR: ("kein Jahr der Form JJJJ", "not a year of the form YYYY"),
    ColumnType.YEARMONTH: ("kein Monat der Form JJJJ-MM", "not a month of the form YYYY-MM"),
}

LEADING_ZERO = LangString(
    "Die Null vorn geht beim Lesen als Zahl verloren; ist die Spalte ein Schlüssel, gehört sie als Text erklärt.",
    "Read as a number, the leading zero is lost; if the column is a code, declare it as a string.",
)
MIXED_ZONES = LangString(
    "Der Zeitpunkt nennt keine Zone, andere in der Spalte schon.",
    "The datetime names no zone while others in the column do.",
)
TOO_MANY = LangString(
    f"Die Zahlen der Spalte brauchen zusammen mehr als {MAX_DIGITS} Stellen.",
    f"Together the numbers of the column need more than {MAX_DIGITS} digits.",
)
REQUIRED = LangString("Hier muss ein Wert stehen.", "A value is required here.")
NOT_UNIQUE = LangString("Der Wert kommt schon weiter oben vor.", "The value is there already in an earlier row.")
KEY_MISSING = LangString("Der Schlüssel ist leer.", "The key is empty.")
KEY_DUPLICATE = LangString("Den Schlüssel gibt es schon weiter oben.", "The key is there already in an earlier row.")


def _one_of(terms: tuple[str, ...]) -> LangString:
    listed = ", ".join(terms[:10]) + (" …" if len(terms) > 10 else "")
    return LangString(f"Erlaubt sind nur: {listed}.", f"Allowed are only: {listed}.")


def _pattern(pattern: str) -> LangString:
    return LangString(f"Der Wert hat nicht die Form {pattern}.", f"The value is not of the form {pattern}.")


def _minimum(bound: str) -> LangString:
    return LangString(f"Der Wert liegt unter {bound}.", f"The value is below {bound}.")


def _maximum(bound: str) -> LangString:
    return LangString(f"Der Wert liegt über {bound}.", f"The value is above {bound}.")


def _shortest(chars: int) -> LangString:
    return LangString(f"Der Text hat weniger als {chars} Zeichen.", f"The text has fewer than {chars} characters.")


def _longest(chars: int) -> LangString:
    return LangString(f"Der Text hat mehr als {chars} Zeichen.", f"The text has more than {chars} characters.")
