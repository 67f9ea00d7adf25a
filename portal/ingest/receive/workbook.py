"""Reads one workbook in a process of its own: `python -m portal.ingest.receive.workbook FILE FOLDER`.

A workbook is foreign code's favourite: calamine holds a sheet in memory whole, and a sheet with one cell in A1 and
one in XFD1048576 asks for all cells between them. Here the memory and the time of the process are limited by the
system, so that a hostile file ends this process and not the portal. calamine's XML reader expands no entities.

Writes each sheet as plain CSV `sheet-0.csv` … into FOLDER and `workbook.json` with what a CSV cannot say.
"""

import csv
import json
import re
import resource
import sys
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum, load_workbook

MAX_CELLS = 20_000_000
MAX_MEMORY_BYTES = 3 * 1024**3
MAX_SECONDS = 120
_NUMERIC = re.compile(r"[\s\d.,'’+\-−%€$]*\d[\s\d.,'’+\-−%€$]*")

Cell = int | float | str | bool | time | date | datetime | timedelta


def main(file: str, folder: str) -> None:
    """Read the workbook *file* into *folder*."""
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY_BYTES, MAX_MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (MAX_SECONDS, MAX_SECONDS))
    workbook = load_workbook(file)
    sheets = [_sheet(workbook, index, Path(folder)) for index in range(len(workbook.sheet_names))]
    Path(folder, "workbook.json").write_text(json.dumps(sheets), encoding="utf-8")


def _sheet(workbook: CalamineWorkbook, index: int, folder: Path) -> dict[str, object]:
    known = workbook.sheets_metadata[index]
    facts: dict[str, object] = {
        "name": known.name,
        "hidden": known.visible != SheetVisibleEnum.Visible,
        "is_sheet": known.typ == SheetTypeEnum.WorkSheet,
        "rows": 0,
    }
    if not facts["is_sheet"]:
        return facts
    sheet = workbook.get_sheet_by_index(index)
    start = sheet.start
    facts |= {"width": sheet.width, "start": list(start) if start else [0, 0]}
    facts["merged"] = [[list(first), list(last)] for first, last in sheet.merged_cell_ranges or ()]
    if sheet.height * sheet.width > MAX_CELLS:
        return {**facts, "too_large": True}
    numbers, texts, large = [0] * sheet.width, [0] * sheet.width, 0
    with Path(folder, f"sheet-{index}.csv").open("w", encoding="utf-8", errors="replace", newline="") as stream:
        writer = csv.writer(stream, quoting=csv.QUOTE_ALL, lineterminator="\n")
        for row in sheet.iter_rows():
            line = []
            for column, cell in enumerate(row):
                text = _text(cell)
                line.append(text)
                if isinstance(cell, int | float) and not isinstance(cell, bool):
                    numbers[column] += 1
                    large += abs(cell) >= 1e15
                elif isinstance(cell, str) and _NUMERIC.fullmatch(cell):
                    texts[column] += 1
            writer.writerow(line)
    return {**facts, "rows": sheet.height, "numbers": numbers, "numeric_texts": texts, "large_numbers": large}


def _text(cell: Cell) -> str:
    """Give the text of a cell as a plain CSV file would hold it; numbers as Excel shows them, with 15 digits."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return format(Decimal(format(cell, ".15g")), "f")
    if isinstance(cell, datetime):
        return cell.isoformat(timespec="auto")
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        seconds = round(cell.total_seconds())
        return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    return str(cell)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
