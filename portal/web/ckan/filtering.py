"""The DataStore's filters and words read as tests of the row query: columns looked up in the schema, values typed by it."""

import re
from collections.abc import Iterator
from typing import Any

from portal.foundation.tableschema import ColumnType
from portal.rows.conditions import fitted
from portal.rows.engine import RowSource
from portal.rows.query import NUMBER as ROW
from portal.rows.query import Condition, Either, Op, Value
from portal.rows.values import read_value
from portal.web.ckan.arguments import Arguments, readable, refuse
from portal.web.ckan.cells import number_text

NUMBER = "_id"
"""What CKAN calls the row's number."""

MAX_VALUES = 1_000
"""Values compared with in one call."""
MAX_DEPTH = 20
MAX_WORDS = 20

_OPERATORS = {"eq": Op.EXACT, "lt": Op.LT, "lte": Op.LTE, "gt": Op.GT, "gte": Op.GTE}
_TRUTHS = {"true": "true", "false": "false", "t": "true", "f": "false", "1": "true", "0": "false"}

Test = Condition | Either


def filtered(filters: dict[str, Any], source: RowSource, depth: int) -> Iterator[Test]:  # Any: JSON
    """Read filters as tests, all of which must be passed.

    Raises:
        InvalidInput: a column or a comparison does not exist, or a value is none of its column's type.
    """
    if depth > MAX_DEPTH:
        refuse("filters", f"Must not be nested deeper than {MAX_DEPTH} levels", "zu tief verschachtelt")
    for name, value in filters.items():
        if name not in ("$and", "$or"):
            yield from _compared(source, named(source, "filters", name), value)
            continue
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            refuse("filters", f"{name} must be a list of objects", f"{name} muss eine Liste von Objekten sein")
        alternatives = [tuple(filtered(one, source, depth + 1)) for one in value]
        if name == "$and":
            yield from (test for tests in alternatives for test in tests)
        elif alternatives:
            yield Either(tuple(alternatives))


def _compared(source: RowSource, name: str, value: Any) -> Iterator[Test]:  # Any: JSON
    if isinstance(value, dict):
        for operator, one in value.items():
            yield from _operator(source, name, operator, one)
    elif isinstance(value, list):
        known = tuple(_value(source, name, one) for one in value[: MAX_VALUES + 1] if one is not None)
        one_of = Condition(name, Op.IN, known) if known else Condition(name, Op.NEVER)
        tests = tuple(_fitted(source, one_of))
        yield from (Either((tests, (Condition(name, Op.NULL),))),) if None in value else tests
    elif value is None:
        yield Condition(name, Op.NULL)
    else:
        yield from _fitted(source, Condition(name, Op.EXACT, (_value(source, name, value),)))


def _operator(source: RowSource, name: str, operator: str, value: Any) -> Iterator[Test]:  # Any: JSON
    if operator == "in" and isinstance(value, list):
        yield from _compared(source, name, value)
        return
    if operator not in _OPERATORS or isinstance(value, list | dict):
        refuse(
            "filters",
            f"Must be one of {', '.join(_OPERATORS)}, in; not {operator[:40]!r}",
            "diesen Vergleich gibt es nicht",
        )
    if value is None:
        yield Condition(name, Op.NULL)
    else:
        yield from _fitted(source, Condition(name, _OPERATORS[operator], (_value(source, name, value),)))


def _fitted(source: RowSource, condition: Condition) -> Iterator[Condition]:
    if condition.column == ROW:
        return iter((condition,))
    return fitted(condition, source.schema.column(condition.column).type, _physical(source, condition.column))


def _value(source: RowSource, name: str, value: Any) -> Value:  # Any: JSON
    """Give a value as its column holds it."""
    if isinstance(value, dict | list):
        refuse(
            "filters",
            "Values must be texts, numbers or truth values",
            "Werte müssen Texte, Zahlen oder Wahrheitswerte sein",
        )
    text = readable("filters", str(value).lower() if isinstance(value, bool) else str(value))
    kind = ColumnType.INTEGER if name == ROW else source.schema.column(name).type
    found = _read(source, name, kind, text)
    if found is None:
        shown = NUMBER if name == ROW else name
        refuse("filters", f"{shown} takes {kind}, not {text[:40]!r}", f"{shown} nimmt {kind}, nicht {text[:40]!r}")
    return found


def _read(source: RowSource, name: str, kind: ColumnType, text: str) -> Value | None:
    """Read a text as a value of a column, in the ways that CKAN takes it; None: it is none."""
    if kind is ColumnType.BOOLEAN:
        text = _TRUTHS.get(text.lower(), text)
    elif kind in (ColumnType.INTEGER, ColumnType.NUMBER, ColumnType.YEAR):
        text = number_text(text)
    if name == ROW:
        return int(text) if re.fullmatch(r"-?[0-9]{1,15}", text) else None
    try:
        if kind is ColumnType.INTEGER and "." in text:
            return read_value(ColumnType.NUMBER, "", text)
        return read_value(kind, _physical(source, name), text)
    except (KeyError, ValueError):
        return None


def _physical(source: RowSource, name: str) -> str:
    return source.physical[source.schema.names.index(name)]


def searched(arguments: Arguments, source: RowSource) -> tuple[str, list[Test]]:
    """Give the words to look for in texts, and tests for those that may be numbers or dates too."""
    given = arguments.values.get("q")
    if isinstance(given, dict) or (isinstance(given, str) and given.lstrip().startswith("{")):
        pairs = [(named(source, "q", name), _text(one)) for name, one in arguments.mapping("q").items()]
        return "", [_holds(source, [name], word) for name, text in pairs for word in _words(text)]
    words = _words(arguments.text("q"))
    plain = [word for word in words if not any(map(str.isdigit, word))]
    return " ".join(plain), [_holds(source, source.schema.names, word) for word in words if word not in plain]


def _holds(source: RowSource, names: Any, word: str) -> Test:  # Any: names of columns
    """Give the test that a word stands in one of some columns, or is its value."""
    found: list[tuple[Test, ...]] = []
    for name in names:
        kind = ColumnType.INTEGER if name == ROW else source.schema.column(name).type
        if kind is ColumnType.STRING:
            found.append((Condition(name, Op.CONTAINS, (word,)),))
        elif (value := _read(source, name, kind, word)) is not None:
            found.append(tuple(_fitted(source, Condition(name, Op.EXACT, (value,)))))
    return Either(tuple(found)) if found else Condition(ROW, Op.NEVER)


def _words(text: str) -> list[str]:
    found = re.findall(r"[\w.:-]*\w", text)
    if len(found) > MAX_WORDS:
        refuse("q", f"At most {MAX_WORDS} words", f"höchstens {MAX_WORDS} Wörter")
    return found


def _text(value: object) -> str:
    if not isinstance(value, str | int | float):
        refuse("q", "Must be a text, or an object of texts", "muss ein Text oder ein Objekt aus Texten sein")
    return readable("q", str(value))


def values_in(test: Test) -> int:
    """Give how many values a test compares with."""
    if isinstance(test, Condition):
        return len(test.values)
    return sum(values_in(one) for alternative in test.alternatives for one in alternative)


def named(source: RowSource, parameter: str, name: str) -> str:
    """Give the name of a column, or what stands for the row's number."""
    if name == NUMBER and NUMBER not in source.schema.names:
        return ROW
    if name not in source.schema.names:
        refuse(parameter, f"field {name[:80]!r} not in table", f"die Spalte {name[:80]!r} gibt es nicht")
    return name
