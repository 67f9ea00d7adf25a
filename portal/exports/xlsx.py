"""XLSX: XlsxWriter makes the workbook, DuckDB the rows of the data sheets.

XlsxWriter alone needs more than half a minute for a million rows. So it writes everything but the rows (styles, header,
filter, dictionary, licence), and the `<row>` elements, made in SQL, are put into the sheet's XML while the ZIP is
written anew. Rows and cells bear no `r`: without it they follow each other (ECMA-376, 18.3.1.4 and 18.3.1.73), and a
third of the XML need not be made. An empty cell is therefore `<c/>`.

    number         number cell, if a double holds it exactly (15 digits), else text
    date, time     serial number with a format; dates before 1900-03-01 and parts of milliseconds as text, because
                   Excel's calendar is wrong before and coarser
    text           inline string, never a formula or a link, whatever it begins with; cut after 32,767 UTF-16 units
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from portal.exports.cells import Cell, literal
from portal.exports.lines import row_texts
from portal.exports.sheets import (
    CUTS,
    DICTIONARY,
    LICENCE,
    Sheet,
    cut_rows,
    cut_text,
    data_sheets,
    dictionary_rows,
    licence_rows,
    longest_texts,
    width_chars,
)
from portal.exports.table import TableExport
from portal.exports.xml_text import either, excel_content
from portal.exports.zipped import Member, Piece, write_zip
from portal.foundation.tableschema import ColumnType
from portal.ingest.engine import borrowed

_FORMATS: dict[ColumnType, str] = {
    ColumnType.DATE: "yyyy-mm-dd",
    ColumnType.TIME: "hh:mm:ss",
    ColumnType.DATETIME: "yyyy-mm-dd hh:mm:ss",
}
_OPTIONS = {"in_memory": True, "strings_to_numbers": False, "strings_to_formulas": False, "strings_to_urls": False}
_DAY_US = 86_400_000_000
_FIRST_DAY = "1900-03-01"
"""From here on Excel's calendar is right: it has a 29 February 1900."""
_MS_CHARS = {ColumnType.TIME: len("12:00:00.123"), ColumnType.DATETIME: len("2026-11-22T12:00:00.123")}
"""No longer text has a part of a millisecond in it: DuckDB writes as many digits as needed."""


def write_xlsx(export: TableExport, target: Path) -> None:
    """Write *export* as an Excel workbook."""
    with borrowed(export.engine, target.parent) as engine:
        longest = longest_texts(engine, export)
        sheets = data_sheets(export)
        frame = ZipFile(_frame(export, sheets, longest, cut_rows(engine, export, longest)))
        own = replace(export, engine=engine)
        members = []
        for info in frame.infolist():
            found = re.fullmatch(r"xl/worksheets/sheet([0-9]+)\.xml", info.filename)
            number = int(found[1]) - 1 if found else len(sheets)
            if number < len(sheets):
                members.append(Member(info.filename, _sheet(own, sheets[number], frame.read(info).decode(), longest)))
            else:
                members.append(Member(info.filename, (frame.read(info),)))
        write_zip(target, members, modified_at=export.modified_at)


def _frame(export: TableExport, sheets: list[Sheet], longest: dict[str, int], cuts: list[list[str]]) -> BytesIO:
    """Make the whole workbook but for the rows of the data."""
    stream = BytesIO()
    workbook = xlsxwriter.Workbook(stream, _OPTIONS)
    workbook.set_properties(
        {"title": export.title.de, "comments": export.attribution.de, "created": export.modified_at}
    )
    bold = workbook.add_format({"bold": True})
    formats = {kind: workbook.add_format({"num_format": text}) for kind, text in _FORMATS.items()}
    for sheet in sheets:
        page = workbook.add_worksheet(sheet.name)
        for index, cell in enumerate(export.cells):
            page.set_column(index, index, width_chars(cell, longest), formats.get(cell.column.type))
            page.write_string(0, index, cell.column.name, bold)
        page.freeze_panes(1, 0)
        page.autofilter(0, 0, sheet.end - sheet.start, len(export.cells) - 1)
    pages = {DICTIONARY: list(dictionary_rows(export)), LICENCE: list(licence_rows(export)), CUTS: cuts}
    for name, rows in pages.items():
        if rows:
            page = workbook.add_worksheet(name)
            page.set_column(0, len(rows[0]) - 1, 30)
            page.freeze_panes(1, 0)
            for number, texts in enumerate(rows):
                for index, text in enumerate(texts):
                    page.write_string(number, index, text, None if number else bold)
    workbook.close()
    return stream


