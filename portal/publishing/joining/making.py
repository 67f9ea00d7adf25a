"""The rows of a join, made by DuckDB: one statement, in the order of the base, then of each join.

Rows are counted before they are made, and counting stops at the bound: tables that multiply are told from large ones in a
second.
"""

from collections.abc import Callable
from pathlib import Path

from portal.exports.chosen import cut_off, written
from portal.ingest.engine import Engine
from portal.publishing.joining.joined import Joined, JoinedPart
from portal.rows import parquet
from portal.rows.conditions import Sql
from portal.rows.physical import quoted


def make_rows(
    joined: Joined, workshop: Path, ready: Path, *, most_rows: int, timeout_s: float, refuse: Callable[[int], None]
) -> None:
    """Write the rows of *joined* below *ready*, their number being the name of the file.

    *refuse* is told their number, or *most_rows* + 1 where there are more, before they are made.

    Raises:
        TooCostly: it took longer than *timeout_s*, or *refuse* said so.
    """
    counted = count_sql(joined, most_rows + 1)
    with Engine.open(workshop) as engine, cut_off(engine, timeout_s):
        found = engine.connection.execute(counted.text, list(counted.values)).fetchone()
    count = int(found[0]) if found else 0
    refuse(count)
    written(joined_sql(joined), workshop, timeout_s).rename(ready / f"{count}.parquet")


def joined_sql(joined: Joined) -> Sql:
    """Give DuckDB's SQL for the rows of *joined*: in the order of the base, then of each join."""
    tables = _tables(joined)
    columns = [
        f"t{place}.{parquet.name_of(part.source, name)} AS {quoted(part.name_of(name))}"
        for place, part in enumerate(joined.parts)
        for name in part.source.schema.names
    ]
    order = ", ".join(f"t{place}.{parquet.ROW} NULLS FIRST" for place in range(len(joined.parts)))
    return Sql(f"SELECT {', '.join(columns)} {tables.text} ORDER BY {order}", tables.values)


def count_sql(joined: Joined, limit: int) -> Sql:
    """Give DuckDB's SQL for the number of these rows, or *limit* if there are more."""
    tables = _tables(joined)
    return Sql(f"SELECT count(*) FROM (SELECT 1 {tables.text} LIMIT {limit})", tables.values)  # noqa: S608 - generated names


def _tables(joined: Joined) -> Sql:
    """Give the tables, each numbered, as they are joined."""
    parts = joined.parts
    pieces = [parquet.relation(part.source) for part in parts]
    values = list(pieces[0].values)
    tables = [f"(SELECT * FROM {piece.text}) AS t{place}" for place, piece in enumerate(pieces)]  # noqa: S608 - generated names
    text = f"FROM {tables[0]}"
    for place, part in enumerate(parts):
        if part.step is not None:
            meets = _meets(parts, place)
            text += f" LEFT JOIN {tables[place]} ON {meets.text}"
            values += [*pieces[place].values, *meets.values]
    return Sql(text, tuple(values))


def _meets(parts: tuple[JoinedPart, ...], place: int) -> Sql:
    """Give the condition under which a row of the part at *place* belongs to one of its parent."""
    part = parts[place]
    if part.step is None:
        raise AssertionError("the base is joined to nothing")
    step = part.step
    pairs = [
        _equal(_column(parts, part.parent, here), _column(parts, place, there))
        for here, there in zip(step.here, step.there, strict=True)
    ]
    referring = place if step.backwards else part.parent
    where = [f"CAST({_column(parts, referring, name)[0]} AS VARCHAR) = ?" for name, _ in step.key.where]
    return Sql(" AND ".join([*pairs, *where]), tuple(value for _, value in step.key.where))


def _column(parts: tuple[JoinedPart, ...], place: int, name: str) -> tuple[str, str]:
    """Give the SQL of a column, and its type."""
    source = parts[place].source
    return f"t{place}.{parquet.name_of(source, name)}", source.physical[source.schema.names.index(name)]


def _equal(one: tuple[str, str], other: tuple[str, str]) -> str:
    """Compare values of one type as they are, numbers as numbers, and all else as it is written."""
    if one[1] == other[1] or all(
        kind in ("BIGINT", "INTEGER") or kind.startswith("DECIMAL") for kind in (one[1], other[1])
    ):
        return f"{one[0]} = {other[0]}"
    return f"CAST({one[0]} AS VARCHAR) = CAST({other[0]} AS VARCHAR)"
