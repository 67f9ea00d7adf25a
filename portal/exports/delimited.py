"""CSV twice: as RFC 4180 wants it for programs, and as a German Excel wants it for a double click.

                .csv                       .excel.csv
separator       comma                      semicolon
encoding        UTF-8                      UTF-8 with byte order mark
decimals        12.50                      12,50
booleans        true, false                WAHR, FALSCH
text = + - @    as it is                   with an apostrophe in front, so that no cell becomes a formula
both            CRLF; empty field = no value; quotes only where needed; dates as ISO 8601
"""

from collections.abc import Iterator, Sequence

from portal.exports.cells import Cell, contains_any, literal
from portal.exports.lines import lines
from portal.exports.marks import FORMULA
from portal.exports.table import TableExport
from portal.foundation.tableschema import ColumnType
from portal.foundation.text import FORMULA_STARTS

LINE_END = "\r\n"
BYTE_ORDER_MARK = "\ufeff"


def csv_pieces(export: TableExport) -> Iterator[bytes | memoryview]:
    """Give *export* as CSV following RFC 4180."""
    texts = [
        quoted(cell.text, cell.held(*special(",")), where=cell.sql) if cell.is_text else cell.text
        for cell in export.cells
    ]
    return _pieces(export, texts, ",", export.schema.names)


def excel_csv_pieces(export: TableExport) -> Iterator[bytes | memoryview]:
    """Give *export* as CSV for spreadsheets with German settings."""
    texts = [_excel_text(cell) for cell in export.cells]
    names = [f"'{name}" if name[0] in FORMULA_STARTS else name for name in export.schema.names]
    return _pieces(export, texts, ";", names, mark=BYTE_ORDER_MARK)


def _pieces(
    export: TableExport, texts: list[str], separator: str, names: Sequence[str], *, mark: str = ""
) -> Iterator[bytes | memoryview]:
    parts = [part for text in texts for part in (text, literal(separator))][:-1]
    # a single empty field would be an empty line, which readers skip
    row = parts if len(texts) > 1 else [f"coalesce({texts[0]}, '\"\"')"]
    header = separator.join(quoted_name(name, separator) for name in names)
    return lines(export, row, head=mark + header + LINE_END, end=LINE_END)


def _excel_text(cell: Cell) -> str:
    if cell.is_text:
        starts = f"contains({literal(FORMULA_STARTS)}, left({cell.sql}, 1))"  # IN would become a join
        guarded = f"(CASE WHEN {starts} THEN '''' || {cell.sql} ELSE {cell.sql} END)"
        return quoted(guarded if cell.held(FORMULA) else cell.sql, cell.held(*special(";")), where=cell.sql)
    if cell.column.type is ColumnType.NUMBER:
        return f"replace({cell.text}, '.', ',')"
    if cell.column.type is ColumnType.BOOLEAN:
        return f"CASE {cell.sql} WHEN true THEN 'WAHR' WHEN false THEN 'FALSCH' END"
    return cell.text


def special(separator: str) -> tuple[str, ...]:
    """Give the signs for which RFC 4180, 2.6 asks for quotes."""
    return '"', separator, "\r", "\n"


def quoted(text: str, signs: Sequence[str], *, where: str) -> str:
    """Give SQL that puts *text* in quotes where the plainer text *where* holds one of *signs*."""
    if not signs:
        return text
    needs_quotes = contains_any(where, *signs)
    return f"CASE WHEN {needs_quotes} THEN '\"' || replace({text}, '\"', '\"\"') || '\"' ELSE {text} END"


def quoted_name(name: str, separator: str) -> str:
    """Give the header *name*, in quotes where it needs them."""
    return '"' + name.replace('"', '""') + '"' if any(sign in name for sign in special(separator)) else name