def _sheet(
    export: TableExport, sheet: Sheet, frame: str, longest: dict[str, int]
) -> tuple[bytes, Callable[[], Iterable[Piece]], bytes]:
    """Give the XML of a data sheet: the frame that XlsxWriter made, with the rows in it."""
    styles = _column_styles(frame)
    last = f"{xl_col_to_name(len(export.cells) - 1)}{sheet.end - sheet.start + 1}"
    frame = re.sub(r'<dimension ref="[^"]*"/>', f'<dimension ref="A1:{last}"/>', frame, count=1)
    head, tail = frame.split("</sheetData>")
    cells = [
        part
        for index, cell in enumerate(export.cells)
        for part in cell.filled(_cell(cell, styles.get(index, ""), longest), otherwise="<c/>")
    ]
    rows = partial(row_texts, export, [literal("<row>"), *cells, literal("</row>")], where=sheet.where)
    return head.encode(), rows, f"</sheetData>{tail}".encode()


def _column_styles(frame: str) -> dict[int, str]:
    """Read from XlsxWriter's XML which style it gave to which column; it joins neighbours that look alike."""
    found = re.findall(r'<col min="([0-9]+)" max="([0-9]+)" width="[^"]*" style="([0-9]+)"', frame)
    return {index: f' s="{style}"' for first, last, style in found for index in range(int(first) - 1, int(last))}


def _cell(cell: Cell, style: str, longest: dict[str, int]) -> list[str]:
    """Give parts of SQL for a cell element; null where the value is null."""
    kind = cell.column.type
    if kind in (ColumnType.STRING, ColumnType.YEARMONTH):
        return _text_cell(*cut_text(cell, longest.get(cell.column.name, 0)))
    if kind is ColumnType.BOOLEAN:
        return [
            f"""CASE {cell.sql} WHEN true THEN '<c t="b"><v>1</v></c>' WHEN false THEN '<c t="b"><v>0</v></c>' END"""
        ]
    if cell.is_number:
        value = f"CAST({cell.sql} AS VARCHAR)" if kind is ColumnType.YEAR else cell.text
        return _either(cell.fits_double, _number_cell(style, value), _plain_cell(value))
    serial, fits = _serial(cell)
    return _either(fits, _number_cell(style, serial), _plain_cell(cell.text))


def _number_cell(style: str, value: str) -> list[str]:
    return [literal(f"<c{style}><v>"), value, literal("</v></c>")]


def _text_cell(cell: Cell, text: str) -> list[str]:
    marked = f"""'<c t="inlineStr"><is><t xml:space="preserve">' || {excel_content(text)} || '</t></is></c>'"""
    return either(cell, text, _plain_cell(text), marked, "_x")


def _plain_cell(text: str) -> list[str]:
    return [literal('<c t="inlineStr"><is><t>'), text, literal("</t></is></c>")]


def _either(condition: str, yes: list[str], no: list[str]) -> list[str]:
    return yes if condition == "true" else [f"CASE WHEN {condition} THEN {' || '.join(yes)} ELSE {' || '.join(no)} END"]


def _serial(cell: Cell) -> tuple[str, str]:
    """Give SQL for Excel's serial number (days since 1899-12-30) and for whether it stands for the value exactly."""
    kind, known = cell.column.type, cell.statistics
    is_late = known is not None and all(edge >= _FIRST_DAY for edge in known.edges)  # ISO 8601 sorts as text
    if kind is ColumnType.DATE:
        serial = f"CAST(({cell.sql} - DATE '1899-12-30') AS VARCHAR)"
        return serial, "true" if is_late else f"({cell.sql} >= DATE '{_FIRST_DAY}')"
    moment = f"epoch_us({cell.sql})"
    whole = "true" if known is not None and known.longest <= _MS_CHARS[kind] else f"{moment} % 1000 = 0"
    if kind is ColumnType.TIME:
        return f"CAST({moment} / {_DAY_US}.0::DOUBLE AS VARCHAR)", whole
    serial = f"CAST({moment} / {_DAY_US}.0::DOUBLE + 25569 AS VARCHAR)"
    if is_late:
        return serial, whole
    return serial, f"({moment} >= epoch_us(TIMESTAMP '{_FIRST_DAY}') AND {whole})"
