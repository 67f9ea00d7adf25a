"""`receive`: one file in, tables and a Report out. The way each kind of file takes is one line here."""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path, PurePosixPath
from types import MappingProxyType

import duckdb

from portal.foundation.tableschema import TableSchema
from portal.foundation.text import slugify
from portal.ingest.engine import Engine, borrowed
from portal.ingest.receive.archives import unpacked
from portal.ingest.receive.canonical import deliver
from portal.ingest.receive.columnar import load_parquet
from portal.ingest.receive.delivery import Choices, DeliveredTable, Delivery
from portal.ingest.receive.kinds import Kind, kind_of
from portal.ingest.receive.loading import load_text
from portal.ingest.receive.records import load_json
from portal.ingest.receive.spreadsheets import load_sheet, open_workbook
from portal.ingest.receive.task import Met, Notes, Task, Unreadable
from portal.ingest.receive.unused import note_unused
from portal.ingest.report import Finding, Report, Severity

_HEADER = ("header_row", "header_rows")
_TEXT = ("encoding", "delimiter", "quote", *_HEADER)
_LOADERS = {Kind.TEXT: load_text, Kind.JSON: load_json, Kind.PARQUET: load_parquet}


def receive(
    path: Path,
    *,
    filename: str,
    folder: Path,
    choices: Choices | None = None,
    schema: TableSchema | None = None,
    schemas: Mapping[str, TableSchema] = MappingProxyType({}),
    unused: Severity = Severity.WARNING,
    engine: Engine | None = None,
) -> Delivery:
    """Make plain CSV tables in *folder* of the file *path*, which was sent as *filename*.

    With *schema* (the published table's) columns are matched by name or title and values read as its types; *schemas*
    gives them by table where a file may hold several. Tables come with a proposed schema otherwise. What is wrong or doubtful is in the report; this never raises for a file.
    *unused* is what it means that a choice meets nothing in the file (unused.py).
    Memory is that of the engine, whatever the size of the file; a workbook is read in a process of its own.
    """
    folder.mkdir(parents=True, exist_ok=True)
    name = slugify(PurePosixPath(filename).stem)[:90] or "tabelle"
    with borrowed(engine, folder) as own:
        task = Task(
            engine=own,
            folder=folder,
            name=name,
            choices=choices or Choices(),
            schema=schema or schemas.get(name),
            schemas=schemas,
            notes=Notes(name),
            met=Met(),
            unused=unused,
        )
        with _tidied(task):
            delivery = _received(task, path, filename)
    if not delivery.tables:
        return delivery
    late = Notes(name)
    note_unused(late, task.choices, task.met, unused)
    return replace(delivery, report=delivery.report + late.report)


def _received(task: Task, path: Path, filename: str) -> Delivery:
    try:
        kind = kind_of(path, filename)
        if kind is Kind.ARCHIVE:
            return _of_archive(task, path)
        if kind is Kind.WORKBOOK:
            return _of_workbook(task, path)
        task.met.asks(task.choices, *(_TEXT if kind is Kind.TEXT else ()))
        with _tidied(task):
            table = deliver(task, _LOADERS[kind](task, path))
    except Unreadable as refusal:
        return _refused(task, refusal)
    except duckdb.Error as error:
        return _refused(task, _engine_failed(error))
    return Delivery((table,), task.notes.report)


def _of_workbook(task: Task, path: Path) -> Delivery:
    task.met.asks(task.choices, "sheets")
    sheets = open_workbook(task, path)
    tables: list[DeliveredTable] = []
    report = Report()
    for sheet in sheets:
        name = task.name if len(sheets) == 1 else f"{task.name[:60]}-{sheet.slug}"
        notes = task.notes if len(sheets) == 1 else Notes(name)
        schema = task.schemas.get(name, task.schema)
        part = replace(task, name=name, notes=notes, schema=schema, choices=task.choices.of_part(sheet.name))
        task.met.parts.append((task.choices, sheet.name))
        task.met.asks(part.choices, *_HEADER)
        tables.append(deliver(part, load_sheet(part, sheet)))
        report += part.notes.report if part.notes is not task.notes else Report()
    return Delivery(tuple(tables), task.notes.report + report)


def _of_archive(task: Task, path: Path) -> Delivery:
    """Receive each member as a file of its own."""
    delivery = Delivery((), Report())
    for member in unpacked(path, task.folder, task.notes):
        part = replace(
            task,
            name=member.name,
            notes=Notes(member.name),
            choices=task.choices.of_part(member.filename),
            schema=task.schema or member.schema or task.schemas.get(member.name),
        )
        task.met.parts.append((task.choices, member.filename))
        with _tidied(part):
            one = _received_member(part, member.path, member.filename)
        delivery = Delivery((*delivery.tables, *one.tables), delivery.report + one.report)
    return Delivery(delivery.tables, task.notes.report + delivery.report)


def _received_member(task: Task, path: Path, filename: str) -> Delivery:
    try:
        if kind_of(path, filename) is Kind.ARCHIVE:
            raise Unreadable(
                "nested-archive",
                "Im Archiv steckt noch ein Archiv.",
                "The archive holds another archive.",
                value=filename,
            )
    except Unreadable as refusal:
        return _refused(task, refusal)
    return _received(task, path, filename)


def _refused(task: Task, refusal: Unreadable) -> Delivery:
    finding: Finding = replace(refusal.finding, table=task.name)
    task.notes.counts[finding.code] += 1
    task.notes.findings.append(finding)
    return Delivery((), task.notes.report)


def _engine_failed(error: duckdb.Error) -> Unreadable:
    return Unreadable(
        "unreadable",
        "Die Datei konnte nicht verarbeitet werden.",
        "The file could not be processed.",
        value=str(error)[:200],
    )


@contextmanager
def _tidied(task: Task) -> Iterator[None]:
    """Remove work files and tables, whatever happens."""
    try:
        yield
    finally:
        task.engine.run("DROP TABLE IF EXISTS raw; DROP TABLE IF EXISTS cells; DROP TABLE IF EXISTS sample")
        for leftover in task.folder.glob(f".{task.name}.*"):
            if leftover.is_dir():
                shutil.rmtree(leftover)
            else:
                leftover.unlink()
