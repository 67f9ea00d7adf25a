"""Two states of a table side by side: which columns belong together, and when two of their values are equal.

    same type                 compared as values; '' is no value in a table (docs/adr/0017), so null ≠ any text
    integer and number        compared as numbers: 1 = 1.0 = 1.00
    otherwise                 compared as readers of the CSV see them: the canonical texts (portal/ingest/lexical.py)

In SQL the columns of the old state are `o0`, `o1`, …, those of the new one `w0`, `w1`, ….
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Self

from portal.exports.cells import Cell
from portal.foundation.tableschema import ColumnType
from portal.ingest.engine import parquet_rows, quote_name
from portal.ingest.lexical import BIGINT, MAX_DIGITS, decimal_digits
from portal.ingest.typed import TypedTable

_BIGINT_DIGITS = 19
_NUMBERS = (ColumnType.INTEGER, ColumnType.NUMBER)


@dataclass(frozen=True)
class Pair:
    """A column of the new state and what it was; *old* is None for a column that is new."""

    old: Cell | None
    new: Cell

    @property
    def forms(self) -> tuple[str, str]:
        """SQL of both values in a form that is equal if and only if the values are."""
        if self.old is None:
            return f"CAST(NULL AS {self.new.physical})", self.new.sql
        old, new = self.old, self.new
        if old.column.type is new.column.type and old.physical == new.physical:
            return old.sql, new.sql
        if old.column.type in _NUMBERS and new.column.type in _NUMBERS:
            return _as_numbers(old, new)
        return old.text, new.text

    @property
    def differs(self) -> str:
        """SQL that is true where the values differ; never null."""
        before, after = self.forms
        return f"({before} IS DISTINCT FROM {after})"


@dataclass(frozen=True)
class TablePair:
    """A table before and after. A table that was not there is one without rows."""

    old: TypedTable
    new: TypedTable

    @classmethod
    def of(cls, old: TypedTable | None, new: TypedTable | None) -> Self:
        """Put two states side by side, of which one may be missing.

        Raises:
            ValueError: both are missing.
        """
        there = new or old
        if there is None:
            raise ValueError("One of the two tables must exist.")
        empty = replace(there, row_count=0)
        return cls(old or empty, new or empty)

    @cached_property
    def old_cells(self) -> tuple[Cell, ...]:
        return _cells(self.old, "o")

    @cached_property
    def new_cells(self) -> tuple[Cell, ...]:
        return _cells(self.new, "w")

    @cached_property
    def pairs(self) -> tuple[Pair, ...]:
        """The columns of the new state in order, each with its old self."""
        before = {cell.column.name: cell for cell in self.old_cells}
        return tuple(Pair(before.get(cell.column.name), cell) for cell in self.new_cells)

    @cached_property
    def key(self) -> tuple[Pair, ...]:
        """The columns by which a row is found again; empty: there is no key, or another one than before."""
        names = self.new.schema.primary_key
        if set(names) != set(self.old.schema.primary_key):
            return ()
        by_name = {pair.new.column.name: pair for pair in self.pairs}
        return tuple(by_name[name] for name in names)

    @property
    def are_one(self) -> bool:
        """Both are the same file, read alike: their rows need not be looked into."""
        old, new = self.old, self.new
        alike = old.schema.names == new.schema.names and set(old.schema.primary_key) == set(new.schema.primary_key)
        return alike and (old.path, old.row_count, old.physical) == (new.path, new.row_count, new.physical)

    @property
    def without_rows(self) -> Self:
        """The same two tables, empty."""
        return replace(self, old=replace(self.old, row_count=0), new=replace(self.new, row_count=0))

    @property
    def old_rows(self) -> str:
        """SQL query of the old rows."""
        return _rows(self.old, self.old_cells)

    @property
    def new_rows(self) -> str:
        """SQL query of the new rows."""
        return _rows(self.new, self.new_cells)


def _cells(table: TypedTable, prefix: str) -> tuple[Cell, ...]:
    columns = zip(table.schema.columns, table.physical, strict=True)
    return tuple(Cell(column, kind, f"{prefix}{at}") for at, (column, kind) in enumerate(columns))


def _rows(table: TypedTable, cells: Sequence[Cell]) -> str:
    """Give the query of a table's rows under short names, with `place`: where the row stands, from 0."""
    names = ", ".join(f"{quote_name(cell.column.name)} AS {cell.sql}" for cell in cells)
    there = "" if table.row_count else " WHERE false"
    return f"SELECT file_row_number AS place, {names} FROM {parquet_rows(table.path, numbered=True)}{there}"  # noqa: S608 - quoted names


def _as_numbers(old: Cell, new: Cell) -> tuple[str, str]:
    """Give two numbers in the smallest decimal that holds both, or as their shortest texts if none does."""
    digits = [(_BIGINT_DIGITS, 0) if cell.physical == BIGINT else decimal_digits(cell.physical) for cell in (old, new)]
    known = [one for one in digits if one is not None]
    fraction = max(scale for _, scale in known)
    width = max(precision - scale for precision, scale in known) + fraction
    if width <= MAX_DIGITS:
        common = f"DECIMAL({width},{fraction})"
        return f"CAST({old.sql} AS {common})", f"CAST({new.sql} AS {common})"
    return _shortest(old), _shortest(new)


def _shortest(cell: Cell) -> str:
    return f"CASE WHEN contains({cell.text}, '.') THEN rtrim(rtrim({cell.text}, '0'), '.') ELSE {cell.text} END"
