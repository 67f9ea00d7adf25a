"""Conditions: from what was asked to what a column can meet, and from there to SQL of either engine.

A number is compared at the scale of its column, so that both engines compare the same: `cost__gte=1.234` on a column of
cents is `cost > 1.23`. What no value of the column can meet, or every value, is said so before an engine is asked.

SQL is made of quoted or generated column names and of bound values, and of nothing else.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal, localcontext

from portal.foundation.tableschema import ColumnType
from portal.rows.fold import folded
from portal.rows.physical import decimal_digits
from portal.rows.query import Condition, Op, Value

Bound = str | int | float
"""What both engines take as a parameter."""


@dataclass(frozen=True)
class Sql:
    """A piece of SQL and the values of its question marks."""

    text: str
    values: tuple[Bound, ...] = ()


EVERY = Sql("true")


def both(pieces: Iterable[Sql], word: str = "AND") -> Sql:
    """Join *pieces* with a word; without any, everything is meant."""
    listed = list(pieces)
    if not listed:
        return EVERY
    return Sql(f" {word} ".join(one.text for one in listed), tuple(value for one in listed for value in one.values))


def fitted(condition: Condition, kind: ColumnType, physical: str) -> Iterator[Condition]:
    """Give the same condition as values of the column can meet it; nothing, where every row meets it."""
    if kind not in (ColumnType.INTEGER, ColumnType.NUMBER) or condition.op in (Op.NULL, Op.FILLED, Op.NEVER):
        yield condition
        return
    precision, scale = decimal_digits(physical) or (19, 0)
    limit = Decimal(10) ** (precision - scale) if physical != "BIGINT" else Decimal(2**63)
    if condition.op is Op.IN:
        kept = tuple(value for value in condition.values if _rounded(value, scale, limit) == value)
        yield Condition(condition.column, Op.IN, kept) if kept else Condition(condition.column, Op.NEVER)
        return
    (value,) = condition.values
    lower, upper = _rounded(value, scale, limit, ROUND_FLOOR), _rounded(value, scale, limit, ROUND_CEILING)
    if lower == upper == value:
        yield condition
    elif condition.op is Op.EXACT:
        yield Condition(condition.column, Op.NEVER)
    elif condition.op in (Op.GT, Op.GTE):
        yield _beyond(condition.column, Op.GT, lower, unmet=lower is None and Decimal(value) > 0)
    elif condition.op in (Op.LT, Op.LTE):
        yield _beyond(condition.column, Op.LT, upper, unmet=upper is None and Decimal(value) < 0)


def _beyond(column: str, op: Op, bound: Decimal | None, *, unmet: bool) -> Condition:
    if unmet:
        return Condition(column, Op.NEVER)
    return Condition(column, Op.FILLED) if bound is None else Condition(column, op, (bound,))


def _rounded(value: Value, scale: int, limit: Decimal, rounding: str = ROUND_FLOOR) -> Decimal | None:
    """Give *value* with *scale* digits behind the point; None: the column cannot hold it."""
    with localcontext(prec=100):
        found = Decimal(value).quantize(Decimal(1).scaleb(-scale), rounding)
        return found if -limit < found < limit else None


def sql_of(condition: Condition, name: str, place: str, bound: Callable[[Value], Bound]) -> Sql:
    """Give the SQL of *condition* on the column *name* (SQL); *place* is the SQL of one bound value."""
    values = tuple(bound(value) for value in condition.values)
    match condition.op:
        case Op.NULL | Op.FILLED:
            return Sql(f"{name} IS {'NOT ' if condition.op is Op.FILLED else ''}NULL")
        case Op.NEVER:
            return Sql("1 = 0")
        case Op.IN:
            return Sql(f"{name} IN ({', '.join([place] * len(values))})", values)
        case Op.NOT:
            return Sql(f"{name} IS DISTINCT FROM {place}", values)
        case Op.CONTAINS | Op.STARTSWITH:
            function = "contains" if condition.op is Op.CONTAINS else "starts_with"
            return Sql(f"{function}({folded(name)}, {folded(place)})", values)
        case _:
            return Sql(f"{name} {_SIGNS[condition.op]} {place}", values)


_SIGNS = {Op.EXACT: "=", Op.LT: "<", Op.LTE: "<=", Op.GT: ">", Op.GTE: ">="}


@dataclass(frozen=True)
class Sorted:
    """A column to sort by as an engine sees it, and the value of the row that was last; None: it was empty."""

    name: str
    descending: bool
    place: str = "?"
    last: Bound | None = None

    @property
    def sql(self) -> str:
        return f"{self.name} {'DESC' if self.descending else 'ASC'} NULLS LAST"


def order_by(sort: Sequence[Sorted], row: str) -> str:
    """Give the whole order: ties go by the number of the row, backwards where the first column does, as indexes do."""
    descending = bool(sort) and sort[0].descending
    return ", ".join([*(one.sql for one in sort), f"{row} {'DESC' if descending else 'ASC'}"])


@dataclass(frozen=True)
class Stretch:
    """Rows that follow each other in the order: a condition simple enough for an index, and the order within."""

    where: Sql
    order: str
    first: int
    """Place of the first sort column that still has to be sorted by; those before have one value."""


def stretches(sort: Sequence[Sorted], row: str, after: int) -> list[Stretch]:
    """Give what comes after row number *after* as stretches, in order; 0: all rows.

    After (b, 7) of sort `a`: a = b and row > 7; then a > b; then a is empty.
    """
    step, whole = "<" if sort and sort[0].descending else ">", order_by(sort, row)
    if not sort:
        return [Stretch(Sql(f"{row} > ?", (after,)), whole, 0)]
    if not after:
        filled = [Stretch(Sql(f"{sort[0].name} IS NOT NULL"), whole, 0)]
        return [*filled, Stretch(Sql(f"{sort[0].name} IS NULL"), whole, 0)]
    found = [Stretch(both([*map(_same, sort), Sql(f"{row} {step} ?", (after,))]), f"{row} {_way(step)}", len(sort))]
    for place in reversed(range(len(sort))):
        before, one, order = [*map(_same, sort[:place])], sort[place], _tail(sort, place, row)
        if one.last is not None:
            beyond = Sql(f"{one.name} {'<' if one.descending else '>'} {one.place}", (one.last,))
            found += [Stretch(both([*before, piece]), order, place) for piece in (beyond, Sql(f"{one.name} IS NULL"))]
    return found


def _tail(sort: Sequence[Sorted], place: int, row: str) -> str:
    return ", ".join([*(one.sql for one in sort[place:]), f"{row} {'DESC' if sort[0].descending else 'ASC'}"])


def _way(step: str) -> str:
    return "DESC" if step == "<" else "ASC"


def _same(one: Sorted) -> Sql:
    return Sql(f"{one.name} IS NULL") if one.last is None else Sql(f"{one.name} = {one.place}", (one.last,))
