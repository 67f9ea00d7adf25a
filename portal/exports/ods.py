"""ODS (OpenDocument 1.3 spreadsheet), written by ourselves: no library for it streams.

    mimetype                first and stored, so that programs can tell the kind of file (ODF 1.3, part 2, 3.3)
    META-INF/manifest.xml   what is inside
    content.xml             styles, data sheets, dictionary, licence; the rows are made in SQL
    meta.xml, settings.xml  title; frozen header rows

Numbers and dates carry their value only, programs show it in the column's style: that halves what has to be written.
Numbers that a double does not hold exactly are text; dates of any year are dates. A text with white space other than
single blanks is also given as `office:string-value`: not every reader spells it out again, and paragraphs cannot tell a
carriage return from a line feed.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

from portal.exports.cells import Cell, concat, literal
from portal.exports.formats import ODS_MIMETYPE
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
from portal.exports.xml_text import attribute, either, escaped, odf_paragraphs
from portal.exports.zipped import Member, Piece, write_zip
from portal.foundation.tableschema import ColumnType
from portal.ingest.engine import borrowed

_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
_OASIS = "urn:oasis:names:tc:opendocument:xmlns:"
_NAMESPACES = " ".join(
    f'xmlns:{prefix}="{_OASIS}{name}:1.0"'
    for prefix, name in (
        ("office", "office"),
        ("table", "table"),
        ("text", "text"),
        ("style", "style"),
        ("number", "datastyle"),
        ("fo", "xsl-fo-compatible"),
        ("config", "config"),
        ("meta", "meta"),
    )
)
_STYLES = {
    ColumnType.DATE: "date",
    ColumnType.DATETIME: "datetime",
    ColumnType.TIME: "time",
    ColumnType.BOOLEAN: "bool",
}
_CM_PER_CHAR = 0.2
_EMPTY = "<table:table-cell/>"


def write_ods(export: TableExport, target: Path) -> None:
    """Write *export* as an OpenDocument spreadsheet."""
    with borrowed(export.engine, target.parent) as engine:
        longest = longest_texts(engine, export)
        sheets = data_sheets(export)
        cuts = cut_rows(engine, export, longest)
        members = [
            Member("mimetype", (ODS_MIMETYPE.encode(),), stored=True),
            Member("META-INF/manifest.xml", (_manifest().encode(),)),
            Member("meta.xml", (_meta(export).encode(),)),
            Member("settings.xml", (_settings(sheets).encode(),)),
            Member("content.xml", list(_content(replace(export, engine=engine), sheets, longest, cuts))),
        ]
        write_zip(target, members, modified_at=export.modified_at)


def _content(
    export: TableExport, sheets: list[Sheet], longest: dict[str, int], cuts: list[list[str]]
) -> Iterator[bytes | Callable[[], Iterable[Piece]]]:
    """Give the parts of content.xml."""
    yield _opening(export, longest).encode()
    columns = "".join(_column(index, cell) for index, cell in enumerate(export.cells))
    cells = [part for cell in export.cells for part in cell.filled(_cell(cell, longest), otherwise=_EMPTY)]
    row = [literal("<table:table-row>"), *cells, literal("</table:table-row>")]
    for sheet in sheets:
        head = f'<table:table table:name="{escaped(sheet.name)}">{columns}{_text_row(export.schema.names, bold=True)}'
        yield head.encode()
        yield partial(row_texts, export, row, where=sheet.where)
        yield b"</table:table>\n"
    pages = {DICTIONARY: list(dictionary_rows(export)), LICENCE: list(licence_rows(export)), CUTS: cuts}
    for name, texts in pages.items():
        if texts:
            yield "".join(_page(name, texts)).encode()
    yield _closing(export, sheets).encode()


def _column(index: int, cell: Cell) -> str:
    style = _STYLES.get(cell.column.type)
    shown = f' table:default-cell-style-name="{style}"' if style else ""
    return f'<table:table-column table:style-name="w{index}"{shown}/>'


def _cell(cell: Cell, longest: dict[str, int]) -> list[str]:
    """Give parts of SQL for a cell element; null where the value is null."""
    kind = cell.column.type
    if kind in (ColumnType.STRING, ColumnType.YEARMONTH):
        return _text_cell(*cut_text(cell, longest.get(cell.column.name, 0)))
    if kind is ColumnType.BOOLEAN:
        true, false = (
            concat(_typed_cell("boolean", "boolean-value", literal(value), shown=literal(value.upper())))
            for value in ("true", "false")
        )
        return [f"CASE {cell.sql} WHEN true THEN {true} WHEN false THEN {false} END"]
    if kind is ColumnType.TIME:
        duration = f"'PT' || {cell.text}[1:2] || 'H' || {cell.text}[4:5] || 'M' || {cell.text}[7:] || 'S'"
        return _typed_cell("time", "time-value", duration, shown=cell.text)
    if kind in (ColumnType.DATE, ColumnType.DATETIME):
        return _typed_cell("date", "date-value", cell.without_zone)
    number = _typed_cell(
        "float", "value", f"CAST({cell.sql} AS VARCHAR)" if cell.column.type is ColumnType.YEAR else cell.text
    )
    if cell.fits_double == "true":
        return number
    return [f"CASE WHEN {cell.fits_double} THEN {' || '.join(number)} ELSE {' || '.join(_plain_cell(cell.text))} END"]


def _typed_cell(kind: str, name: str, value: str, *, shown: str | None = None) -> list[str]:
    """Give parts of SQL for a cell with a value; *shown* only for the types that pandas reads from the text."""
    start = literal(f'<table:table-cell office:value-type="{kind}" office:{name}="')
    if shown is None:
        return [start, value, literal('"/>')]
    return [start, value, literal('"><text:p>'), shown, literal("</text:p></table:table-cell>")]


def _plain_cell(text: str) -> list[str]:
    return [
        literal('<table:table-cell office:value-type="string"><text:p>'),
        text,
        literal("</text:p></table:table-cell>"),
    ]


def _text_cell(cell: Cell, text: str) -> list[str]:
    start = literal('<table:table-cell office:value-type="string" office:string-value="')
    spelt = f"""'"><text:p>' || {odf_paragraphs(text)} || '</text:p></table:table-cell>'"""
    return either(cell, text, _plain_cell(text), f"{start} || {attribute(text)} || {spelt}")


def _opening(export: TableExport, longest: dict[str, int]) -> str:
    widths = "".join(
        f'<style:style style:name="w{index}" style:family="table-column"><style:table-column-properties '
        f'style:column-width="{width_chars(cell, longest) * _CM_PER_CHAR + 0.4:.2f}cm"/></style:style>'
        for index, cell in enumerate(export.cells)
    )
    return f"""{_DECLARATION}<office:document-content {_NAMESPACES} office:version="1.3"><office:automatic-styles>
