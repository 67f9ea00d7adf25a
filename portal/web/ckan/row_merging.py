"""Rows put into a table, changed in it or taken out: its CSV file read and written once, in bounded memory.

What comes out is a file like any that is delivered, and goes the way of every file (curation/delivering.py): nothing here
decides what a value may be. Keys are compared as values of their columns, so that 1 is 01 and 2.5 is 2.50.
"""

import csv
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from portal.foundation.tableschema import Column, ColumnType, TableSchema
from portal.rows.query import Value
from portal.rows.values import read_value
from portal.web.ckan.arguments import refuse

Cells = dict[str, str]
"""Column ↔ text of its cell; empty: nothing."""
_ZONED = "TIMESTAMP WITH TIME ZONE"


@dataclass
class Merge:
    """Rows that are to go into a table, by `upsert`, `insert` or `update`."""

    schema: TableSchema
    records: Sequence[Cells]
    method: str
    changes: dict[tuple[Value, ...], Cells] = field(default_factory=dict)
    """Key ↔ what is to stand in its row; filled as the rows come."""

    @cached_property
    def readers(self) -> list[tuple[str, Callable[[str], Value]]]:
        """Give the columns of the key with what makes values of their texts; texts and whole numbers are most keys."""
        return [(name, _reader(self.schema.column(name))) for name in self.schema.primary_key]

    def rows(self, before: Iterable[Cells]) -> Iterator[Cells]:
        """Give the rows of the table after the merge: those it has in their order, new ones last.

        Raises:
            InvalidInput: a key is missing, is there already, or is not there, as the method wants it.
        """
        if not self.schema.primary_key:
            yield from before
            yield from self.records
            return
        for record in self.records:
            self._add(record)
        seen = set()
        for row in before:
            key = self._key(row)
            change = self.changes.get(key)
            if change is not None:
                seen.add(key)
                if self.method == "insert":
                    _refuse_key("records", key, "is there already", "gibt es schon")
            yield {**row, **change} if change is not None else row
        for key, record in self.changes.items():
            if key not in seen:
                if self.method == "update":
                    _refuse_key("key", key, "not found", "gibt es nicht")
                yield record

    def _add(self, record: Cells) -> None:
        lacking = [name for name in self.schema.primary_key if not record.get(name)]
        if lacking:
            refuse("key", f"rows need a value for {lacking[0]!r}", f"jede Zeile braucht einen Wert für {lacking[0]!r}")
        key = self._key(record)
        if key in self.changes and self.method == "insert":
            _refuse_key("records", key, "comes twice", "kommt zweimal")
        self.changes[key] = {**self.changes.get(key, {}), **record}

    def _key(self, row: Cells) -> tuple[Value, ...]:
        return tuple([read(row.get(name, "")) for name, read in self.readers])


@dataclass
class Watched:
    """The rows of a table on their way through a change: tells afterwards whether there was one."""

    schema: TableSchema | None
    source: Iterable[Cells]
    read: int = 0
    passed: int = 0
    altered: bool = False
    last: Cells = field(default_factory=dict)

    def rows(self) -> Iterator[Cells]:
        """Give the rows as they are."""
        for row in self.source:
            self.last = row
            self.read += 1
            yield row

    def passing(self, rows: Iterable[Cells]) -> Iterator[Cells]:
        """Give the rows as they are to be; each comes right after the one it was made from."""
        for row in rows:
            self.passed += 1
            if row is not self.last and not self.altered:
                self.altered = self.passed > self.read or not self._is_last(row)
            yield row
        self.altered = self.altered or self.passed != self.read

    def _is_last(self, row: Cells) -> bool:
        if row == self.last or self.schema is None:
            return row == self.last
        known = set(self.schema.names)
        return all(
            value_of(self.schema.column(name), text) == value_of(self.schema.column(name), self.last.get(name, ""))
            for name, text in row.items()
            if name in known and text != self.last.get(name, "")
        )


def read_rows(source: Path) -> Iterator[Cells]:
    """Give the rows of a table's CSV file."""
    csv.field_size_limit(2**31 - 1)
    with source.open(encoding="utf-8", newline="") as file:
        lines = csv.reader(file)
        names = next(lines, [])
        for line in lines:
            yield dict(zip(names, line, strict=False))


