"""The DataStore's parameters read: filters, q, sort, fields, as what rows.py wants.

    filters    {"col": 5, "col": ["a", "b"], "col": {"gte": 1, "lt": 5}, "$or": [{…}, {…}]}
    sort       col, "other col" desc nulls last
    fields     list, or text with commas

Columns are looked up in the schema, values become parameters. `_id` is the row's number.
"""

import re
from collections.abc import Sequence
from typing import Any

from portal.foundation.tableschema import Column, ColumnType
from portal.web.ckan.arguments import Arguments, readable, refuse
from portal.web.ckan.rows import EVERYTHING, Condition, TableFile, Wanted, holding, ordered, quoted

NUMBER = "_id"
"""What CKAN calls the row's number."""

MAX_VALUES = 1_000
"""Values compared with in one call."""
MAX_DEPTH = 20
MAX_SORTS = 20

_OPERATORS = {"eq": "=", "lt": "<", "lte": "<=", "gt": ">", "gte": ">="}
_NUMERIC = frozenset({ColumnType.INTEGER, ColumnType.NUMBER, ColumnType.YEAR})
_SORT = re.compile(r'\s*(?:"((?:[^"]|"")+)"|([^",]+?))(?:\s+(asc|desc))?(?:\s+nulls\s+(first|last))?\s*', re.IGNORECASE)
_BETWEEN = re.compile(r'((?:[^",]|"(?:[^"]|"")*")+)(?:,|$)')
_TRUTHS: dict[Any, int] = {True: 1, False: 0, "true": 1, "false": 0, "t": 1, "f": 0, "1": 1, "0": 0}

Value = str | int | float


def read_wanted(arguments: Arguments, table: TableFile, *, limit: int | None) -> Wanted:
    """Read which rows are wanted.

    Raises:
        InvalidInput: a column does not exist, or a value is none of its column's type.
    """
    named = [_name(table, "fields", one) for one in arguments.items("fields")]
    distinct = arguments.flag("distinct", False)
    return Wanted(
        where=_all([_filtered(arguments.mapping("filters"), table, 0), _searched(arguments, table)], "AND"),
        order=_order(arguments.text("sort"), table),
        columns=[name for name in named if name != "_row"] if named else table.schema.names,
        numbered="_row" in named if named else not distinct and NUMBER not in table.schema.names,
        distinct=distinct,
        limit=limit,
        offset=arguments.whole("offset", 0),
    )


def _filtered(filters: dict[str, Any], table: TableFile, depth: int) -> Condition:  # Any: JSON
    if depth > MAX_DEPTH:
        refuse("filters", f"Must not be nested deeper than {MAX_DEPTH} levels", "zu tief verschachtelt")
    found = []
    for name, value in filters.items():
        if name in ("$and", "$or"):
            if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
                refuse("filters", f"{name} must be a list of objects", f"{name} muss eine Liste von Objekten sein")
            found.append(_all([_filtered(one, table, depth + 1) for one in value], name[1:].upper()))
        else:
            found.append(_compared(table, _name(table, "filters", name), value))
    whole = _all(found, "AND")
    if len(whole.values) > MAX_VALUES:
        refuse("filters", f"Must not compare with more than {MAX_VALUES} values", "zu viele Werte")
    return whole


def _compared(table: TableFile, name: str, value: Any) -> Condition:  # Any: JSON
    column = ordered(table, name)
    if isinstance(value, dict):
        return _all([_operator(table, name, operator, one) for operator, one in value.items()], "AND")
    if isinstance(value, list):
        known = [_bound(table, name, one) for one in value[: MAX_VALUES + 1] if one is not None]
        null = Condition(f"{quoted(name)} IS NULL") if None in value else None
        one_of = Condition(f"{column} IN ({', '.join('?' * len(known))})", tuple(known))
        return _all([one_of, *([null] if null else [])], "OR")
    if value is None:
        return Condition(f"{quoted(name)} IS NULL")
    return Condition(f"{column} = ?", (_bound(table, name, value),))


