"""Where the table begins: lines before it, one or more lines of names, and what the columns are then called.

Bericht 2024                      preamble: dropped, quoted in a finding
Gebiet;Bevölkerung;;Fläche        names, the second of them over two columns
;Männer;Frauen;km²                more names: joined, “Bevölkerung Männer”
Mitte;12;13;4,5                   the first record that holds values where the rest of the table does
"""

import re
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from portal.foundation.tableschema import TableSchema
from portal.foundation.text import slugify
from portal.ingest.receive.cells import FOOTER, MISSING, is_empty, is_value
from portal.ingest.receive.delivery import Choices
from portal.ingest.receive.names import joined, whole_names
from portal.ingest.receive.task import Notes, Task, Unreadable
from portal.ingest.report import Remedy, Severity

MAX_COLUMNS = 1999
"""As many as the profile of a dataset allows: SQLite's 2,000 without the row's number (portal/rows/index.py)."""
_LOOKED_AT = 50
_UNIT = re.compile(r"\s*[\[(](.{1,20})[\])]\s*|(?:in )?(%|€|EUR|TEUR|km²?|m²?|m³|ha|kg|t|kWh|MWh|°C|Stück|Anzahl)")


@dataclass(frozen=True)
class Layout:
    """Where the names are and what they are."""

    first_data: int
    """Index of the first record with values."""
    names: tuple[str, ...]
    width: int


def find_layout(task: Task, records: list[list[str]], source: Path) -> Layout:
    """Find the names among the first *records*.

    Raises:
        Unreadable: there is nothing to read.
    """
    width = _width(records)
    if width == 0:
        raise Unreadable("empty-file", f"In {source.name} steht nichts.", f"There is nothing in {source.name}.")
    if width > MAX_COLUMNS:
        raise Unreadable("too-many-columns", f"Mehr als {MAX_COLUMNS} Spalten.", f"More than {MAX_COLUMNS} columns.")
    start, rows = _header(task, task.choices, records, width)
    if start + max(rows, 1) > len(records):
        _note_short_file(task, len(records))
        start, rows = _header(task, Choices(), records, width)
    _note_preamble(task.notes, records[:start])
    if rows == 0:
        named = _expected_names(task.schema, width)
        return Layout(start, named or tuple(f"spalte_{number}" for number in range(1, width + 1)), width)
    lines = [(record + [""] * width)[:width] for record in records[start : start + rows]]
    names = joined(lines)
    task.notes.guess(
        "header",
        str(start + 1),
        0.9 if start or rows > 1 else 0.95,
        f"Die Namen stehen in Zeile {start + 1}" + (f" bis {start + rows}." if rows > 1 else "."),
        f"The names stand in line {start + 1}" + (f" to {start + rows}." if rows > 1 else "."),
    )
    return Layout(start + rows, whole_names(task.notes, names), width)


def _width(records: list[list[str]]) -> int:
    """Give the commonest number of cells, wider records only if they are not few."""
    widths = Counter(len(record) for record in records if any(not is_empty(cell) for cell in record))
    if not widths:
        return 0
    return max(widths, key=lambda width: (widths[width] if width > 1 else 0, width))


def _note_short_file(task: Task, lines: int) -> None:
    """Refuse names below the end of the file; where they were remembered, it is only said.

    Raises:
        Unreadable: they were chosen for this file.
    """
    refusal = Unreadable(
        "header-below-end",
        f"Die Namen sollen unterhalb von Zeile {lines} stehen, dort ist die Datei zu Ende.",
        f"The names are to stand below line {lines}, where the file ends.",
    )
    if task.unused is Severity.ERROR:
        raise refusal
    task.notes.repeat(refusal, task.unused)


def _header(task: Task, choices: Choices, records: list[list[str]], width: int) -> tuple[int, int]:
    """Give the index of the first record of names and how many there are; 0: none."""
    accepted = choices.accepts("read-header")
    chosen = choices.header_row if choices.header_row is not None else None
    start = chosen - 1 if chosen else _start(records, width, task.schema)
    if chosen == 0 or choices.accepts("no-header"):
        return (0 if chosen == 0 else start), 0
    if chosen is not None or choices.header_rows:
        return min(start, len(records)), choices.header_rows or 1
    if accepted:
        return start, int(accepted.parameters.get("rows", "1"))
    if _known_names(task.schema, records[start : start + 1]):
        return start, 1
    if _is_data(records, start, width):
        _refuse_narrow_names(records, start, width)
        _ask_for_names(task.notes, records[start])
        return start, 0
    return start, _rows_of_names(task.notes, records, start, width)


