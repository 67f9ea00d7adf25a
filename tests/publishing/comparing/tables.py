"""Typed tables for comparing, and the changes between two of them as tests look at them."""

import csv
import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Any

from portal.foundation.tableschema import read_schema
from portal.ingest.engine import Engine
from portal.ingest.typed import TypedTable, build_table
from portal.publishing.comparing.listing import read_changes, write_changes_csv
from portal.publishing.comparing.pairs import TablePair
from portal.publishing.comparing.rows import RowCounts, write_changes
from tests.builders import Cell

Fields = Mapping[str, str | Mapping[str, Any]]
"""Column ↔ its type, or the keys of its field."""

Json = dict[str, Any]

TREES: Fields = {"id": "string", "name": "string", "height": "number"}


class TableMaker:
    """Makes typed tables in one folder with one DuckDB."""

    def __init__(self, folder: Path, engine: Engine) -> None:
        self.folder, self.engine = folder, engine
        self._numbers = count(1)

    def __call__(
        self, rows: Sequence[Sequence[Cell]], fields: Fields = TREES, *, key: Sequence[str] = ("id",)
    ) -> TypedTable:
        """Give the table with these *rows*; None and '' are empty cells."""
        source = self.folder / f"{next(self._numbers)}.csv"
        with source.open("w", encoding="utf-8", newline="") as file:
            lines = csv.writer(file, quoting=csv.QUOTE_ALL)
            lines.writerow(fields)
            lines.writerows(["" if cell is None else cell for cell in row] for row in rows)
        described = [{"name": name, **({"type": one} if isinstance(one, str) else one)} for name, one in fields.items()]
        schema = read_schema({"fields": described, "primaryKey": list(key)})
        table, report = build_table(source, schema, source.with_suffix(".parquet"), table="t", engine=self.engine)
        assert table is not None, report.as_dict()
        return table


def compare(
    make: TableMaker, old: TypedTable | None, new: TypedTable | None, *, limit: int = 10_000
) -> tuple[RowCounts, list[Json]]:
    """Give the counts and all changes, read in pages of *limit*."""
    tables, listed = TablePair.of(old, new), make.folder / "changes.parquet"
    counts = write_changes(make.engine, tables, listed)
    found: list[Json] = []
    after: int | None = 0
    while after is not None:
        page = read_changes(make.engine, tables, listed, after=after, limit=limit)
        found += [json.loads(text, parse_float=Decimal) for text in page.changes]
        after = page.last
    assert len(found) == counts.total
    return counts, found


def as_csv(make: TableMaker, old: TypedTable, new: TypedTable) -> bytes:
    """Give all changes as a CSV file."""
    tables, listed, target = TablePair.of(old, new), make.folder / "changes.parquet", make.folder / "changes.csv"
    counts = write_changes(make.engine, tables, listed)
    write_changes_csv(make.engine, tables, listed, target, total=counts.total)
    return target.read_bytes()
