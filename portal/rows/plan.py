"""How the row file is asked: by the index of a condition, or along the index of the order.

SQLite does not know how many rows a range has, and so may gather half a table to sort it for a page of a hundred. Here it
is tried out: of each condition with an index the first √(limit × rows) entries are counted. Fewer: gather them and sort.
All conditions have more: so many rows meet them that a walk along the order soon has a page full.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isqrt

from portal.foundation.tableschema import TableSchema
from portal.rows.conditions import Bound, Sorted, Sql, both, sql_of, stretches
from portal.rows.engine import RowEngine, RowSource
from portal.rows.index import ROW, indexed_columns
from portal.rows.physical import is_exact_text, quoted
from portal.rows.query import Condition, Op, RowQuery, Value

LARGE_ROWS = 50_000
"""From so many rows on DuckDB finds by scanning and sorting faster than SQLite, its start included."""

_INDEXED_OPS = (Op.EXACT, Op.IN, Op.LT, Op.LTE, Op.GT, Op.GTE, Op.NULL)
_LEAST_PROBED, _MOST_PROBED = 1_000, 50_000

Found = list[tuple[Bound | None, ...]]
"""Rows: the number, then the values asked for."""


@dataclass(frozen=True)
class _Plan:
    """The condition whose index is used, or the column along whose index the walk goes; neither: a scan."""

    gathered: str | None
    walked: str | None
    sorts: bool = False
    """What is gathered has to be sorted, also by the number of the row."""


def suits_row_file(engine: RowEngine, source: RowSource, query: RowQuery, limit: int) -> bool:
    """Tell whether the row file answers *query* well; DuckDB answers everything."""
    if any(condition.op in (Op.CONTAINS, Op.STARTSWITH) for condition in query.conditions):
        return False
    asked = [*(condition.column for condition in query.conditions), *(order.column for order in query.sort)]
    pairs = dict(zip(source.schema.names, source.physical, strict=True))
    if any(is_exact_text(source.schema.column(name), pairs[name]) for name in asked):
        return False
    if source.row_count < LARGE_ROWS or not query.sort:
        return True
    plan = _plan(engine, source, query, limit)
    return plan.gathered is not None or (plan.walked is not None and len(query.sort) == 1)


def page_of_row_file(
    engine: RowEngine,
    source: RowSource,
    query: RowQuery,
    places: Sequence[int],
    last: Sequence[Bound | None],
    limit: int,
) -> Found:
    """Give the first *limit* rows of *query* after the one whose sort values were *last*."""
    plan = _plan(engine, source, query, limit)
    names = ", ".join([ROW, *(quoted(source.schema.names[place]) for place in places)])
    where, row = _where(query, plan), f"+{ROW}" if plan.sorts else ROW
    hidden = "+" if plan.gathered is not None else ""
    sort = [
        Sorted(hidden + quoted(one.column), one.descending, "?", value)
        for one, value in zip(query.sort, last, strict=True)
    ]
    found: Found = []
    with engine.sqlite(source.row_file) as rows:
        for stretch in stretches(sort, row, query.after):
            whole = both([where, stretch.where])
            sql = f"SELECT {names} FROM rows WHERE {whole.text} ORDER BY {stretch.order} LIMIT ?"  # noqa: S608 - quoted names
            found += rows.execute(sql, (*whole.values, limit - len(found))).fetchall()
            if len(found) >= limit:
                break
    return found


def count_in_row_file(engine: RowEngine, source: RowSource, query: RowQuery) -> int:
    """Tell how many rows meet the conditions."""
    where = _where(query, None)
    with engine.sqlite(source.row_file) as rows:
        sql = f"SELECT count(*) FROM rows WHERE {where.text}"  # noqa: S608 - quoted names
        return int(rows.execute(sql, where.values).fetchone()[0])


def _where(query: RowQuery, plan: _Plan | None) -> Sql:
    """Give the conditions; with a plan, a plus keeps SQLite from using the index of any other."""
    pieces = []
    for condition in query.conditions:
        free = plan is None or condition.column == plan.gathered
        pieces.append(_sql(condition, quoted(condition.column) if free else f"+{quoted(condition.column)}"))
    return both(pieces)


def _sql(condition: Condition, name: str) -> Sql:
    return sql_of(condition, name, "?", _bound)


def _bound(value: Value) -> Bound:
    return value if isinstance(value, str) else int(value) if isinstance(value, int) else float(value)


def _plan(engine: RowEngine, source: RowSource, query: RowQuery, limit: int) -> _Plan:
    indexed = _single_indexes(source.schema, source.physical)
    walked = query.sort[0].column if query.sort and query.sort[0].column in indexed else None
    candidates = [one for one in query.conditions if one.column in indexed and one.op in _INDEXED_OPS]
    if not candidates:
        return _Plan(None, walked)
    if not query.sort and len(query.conditions) == 1 and candidates[0].op in (Op.EXACT, Op.NULL):
        return _Plan(candidates[0].column, None)  # equal entries of an index lie in the order of the rows
    most = min(max(isqrt(limit * source.row_count), _LEAST_PROBED), _MOST_PROBED)
    counts = _probed(engine, source, candidates, most)
    fewest = min(range(len(candidates)), key=counts.__getitem__)
    if counts[fewest] >= most:
        return _Plan(None, walked)
    return _Plan(candidates[fewest].column, walked, sorts=candidates[fewest].op not in (Op.EXACT, Op.NULL))


def _probed(engine: RowEngine, source: RowSource, candidates: Sequence[Condition], most: int) -> list[int]:
    """Count the index entries of each condition, up to *most*."""
    counts = []
    with engine.sqlite(source.row_file) as rows:
        for condition in candidates:
            piece = _sql(condition, quoted(condition.column))
            sql = f"SELECT count(*) FROM (SELECT 1 FROM rows WHERE {piece.text} LIMIT ?)"  # noqa: S608 - quoted names
            counts.append(int(rows.execute(sql, (*piece.values, most)).fetchone()[0]))
    return counts


def _single_indexes(schema: TableSchema, physical: Sequence[str]) -> frozenset[str]:
    """Give the columns that have an index of their own."""
    keys = [schema.primary_key, *indexed_columns(schema, physical)]
    return frozenset(columns[0] for columns in keys if len(columns) == 1)