<number:date-style style:name="nd"><number:year number:style="long"/><number:text>-</number:text><number:month number:style="long"/><number:text>-</number:text><number:day number:style="long"/></number:date-style>
<number:date-style style:name="ndt"><number:year number:style="long"/><number:text>-</number:text><number:month number:style="long"/><number:text>-</number:text><number:day number:style="long"/><number:text> </number:text>{_CLOCK}</number:date-style>
<number:time-style style:name="nt">{_CLOCK}</number:time-style><number:boolean-style style:name="nb"><number:boolean/></number:boolean-style>
<style:style style:name="date" style:family="table-cell" style:data-style-name="nd"/><style:style style:name="datetime" style:family="table-cell" style:data-style-name="ndt"/>
<style:style style:name="time" style:family="table-cell" style:data-style-name="nt"/><style:style style:name="bool" style:family="table-cell" style:data-style-name="nb"/>
<style:style style:name="head" style:family="table-cell"><style:text-properties fo:font-weight="bold"/></style:style>
<style:style style:name="wide" style:family="table-column"><style:table-column-properties style:column-width="6cm"/></style:style>
{widths}</office:automatic-styles><office:body><office:spreadsheet>
"""


_CLOCK = (
    '<number:hours number:style="long"/><number:text>:</number:text><number:minutes number:style="long"/>'
    '<number:text>:</number:text><number:seconds number:style="long"/>'
)


def _closing(export: TableExport, sheets: list[Sheet]) -> str:
    column = _column_name(len(export.cells) - 1)
    ranges = "".join(_filter(number, sheet, column) for number, sheet in enumerate(sheets))
    ends = "</office:spreadsheet></office:body></office:document-content>"
    return f"<table:database-ranges>{ranges}</table:database-ranges>{ends}"


def _filter(number: int, sheet: Sheet, column: str) -> str:
    place = f"{_address(sheet.name)}.A1:{_address(sheet.name)}.{column}{sheet.end - sheet.start + 1}"
    buttons = 'table:display-filter-buttons="true"'
    return f'<table:database-range table:name="filter{number}" {buttons} table:target-range-address="{place}"/>'


def _address(sheet: str) -> str:
    return escaped("'" + sheet.replace("'", "''") + "'")


def _column_name(index: int) -> str:
    name = ""
    while index >= 0:
        name, index = chr(65 + index % 26) + name, index // 26 - 1
    return name


def _page(name: str, rows: list[list[str]]) -> Iterator[str]:
    columns = f'<table:table-column table:style-name="wide" table:number-columns-repeated="{len(rows[0])}"/>'
    yield f'<table:table table:name="{escaped(name)}">{columns}'
    for number, texts in enumerate(rows):
        yield _text_row(texts, bold=number == 0)
    yield "</table:table>\n"


def _text_row(texts: Iterable[str], *, bold: bool) -> str:
    style = ' table:style-name="head"' if bold else ""
    cells = (
        f'<table:table-cell{style} office:value-type="string"><text:p>{escaped(text)}</text:p></table:table-cell>'
        if text
        else "<table:table-cell/>"
        for text in texts
    )
    return f"<table:table-row>{''.join(cells)}</table:table-row>"


def _manifest() -> str:
    space = f"{_OASIS}manifest:1.0"
    files = (("/", ODS_MIMETYPE), ("content.xml", "text/xml"), ("meta.xml", "text/xml"), ("settings.xml", "text/xml"))
    entries = "".join(
        f'<manifest:file-entry manifest:full-path="{path}" manifest:media-type="{kind}"/>' for path, kind in files
    )
    start = f'<manifest:manifest xmlns:manifest="{space}" manifest:version="1.3">'
    return f"{_DECLARATION}{start}{entries}</manifest:manifest>"


def _meta(export: TableExport) -> str:
    dublin_core = 'xmlns:dc="http://purl.org/dc/elements/1.1/"'
    return (
        f'{_DECLARATION}<office:document-meta {_NAMESPACES} {dublin_core} office:version="1.3"><office:meta>'
        f"<dc:title>{escaped(export.title.de)}</dc:title><dc:description>{escaped(export.attribution.de)}</dc:description>"
        f"<dc:date>{export.modified_at.strftime('%Y-%m-%dT%H:%M:%SZ')}</dc:date></office:meta></office:document-meta>"
    )


def _settings(sheets: list[Sheet]) -> str:
    """Freeze the header row of each data sheet, as LibreOffice keeps it."""
    items = (
        ("HorizontalSplitMode", "short", 0),
        ("VerticalSplitMode", "short", 2),
        ("VerticalSplitPosition", "int", 1),
    )
    frozen = "".join(
        f'<config:config-item config:name="{name}" config:type="{kind}">{value}</config:config-item>'
        for name, kind, value in (*items, ("ActiveSplitRange", "short", 2), ("PositionBottom", "int", 1))
    )
    tables = "".join(
        f'<config:config-item-map-entry config:name="{escaped(sheet.name)}">{frozen}</config:config-item-map-entry>'
        for sheet in sheets
    )
    return (
        f'{_DECLARATION}<office:document-settings {_NAMESPACES} office:version="1.3"><office:settings>'
        '<config:config-item-set config:name="ooo:view-settings" xmlns:ooo="http://openoffice.org/2004/office">'
        '<config:config-item-map-indexed config:name="Views"><config:config-item-map-entry>'
        f'<config:config-item-map-named config:name="Tables">{tables}</config:config-item-map-named>'
        "</config:config-item-map-entry></config:config-item-map-indexed></config:config-item-set>"
        "</office:settings></office:document-settings>"
    )
