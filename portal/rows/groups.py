"""Groups of rows and what is said of them: DuckDB over the Parquet file, small table or large.

    group_by=district,reported_on__month    figures=cost_eur__sum      district · reported_on__month · count · cost_eur__sum

Sums have all their digits. Means and medians are computed as doubles and rounded to six digits more than the column has.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from portal.foundation.errors import TooCostly
from portal.foundation.lazily import duckdb
from portal.foundation.tableschema import Column, ColumnType, TableSchema
from portal.foundation.text import LangString
from portal.rows import fulltext, parquet
from portal.rows.conditions import Sql
from portal.rows.engine import RowEngine, RowSource
from portal.rows.index import stored
from portal.rows.physical import decimal_digits, is_zoned
from portal.rows.query import COUNT, MAX_PAGE, Figure, Group, Measure, Part, RowQuery
from portal.rows.serve import RowPage
from portal.rows.shown import row_writer

_MORE_DIGITS = 6
_MAX_DIGITS = 38


@dataclass(frozen=True)
class Grouped:
    """The table that a grouped query makes: SQL with columns c0, c1, …, and what they are."""

    sql: Sql
    schema: TableSchema
    physical: tuple[str, ...]


@dataclass(frozen=True)
class _Said:
    """One column of the answer."""

    column: Column
    physical: str
    sql: str


def read_groups(engine: RowEngine, source: RowSource, query: RowQuery) -> tuple[RowPage, int | None]:
    """Give the groups of *query*, at most `MAX_PAGE`, and how many there are if that is asked.

    Raises:
        TooCostly: it took too long, or a sum has more than 38 digits.
    """
    limit = min(query.limit or MAX_PAGE, MAX_PAGE)
    words = fulltext.matching(engine, source, query.text)
    table, every = (
        grouped(source, one, words) for one in (replace(query, limit=limit + 1), replace(query, limit=None, after=0))
    )
    pairs = zip(table.schema.columns, table.physical, strict=True)
    shown = ", ".join(stored(column, kind, f"c{place}") for place, (column, kind) in enumerate(pairs))
    total = None
    with engine.duckdb() as connection:
        try:
            found = connection.execute(f"SELECT {shown} FROM ({table.sql.text})", table.sql.values).fetchall()  # noqa: S608 - generated names
            if query.counted:
                counted = f"SELECT count(*) FROM ({every.sql.text})"  # noqa: S608 - generated names
                total = connection.execute(counted, every.sql.values).fetchall()[0][0]
        except (duckdb.OutOfRangeException, duckdb.ConversionException):
            raise TooCostly(
                "A figure has more than 38 digits.", detail_de="Eine Zahl hat mehr als 38 Stellen."
            ) from None
    write = row_writer(table.schema.columns, table.physical)
    return RowPage([write(row) for row in found[:limit]], query.after + limit if len(found) > limit else None), total


def grouped(source: RowSource, query: RowQuery, words: Sequence[int] | None) -> Grouped:
    """Give the table that *query* makes of *source*; *words* are the rows that have its words."""
    groups = [_grouped_by(source, one) for one in query.groups]
    count = _Said(_described(COUNT, ColumnType.INTEGER, "Anzahl", "Count"), "BIGINT", "count(*)")
    said = [*groups, count, *(_measured(source, one) for one in query.measures)]
    names = query.names
    ways = {
        one.column: f"c{names.index(one.column)} {'DESC' if one.descending else 'ASC'} NULLS LAST" for one in query.sort
    }
    ways |= {one.name: f"c{place} ASC NULLS LAST" for place, one in enumerate(query.groups) if one.name not in ways}
    rows, where = parquet.relation(source), parquet.wanted(source, query, words)
    columns = ", ".join(f"{one.sql} AS g{place}" for place, one in enumerate(said))
    renamed = ", ".join(f"g{place} AS c{place}" for place in range(len(said)))
    by = f" GROUP BY {', '.join(str(place + 1) for place in range(len(groups)))}" if groups else ""
    order = f" ORDER BY {', '.join(ways.values())}" if ways else ""
    page = f" LIMIT {query.limit}" if query.limit is not None else ""
    inner = f"SELECT {columns} FROM {rows.text} WHERE {where.text}{by}"  # noqa: S608 - generated names
    sql = f"SELECT {renamed} FROM ({inner}){order}{page} OFFSET {query.after}"  # noqa: S608 - generated names
    schema = TableSchema(columns=tuple(one.column for one in said))
    return Grouped(Sql(sql, (*rows.values, *where.values)), schema, tuple(one.physical for one in said))


def _grouped_by(source: RowSource, group: Group) -> _Said:
    column, physical, name = _of(source, group.column)
    if group.part is None:
        return _Said(column, physical, name)
    moment = f"make_timestamp(epoch_us({name}))" if is_zoned(physical) else name
    kind, stored_as, sql = {
        Part.YEAR: (ColumnType.YEAR, "INTEGER", f"CAST(year({moment}) AS INTEGER)"),
        Part.MONTH: (ColumnType.YEARMONTH, "VARCHAR", f"strftime({moment}, '%Y-%m')"),
        Part.WEEK: (ColumnType.STRING, "VARCHAR", f"strftime({moment}, '%G-W%V')"),
        Part.DAY: (ColumnType.DATE, "DATE", f"CAST({moment} AS DATE)"),
    }[group.part]
    return _Said(_named(column, group.name, kind), stored_as, sql)


def _measured(source: RowSource, measure: Measure) -> _Said:
    column, physical, name = _of(source, measure.column)
    precision, scale = decimal_digits(physical) or (19, 0)
    match measure.kind:
        case Figure.MIN | Figure.MAX:
            return _Said(_named(column, measure.name, column.type), physical, f"{measure.kind}({name})")
        case Figure.SUM:
            kind = f"DECIMAL({_MAX_DIGITS},{scale})"
            return _Said(_named(column, measure.name, column.type), kind, f"CAST(sum({name}) AS {kind})")
        case _:
            digits = min(scale + _MORE_DIGITS, _MAX_DIGITS - (precision - scale))
            kind = f"DECIMAL({_MAX_DIGITS},{digits})"
            sql = f"CAST(round({measure.kind}(CAST({name} AS DOUBLE)), {digits}) AS {kind})"
            return _Said(_named(column, measure.name, ColumnType.NUMBER), kind, sql)


def _of(source: RowSource, name: str) -> tuple[Column, str, str]:
    place = source.schema.names.index(name)
    return source.schema.columns[place], source.physical[place], f"c{place}"


def _named(column: Column, name: str, kind: ColumnType) -> Column:
    """Give the column that a figure makes: it says of what it is one."""
    _, _, what = name.rpartition("__")
    title = LangString(*(f"{text} ({what})" for text in _both(column.title)))
    return Column(name=name, type=kind, title=title, description=column.description, unit=column.unit)


def _described(name: str, kind: ColumnType, german: str, english: str) -> Column:
    return Column(name=name, type=kind, title=LangString(german, english), description=LangString("", None))


def _both(text: LangString) -> Iterator[str]:
    yield text.de
    yield text.in_language("en")
