"""Values of an answer as JSON and as CSV, with the types of the columns they come from.

A value that comes as it is from a column is written as the row query writes it (a decimal with all its digits, a truth value
as one); what was reckoned is written as SQLite gives it. The type of a column is a promise: if one value does not keep it
(a UNION of this and that), the column's type follows from its values. Runs in the child; standard library only.
"""

import math
import re
from collections.abc import Sequence
from json.encoder import encode_basestring as in_json

Value = str | int | float | bytes | None

_EXACT = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?", re.ASCII)
_SHAPES = {
    "date": re.compile(r"\d{4}-\d\d-\d\d", re.ASCII),
    "yearmonth": re.compile(r"\d{4}-\d\d", re.ASCII),
    "time": re.compile(r"\d\d:\d\d:\d\d(\.\d+)?", re.ASCII),
    "datetime": re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?", re.ASCII),
}
_FITTING: dict[str, set[type]] = {"integer": {int}, "year": {int}, "boolean": {int}, "number": {int, float}}
_QUOTED = re.compile(r'[",\r\n]')


class Unwritable(Exception):
    """A value that neither JSON nor CSV can say; the argument says which."""


def type_of(values: Sequence[Value], kind: str, form: str) -> tuple[str, str]:
    """Give type and form of a column of an answer: those of its origin if all values keep to them."""
    known = [value for value in values if value is not None]
    there = set(map(type, known))
    if kind and there <= _FITTING.get(kind, {str}) | ({str} if form == "exact" else set()) and _keep(known, kind, form):
        return kind, form
    if there <= {int}:
        return ("integer" if there else "any"), ""
    if there <= {int, float}:
        return "number", ""
    return ("string" if there == {str} else "any"), ""


def _keep(known: Sequence[Value], kind: str, form: str) -> bool:
    """Tell whether values of the right kind are such as the column holds."""
    if form == "exact":
        return all(isinstance(value, str) and _EXACT.fullmatch(value) for value in known)
    if form.startswith("fixed:"):
        digits = int(form[6:])
        return all(isinstance(value, int | float) and round(value, digits) == value for value in known)
    if form == "boolean":
        return all(value in (0, 1) for value in known)
    shape = _SHAPES.get(kind)
    return shape is None or all(isinstance(value, str) and shape.fullmatch(value) for value in known)


def plain(value: Value, form: str) -> tuple[str, bool]:
    """Give a value as text, and whether it is one.

    Raises:
        Unwritable: bytes, or a number without end.
    """
    if value is None:
        return "", False
    if isinstance(value, int):
        return (("true" if value else "false") if form == "boolean" else str(value)), False
    if isinstance(value, float):
        if not math.isfinite(value):
            raise Unwritable("infinite")
        return (format(value, f".{form[6:]}f") if form.startswith("fixed:") else repr(value)), False
    if isinstance(value, bytes):
        raise Unwritable("bytes")
    if form == "zoned":
        return f"{value}Z", True
    return value, form != "exact"


def as_json(value: Value, form: str) -> str:
    """Give a value as JSON."""
    if value is None:
        return "null"
    if not form and type(value) is str:
        return in_json(value)
    text, is_text = plain(value, form)
    return in_json(text) if is_text else text


def as_csv(value: Value, form: str) -> str:
    """Give a value as a cell of CSV (RFC 4180, 2.5 to 2.7); null is empty."""
    text, _ = plain(value, form)
    return '"' + text.replace('"', '""') + '"' if _QUOTED.search(text) else text


def unique_names(names: Sequence[str]) -> list[str]:
    """Give names of which none comes twice: the second `id` is `id:1`, as SQLite calls it in views."""
    given: dict[str, None] = {}
    numbers: dict[str, int] = {}
    for name in names:
        free = name
        while free in given:
            numbers[name] = numbers.get(name, 0) + 1
            free = f"{name}:{numbers[name]}"
        given[free] = None
    return list(given)
