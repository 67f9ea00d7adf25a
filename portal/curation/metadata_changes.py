"""A file of metadata that came back: what it would change, or everything that is wrong with it, by row and column.

file ──read──▶ lines ──compare with what there is──▶ edits ──plan (portal.curation.bulk)──▶ Plan
                 └──────────────────────────────────▶ findings; with one of them nothing is applied
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session

from portal.accounts.actor import Actor
from portal.accounts.permissions import Action
from portal.curation.bulk import MAX_DATASETS, Edit, Plan, Refusal, plan_edits
from portal.curation.editable import Editable, editable_named, require_editor
from portal.curation.editing import edited
from portal.curation.finding import curated_dataset
from portal.curation.metadata_columns import MARK, NAME, cells_of, column_at, patch_of, unified
from portal.curation.metadata_sheet import Line, Sheet, error, guarded, read_sheet, unguarded
from portal.foundation.errors import InvalidDataset, InvalidInput, PortalError
from portal.foundation.text import LangString
from portal.ingest.receive.decoding import FORBIDDEN
from portal.ingest.receive.sniffed import DOUBLED
from portal.ingest.report import Finding, Report
from portal.publishing.folder import is_name

_DAMAGED = (
    (FORBIDDEN, "control-character", "Steuerzeichen", "control characters"),
    (re.compile("\ufffd"), "lost-character", "verlorene Zeichen (�)", "lost characters (�)"),
    (DOUBLED, "double-encoded", "doppelt kodierte Umlaute (Ã¼ statt ü)", "double-encoded umlauts (Ã¼ for ü)"),
)
"""What a changed cell must not hold: pattern, code, and what it is in both languages."""


@dataclass(frozen=True)
class SheetPlan:
    """What a file would change."""

    plan: Plan
    rows: Mapping[str, int]
    """Row of each dataset."""


@dataclass(frozen=True)
class _Asked:
    """A line that changes something."""

    line: Line
    dataset: Editable
    cells: dict[str, str]
    """Those that differ, by column."""

    @property
    def edit(self) -> Edit:
        return Edit(self.dataset.slug, patch_of(self.dataset.descriptor, self.cells))


def plan_sheet(session: Session, path: Path, *, by: Actor) -> SheetPlan:
    """Say what the file at *path* would change; nothing is changed.

    Raises:
        Unauthenticated, Forbidden: *by* edits for no publisher.
        InvalidInput: it cannot be read as a file of metadata, or changes more datasets than one change may have.
        InvalidDataset: anything in it is wrong; every finding, with row and column, is among the facts.
    """
    require_editor(by)
    sheet = read_sheet(path)
    _refuse(list(sheet.header_findings))  # without a right header nobody knows which cell is which
    findings = list(sheet.findings)
    there = editable_named(session, [name for line in sheet.lines if is_name(name := _name(line))], by=by)
    asked: list[_Asked] = []
    times = Counter(_name(line) for line in sheet.lines)
    for line in sheet.lines:
        dataset = there.get(_name(line))
        if times[_name(line)] > 1:
            findings.append(_twice(line, times[_name(line)]))
        elif dataset is None:
            findings.append(_not_editable(session, line, by=by))
        elif line.cells[MARK].strip() != dataset.mark:
            findings.append(_outdated(line, dataset))
        elif cells := changed_cells(sheet, line, dataset):
            findings += _damaged(sheet, line, dataset, cells)
            asked.append(_Asked(line, dataset, cells))
    plan = _planned(session, asked, by=by)
    by_slug = {one.dataset.slug: one for one in asked}
    for refusal in plan.refusals:
        findings += _findings_of(by_slug[refusal.slug], refusal)
    _refuse(findings)
    changing = {one.slug for one in plan.planned}
    unchanged = tuple(slug for slug in there if slug not in changing)
    return SheetPlan(Plan(plan.planned, unchanged, ()), {_name(line): line.row for line in sheet.lines})


def _name(line: Line) -> str:
    return line.cells[NAME].strip()


def _planned(session: Session, asked: list[_Asked], *, by: Actor) -> Plan:
    if len(asked) > MAX_DATASETS:
        raise InvalidInput(
            f"The file changes {len(asked)} datasets; one change has at most {MAX_DATASETS}.",
            detail_de=f"Die Datei ändert {len(asked)} Datensätze; eine Änderung hat höchstens {MAX_DATASETS}.",
            datasets=len(asked),
        )
    return plan_edits(session, [one.edit for one in asked], by=by) if asked else Plan((), (), ())


def changed_cells(sheet: Sheet, line: Line, dataset: Editable) -> dict[str, str]:
    """Give the cells that say something else than the dataset does.

    What a cell says is the same with a spreadsheet's apostrophe, with other line ends, and where the encoding of the
    file has no sign for something and wrote a question mark.
    """
    changed = {}
    for name, current in cells_of(dataset.descriptor).items():
        if name not in line.cells:
            continue
        cell, lossy = unified(line.cells[name]), current.encode(sheet.encoding, "replace").decode(sheet.encoding)
        if cell not in {unified(shown) for text in (current, lossy) for shown in (text, guarded(text))}:
            changed[name] = unguarded(cell)
    return changed


def _twice(line: Line, times: int) -> Finding:
    name = _name(line)
    return error(
        "line-twice",
        f"Den Datensatz {name[:100]!r} gibt es in {times} Zeilen.",
        f"The dataset {name[:100]!r} is there in {times} lines.",
        line.row,
        NAME,
        name,
    )


def _not_editable(session: Session, line: Line, *, by: Actor) -> Finding:
    name = _name(line)
    message = LangString(
        f"Von {name[:100]!r} ist nichts öffentlich, und es gibt keinen Entwurf.",
        f"Nothing of {name[:100]!r} is public, and it has no draft.",
    )
    code = "not-found"
    try:
        if is_name(name):
            curated_dataset(session, name, Action.EDIT_DRAFT, by=by)
    except PortalError as refusal:
        code, message = refusal.slug, refusal.detail
    return error(code, message.de, message.in_language("en"), line.row, NAME, name)


def _outdated(line: Line, dataset: Editable) -> Finding:
    given = line.cells[MARK].strip()
    return error(
        "outdated",
        f"Die Zeile beruht auf {given[:40]!r}, der Datensatz ist inzwischen bei {dataset.mark!r}; bitte neu holen.",
        f"The line was made on {given[:40]!r}, the dataset is at {dataset.mark!r} by now; please fetch it again.",
        line.row,
        MARK,
        given,
    )


def _damaged(sheet: Sheet, line: Line, dataset: Editable, cells: Mapping[str, str]) -> Iterator[Finding]:
    """Give what a program on the way has broken: it must not become the metadata unnoticed."""
    current = cells_of(dataset.descriptor)
    for name, cell in cells.items():
        for pattern, code, german, english in _DAMAGED:
            if pattern.search(cell):
                yield error(code, f"Die Zelle enthält {german}.", f"The cell holds {english}.", line.row, name, cell)
        if current[name].encode(sheet.encoding, "replace").decode(sheet.encoding) != current[name]:
            yield error(
                "not-in-encoding",
                f"Der Text hat Zeichen, die es in {sheet.encoding} nicht gibt; bitte als CSV in UTF-8 speichern.",
                f"The text has signs that {sheet.encoding} does not have; please save as CSV in UTF-8.",
                line.row,
                name,
                cell,
            )


def _findings_of(asked: _Asked, refusal: Refusal) -> Iterator[Finding]:
    """Give what is wrong with a line, cell by cell: one that is wrong must not hide the next."""
    if not isinstance(refusal.error, InvalidDataset):
        said = refusal.error.detail
        yield error(refusal.error.slug, said.de, said.in_language("en"), asked.line.row, NAME, asked.dataset.slug)
        return
    found = [finding for name in asked.cells for finding in _cell_findings(asked, name)]
    yield from found or [_finding(asked, one) for one in _listed(refusal.error)]


def _cell_findings(asked: _Asked, name: str) -> Iterator[Finding]:
    before = asked.dataset.descriptor
    try:
        edited(before, patch_of(before, {name: asked.cells[name]}))
    except InvalidDataset as refused:
        yield from (_finding(asked, one) for one in _listed(refused) if column_at(str(one["pointer"]), [name]))


def _listed(refused: PortalError) -> list[dict[str, object]]:
    findings = refused.facts.get("findings")
    return findings if isinstance(findings, list) else []


def _finding(asked: _Asked, told: Mapping[str, object]) -> Finding:
    pointer = str(told["pointer"])
    column = column_at(pointer, asked.cells)
    message = told.get("message")
    said = {str(language): str(text) for language, text in message.items()} if isinstance(message, dict) else {}
    german = said.get("de", pointer)
    value = asked.cells[column] if column else None
    return error("invalid-value", german, said.get("en", german), asked.line.row, column, value)


def _refuse(findings: list[Finding]) -> None:
    """Raise InvalidDataset if there are *findings*."""
    if not findings:
        return
    report = Report.of(sorted(findings, key=lambda one: (one.row or 0, one.column or "")))
    first = report.findings[0]
    place = {
        "de": f"Zeile {first.row}, Spalte {first.column}: " if first.row else "",
        "en": f"row {first.row}, column {first.column}: " if first.row else "",
    }
    more = report.errors - 1
    raise InvalidDataset(
        f"Nothing was changed; {place['en']}{first.message.in_language('en')}{f' (and {more} more)' if more else ''}",
        detail_de=f"Nichts wurde geändert; {place['de']}{first.message.de}{f' (und {more} weitere)' if more else ''}",
        counts=dict(report.counts),
        findings=[finding.as_dict() for finding in report.findings],
    )