def _operator(table: TableFile, name: str, operator: str, value: Any) -> Condition:  # Any: JSON
    if operator == "in" and isinstance(value, list):
        return _compared(table, name, value)
    if operator not in _OPERATORS or isinstance(value, list | dict):
        refuse(
            "filters",
            f"Must be one of {', '.join(_OPERATORS)}, in; not {operator[:40]!r}",
            "diesen Vergleich gibt es nicht",
        )
    if value is None:
        return _compared(table, name, None)
    return Condition(f"{ordered(table, name)} {_OPERATORS[operator]} ?", (_bound(table, name, value),))


def _bound(table: TableFile, name: str, value: Any) -> Value:  # Any: JSON
    """Give a value as the column holds it."""
    if isinstance(value, dict | list):
        refuse(
            "filters",
            "Values must be texts, numbers or truth values",
            "Werte müssen Texte, Zahlen oder Wahrheitswerte sein",
        )
    kind = ColumnType.INTEGER if name == "_row" else table.schema.column(name).type
    if kind is ColumnType.BOOLEAN:
        word = value.lower() if isinstance(value, str) else value
        if word not in _TRUTHS:
            refuse("filters", f"{name} takes true or false", f"{name} nimmt true oder false")
        return _TRUTHS[word]
    if isinstance(value, bool):
        return "true" if value else "false"
    text = readable("filters", str(value))
    if kind in _NUMERIC and not re.fullmatch(r"-?[0-9]{1,60}(\.[0-9]{1,60})?([eE][+-]?[0-9]{1,2})?", text):
        refuse("filters", f"{name} takes numbers, not {text[:40]!r}", f"{name} nimmt Zahlen")
    return text


def _searched(arguments: Arguments, table: TableFile) -> Condition:
    given = arguments.values.get("q")
    if isinstance(given, dict) or (isinstance(given, str) and given.lstrip().startswith("{")):
        named = arguments.mapping("q").items()
        return _all([holding(table, _text(one), [_name(table, "q", name)]) for name, one in named][:MAX_SORTS], "AND")
    return holding(table, arguments.text("q"), table.schema.names)


def _text(value: object) -> str:
    if not isinstance(value, str | int | float):
        refuse("q", "Must be a text, or an object of texts", "muss ein Text oder ein Objekt aus Texten sein")
    return readable("q", str(value))


def _order(text: str, table: TableFile) -> list[str]:
    order = []
    for part in _BETWEEN.findall(text[:4_000])[:MAX_SORTS]:
        found = _SORT.fullmatch(part)
        if found is None:
            refuse("sort", f"Cannot be read: {part[:80]!r}", f"unlesbar: {part[:80]!r}")
        inner, plain, direction, nulls = found.groups()
        name = _name(table, "sort", inner.replace('""', '"') if inner else plain.strip())
        descending = (direction or "").lower() == "desc"
        place = (nulls or ("first" if descending else "last")).upper()  # as PostgreSQL does
        order.append(f"{ordered(table, name)} {'DESC' if descending else 'ASC'} NULLS {place}")
    return order


def _name(table: TableFile, parameter: str, name: str) -> str:
    """Give the row file's name of a column."""
    if name == NUMBER and NUMBER not in table.schema.names:
        return "_row"
    if name not in table.schema.names:
        refuse(parameter, f"field {name[:80]!r} not in table", f"die Spalte {name[:80]!r} gibt es nicht")
    return name


def _all(conditions: Sequence[Condition], word: str) -> Condition:
    """Join conditions by AND or OR; those that always hold are left out of an AND."""
    kept = [one for one in conditions if word == "OR" or one.sql != EVERYTHING.sql]
    if not kept:
        return EVERYTHING
    sql = f" {word} ".join(f"({one.sql})" for one in kept)
    return Condition(sql, tuple(value for one in kept for value in one.values))


def columns_of(table: TableFile, wanted: Wanted) -> list[Column]:
    """Give the columns that are wanted."""
    return [table.schema.column(name) for name in wanted.columns]
