"""Tables without the rows and columns that the public does not get, with coarser values; rows keep their order."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from portal.foundation.tableschema import ColumnType, TableSchema
from portal.ingest.engine import Engine, parquet_rows, quote_name, quote_text
from portal.ingest.privacy import hit_rows, key_text
from portal.ingest.statistics import measure
from portal.ingest.typed import TypedTable, typed_parquet
from portal.publishing.privacy import Decision, PrivacyDecision
from portal.publishing.protection_coarsening import Coarse
from portal.publishing.protection_descriptor import Change


def dropped_rows(table: TypedTable, decisions: Iterable[PrivacyDecision], engine: Engine) -> list[int]:
    """Give the numbers of the rows of *table* that its *decisions* leave out, ascending."""
    dropped: set[int] = set()
    for one in decisions:
        if one.decision is Decision.DROP_ROWS and one.row is None:
            dropped |= hit_rows(table, one.column, one.finding, engine=engine)
        elif one.decision is Decision.DROP_ROWS:
            named = f"{key_text(table.schema)} = {quote_text(one.row or '')}"
            rows = engine.rows(f"SELECT file_row_number + 1 FROM {_rows(table)} WHERE {named}")  # noqa: S608 - quoted
            dropped |= {number for (number,) in rows}
    return sorted(dropped)


def change_of(table: TypedTable, dropped: list[int], coarse: Mapping[str, Coarse], engine: Engine) -> Change:
    """Give what happens to *table* as its descriptor has to know it."""
    types = {column: one.type for column, one in coarse.items()}
    if not table.schema.primary_key:
        return Change(coarse=types, dropped=tuple(dropped))
    keys = f"SELECT {key_text(table.schema)} FROM {_rows(table)} WHERE {_IS_DROPPED}"  # noqa: S608 - quoted
    gone = frozenset(key for (key,) in _beside(dropped, keys, engine)) if dropped else frozenset()
    return Change(coarse=types, dropped=tuple(dropped), keys=gone)


def written(
    table: TypedTable,
    schema: TableSchema,
    coarse: Mapping[str, Coarse],
    dropped: list[int],
    target: Path,
    engine: Engine,
) -> TypedTable:
    """Write the public table, whose columns *schema* names, to *target*."""
    stored = dict(zip(table.schema.names, table.physical, strict=True))
    same = {name: Coarse(ColumnType.STRING, stored[name], quote_name(name)) for name in schema.names}
    made = [(name, coarse.get(name, same[name])) for name in schema.names]
    selected = ", ".join(f"{one.sql} AS {quote_name(name)}" for name, one in made)
    kept = f"WHERE NOT {_IS_DROPPED} ORDER BY file_row_number" if dropped else ""
    rows = f"SELECT {selected} FROM {_rows(table)} {kept}"  # noqa: S608 - quoted
    groups = f"SELECT coalesce(max(row_group_num_rows), 0) FROM parquet_metadata({quote_text(str(table.path))})"  # noqa: S608 - quoted
    options = typed_parquet(engine.row(groups)[0])
    _beside(dropped, f"COPY ({rows}) TO {quote_text(str(target))} ({options})", engine)
    physical = tuple(one.physical for _, one in made)
    row_count, statistics = measure(engine, target, schema, physical)
    return TypedTable(path=target, schema=schema, row_count=row_count, physical=physical, statistics=statistics)


_IS_DROPPED = "(file_row_number + 1 IN (SELECT number FROM dropped))"


def _beside(dropped: list[int], sql: str, engine: Engine) -> list[tuple[Any, ...]]:  # Any: what *sql* selects
    """Run *sql* beside a table `dropped` with the numbers of the dropped rows."""
    engine.run("CREATE OR REPLACE TEMP TABLE dropped (number BIGINT)")
    if dropped:
        engine.connection.execute("INSERT INTO dropped SELECT unnest(?::BIGINT[])", [dropped])
    found = engine.rows(sql)
    engine.run("DROP TABLE dropped")
    return found


def _rows(table: TypedTable) -> str:
    return parquet_rows(table.path, numbered=True)
