"""The DataStore's parameters read as a row query: filters, q, sort, fields.

    filters    {"col": 5, "col": ["a", "b"], "col": {"gte": 1, "lt": 5}, "$or": [{…}, {…}]}
    sort       col, "other col" desc nulls last
    fields     list, or text with commas

Columns are looked up in the schema, values are typed by it. `_id` is the row's number.
"""

import re
from dataclasses import dataclass, replace

from portal.foundation.tableschema import Column
from portal.rows.engine import RowSource
from portal.rows.query import NUMBER as ROW
from portal.rows.query import Condition, Either, Op, Order, RowQuery
from portal.web.ckan.arguments import Arguments, refuse
from portal.web.ckan.filtering import MAX_VALUES, NUMBER, filtered, named, searched, values_in

__all__ = ["NUMBER", "Wanted", "read_wanted"]

MAX_SORTS = 20

_SORT = re.compile(r'\s*(?:"((?:[^"]|"")+)"|([^",]+?))(?:\s+(asc|desc))?(?:\s+nulls\s+(first|last))?\s*', re.IGNORECASE)
_BETWEEN = re.compile(r'((?:[^",]|"(?:[^"]|"")*")+)(?:,|$)')


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which rows, and how they are to be shown."""

    query: RowQuery
    columns: tuple[Column, ...]
    numbered: bool
    """Whether the row's number is to stand before its values."""
    distinct: bool
    limit: int
    offset: int


def read_wanted(arguments: Arguments, source: RowSource, *, limit: int) -> Wanted:
    """Read which rows are wanted.

    Raises:
        InvalidInput: a column does not exist, or a value is none of its column's type.
    """
    asked = [named(source, "fields", one) for one in arguments.items("fields")]
    names = tuple(dict.fromkeys(name for name in asked if name != ROW)) or source.schema.names
    distinct, offset = arguments.flag("distinct", False), arguments.whole("offset", 0)
    tests = list(filtered(arguments.mapping("filters"), source, 0))
    if sum(map(values_in, tests)) > MAX_VALUES:
        refuse("filters", f"Must not compare with more than {MAX_VALUES} values", "zu viele Werte")
    text, holding = searched(arguments, source)
    tests += holding
    query = RowQuery(
        conditions=tuple(one for one in tests if isinstance(one, Condition)),
        either=tuple(one for one in tests if isinstance(one, Either)),
        text=text,
        columns=names,
        sort=_order(arguments.text("sort"), source),
    )
    if distinct:
        _refuse_other_order(query)
    return Wanted(
        query=_beginning_at(query, offset, distinct=distinct),
        columns=tuple(source.schema.column(name) for name in names),
        numbered=ROW in asked if asked else not distinct and NUMBER not in source.schema.names,
        distinct=distinct,
        limit=limit,
        offset=offset,
    )


def _beginning_at(query: RowQuery, offset: int, *, distinct: bool) -> RowQuery:
    """Give the query from a place on; rows are numbered without a gap, so that no page of a whole table is far away.

    A filter on nothing but `_id` is a number to go on from, as `next_page` asks for.
    """
    if distinct:
        return replace(query, after=offset)
    alone = (
        query.conditions[0] if len(query.conditions) == 1 and not (query.either or query.text or query.sort) else None
    )
    if alone is not None and (alone.column, alone.op) == (ROW, Op.GT):
        return replace(query, conditions=(), after=max(int(alone.values[0]), 0) + offset)
    if query.is_whole and not query.sort:
        return replace(query, after=offset)
    return replace(query, skip=offset)


def _order(text: str, source: RowSource) -> tuple[Order, ...]:
    order = []
    for part in _BETWEEN.findall(text[:4_000])[:MAX_SORTS]:
        found = _SORT.fullmatch(part)
        if found is None:
            refuse("sort", f"Cannot be read: {part[:80]!r}", f"unlesbar: {part[:80]!r}")
        inner, plain, direction, nulls = found.groups()
        name = named(source, "sort", inner.replace('""', '"') if inner else plain.strip())
        descending = (direction or "").lower() == "desc"
        first = nulls.lower() == "first" if nulls else descending  # as PostgreSQL does
        order.append(Order(name, descending, first and not _is_filled(source, name)))
    if order[:1] == [Order(ROW)]:
        return ()  # rows lie so
    return tuple(order)


def _is_filled(source: RowSource, name: str) -> bool:
    return name == ROW or name in source.schema.primary_key or source.schema.column(name).constraints.required


def _refuse_other_order(query: RowQuery) -> None:
    if any(one.column not in query.columns for one in query.sort):
        refuse("sort", "With distinct, fields must have what is sorted by", "geordnet wird nach dem, was gezeigt wird")
