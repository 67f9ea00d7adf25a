"""Apostrophes before texts that a spreadsheet would run: '+49 203 is +49 203, unless the apostrophe is part of the text.

The portal's CSV for Excel puts them there (portal/exports/delimited.py), and so do other programs (OWASP, “CSV Injection”).

the portal's CSV for Excel, come back    taken away, and noted
any other file                           asked; what was accepted is repeated: taken away, and noted
`keep-apostrophes` was chosen            they stay; the portal's CSV for Excel is refused then, as it cannot tell them apart

A column that has them is text: spreadsheets put them before nothing else.
"""

from collections.abc import Mapping
from dataclasses import replace

from portal.foundation.tableschema import Column, ColumnType
from portal.foundation.text import FORMULA_STARTS
from portal.ingest.engine import quote_text
from portal.ingest.receive.task import Grid, Task
from portal.ingest.report import Remedy, Severity

KEEP, REMOVE = "keep-apostrophes", "remove-apostrophes"


def without_apostrophes(task: Task, grid: Grid, wanted: Mapping[str, Column]) -> Grid:
    """Take away, ask about or keep what guards the texts of `cells`; *wanted* is the schema by file name."""
    asked = [index for index, name in enumerate(grid.names) if _may_be_text(task, grid, index, wanted.get(name))]
    numbers = task.engine.facts([f"count(*) FILTER (WHERE {_guarded(index)})" for index in asked], "cells")
    held = {index: number for index, number in zip(asked, numbers, strict=True) if number}
    gone = [index for index, number in held.items() if _goes(task, grid, index, number)]
    for index in gone:
        task.engine.run(f"UPDATE cells SET r{index} = r{index}[2:] WHERE {_guarded(index)}")  # noqa: S608 - generated names
    kinds = {**grid.kinds, **dict.fromkeys(held, "text")}
    return replace(grid, kinds=kinds, original=None if gone else grid.original)


def _may_be_text(task: Task, grid: Grid, index: int, column: Column | None) -> bool:
    name = grid.names[index]
    if task.choices.accepts(REMOVE, name):
        return True
    chosen = task.choices.columns.get(name)
    kind = (chosen.type if chosen else None) or (column.type if column else None)
    return kind in (None, ColumnType.STRING) and grid.kinds.get(index) in (None, "text", "json-text")


def _guarded(index: int) -> str:
    """Give SQL for whether a cell is guarded; a chain of AND would ask all of every cell, at five times the cost."""
    second = f"length(r{index}) > 1 AND contains({quote_text(FORMULA_STARTS)}, r{index}[2:2])"
    return f"(CASE WHEN prefix(r{index}, '''') THEN {second} ELSE false END)"


def _goes(task: Task, grid: Grid, index: int, number: int) -> bool:
    """Tell whether the apostrophes of a column go; say so, or ask."""
    name, notes = grid.names[index], task.notes
    row, value = task.engine.row(f"SELECT {grid.row}, r{index} FROM cells WHERE {_guarded(index)} ORDER BY 1 LIMIT 1")  # noqa: S608 - generated names
    kept = task.choices.accepts(KEEP) or task.choices.accepts(KEEP, name)
    if kept and not _is_ours(task, grid):
        return False
    if kept:
        notes.add(
            "apostrophes-mixed",
            Severity.ERROR,
            "In dieser Spalte gehören Apostrophe zum Text; die CSV-Datei für Excel setzt selbst welche. Bitte die Datei .csv nehmen.",
            "In this column apostrophes are part of the text, and the CSV for Excel adds its own. Please use the file .csv.",
            row=row, column=name, value=value, number=number,
        )  # fmt: skip
        return False
    if not _is_ours(task, grid) and not task.choices.accepts(REMOVE, name):
        notes.add(
            "guarded-text",
            Severity.ERROR,
            f"Ein Apostroph vor =, +, - oder @ ({number}-mal), wie er Tabellen vor Formeln schützt: Soll er weg? "
            f"Gehört er zum Text, ist {KEEP} festzulegen.",
            f"An apostrophe before =, +, - or @ ({number} times), as it guards spreadsheets against formulas: shall it go? "
            f"If it is part of the text, choose {KEEP}.",
            row=row, column=name, value=value, remedy=Remedy(code=REMOVE, column=name), number=number,
        )  # fmt: skip
        return False
    notes.add(
        "apostrophes-removed",
        Severity.NOTE,
        f"Der Apostroph vor =, +, - oder @ wurde weggelassen ({number}-mal): Er schützt Tabellen vor Formeln.",
        f"The apostrophe before =, +, - or @ was left out ({number} times): it guards spreadsheets against formulas.",
        row=row, column=name, value=value, number=number,
    )  # fmt: skip
    return True


def _is_ours(task: Task, grid: Grid) -> bool:
    """Tell whether this is the portal's CSV for Excel of this very table."""
    return grid.is_for_excel and task.schema is not None and grid.names == tuple(task.schema.names)