def write_rows(target: Path, names: Sequence[str], rows: Iterable[Cells]) -> int:
    """Write rows as CSV and give how many there are; columns that are not among *names* are left out."""
    number = 0
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(names)
        for row in rows:
            writer.writerow([row.get(name, "") for name in names])
            number += 1
    return number


def cells_of(record: Mapping[str, Any]) -> Cells:  # Any: JSON
    """Give a record as the texts of its cells; `_id` is the row's number and nothing that can be written."""
    return {name: cell_text(value) for name, value in record.items() if name != "_id"}


def cell_text(value: Any) -> str:  # Any: JSON
    """Give the text of a cell: numbers without exponent, lists and objects as JSON."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return format(Decimal(repr(value)), "f")
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _reader(column: Column) -> Callable[[str], Value]:
    if column.type is ColumnType.STRING:
        return str
    return _whole if column.type is ColumnType.INTEGER else partial(value_of, column)


def _whole(text: str) -> Value:
    try:
        return int(text)
    except ValueError:
        return text


def value_of(column: Column, text: str) -> Value:
    """Give a cell as a value that can be compared; what is none of its column stays a text."""
    try:
        return read_value(column.type, _ZONED, text)
    except (KeyError, ValueError):
        return text


_COMPARED: dict[str, Callable[[Any, Any], bool]] = {  # Any: values of one column
    "eq": lambda one, other: bool(one == other),
    "lt": lambda one, other: bool(one < other),
    "lte": lambda one, other: bool(one <= other),
    "gt": lambda one, other: bool(one > other),
    "gte": lambda one, other: bool(one >= other),
}


def meets(schema: TableSchema, filters: Mapping[str, Any]) -> Callable[[int, Cells], bool]:  # Any: JSON
    """Give the test whether a row, with its number, meets the filters of a delete: a value, a list, or comparisons.

    Raises:
        InvalidInput: there is no such column or comparison.
    """
    tests = [_test(schema, name, wanted) for name, wanted in filters.items()]
    return lambda number, row: all(test(number, row) for test in tests)


def _test(schema: TableSchema, name: str, wanted: Any) -> Callable[[int, Cells], bool]:  # Any: JSON
    if name != "_id" and name not in schema.names:
        refuse("filters", f"field {name[:80]!r} not in table", f"die Spalte {name[:80]!r} gibt es nicht")
    compared = wanted if isinstance(wanted, dict) else {"in": wanted if isinstance(wanted, list) else [wanted]}
    pairs = [(operator, _wanted(schema, name, operator, one)) for operator, one in compared.items()]

    def holds(number: int, row: Cells) -> bool:
        value = number if name == "_id" else value_of(schema.column(name), row.get(name, ""))
        return all(
            value in other
            if operator == "in"
            else value != "" and _is_comparable(value, other) and _COMPARED[operator](value, other)
            for operator, other in pairs
        )

    return holds


def _wanted(schema: TableSchema, name: str, operator: str, given: Any) -> Any:  # Any: JSON; values
    if operator == "in" and isinstance(given, list):
        return [_value(schema, name, one) for one in given]
    if operator not in _COMPARED or isinstance(given, dict | list):
        refuse("filters", f"Must be one of {', '.join(_COMPARED)}, in", "diesen Vergleich gibt es nicht")
    return _value(schema, name, given)


def _value(schema: TableSchema, name: str, given: Any) -> Value:  # Any: JSON
    text = cell_text(given)
    if name == "_id":
        return (
            int(text)
            if text.isascii() and text.isdigit()
            else refuse("filters", "_id takes numbers", "_id ist eine Zahl")
        )
    return value_of(schema.column(name), text)


def _is_comparable(one: Value, other: Value) -> bool:
    return isinstance(one, str) == isinstance(other, str)


def _refuse_key(field_name: str, key: tuple[Value, ...], sentence: str, german: str) -> None:
    shown = ", ".join(map(str, key))[:200]
    refuse(field_name, f'key "{shown}" {sentence}', f'der Schlüssel "{shown}" {german}')
