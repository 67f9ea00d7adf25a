"""Rows out of a published table: a page of a query, or one by its key, as JSON text whose types are those of the schema.

Small questions go to the row file (plan.py decides how); where text is compared by its fold, where numbers of many digits
are compared, and where a large table is sorted by what has no index, DuckDB finds the numbers of the rows and the row file
gives their values.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

from portal.foundation.errors import InvalidInput
from portal.foundation.tableschema import ColumnType
from portal.rows import fulltext, parquet
from portal.rows.asked import page_by_asked_column
from portal.rows.conditions import Bound
from portal.rows.engine import RowEngine, RowSource
from portal.rows.physical import decimal_digits, is_exact_text, is_zoned, quoted
from portal.rows.plan import (
    LARGE_ROWS,
    count_in_row_file,
    page_nearby,
    page_of_row_file,
    rows_by_number,
    suits_row_file,
)
from portal.rows.query import MAX_PAGE, Order, RowQuery
from portal.rows.shown import Shown


@dataclass(frozen=True)
class RowPage:
    """Some rows in the order asked for."""

    rows: Sequence[str]
    """Each a JSON object."""
    last: int | None
    """Number of the last row if more follow; None: this is the end."""


def read_page(engine: RowEngine, source: RowSource, query: RowQuery) -> RowPage:
    """Give the rows of *query*, at most `MAX_PAGE`.

    Raises:
        InvalidInput: `after` names no row.
        TooCostly: it took too long.
    """
    limit = min(query.limit or MAX_PAGE, MAX_PAGE)
    places = query.narrowed(source.schema)
    last = _last_values(engine, source, query)
    if query.text and not (query.conditions or query.sort):
        found = _page_with_words(engine, source, query, places, limit + 1)
    elif not query.text and suits_row_file(engine, source, query, limit):
        found = page_of_row_file(engine, source, query, places, last, limit + 1)
    elif (known := page_by_asked_column(engine, source, query, places, limit + 1)) is not None:
        found = known
    elif (near := page_nearby(engine, source, query, places, limit + 1)) is not None:
        found = near
    else:
        found = _page_by_number(engine, source, query, places, last, limit + 1)
    return RowPage([text for _, text in found[:limit]], found[limit - 1][0] if len(found) > limit else None)


def count_rows(engine: RowEngine, source: RowSource, query: RowQuery) -> int:
    """Tell how many rows meet the conditions of *query*.

    Raises:
        TooCostly: it took too long.
    """
    if query.is_whole:
        return source.row_count
    words = fulltext.matching(engine, source, query.text)
    if words is not None and not query.conditions:
        return len(words)
    if source.row_count < LARGE_ROWS and words is None and suits_row_file(engine, source, query, MAX_PAGE):
        return count_in_row_file(engine, source, query)
    rows, where = parquet.relation(source), parquet.wanted(source, query, words)
    with engine.duckdb() as duckdb:
        sql = f"SELECT count(*) FROM {rows.text} WHERE {where.text}"  # noqa: S608 - generated names
        return int(duckdb.execute(sql, [*rows.values, *where.values]).fetchall()[0][0])


def read_row(engine: RowEngine, source: RowSource, key: Sequence[str]) -> str | None:
    """Give the row whose primary key is *key*, as a JSON object; None: there is none.

    The parts are compared as text, so that a key can be given as it stands in an address.
    """
    schema = source.schema
    if not schema.primary_key or len(key) != len(schema.primary_key):
        return None
    tests = [_is(source, name, part) for name, part in zip(schema.primary_key, key, strict=True)]
    sql = f"SELECT {source.whole_row} FROM rows WHERE {' AND '.join(test for test, _ in tests)}"  # noqa: S608 - names are quoted
    with engine.sqlite(source.row_file) as rows:
        found = rows.execute(sql, [value for _, value in tests]).fetchone()
    return str(found[0]) if found else None


def _is(source: RowSource, name: str, part: str) -> tuple[str, str | int]:
    """Give the test that a column of the key is *part*."""
    column, physical = source.schema.column(name), source.physical[source.schema.names.index(name)]
    if column.type in (ColumnType.INTEGER, ColumnType.YEAR) and not is_exact_text(column, physical):
        return f"{quoted(name)} = ?", int(part) if re.fullmatch(r"-?[0-9]{1,18}", part) else part
    if column.type is ColumnType.DATETIME and is_zoned(physical):
        return f"{quoted(name)} || 'Z' = ?", part
    plain = column.type is ColumnType.STRING
    return f"{quoted(name)} = ?" if plain else f"CAST({quoted(name)} AS TEXT) = ?", part


def _last_values(engine: RowEngine, source: RowSource, query: RowQuery) -> list[Bound | None]:
    """Give the values by which the last row seen was sorted: its number says it all, as published rows never change."""
    if not query.after or not query.sort:
        return [None] * len(query.sort)
    names = ", ".join(quoted(one.column) for one in query.sort)
    with engine.sqlite(source.row_file) as rows:
        found = rows.execute(f"SELECT {names} FROM rows WHERE _row = ?", (query.after,)).fetchone()  # noqa: S608 - quoted
    if found is None:
        raise InvalidInput(
            "after: no row has this number; take it from `next`.",
            detail_de="after: keine Zeile hat diese Nummer; sie steht in `next`.",
            parameter="after",
        )
    return list(found)


def last_texts(engine: RowEngine, source: RowSource, query: RowQuery) -> list[Bound | None]:
    """Give the values by which the last row seen was sorted, as DuckDB reads them.

    Raises:
        InvalidInput: `after` names no row.
    """
    last = _last_values(engine, source, query)
    return [_as_text(source, *one) for one in zip(query.sort, last, strict=True)]


def _page_by_number(
    engine: RowEngine,
    source: RowSource,
    query: RowQuery,
    places: Sequence[int],
    last: Sequence[Bound | None],
    limit: int,
) -> Shown:
    """Let DuckDB find which rows, and the row file say what is in them."""
    words = fulltext.matching(engine, source, query.text)
    rows, where = parquet.relation(source), parquet.wanted(source, query, words)
    after, order = parquet.following(
        source, query, [_as_text(source, *one) for one in zip(query.sort, last, strict=True)]
    )
    sql = f"SELECT n FROM {rows.text} WHERE {where.text} AND {after.text} ORDER BY {order} LIMIT {limit}"  # noqa: S608 - generated names
    with engine.duckdb() as duckdb:
        numbers = [n for (n,) in duckdb.execute(sql, [*rows.values, *where.values, *after.values]).fetchall()]
    return rows_by_number(engine, source, places, numbers)


def _page_with_words(engine: RowEngine, source: RowSource, query: RowQuery, places: Sequence[int], limit: int) -> Shown:
    """Let the index of words give the first rows that have them."""
    found = "SELECT rowid FROM words WHERE words MATCH ? AND rowid > ? ORDER BY rowid LIMIT ?"
    with engine.sqlite(fulltext.side_file(engine, source)) as words:
        asked = fulltext.expression(words, query.text)
        sql = f"SELECT json_group_array(rowid) FROM ({found})"  # noqa: S608 - a constant
        numbers = json.loads(words.execute(sql, (asked, query.after, limit)).fetchone()[0])
    return rows_by_number(engine, source, places, numbers)


def _as_text(source: RowSource, order: Order, value: Bound | None) -> Bound | None:
    """Give a value of a row file as DuckDB reads it: with the digits of its column."""
    column = source.schema.column(order.column)
    digits = decimal_digits(source.physical[source.schema.names.index(order.column)])
    if column.type is ColumnType.NUMBER and digits and isinstance(value, float):
        return f"{value:.{digits[1]}f}"
    return value
