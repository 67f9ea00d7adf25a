"""XLSX, XLS and ODS: one sheet (or several, if asked for) becomes a table, and what sheets hide is said.

Read in a process of its own (workbook.py) after the limits on ZIP files. Stated limits: 20 M cells a sheet, 3 GiB of
memory and 120 s for the process, 1,000 members, 4 GiB unpacked.
"""

import csv
import json
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from portal.ingest.receive.cutting import cut
from portal.ingest.receive.delivery import ALL_SHEETS
from portal.ingest.receive.layout import find_layout
from portal.ingest.receive.loading import load_records
from portal.ingest.receive.sheet import Sheet, note_facts
from portal.ingest.receive.sheet_xml import BookFacts, SheetFacts, book_facts, ods_hidden, sheet_facts
from portal.ingest.receive.task import Grid, Notes, Task, Unreadable
from portal.ingest.receive.workbook import MAX_CELLS, MAX_SECONDS
from portal.ingest.receive.xls import xls_facts
from portal.ingest.receive.zipped import checked, damaged
from portal.ingest.report import Remedy, Severity

_SAMPLE_ROWS = 500


def open_workbook(task: Task, path: Path) -> list[Sheet]:
    """Read the workbook *path* and give the sheets to take.

    Raises:
        Unreadable: it is hostile, damaged, encrypted, has macros or no sheet with anything in it.
    """
    book = BookFacts()
    looked: dict[int, SheetFacts] = {}
    with path.open("rb") as stream:
        is_zip = stream.read(2) == b"PK"
    if is_zip:
        with checked(path) as archive:
            book, looked = _looked(task, archive)
    else:
        looked[0] = xls_facts(path)
    _refuse_macros(task.notes, task, book)
    sheets = [
        Sheet(known["name"], task.work_file("book") / f"sheet-{index}.csv", known, looked.get(index, SheetFacts()))
        for index, known in enumerate(_read(task, path))
    ]
    return _chosen(task, sheets)


def _looked(task: Task, archive: zipfile.ZipFile) -> tuple[BookFacts, dict[int, SheetFacts]]:
    try:
        book = book_facts(archive)
        looked = {index: sheet_facts(archive, member, book) for index, member in enumerate(book.paths) if member}
        if "content.xml" in archive.namelist():
            hidden, errors = ods_hidden(archive)
            looked[0] = SheetFacts(hidden_rows=hidden, errors=[(0, 0, word) for word in errors])
    except (zipfile.BadZipFile, OSError, EOFError, ValueError):
        raise damaged() from None
    return book, looked


def _refuse_macros(notes: Notes, task: Task, book: BookFacts) -> None:
    if book.has_macros:
        raise Unreadable(
            "macros",
            "Die Arbeitsmappe enthält Makros; bitte als XLSX oder ODS ohne Makros speichern.",
            "The workbook holds macros; please save it as XLSX or ODS without them.",
        )
    if book.has_links and not task.choices.accepts("accept-external-links"):
        notes.add(
            "external-links",
            Severity.ERROR,
            "Zellen verweisen auf andere Dateien; ihre Werte können veraltet sein.",
            "Cells refer to other files; their values may be stale.",
            remedy=Remedy(code="accept-external-links"),
        )


def _read(task: Task, path: Path) -> list[dict[str, Any]]:  # Any: JSON of our own process
    folder = task.work_file("book")
    folder.mkdir()
    command = [sys.executable, "-m", "portal.ingest.receive.workbook", str(path.resolve()), str(folder.resolve())]
    try:
        done = subprocess.run(command, capture_output=True, timeout=MAX_SECONDS * 2, check=False, text=True)  # noqa: S603 - our own module
    except subprocess.TimeoutExpired:
        raise _too_large() from None
    if done.returncode == 0:
        return json.loads((folder / "workbook.json").read_bytes())  # type: ignore[no-any-return]
    if "PasswordError" in done.stderr:
        raise Unreadable(
            "encrypted",
            "Die Arbeitsmappe ist mit einem Kennwort geschützt.",
            "The workbook is protected by a password.",
        )
    if (
        done.returncode < 0
        or "MemoryError" in done.stderr
        or "allocation" in done.stderr
        or "capacity overflow" in done.stderr
    ):
        raise _too_large()
    raise Unreadable(
        "damaged-workbook",
        "Die Arbeitsmappe ist beschädigt oder unvollständig.",
        "The workbook is damaged or incomplete.",
        value=done.stderr.strip().splitlines()[-1][:200] if done.stderr.strip() else None,
    )


def _too_large() -> Unreadable:
    return Unreadable(
        "workbook-too-large",
        f"Die Arbeitsmappe ist zu groß (höchstens {MAX_CELLS:,} Zellen je Blatt).",
        f"The workbook is too large (at most {MAX_CELLS:,} cells a sheet).",
    )


