"""The parameters of a table's row query, one for each column and operator that its type allows.

What the operators mean is in portal/rows/parameters.py; the two are held together by tests, which ask every example.
"""

import csv
import io
import re
from collections.abc import Iterator, Sequence, Set
from typing import Any

from portal.foundation.tableschema import Column, ColumnType
from portal.foundation.text import LangString
from portal.publishing.manual.examples import Examples, examples_of
from portal.publishing.manual.facts import TableManual, Told
from portal.publishing.manual.values import Described, asked, asked_exactly
from portal.rows.parameters import BETWEEN, MAX_LISTED, OPS, RESERVED
from portal.rows.query import Op

OPERATORS: dict[str, LangString] = {
    Op.EXACT: LangString("genau dieser Wert", "exactly this value"),
    Op.NOT: LangString("ein anderer Wert oder keiner", "another value or none"),
    Op.IN: LangString("einer dieser Werte: a,b", "one of these values: a,b"),
    Op.LT: LangString("kleiner", "smaller"),
    Op.LTE: LangString("kleiner oder gleich", "smaller or equal"),
    Op.GT: LangString("größer", "larger"),
    Op.GTE: LangString("größer oder gleich", "larger or equal"),
    BETWEEN: LangString("von a bis b, beide eingeschlossen: a,b", "from a to b, both included: a,b"),
    Op.NULL: LangString("true: ohne Wert, false: mit Wert", "true: without a value, false: with one"),
    Op.CONTAINS: LangString(
        "enthält diesen Text; Groß- und Kleinschreibung, Umlaute und Akzente sind gleich",
        "has this text in it; case, umlauts and accents do not matter",
    ),
    Op.STARTSWITH: LangString("beginnt mit diesem Text, verglichen wie bei contains", "starts so, compared as contains does"),
}  # fmt: skip

_QUOTED = LangString(
    "Ein Wert mit Komma oder Anführungszeichen steht in Anführungszeichen.",
    "A value with a comma or a quote stands in quotes.",
)


def filters(manual: TableManual, told: Told) -> dict[str, Described]:
    """Give the parameters of all columns, by names that fit for OpenAPI's components."""
    examples, names = examples_of(manual), frozenset(manual.table.schema.names)
    return {
        f"{_key(column, place)}.{op}": _parameter(column, physical, op, name, examples[column.name], told)
        for place, (column, physical, _) in enumerate(manual.columns)
        for op, name in parameter_names(column, names)
    }


def _key(column: Column, place: int) -> str:
    """Give a key that OpenAPI allows (`^[a-zA-Z0-9._-]+$`): the name, or a dot and the place, which no name has."""
    return column.name if re.fullmatch(r"[a-zA-Z0-9_-]+", column.name) else f".{place}"


def parameter_names(column: Column, names: Set[str]) -> Iterator[tuple[str, str]]:
    """Give the operators of a column, each with the name of the parameter that asks for it.

    A parameter that is called as another column (`a__lt`) asks for that one.
    """
    for op in OPS[column.type]:
        if op == Op.EXACT and column.name not in RESERVED:
            yield op, column.name
        elif (name := f"{column.name}__{op}") not in names:
            yield op, name


def listed(values: Sequence[str]) -> str:
    """Give a list as the portal reads it: a line of CSV."""
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow(values)
    return line.getvalue()


def choice(name: str) -> str:
    """Give the name of a column as it stands in a list."""
    return listed([name])


def _parameter(column: Column, physical: str, op: str, name: str, examples: Examples, told: Told) -> Described:
    title, meaning = told(column.title), told(OPERATORS[op])
    described = f"{title}: {meaning}."
    if op == Op.EXACT and column.description.de:
        described += f" {told(column.description)}"
    schema = _schema(column, physical, op)
    parameter: Described = {"name": name, "in": "query", "required": False}
    if schema["type"] == "array":
        parameter |= {"style": "form", "explode": False}
    elif op in (Op.IN, BETWEEN):
        described += f" {told(_QUOTED)}"
    parameter |= {"description": described, "schema": schema}
    values = examples.of(op)
    return parameter if values is None else {**parameter, "example": _example(schema, op, values)}


def _schema(column: Column, physical: str, op: str) -> Described:
    match op:
        case Op.NULL:
            return {"type": "boolean"}
        case Op.EXACT | Op.NOT:
            return asked_exactly(column, physical)
        case Op.IN if column.type is not ColumnType.STRING:
            items = asked_exactly(column, physical)
            return {"type": "array", "items": items, "minItems": 1, "maxItems": MAX_LISTED}
        case _ if op == BETWEEN and column.type is not ColumnType.STRING:
            return {"type": "array", "items": asked(column, physical), "minItems": 2, "maxItems": 2}
        case Op.IN | Op.CONTAINS | Op.STARTSWITH:
            return {"type": "string"}
        case _:
            return {"type": "string"} if op == BETWEEN else asked(column, physical)


def _example(schema: Described, op: str, values: list[str]) -> Any:  # Any: JSON
    if schema["type"] == "array":
        return [typed(schema["items"]["type"], value) for value in values]
    if op in (Op.IN, BETWEEN):
        return listed(values)
    return typed(schema["type"], values[0])


def typed(kind: str, text: str) -> str | int | float | bool:
    """Give *text* as a value of a JSON type."""
    match kind:
        case "integer":
            return int(text)
        case "number":
            return float(text)
        case "boolean":
            return text == "true"
        case _:
            return text
