"""What a row query chooses from a published table, as a table of its own that every writer can write.

    published Parquet ──SELECT … WHERE … ORDER BY──▶ chosen Parquet ──▶ any format

Formats that name rows (JSON-LD, Turtle) get the columns of the key in any case; where a table has no key, its rows keep
the numbers that they were published with.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from portal.exports.formats import TableFormat
from portal.exports.table import TableExport
from portal.foundation.errors import InvalidInput, TooCostly
from portal.foundation.lazily import duckdb
from portal.foundation.tableschema import TableSchema
from portal.foundation.watch import interrupted_after
from portal.ingest.engine import Engine, parquet_rows
from portal.rows import fulltext, parquet
from portal.rows.conditions import Sql
from portal.rows.engine import RowEngine, RowSource
from portal.rows.groups import grouped
from portal.rows.query import RowQuery
from portal.rows.serve import last_texts

NAMING = ("jsonld", "ttl")
"""Formats whose rows have IRIs."""


def refuse_unnamed(query: RowQuery, form: TableFormat) -> None:
    """Refuse what cannot be written.

    Raises:
        InvalidInput: groups are no rows, so they have no IRIs.
    """
    if query.is_grouped and form.name in NAMING:
        raise InvalidInput(
            f"format: groups of rows have no addresses, so there is no {form.name} of them; take csv or json.",
            detail_de=f"format: Gruppen von Zeilen haben keine Adressen, darum kein {form.name}; csv oder json nehmen.",
            parameter="format",
        )


def chosen(
    export: TableExport,
    form: TableFormat,
    query: RowQuery,
    rows: RowEngine,
    source: RowSource,
    folder: Path,
    *,
    timeout_s: float,
) -> TableExport:
    """Give what *query* chooses of *export* as an export of its own, its rows in *folder*.

    Raises:
        InvalidInput: `after` names no row.
        TooCostly: choosing took too long, or a sum has more than 38 digits.
    """
    words = fulltext.matching(rows, source, query.text)
    if query.is_grouped:
        table = grouped(source, query, words)
        made = written(table.sql, folder, timeout_s)
        return replace(
            export,
            parquet=made,
            schema=table.schema,
            physical=table.physical,
            row_count=_count(made),
            statistics=None,
        )
    named = form.name in NAMING
    places = [*query.narrowed(export.schema)]
    if named:
        keys = [export.schema.names.index(name) for name in export.schema.primary_key]
        places += [place for place in keys if place not in places]
    by_number = named and not export.schema.primary_key
    made = written(_choice(rows, source, query, places, words, by_number=by_number), folder, timeout_s)
    return replace(
        export,
        parquet=made,
        schema=_narrowed(export.schema, places),
        physical=tuple(export.physical[place] for place in places),
        row_count=_count(made),
        numbered=by_number,
    )


def _choice(
    rows: RowEngine, source: RowSource, query: RowQuery, places: list[int], words: list[int] | None, *, by_number: bool
) -> Sql:
    table, where = parquet.relation(source), parquet.wanted(source, query, words)
    after, order = parquet.following(source, query, last_texts(rows, source, query))
    columns = ", ".join([*(f"c{place}" for place in places), *([parquet.ROW] if by_number else [])])
    page = f" LIMIT {query.limit}" if query.limit is not None else ""
    sql = f"SELECT {columns} FROM {table.text} WHERE {where.text} AND {after.text} ORDER BY {order}{page}"  # noqa: S608 - generated names
    return Sql(sql, (*table.values, *where.values, *after.values))


def written(choice: Sql, folder: Path, timeout_s: float) -> Path:
    """Let DuckDB write what *choice* selects to a Parquet file in *folder*.

    Raises:
        TooCostly: it took too long, or a number in it has more than 38 digits.
    """
    made = folder / "chosen.parquet"
    with Engine.open(folder) as engine, cut_off(engine, timeout_s):
        relation = engine.connection.sql(choice.text, params=list(choice.values))
        relation.write_parquet(str(made), compression="zstd")
    return made


@contextmanager
def cut_off(engine: Engine, timeout_s: float) -> Iterator[None]:
    """Let *engine* work for at most *timeout_s* inside the block.

    Raises:
        TooCostly: it took longer, or a number has more than 38 digits.
    """
    try:
        with interrupted_after(timeout_s, engine.connection.interrupt):
            yield
    except duckdb.InterruptException:
        raise TooCostly(
            f"The query took longer than {timeout_s:g} s.",
            detail_de=f"Die Abfrage dauerte länger als {timeout_s:g} s.",
            timeout_s=timeout_s,
        ) from None
    except (duckdb.OutOfRangeException, duckdb.ConversionException):
        raise TooCostly("A figure has more than 38 digits.", detail_de="Eine Zahl hat mehr als 38 Stellen.") from None


def _count(made: Path) -> int:
    with Engine.open(made.parent) as engine:
        return int(engine.row(f"SELECT count(*) FROM {parquet_rows(made)}")[0])  # noqa: S608 - a quoted path


def _narrowed(schema: TableSchema, places: list[int]) -> TableSchema:
    """Give the schema of the columns that are left; a key that lost a column is none."""
    columns = tuple(schema.columns[place] for place in places)
    names = {column.name for column in columns}
    return TableSchema(
        columns=columns,
        primary_key=schema.primary_key if names >= set(schema.primary_key) else (),
        foreign_keys=tuple(key for key in schema.foreign_keys if names >= set(key.columns)),
    )