OUR_SHEETS = ("Spalten · Columns", "Lizenz · Licence")
"""What the portal's own workbooks have beside the data (portal/exports/sheets.py): one that comes back is the data alone."""


def _chosen(task: Task, sheets: list[Sheet]) -> list[Sheet]:
    """Give the sheets to take: those chosen, or the only one with a table; else the likeliest, and ask."""
    filled = [sheet for sheet in sheets if sheet.known.get("rows") or sheet.known.get("too_large")]
    accepted = [
        one.parameters["sheet"]
        for one in task.choices.accepted
        if one.code == "take-sheet" and "sheet" in one.parameters
    ]
    wanted = task.choices.sheets or tuple(accepted)
    if wanted and wanted != ALL_SHEETS:
        found = [sheet for sheet in filled if sheet.name in wanted]
        _note_lost(task, [name for name in wanted if name not in {sheet.name for sheet in found}], filled)
        if found:
            return found
    filled = [sheet for sheet in filled if sheet.name not in OUR_SHEETS] or filled
    if not filled:
        raise Unreadable("empty-file", "Kein Blatt enthält etwas.", "No sheet holds anything.")
    tables = [sheet for sheet in filled if sheet.known.get("width", 0) > 1 and sheet.known.get("rows", 0) > 1]
    visible = [sheet for sheet in tables if not sheet.known["hidden"]] or tables or filled
    if task.choices.sheets == ALL_SHEETS:
        return visible
    taken = max(visible, key=lambda sheet: sheet.known.get("rows", 0) * sheet.known.get("width", 0))
    others = [sheet for sheet in filled if sheet is not taken]
    names = ", ".join(sheet.name for sheet in others)
    if others:
        doubt = any(sheet in tables for sheet in others)
        task.notes.add(
            "other-sheets",
            Severity.ERROR if doubt else Severity.WARNING,
            f"Gelesen wurde nur das Blatt {taken.name!r}; daneben gibt es {names}.",
            f"Only the sheet {taken.name!r} was read; there are also {names}.",
            value=names,
            remedy=Remedy(code="take-sheet", parameters={"sheet": taken.name}),
        )
    task.notes.guess(
        "sheet",
        taken.name,
        0.6 if others else 1.0,
        f"Blatt {taken.name!r}.",
        f"Sheet {taken.name!r}.",
        alternatives=tuple(sheet.name for sheet in others),
    )
    return [taken]


def _note_lost(task: Task, lost: list[str], filled: list[Sheet]) -> None:
    """Refuse sheets that were chosen for this file and are not there; of remembered ones it is only said.

    Raises:
        Unreadable: they were chosen for this file.
    """
    if not lost:
        return
    missing, there = ", ".join(lost), ", ".join(sheet.name for sheet in filled)
    refusal = Unreadable(
        "unknown-sheet",
        f"Diese Blätter gibt es nicht: {missing}; es gibt: {there}.",
        f"There are no sheets {missing}; there are: {there}.",
        value=missing,
    )
    if task.unused is Severity.ERROR:
        raise refusal
    task.notes.repeat(refusal, task.unused)


def load_sheet(task: Task, sheet: Sheet) -> Grid:
    """Fill `cells` with the rows of *sheet*.

    Raises:
        Unreadable: it is too large or holds nothing.
    """
    if sheet.known.get("too_large"):
        raise _too_large()
    sample = [row for row, _ in zip(_rows(sheet), range(_SAMPLE_ROWS), strict=False)]
    layout = find_layout(task, sample, sheet.path)
    note_facts(task, sheet, layout.first_data, layout.names)
    rows = (row for number, row in enumerate(_rows(sheet)) if number >= layout.first_data)
    load_records(task, ((row + [""] * layout.width)[: layout.width] for row in rows), layout.width)
    grid = cut(task, layout.names, sample[layout.first_data - 1] if layout.first_data else None)
    return replace(grid, kinds=_kinds(sheet, layout.names, grid.names), original=None)


def _rows(sheet: Sheet) -> Iterator[list[str]]:
    csv.field_size_limit(2**31 - 1)
    zeros = {column - sheet.known["start"][1]: digits for column, digits in sheet.facts.zeros.items()}
    with sheet.path.open(encoding="utf-8", newline="") as stream:
        for row in csv.reader(stream):
            for column, digits in zeros.items():
                if 0 <= column < len(row) and row[column].isdigit():
                    row[column] = row[column].zfill(digits)
            yield row


def _kinds(sheet: Sheet, before: tuple[str, ...], after: tuple[str, ...]) -> dict[int, str]:
    """Give the columns whose numbers are all real ones: no doubt about points and commas there."""
    numbers, texts = sheet.known.get("numbers", []), sheet.known.get("numeric_texts", [])
    shown = {column - sheet.known["start"][1] for column in sheet.facts.zeros}
    return {
        after.index(name): "number"
        for index, name in enumerate(before)
        if name in after and index < len(numbers) and numbers[index] and not texts[index] and index not in shown
    }
