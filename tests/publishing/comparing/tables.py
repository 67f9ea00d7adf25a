"""Typed tables for comparing: a few rows and columns in, a Parquet file and what is known of it out."""

import csv
from collections.abc import Mapping, Sequence
from itertools import count
from pathlib import Path
from typing import Any

from portal.foundation.tableschema import read_schema
from portal.ingest.engine import Engine
from portal.ingest.typed import TypedTable, build_table
from tests.builders import Cell

Fields = Mapping[str, str | Mapping[str, Any]]
"""Column ↔ its type, or the keys of its field."""

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
