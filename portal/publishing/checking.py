"""A dataset folder checked without a portal: form, types, keys (also between folders), provenance, personal data."""

import csv
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from portal.foundation.errors import InvalidDataset
from portal.foundation.tableschema import ForeignKey
from portal.ingest.engine import Engine
from portal.publishing.build import type_tables
from portal.publishing.folder import SourceDataset, SourceTable, read_folder
from portal.publishing.protection import protect

Found = dict[str, Any]  # Any: a finding as JSON
PROVENANCE = ("source_document", "source_line_from", "source_line_to")
"""Columns that say where in a document a row comes from."""


def check_folders(folders: list[Path], *, on_done: Callable[[], None]) -> Iterator[tuple[str, Found]]:
    """Give every finding with the name of its dataset; *on_done* is called after each folder."""
    sources = {}
    for folder in folders:
        try:
            source = sources[folder.name] = read_folder(folder)
            with TemporaryDirectory() as workshop, Engine.open(Path(workshop)) as engine:
                typed = type_tables(source, Path(workshop), engine)
                protect(source.descriptor, typed, Path(workshop), engine)
        except InvalidDataset as error:
            listed = error.facts.get("findings")
            yield from ((folder.name, one) for one in (listed if isinstance(listed, list) else [_said(error)]))
        on_done()
    for source in sources.values():
        for table in source.tables:
            for finding in (*_dangling(source, table, sources), *_out_of_range(table, sources)):
                yield source.slug, finding


def _said(error: InvalidDataset) -> Found:
    return {"code": "descriptor", "message": error.detail.as_dict(), "table": None, "row": None, "column": None}


def _dangling(source: SourceDataset, table: SourceTable, sources: dict[str, SourceDataset]) -> Iterator[Found]:
    """Give the values of keys into other datasets that are not there; datasets that are not at hand are passed over."""
    for key in table.schema.foreign_keys:
        if key.dataset is None or key.dataset not in sources:
            continue
        known = _key_values(sources[key.dataset], key)
        for number, row in enumerate(_rows(table.path), start=1):
            value = tuple(row.get(column) or "" for column in key.columns)
            if any(value) and (known is None or value not in known):
                yield _finding(
                    "foreign-key", table.name, number, ", ".join(key.columns), ", ".join(value),
                    f"{value} is not a key of {key.dataset}/{key.table}.", f"{value} ist kein Schlüssel von {key.dataset}/{key.table}.",
                )  # fmt: skip


def _key_values(source: SourceDataset, key: ForeignKey) -> set[tuple[str, ...]] | None:
    for table in source.tables:
        if table.name == key.table:
            return {tuple(row.get(column) or "" for column in key.referenced) for row in _rows(table.path)}
    return None


def _out_of_range(table: SourceTable, sources: dict[str, SourceDataset]) -> Iterator[Found]:
    """Give the rows whose lines lie outside their document, by the `documents` dataset beside."""
    if not set(PROVENANCE) <= set(table.schema.names) or "documents" not in sources:
        return
    lines = {
        row["id"]: int(row["text_lines"])
        for one in sources["documents"].tables
        for row in _rows(one.path)
        if row.get("text_lines", "").isdigit()
    }
    for number, row in enumerate(_rows(table.path), start=1):
        document, first, last = (row[column] for column in PROVENANCE)
        if not document:
            continue
        fits = first.isdigit() and last.isdigit() and 1 <= int(first) <= int(last) <= lines.get(document, 0)
        if not fits:
            yield _finding(
                "provenance-range", table.name, number, "source_line_from", f"{document}:{first}-{last}",
                f"Lines {first}-{last} do not lie in {document}, which has {lines.get(document, 'no known number of')} lines.",
                f"Die Zeilen {first}-{last} liegen nicht in {document}; es hat {lines.get(document, 'unbekannt viele')} Zeilen.",
            )  # fmt: skip


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        yield from csv.DictReader(file)


def _finding(code: str, table: str, row: int, column: str, value: str, english: str, german: str) -> Found:
    return {
        "code": code, "severity": "error", "table": table, "row": row, "column": column, "value": value,
        "message": {"de": german, "en": english},
    }  # fmt: skip