def _start(records: list[list[str]], width: int, schema: TableSchema | None) -> int:
    """Give the first record that could hold names: of full width, most cells filled; a schema's names decide."""
    for index, record in enumerate(records[:_LOOKED_AT]):
        if _known_names(schema, [record]):
            return index
    needed = 1 if width == 1 else max(2, width // 2)
    for index, record in enumerate(records[:_LOOKED_AT]):
        filled = sum(not is_empty(cell) for cell in record)
        if len(record) >= width and filled >= needed and not _is_remark(records, index):
            return index
    return next((index for index, record in enumerate(records) if any(not is_empty(cell) for cell in record)), 0)


def _is_remark(records: list[list[str]], index: int) -> bool:
    """Tell whether a line of one-column text is set off from the table below it by a blank line."""
    return len(records[index]) == 1 and index + 1 < len(records) and not any(records[index + 1]) and index < 10


def _known_names(schema: TableSchema | None, records: list[list[str]]) -> bool:
    if schema is None or not records:
        return False
    known = {slugify(text) for column in schema.columns for text in (column.name, column.title.de)}
    hits = sum(slugify(cell) in known for cell in records[0] if cell)
    return hits >= max(1, (len(schema.columns) + 1) // 2)


def _expected_names(schema: TableSchema | None, width: int) -> tuple[str, ...] | None:
    return schema.names if schema and len(schema.columns) == width else None


def _value_columns(records: list[list[str]], start: int, width: int) -> list[int]:
    """Give the columns that hold values in most records of the body."""
    body = [record for record in records[start + 1 : start + 500] if len(record) == width]
    body = body[2:] if len(body) > 6 else body[1:] or body  # the first may be a second line of names
    found = []
    for index in range(width):
        cells = [
            record[index] for record in body if not is_empty(record[index]) and record[index].strip() not in MISSING
        ]
        if cells and sum(is_value(cell) for cell in cells) >= 0.7 * len(cells):
            found.append(index)
    return found


def _is_data(records: list[list[str]], start: int, width: int) -> bool:
    """Tell whether the record that should hold names holds values, or repeats in the first column what is below it."""
    record, columns = records[start], _value_columns(records, start, width)
    if len(record) < width:
        return False
    values = [index for index in columns if is_value(record[index])]
    if values and not _are_years([record[index] for index in values]):
        return True
    if len(columns) == 0 and width > 1:
        below = [one for one in records[start + 1 : start + 300] if len(one) == width]
        return any(record[index] and sum(one[index] == record[index] for one in below) > 1 for index in range(width))
    return False


def _are_years(cells: list[str]) -> bool:
    """Tell whether the cells are years one after the other, as they head columns: 2019;2020;2021."""
    numbers = [int(cell) for cell in cells if re.fullmatch(r"(19|20)\d\d", cell.strip())]
    if len(numbers) != len(cells):
        return False
    steps = {after - before for before, after in pairwise(numbers)}
    return len(numbers) > 1 and len(steps) == 1 and 0 not in steps


def _refuse_narrow_names(records: list[list[str]], start: int, width: int) -> None:
    """Refuse a line of names that has fewer cells than the rows below it: which name belongs to which column?"""
    before = records[start - 1] if start else []
    if 1 < len(before) < width and not any(is_empty(cell) or is_value(cell) for cell in before):
        raise Unreadable(
            "narrow-header",
            f"Die Zeile mit den Namen hat {len(before)} Felder, die Zeilen darunter {width}; sind Dezimalkommas im Spiel?",
            f"The line of names has {len(before)} fields, the rows below it {width}; are there decimal commas?",
            value=" | ".join(before),
        )


def _ask_for_names(notes: Notes, record: list[str]) -> None:
    notes.add(
        "no-header",
        Severity.ERROR,
        "Die erste Zeile sieht aus wie Werte, nicht wie Spaltennamen.",
        "The first line looks like values, not like names of columns.",
        value=" | ".join(record),
        remedy=Remedy(code="no-header"),
    )


def _rows_of_names(notes: Notes, records: list[list[str]], start: int, width: int) -> int:
    """Give how many records hold names. More than one is only taken without asking where the first has gaps."""
    columns = _value_columns(records, start, width)
    rows = 1
    while rows < 4 and start + rows < len(records) - 1 and columns:
        record = records[start + rows]
        cells = [record[index] for index in columns if index < len(record) and not is_empty(record[index])]
        if not cells or any(is_value(cell) or cell.strip() in MISSING for cell in cells):
            break
        rows += 1
    if rows == 1:
        return 1
    second = [cell for cell in records[start + 1] if not is_empty(cell)]
    has_gaps = any(is_empty(cell) for cell in records[start][1:width]) and not is_empty(records[start][0])
    merged = (
        has_gaps
        and len(second) >= 2
        and all(index < len(records[start + 1]) and not is_empty(records[start + 1][index]) for index in columns)
    )
    if not merged and not all(_UNIT.fullmatch(cell) for cell in second):
        notes.add(
            "multi-line-header",
            Severity.ERROR,
            f"Die Spaltennamen scheinen über {rows} Zeilen zu gehen.",
            f"The names of columns seem to take {rows} lines.",
            value=" | ".join(records[start + 1]),
            remedy=Remedy(code="read-header", parameters={"rows": str(rows)}),
        )
        return 1
    return rows


def _note_preamble(notes: Notes, records: list[list[str]]) -> None:
    lines = [" ".join(cell for cell in record if not is_empty(cell)) for record in records]
    for number, line in enumerate(lines, start=1):
        if line:
            footer = " (Quelle oder Stand gehören in die Beschreibung)" if FOOTER.match(line) else ""
            notes.add(
                "preamble",
                Severity.WARNING,
                f"Zeile {number} steht vor der Tabelle und gehört nicht zu ihr{footer}.",
                f"Line {number} stands before the table and does not belong to it.",
                value=line,
            )
