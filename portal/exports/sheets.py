"""What both spreadsheet formats have in common: sheets, dictionary, licence page, column widths, cut texts.

A workbook has the data (several sheets if there are more rows than a sheet holds), `Spalten · Columns`,
`Lizenz · Licence` and, only where a text was longer than a cell may be, `Gekürzt · Cut`, which names those cells.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from portal.exports.cells import Cell
from portal.exports.table import TableExport
from portal.foundation.tableschema import ColumnType
from portal.ingest.engine import Engine

MAX_SHEET_ROWS = 1_048_576
"""Excel's and LibreOffice's limit, header included."""

MAX_CELL_UNITS = 32_767
"""Excel's limit for a text, in UTF-16 code units; LibreOffice keeps to it on saving as XLSX."""

MAX_CUTS_LISTED = 10_000

DICTIONARY, LICENCE, CUTS = "Spalten · Columns", "Lizenz · Licence", "Gekürzt · Cut"


@dataclass(frozen=True)
class Sheet:
    """A stretch of rows, from `start` up to but not including `end`, counted from 0, under a legal name."""

    name: str
    start: int
    end: int
    is_all: bool
    """There is no other sheet of rows."""

    @property
    def where(self) -> str:
        """SQL that is true for the rows of the sheet."""
        return "true" if self.is_all else f"n >= {self.start} AND n < {self.end}"


def data_sheets(export: TableExport, max_rows: int = MAX_SHEET_ROWS) -> list[Sheet]:
    """Give the sheets that the rows of *export* need; one even without rows."""
    room = max_rows - 1
    starts = range(0, max(1, export.row_count), room)
    legal = _legal(export.table)
    names = [legal if number == 1 else f"{legal[:26]} {number}" for number in range(1, len(starts) + 1)]
    return [
        Sheet(name, start, min(start + room, export.row_count), is_all=len(starts) == 1)
        for name, start in zip(names, starts, strict=True)
    ]


def dictionary_rows(export: TableExport) -> Iterator[list[str]]:
    """Give the column dictionary in German and English, header first."""
    yield ["Spalte · Column", "Titel (de)", "Title (en)", "Typ · Type", "Einheit · Unit", "Beschreibung", "Description"]
    for column in export.schema.columns:
        yield [
            column.name,
            column.title.de,
            column.title.en or "",
            str(column.type),
            column.unit or "",
            column.description.de,
            column.description.en or "",
        ]


def licence_rows(export: TableExport) -> Iterator[list[str]]:
    """Give who may use the table how, and which version this is."""
    yield ["", "Deutsch", "English"]
    for german, english, text in (
        ("Datensatz", "Dataset", export.dataset_title),
        ("Tabelle", "Table", export.title),
        ("Beschreibung", "Description", export.description),
        ("Lizenz", "Licence", export.licence_title),
        ("Namensnennung", "Attribution", export.attribution),
    ):
        yield [f"{german} · {english}", text.de, text.in_language("en")]
    yield ["Lizenztext · Licence text", export.licence_url, export.licence_url]
    yield ["Adresse · Address", export.url, export.url]
    yield ["Version", str(export.version), str(export.version)]
    yield ["Stand · Modified", export.modified_at.isoformat(), export.modified_at.isoformat()]
    yield ["Zeitpunkte · Datetimes", "mit Zone: in UTC", "with a zone: in UTC"]


def longest_texts(engine: Engine, export: TableExport) -> dict[str, int]:
    """Give the characters of the longest text of each text column, by column name."""
    cells = [cell for cell in export.cells if cell.is_text]
    if not cells:
        return {}
    if export.statistics is not None:
        pairs = zip(export.cells, export.statistics, strict=True)
        return {cell.column.name: statistics.longest for cell, statistics in pairs if cell.is_text}
    found = engine.facts([f"coalesce(max(length({cell.sql})), 0)" for cell in cells], export.rows)
    return {cell.column.name: length for cell, length in zip(cells, found, strict=True)}


def cut_text(cell: Cell, longest: int) -> tuple[Cell, str]:
    """Give SQL of a text no longer than a cell may be, and what is known of it; *longest* says whether any can be longer."""
    if longest * 2 <= MAX_CELL_UNITS:
        return cell, cell.sql
    cut = (
        f"(CASE WHEN {is_cut(cell)} THEN left({cell.sql}, {MAX_CELL_UNITS} - {_beyond_bmp(cell)}) ELSE {cell.sql} END)"
    )
    return replace(cell, marks=None), cut  # where it was cut, a blank may stand at the end


def is_cut(cell: Cell) -> str:
    """Give SQL that is true where a text is longer than a cell may be."""
    return f"(length({cell.sql}) + {_beyond_bmp(cell)} > {MAX_CELL_UNITS})"


def cut_rows(engine: Engine, export: TableExport, longest: dict[str, int]) -> list[list[str]]:
    """Give the page that names the cut cells; empty if there are none."""
    cells = [cell for cell in export.cells if longest.get(cell.column.name, 0) * 2 > MAX_CELL_UNITS]
    cuts = [cut for cell in cells for cut in _cuts(engine, export, cell)]
    if not cuts:
        return []
    return [
        ["Zeile · Row", "Spalte · Column", "Zeichen · Characters"],
        *cuts,
        [f"Zellen fassen {MAX_CELL_UNITS} Zeichen; ganz steht der Text in CSV, JSON und Parquet.", "", ""],
        [f"Cells hold {MAX_CELL_UNITS} characters; CSV, JSON and Parquet have the whole text.", "", ""],
    ]


def _cuts(engine: Engine, export: TableExport, cell: Cell) -> list[list[str]]:
    found = engine.rows(f"""SELECT n + 1, length({cell.sql}) FROM {export.rows}
        WHERE {is_cut(cell)} ORDER BY n LIMIT {MAX_CUTS_LISTED}""")  # noqa: S608 - generated names
    return [[str(row), cell.column.name, str(length)] for row, length in found]


def width_chars(cell: Cell, longest: dict[str, int]) -> int:
    """Give a sensible width of a column, in characters."""
    widths = {ColumnType.DATETIME: 19, ColumnType.DATE: 10, ColumnType.TIME: 10, ColumnType.BOOLEAN: 8}
    content = longest.get(cell.column.name, widths.get(cell.column.type, 12))
    return max(8, min(50, max(content, len(cell.column.name) + 3) + 1))


def _beyond_bmp(cell: Cell) -> str:
    """Give SQL for the characters of a text that UTF-16 writes as two code units."""
    return f"length(regexp_replace({cell.sql}, '[^\\x{{10000}}-\\x{{10FFFF}}]', '', 'g'))"


def _legal(name: str) -> str:
    """Give *name* as Excel allows it for a sheet: 31 characters, none of []:*?/\\, no apostrophe at the ends."""
    legal = re.sub(r"[\[\]:*?/\\]", "-", name)[:31].strip("' ") or "Tabelle"
    return (
        legal
        if legal.lower() not in ("history", *(page.lower() for page in (DICTIONARY, LICENCE, CUTS)))
        else f"{legal[:29]}_"
    )
