"""Whether rows can be put behind those of a table: what only both together can tell, asked of the two files.

Each of the two was received and checked by itself (typed.py). Left are the rules over the whole table:

    keys, unique columns    no value stands in both
    datetimes               all name an offset, or none does
    numbers                 whole digits and decimals of the column fit into one type

Wherever the answer is not plainly yes it is no: whoever asks can still have the whole table checked.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

from portal.foundation.lazily import duckdb
from portal.foundation.tableschema import ColumnType, TableSchema
from portal.ingest.engine import Engine
from portal.ingest.lexical import HUGE_INTEGER, MAX_DIGITS, is_zoned
from portal.ingest.reading import csv_rows, read_header

_COMPARED = {
    ColumnType.STRING: "{0}",
    ColumnType.INTEGER: f"TRY_CAST({{0}} AS {HUGE_INTEGER})",
    ColumnType.DATE: "{0}",
    ColumnType.YEAR: "{0}",
    ColumnType.YEARMONTH: "{0}",
}
"""Types that are compared here ↔ SQL that is equal for equal values; other keys are left to the whole table."""

_FACTS = {
    ColumnType.DATETIME: (f"bool_or({is_zoned('{0}')})", f"bool_or(NOT {is_zoned('{0}')})"),
    ColumnType.NUMBER: ("max(strlen({0}))",),
}
"""What is asked of every value of a column."""


def adds_up(engine: Engine, schema: TableSchema, standing: Path, added: Path) -> bool:
    """Tell whether the records of *added* can be put behind those of *standing*, both plain CSV as it is received."""
    if not (_ends_plainly(standing) and all(read_header(one).names == schema.names for one in (standing, added))):
        return False
    try:
        for name, path in (("standing", standing), ("added", added)):
            rows = csv_rows(path, len(schema.names))
            engine.run(f"CREATE OR REPLACE TEMP VIEW {name} AS SELECT * FROM {rows}")  # noqa: S608 - a quoted path
        return not any(_repeated(engine, schema)) and all(_agree(engine, schema))
    except duckdb.Error:  # one of them is not as plain as it should be
        return False


def _ends_plainly(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(-1, 2)
        return file.read() == b"\n"


def _repeated(engine: Engine, schema: TableSchema) -> Iterator[bool]:
    """Tell of each key whether one of its values stands in both, or that this cannot be asked here."""
    unique = [(one.name,) for one in schema.columns if one.constraints.unique]
    for key in filter(None, (schema.primary_key, *unique)):
        columns = [(schema.names.index(name), _COMPARED.get(schema.column(name).type)) for name in key]
        same = [f"{sql.format(f'standing.r{n}')} = {sql.format(f'added.r{n}')}" for n, sql in columns if sql]
        on = " AND ".join(same)
        yield len(same) < len(key) or engine.row(f"SELECT count(*) FROM standing SEMI JOIN added ON {on}")[0] > 0  # noqa: S608 - generated names


def _agree(engine: Engine, schema: TableSchema) -> Iterator[bool]:
    """Tell of each column whether the values of both are of one kind."""
    kinds = [(number, one.type) for number, one in enumerate(schema.columns) if one.type in _FACTS]
    asked = [fact.format(f"r{number}") for number, kind in kinds for fact in _FACTS[kind]]
    if not asked:
        return
    found = [iter(engine.facts(asked, relation)) for relation in ("standing", "added")]
    for _, kind in kinds:
        facts = [[next(one) for one in found] for _ in _FACTS[kind]]
        yield _is_one_kind(kind, facts)


def _is_one_kind(kind: ColumnType, facts: Sequence[Sequence[bool | int | None]]) -> bool:
    if kind is ColumnType.DATETIME:
        zoned, local = map(any, facts)
        return not (zoned and local)
    longest = max(int(one or 0) for one in facts[0])
    return (
        2 * longest - len("0.") <= MAX_DIGITS
    )  # as if it were all whole digits in one row and all decimals in another
