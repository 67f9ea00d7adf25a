"""How the row file is asked: by the index of a condition, or along the index of the order.

SQLite does not know how many rows a range has, and so may gather half a table to sort it for a page of a hundred. Here it
is tried out: of each condition with an index the first √(limit × rows) entries are counted. Fewer: gather them and sort.
All conditions have more: so many rows meet them that a walk along the order soon has a page full.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from math import isqrt

from portal.rows.conditions import EVERY, Bound, Sorted, Sql, both, sql_of, stretches
from portal.rows.engine import RowEngine, RowSource
from portal.rows.index import ROW
from portal.rows.physical import is_exact_text, quoted
from portal.rows.query import Condition, Op, RowQuery, Value
from portal.rows.shown import Shown, fetch_shown, row_sql

LARGE_ROWS = 50_000
"""From so many rows on DuckDB finds by scanning and sorting faster than SQLite, its start included."""

_INDEXED_OPS = (Op.EXACT, Op.IN, Op.LT, Op.LTE, Op.GT, Op.GTE, Op.NULL)
_NEARBY_ROWS = 40_000
"""SQLite looks through so many rows in about 8 ms; DuckDB through a million in 11, but with both cores."""
_LEAST_PROBED, _MOST_PROBED = 1_000, 50_000


@dataclass(frozen=True)
class _Plan:
    """The condition whose index is used, or the column along whose index the walk goes; neither: a scan."""

    gathered: str | None
    walked: str | None
    sorts: bool = False
    """What is gathered has to be sorted, also by the number of the row."""


def suits_row_file(engine: RowEngine, source: RowSource, query: RowQuery, limit: int) -> bool:
    """Tell whether the row file answers *query* well; DuckDB answers everything."""
    if not compares_in_row_file(source, query):
        return False
    if source.row_count < LARGE_ROWS or not (query.sort or query.conditions):
        return True
    plan = _plan(engine, source, query, limit)
    return plan.gathered is not None or (plan.walked is not None and len(query.sort) == 1)


def page_nearby(
    engine: RowEngine, source: RowSource, query: RowQuery, places: Sequence[int], limit: int
) -> Shown | None:
    """Look for a page in published order among the next rows; None: they do not fill it, and somebody has to scan."""
    if query.sort or query.text or not compares_in_row_file(source, query):
        return None
    near = Sql(f"{ROW} > ? AND {ROW} <= ?", (query.after, query.after + _NEARBY_ROWS))
    whole = both([_where(query, _Plan(None, None)), near])
    sql = f"SELECT {shown_sql(source, places)} FROM rows WHERE {whole.text} ORDER BY {ROW} LIMIT ?"  # noqa: S608 - quoted names
    with engine.sqlite(source.row_file) as rows:
        found = fetch_shown(rows, sql, (*whole.values, limit))
    return found if len(found) == limit else None


def compares_in_row_file(source: RowSource, query: RowQuery) -> bool:
    """Tell whether SQLite can compare what is to be compared: no folded text, no numbers of many digits."""
    if any(condition.op in (Op.CONTAINS, Op.STARTSWITH) for condition in query.conditions):
        return False
    asked = [*(condition.column for condition in query.conditions), *(order.column for order in query.sort)]
    kinds = dict(zip(source.schema.names, source.physical, strict=True))
    return not any(is_exact_text(source.schema.column(name), kinds[name]) for name in asked)


def page_of_row_file(
    engine: RowEngine,
    source: RowSource,
    query: RowQuery,
    places: Sequence[int],
    last: Sequence[Bound | None],
    limit: int,
) -> Shown:
    """Give the first *limit* rows of *query* after the one whose sort values were *last*."""
    plan = _plan(engine, source, query, limit)
    shown = shown_sql(source, places)
    where, row = _where(query, plan), f"+{ROW}" if plan.sorts else ROW
    hidden = "+" if plan.gathered is not None else ""
    sort = [
        Sorted(hidden + quoted(one.column), one.descending, "?", value)
        for one, value in zip(query.sort, last, strict=True)
    ]
    found: Shown = []
    with engine.sqlite(source.row_file) as rows:
        for stretch in stretches(sort, row, query.after):
            whole = both([where, stretch.where])
            sql = f"SELECT {shown} FROM rows WHERE {whole.text} ORDER BY {stretch.order} LIMIT ?"  # noqa: S608 - quoted names
            found += fetch_shown(rows, sql, (*whole.values, limit - len(found)))
            if len(found) >= limit:
                break
    return found


def shown_sql(source: RowSource, places: Sequence[int]) -> str:
    """Give the columns that `fetch_shown` wants, of the table `rows`."""
    if list(places) == list(range(len(source.schema.columns))):
        shown = source.whole_row
    else:
        shown = row_sql(
            [source.schema.columns[place] for place in places], [source.physical[place] for place in places]
        )
    return f"rows.{ROW} AS number, {shown} AS shown"


def rows_by_number(
    engine: RowEngine,
    source: RowSource,
    places: Sequence[int],
    numbers: Sequence[int],
    where: Sql = EVERY,
    limit: int = -1,
) -> Shown:
    """Give the rows with these numbers, in this order, as far as they meet *where*; at most *limit*, but for -1."""
    asked = "(SELECT value AS asked_row, key AS asked_place FROM json_each(?)) AS asked"
    joined = f"{asked} CROSS JOIN rows ON rows.{ROW} = asked.asked_row"
    sql = f"SELECT {shown_sql(source, places)} FROM {joined} WHERE {where.text} ORDER BY asked.asked_place LIMIT ?"  # noqa: S608 - names are quoted
    with engine.sqlite(source.row_file) as rows:
        return fetch_shown(rows, sql, (json.dumps(list(numbers)), *where.values, limit))


def tested(conditions: Sequence[Condition]) -> Sql:
    """Give conditions as they are tested on rows that were found otherwise."""
    return both([_sql(condition, f"rows.{quoted(condition.column)}") for condition in conditions])


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
    return sql_of(condition, name, "?", bound_value)


def bound_value(value: Value) -> Bound:
    return value if isinstance(value, str) else int(value) if isinstance(value, int) else float(value)


def _plan(engine: RowEngine, source: RowSource, query: RowQuery, limit: int) -> _Plan:
    indexed = source.indexed
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
