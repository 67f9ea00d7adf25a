"""Rows as cells, with their numbers: for a door that writes them in a way of its own (CKAN's lists and lines).

The row query finds the rows (serve.py), the row file gives their cells, as SQLite stores them (physical.py).
"""

import json
from collections.abc import Sequence
from dataclasses import replace

from portal.rows import fulltext
from portal.rows.engine import RowEngine, RowSource
from portal.rows.groups import grouped
from portal.rows.index import ROW, stored
from portal.rows.physical import quoted
from portal.rows.query import Group, RowQuery
from portal.rows.serve import read_numbered

Cell = str | int | float | None
Cells = tuple[Cell, ...]


def read_cells(engine: RowEngine, source: RowSource, query: RowQuery, limit: int) -> list[Cells]:
    """Give the first *limit* rows of *query*: the number of the row, then the cells of its columns.

    Raises:
        InvalidInput: `after` names no row.
        TooCostly: it took too long.
    """
    names = ", ".join(f"rows.{quoted(source.schema.names[place])}" for place in query.narrowed(source.schema))
    if query.is_whole and query.is_plain and not query.sort:
        sql = f"SELECT rows.{ROW}, {names} FROM rows WHERE {ROW} > ? ORDER BY {ROW} LIMIT ?"  # noqa: S608 - quoted names
        return _fetched(engine, source, sql, (query.after, limit))
    short = replace(query, columns=source.schema.names[:1])  # the numbers are what is wanted here
    numbers = [number for number, _ in read_numbered(engine, source, short, limit)]
    asked = "(SELECT value AS asked_row, key AS asked_place FROM json_each(?)) AS asked"
    sql = f"SELECT rows.{ROW}, {names} FROM {asked} CROSS JOIN rows ON rows.{ROW} = asked.asked_row ORDER BY asked.asked_place"  # noqa: S608 - quoted names
    return _fetched(engine, source, sql, (json.dumps(numbers),))


def read_distinct(engine: RowEngine, source: RowSource, query: RowQuery, limit: int) -> tuple[list[Cells], int]:
    """Give the first *limit* different rows of the columns of *query*, from place `after`, and how many there are.

    Raises:
        TooCostly: it took too long.
    """
    columns = [source.schema.columns[place] for place in query.narrowed(source.schema)]
    groups = tuple(Group(column.name) for column in columns)
    words = fulltext.matching(engine, source, query.text)
    page = grouped(source, replace(query, groups=groups, limit=limit), words)
    every = grouped(source, replace(query, groups=groups, limit=None, after=0, sort=()), words)
    shown = ", ".join(stored(column, page.physical[place], f"c{place}") for place, column in enumerate(columns))
    with engine.duckdb() as connection:
        found = connection.execute(f"SELECT {shown} FROM ({page.sql.text})", page.sql.values).fetchall()  # noqa: S608 - generated names
        total = connection.execute(f"SELECT count(*) FROM ({every.sql.text})", every.sql.values).fetchall()  # noqa: S608 - generated names
    return found, int(total[0][0])


def _fetched(engine: RowEngine, source: RowSource, sql: str, values: Sequence[object]) -> list[Cells]:
    with engine.sqlite(source.row_file) as rows:
        return rows.execute(sql, values).fetchall()
