"""One sheet of a workbook, and what is said of it: hidden rows, merged cells, formulas in error."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from portal.foundation.text import slugify
from portal.ingest.receive.sheet_xml import SheetFacts
from portal.ingest.receive.task import Task
from portal.ingest.report import Remedy, Severity


@dataclass(frozen=True)
class Sheet:
    """One sheet as plain CSV, and what a CSV cannot say of it."""

    name: str
    path: Path
    known: dict[str, Any]  # Any: JSON of our own process
    facts: SheetFacts

    @property
    def slug(self) -> str:
        return slugify(self.name)[:80] or "tabelle"


def note_facts(task: Task, sheet: Sheet, first_data: int, names: tuple[str, ...]) -> None:
    """Say what the sheet hides, and which cells have no value though they should."""
    notes, facts, (top, left) = task.notes, sheet.facts, sheet.known["start"]
    if facts.hidden_rows or facts.hidden_columns:
        notes.add(
            "hidden-rows",
            Severity.WARNING,
            f"{facts.hidden_rows} Zeilen und {facts.hidden_columns} Spaltengruppen sind ausgeblendet; sie sind mit dabei.",
            f"{facts.hidden_rows} rows and {facts.hidden_columns} groups of columns are hidden; they are included.",
        )
    if sheet.known["hidden"]:
        notes.add(
            "hidden-sheet", Severity.WARNING, "Das Blatt ist ausgeblendet.", "The sheet is hidden.", value=sheet.name
        )
    if sheet.known.get("large_numbers"):
        notes.add(
            "precision-lost",
            Severity.WARNING,
            "Zahlen mit mehr als 15 Stellen: Die Tabellenkalkulation hat die letzten Ziffern nicht behalten.",
            "Numbers of more than 15 digits: the spreadsheet did not keep the last of them.",
            number=sheet.known["large_numbers"],
        )
    merged = [area for area in sheet.known.get("merged", []) if area[1][0] >= first_data + top]
    if merged and not task.choices.accepts("keep-merged-gaps"):
        notes.add(
            "merged-cells",
            Severity.ERROR,
            f"{len(merged)} verbundene Zellen in den Daten: Nur die erste trägt den Wert, die anderen bleiben leer.",
            f"{len(merged)} merged cells in the data: only the first bears the value, the others stay empty.",
            row=merged[0][0][0] - top - first_data + 1,
            remedy=Remedy(code="keep-merged-gaps"),
            number=len(merged),
        )
    for code, cells, german, english in (
        (
            "formula-error",
            facts.errors,
            "Die Formel ergibt einen Fehler; die Zelle ist leer.",
            "The formula gives an error; the cell is empty.",
        ),
        (
            "formula-not-computed",
            facts.uncomputed,
            "Die Formel ist nicht berechnet; bitte die Datei öffnen und speichern.",
            "The formula is not computed; please open the file and save it.",
        ),
    ):
        accepted = task.choices.accepts("empty-formula-errors") is not None and code == "formula-error"
        for row, column, value in cells:
            place = column - left
            notes.add(
                code,
                Severity.NOTE if accepted else Severity.ERROR,
                german,
                english,
                row=max(row - top - first_data + 1, 1),
                column=names[place] if 0 <= place < len(names) else None,
                value=value,
                remedy=Remedy(code="empty-formula-errors") if code == "formula-error" and not accepted else None,
            )
