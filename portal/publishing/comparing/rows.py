"""Which rows of a table changed, written to one Parquet file that lists only those.

    n        1, 2, … in the order of the key; without a key in the order of the rows, removed before added
    change   added, removed, changed
    o0 …     the row as it was, null where it was added
    w0 …     the row as it is, null where it was removed

By key, a row is changed if a column differs that is there now; a column that came counts where it has a value, one that
went is said once for the table and not in every row. So the old rows with these changes are the new rows. Without a
key, or with another one than before, rows are compared as wholes: as often as a row is there more or less often than
before, it was added or removed, and nothing is “changed”.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from portal.ingest.engine import Engine, parquet_rows, quote_text
from portal.publishing.comparing.pairs import TablePair


class RowChange(StrEnum):
    """What happened to a row."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, kw_only=True)
class RowCounts:
    """How many rows came, went and changed."""

    before: int
    after: int
    added: int
    removed: int
    changed: int = 0
    by_column: dict[str, int] = field(default_factory=dict)
    """Column ↔ changed rows in which it differs; columns that differ nowhere are not listed."""

    @property
    def total(self) -> int:
        """How many changes there are to list."""
        return self.added + self.removed + self.changed

    @property
    def unchanged(self) -> int:
        return self.before - self.removed - self.changed

    def as_dict(self) -> dict[str, int]:
        counted = ("before", "after", "added", "removed", "changed", "unchanged")
        return {name: int(getattr(self, name)) for name in counted}


ROW_GROUP_ROWS = 10_240
"""Rows that DuckDB reads at once: a page of changes from a million takes about 20 ms."""


def write_changes(engine: Engine, tables: TablePair, target: Path) -> RowCounts:
    """Write the changed rows of *tables* to the Parquet file *target* and count them.

    Memory is bounded by the engine; what does not fit is spilled.
    """
    looked_into = tables.without_rows if tables.are_one else tables
    changes, order = _by_key(looked_into) if tables.key else _as_wholes(engine, looked_into)
    columns = ", ".join(cell.sql for cell in (*tables.old_cells, *tables.new_cells))
    engine.run(f"""COPY (SELECT row_number() OVER () AS n, *
            FROM (SELECT change, {columns} FROM ({changes}) ORDER BY {order}))
        TO {quote_text(str(target))} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {ROW_GROUP_ROWS})""")  # noqa: S608 - generated names, quoted path
    engine.run("DROP TABLE IF EXISTS uneven")
    return _count(engine, tables, target)


def no_changes(tables: TablePair) -> RowCounts:
    """Give the counts of tables whose rows are known to be the same."""
    return RowCounts(before=tables.old.row_count, after=tables.new.row_count, added=0, removed=0)


def _by_key(tables: TablePair) -> tuple[str, str]:
    """Give the query of the changed rows, and their order."""
    forms = [pair.forms for pair in tables.key]
    same_key = " AND ".join(f"{before} = {after}" for before, after in forms)
    differs = " OR ".join(pair.differs for pair in tables.pairs if pair not in tables.key) or "false"
    query = f"""SELECT *, CASE WHEN was IS NULL THEN 'added' WHEN stays IS NULL THEN 'removed' ELSE 'changed' END AS change
        FROM (SELECT true AS was, * FROM ({tables.old_rows})) AS old
        FULL JOIN (SELECT true AS stays, * FROM ({tables.new_rows})) AS new ON {same_key}
        WHERE was IS NULL OR stays IS NULL OR {differs}"""  # noqa: S608 - generated names
    return query, ", ".join(f"coalesce({after}, {before})" for before, after in forms)


def _as_wholes(engine: Engine, tables: TablePair) -> tuple[str, str]:
    """Find the rows that are there more or less often; give the query of those to remove or add, and their order."""
    before, after = zip(*(pair.forms for pair in tables.pairs), strict=True)
    names = ", ".join(f"k{at}" for at in range(len(tables.pairs)))
    engine.run(f"""CREATE OR REPLACE TEMP TABLE uneven AS
        SELECT {names}, count(*) FILTER (NOT is_new) AS times_before, count(*) FILTER (is_new) AS times_after
        FROM (SELECT false AS is_new, {_named(before)} FROM ({tables.old_rows})
              UNION ALL SELECT true, {_named(after)} FROM ({tables.new_rows}))
        GROUP BY {names} HAVING times_before <> times_after""")  # noqa: S608 - generated names
    removed = _surplus(tables.old_rows, before, more="times_before", fewer="times_after")
    added = _surplus(tables.new_rows, after, more="times_after", fewer="times_before")
    query = (
        f"SELECT 'removed' AS change, * FROM ({removed}) UNION ALL BY NAME SELECT 'added' AS change, * FROM ({added})"  # noqa: S608 - generated names
    )
    return query, "place, change DESC"


def _named(forms: Sequence[str]) -> str:
    return ", ".join(f"{form} AS k{at}" for at, form in enumerate(forms))


def _surplus(rows: str, forms: Sequence[str], *, more: str, fewer: str) -> str:
    """Give the query of the rows beyond those that the other side has as well: the last of equal ones."""
    same = " AND ".join(f"{form} IS NOT DISTINCT FROM k{at}" for at, form in enumerate(forms))
    return f"""SELECT * EXCLUDE (times_there, nth)
        FROM (SELECT own.*, {fewer} AS times_there, row_number() OVER (PARTITION BY uneven.rowid ORDER BY place) AS nth
              FROM ({rows}) AS own JOIN uneven ON {same} WHERE {more} > {fewer})
        WHERE nth > times_there"""  # noqa: S608 - generated names


def _count(engine: Engine, tables: TablePair, listed: Path) -> RowCounts:
    compared = tables.pairs if tables.key else ()
    of_kind = [f"count(*) FILTER (change = '{kind}')" for kind in RowChange]
    of_column = [f"count(*) FILTER (change = 'changed' AND {pair.differs})" for pair in compared]
    added, removed, changed, *differing = engine.facts(of_kind + of_column, parquet_rows(listed))
    named = zip((pair.new.column.name for pair in compared), differing, strict=True)
    return RowCounts(
        before=tables.old.row_count,
        after=tables.new.row_count,
        added=added,
        removed=removed,
        changed=changed,
        by_column={name: number for name, number in named if number},
    )
