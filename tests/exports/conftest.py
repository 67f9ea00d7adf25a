"""A DuckDB for the whole run, and a builder that takes a CSV text and a schema to a table ready for export.

A text that comes again, for the next format, is not typed again.
"""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from portal.exports.table import TableExport
from portal.foundation.tableschema import read_schema
from portal.foundation.text import LangString
from portal.ingest.engine import Engine
from portal.ingest.typed import TypedTable, build_table


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with Engine.open(tmp_path_factory.mktemp("spill")) as engine:
        yield engine


@pytest.fixture(scope="session")
def an_export(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., TableExport]:
    folder, numbers = tmp_path_factory.mktemp("tables"), count()

    @cache
    def typed(text: str, schema: str) -> TypedTable:
        source = folder / f"{next(numbers)}.csv"
        source.write_bytes(text.encode())
        table, report = build_table(
            source, read_schema(json.loads(schema)), source.with_suffix(".parquet"), table="t", engine=engine
        )
        assert table is not None, report.as_dict()
        return table

    def make(text: str, schema: dict[str, Any], **facts: Any) -> TableExport:
        table = typed(text, json.dumps(schema))
        standard: dict[str, Any] = {
            "dataset": "maengel",
            "table": "meldungen",
            "title": LangString('Mängel & "Meldungen" <1>', "Reports"),
            "description": LangString("Was\nnicht geht\\", "What is broken"),
            "dataset_title": LangString("Mängelmelder"),
            "version": 3,
            "licence_title": LangString("Datenlizenz Deutschland – Zero – Version 2.0"),
            "licence_url": "https://www.govdata.de/dl-de/zero-2-0",
            "attribution": LangString("Stadt Krefeld, Mängelmelder"),
            "base_url": "https://daten.example",
            "rdf_type": None,
            "modified_at": datetime(2026, 11, 21, 12, 0, tzinfo=UTC),
        }
        return TableExport(
            parquet=Path(table.path),
            schema=table.schema,
            physical=table.physical,
            row_count=table.row_count,
            statistics=table.statistics,
            engine=engine,
            **{**standard, **facts},
        )

    return make
