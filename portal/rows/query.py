"""What can be asked of the rows of a table: one value, whoever asks and whichever engine answers.

    RowQuery ── conditions ── columns ── sort ── after, limit          rows
             └─ conditions ── groups, measures ── sort ── after, limit  groups

It is made from the parameters of a request (parameters.py) or by hand; it names columns of one schema and holds typed
values, never SQL.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from portal.foundation.tableschema import TableSchema

MAX_PAGE = 10_000
"""Rows in one answer; more come by its `next` link."""

Value = str | int | bool | Decimal
"""A typed value; dates and times are their canonical text, datetimes with a zone are in UTC and without `Z`."""


class Op(StrEnum):
    """How a condition looks at a value; an empty cell meets none of them but `NULL` and `NOT`."""

    EXACT = "exact"
    NOT = "not"
    IN = "in"
    LT = "lt"
    LTE = "lte"
    GT = "gt"
    GTE = "gte"
    CONTAINS = "contains"
    STARTSWITH = "startswith"
    NULL = "null"
    FILLED = "filled"
    NEVER = "never"
    """No value can meet it: 1.5 in a column of whole numbers."""


@dataclass(frozen=True)
class Condition:
    """A test that the value of a column must pass."""

    column: str
    op: Op
    values: tuple[Value, ...] = ()


NUMBER = ""
"""Names the number of the row where a column is named; no column is called so."""


@dataclass(frozen=True)
class Either:
    """Alternatives, of which one must be met: each is tests that must all be passed."""

    alternatives: tuple[tuple["Condition | Either", ...], ...]


@dataclass(frozen=True)
class Order:
    """A column to sort by; empty cells come last, whichever way it goes, unless they are wanted first."""

    column: str
    descending: bool = False
    empty_first: bool = False


class Part(StrEnum):
    """What dates are grouped by."""

    YEAR = "year"
    MONTH = "month"
    WEEK = "week"
    """As in ISO 8601, such as 2026-W47."""
    DAY = "day"


@dataclass(frozen=True)
class Group:
    """A column whose equal values, or equal parts of dates, are put together."""

    column: str
    part: Part | None = None

    @property
    def name(self) -> str:
        return f"{self.column}__{self.part}" if self.part else self.column


class Figure(StrEnum):
    """What is said of the values of a column in a group; empty cells do not count."""

    SUM = "sum"
    AVG = "avg"
    MIN = "min"
    MAX = "max"
    MEDIAN = "median"


@dataclass(frozen=True)
class Measure:
    """One figure of a group."""

    column: str
    kind: Figure

    @property
    def name(self) -> str:
        return f"{self.column}__{self.kind}"


COUNT = "count"
"""Name of the figure that every group has: its rows."""


@dataclass(frozen=True, kw_only=True)
class RowQuery:
    """Which rows, or groups of rows, in which order, how many."""

    conditions: tuple[Condition, ...] = ()
    either: tuple[Either, ...] = ()
    """Each must be met as well."""
    text: str = ""
    """Words that must stand in the text columns; empty: none must."""
    columns: tuple[str, ...] = ()
    """Empty: all."""
    sort: tuple[Order, ...] = ()
    """Empty: rows in published order, groups by their values."""
    after: int = 0
    """Number of the row (or group) before the first; 0: from the start."""
    skip: int = 0
    """Rows to pass over before the first; `after` leads there without counting."""
    limit: int | None = None
    """None: all there are; an answer that is held in memory has at most `MAX_PAGE`."""
    counted: bool = False
    """Say how many rows there are in all."""
    groups: tuple[Group, ...] = ()
    measures: tuple[Measure, ...] = ()

    @property
    def is_grouped(self) -> bool:
        return bool(self.groups or self.measures)

    @property
    def is_whole(self) -> bool:
        """Every row of the table is meant: how many there are is known."""
        return not (self.conditions or self.either or self.text or self.is_grouped)

    @property
    def is_plain(self) -> bool:
        """It asks for nothing that an index could not lead to: such queries come from outside the portal's own grammar."""
        named = [*(one.column for one in self.conditions), *(one.column for one in self.sort)]
        return not (self.either or self.skip or NUMBER in named or any(one.empty_first for one in self.sort))

    @property
    def names(self) -> list[str]:
        """What the figures of a group are called, its values first."""
        return [*(one.name for one in self.groups), COUNT, *(one.name for one in self.measures)]

    def narrowed(self, schema: TableSchema) -> tuple[int, ...]:
        """Give the places of the columns asked for, in the order asked for."""
        names = schema.names
        return tuple(names.index(name) for name in self.columns) if self.columns else tuple(range(len(names)))
