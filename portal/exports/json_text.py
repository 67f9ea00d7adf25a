"""JSON twice: one document that explains itself, and one row per line for streams.

Numbers are written with all their digits (RFC 8259 sets no limit); readers that know only doubles should take
integers beyond 2^53 from CSV or Parquet. An empty cell is `null`; every row has every key.
"""

import json
from collections.abc import Iterable, Iterator

from portal.exports.cells import Cell, literal
from portal.exports.lines import row_texts
from portal.exports.table import TableExport


def json_pieces(export: TableExport) -> Iterator[bytes | memoryview]:
    """Give *export* as one JSON object: what the table is, its columns, its rows."""
    envelope = json.dumps(_envelope(export), ensure_ascii=False)
    yield (envelope[:-1] + ', "rows": [\n').encode()
    for number, piece in enumerate(row_texts(export, _line(export))):
        if number:
            yield b",\n"
        yield memoryview(bytes(piece).replace(b"\n", b",\n"))[:-2]  # a line break ends a row: texts have theirs escaped
    yield b"\n]}\n"


def jsonl_pieces(export: TableExport) -> Iterator[bytes | memoryview]:
    """Give *export* as JSON Lines: one object per row, nothing around."""
    return row_texts(export, _line(export))


def _line(export: TableExport) -> list[str]:
    """Give the parts of SQL of a row and its end, the same for both formats: what both ask for is made once."""
    return [*json_object(export.cells), literal("\n")]


def json_object(cells: Iterable[Cell]) -> list[str]:
    """Give the parts of SQL of a row as the text of a JSON object; there must be a cell."""
    parts: list[str] = []
    for index, cell in enumerate(cells):
        start = "{" if index == 0 else ","
        parts += [literal(f"{start}{dumped(cell.column.name)}:"), *cell.filled(cell.json, otherwise="null")]
    return [*parts, literal("}")]


def _envelope(export: TableExport) -> dict[str, object]:
    return {
        "dataset": export.dataset,
        "table": export.table,
        "title": export.title.as_dict(),
        "version": export.version,
        "modified": export.modified_at.isoformat(),
        "licence": {
            "title": export.licence_title.as_dict(),
            "url": export.licence_url,
            "attribution": export.attribution.as_dict(),
        },
        "url": export.url,
        "total": export.row_count,
        "columns": [
            {"name": column.name, "type": str(column.type), "title": column.title.as_dict(), "unit": column.unit}
            for column in export.schema.columns
        ],
    }


def dumped(text: str) -> str:
    """Give *text* as a JSON string."""
    return json.dumps(text, ensure_ascii=False)
