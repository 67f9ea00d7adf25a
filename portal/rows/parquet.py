"""A RowQuery as DuckDB's SQL over a table's Parquet file: what to take, in which order, after which row.

Columns are called c0, c1, … and the number of a row `n`, from 1: names of people's choice never reach the SQL.
"""

from collections.abc import Sequence
from decimal import Decimal

from portal.foundation.tableschema import ColumnType
from portal.rows.conditions import Bound, Sorted, Sql, both, order_by, sql_of, stretches
from portal.rows.engine import RowSource
from portal.rows.index import literal_path
from portal.rows.physical import is_zoned
from portal.rows.query import NUMBER, Condition, Either, Op, RowQuery, Value

ROW = "n"


def relation(source: RowSource) -> Sql:
    """Give the rows of a table, numbered."""
    names = ", ".join(name_of(source, name) for name in source.schema.names)
    inner = f"read_parquet(?, file_row_number = true) AS stored({names}, place)"
    rows = f"(SELECT {names}, place + 1 AS {ROW} FROM {inner}) AS published"  # noqa: S608 - generated names
    return Sql(rows, (literal_path(source.parquet),))


def name_of(source: RowSource, column: str) -> str:
    return ROW if column == NUMBER else f"c{source.schema.names.index(column)}"


def wanted(source: RowSource, query: RowQuery, words: Sequence[int] | None) -> Sql:
    """Give the condition that rows of *query* meet; *words* are the numbers of those that have its words."""
    tests: tuple[Condition | Either, ...] = (*query.conditions, *query.either)
    pieces = [_test(source, test) for test in tests]
    if words is not None:
        pieces.append(Sql(f"{ROW} IN (SELECT unnest(?))", (list(words),)))  # type: ignore[arg-type]  # DuckDB takes a list
    return both(pieces)


def following(source: RowSource, query: RowQuery, last: Sequence[Bound | None]) -> tuple[Sql, str]:
    """Give the condition that rows after `query.after` meet, whose sort values were *last*, and the order of all."""
    sort = [
        Sorted(name_of(source, one.column), one.descending, _place(source, one.column), value, one.empty_first)
        for one, value in zip(query.sort, last, strict=True)
    ]
    if not query.after:
        return Sql("true"), order_by(sort, ROW)
    pieces = [Sql(f"({one.where.text})", one.where.values) for one in stretches(sort, ROW, query.after)]
    joined = both(pieces, "OR")
    return Sql(f"({joined.text})", joined.values), order_by(sort, ROW)


def _test(source: RowSource, test: Condition | Either) -> Sql:
    if isinstance(test, Condition):
        return _condition(source, test)
    pieces = [both([_test(source, one) for one in alternative]) for alternative in test.alternatives]
    joined = both([Sql(f"({one.text})", one.values) for one in pieces], "OR")
    return Sql(f"({joined.text})", joined.values)


def _condition(source: RowSource, condition: Condition) -> Sql:
    place = "?" if condition.op in (Op.CONTAINS, Op.STARTSWITH) else _place(source, condition.column)
    return sql_of(condition, name_of(source, condition.column), place, _bound)


def _place(source: RowSource, column: str) -> str:
    """Give a bound value with the type of its column; text of a moment gets the zone that it is told in."""
    if column == NUMBER:
        return "CAST(? AS BIGINT)"
    physical = source.physical[source.schema.names.index(column)]
    if is_zoned(physical):
        return f"CAST(CAST(? AS VARCHAR) || 'Z' AS {physical})"
    if source.schema.column(column).type in (ColumnType.STRING, ColumnType.YEARMONTH):
        return "?"
    return f"CAST(? AS {physical})"


def _bound(value: Value) -> Bound:
    return f"{value:f}" if isinstance(value, Decimal) else value
