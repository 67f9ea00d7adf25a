"""Rows of text from DuckDB: one expression makes a row, both cores work, order is kept.

The texts arrive as UTF-8 in large pieces and go straight into a file or a compressor; the table is never in memory,
and no text becomes a Python object. DuckDB's CSV writer, used as a writer of lines, takes about twice the processor time.
"""

from collections.abc import Iterator

from portal.exports.cells import concat, literal
from portal.exports.table import TableExport
from portal.ingest.engine import borrowed

FEW_ROWS = 2000
"""So many rows are fetched as they are: to set up a stream costs DuckDB as much as a second query."""


def lines(export: TableExport, parts: list[str], *, head: str = "", end: str = "\n") -> Iterator[bytes | memoryview]:
    """Give *head* as it is, then for each row its *parts* (SQL over `export.rows`; null is nothing) and *end*."""
    yield head.encode()
    yield from row_texts(export, [*parts, literal(end)])


def rows_between(
    export: TableExport, parts: list[str], *, head: str, separator: str, tail: str
) -> Iterator[bytes | memoryview]:
    """Give *head*, the *parts* of each row as above, *separator* between rows, then *tail*."""
    yield head.encode()
    for number, piece in enumerate(row_texts(export, [literal(separator), *parts])):
        yield piece if number else piece[len(separator.encode()) :]
    yield tail.encode()


def row_texts(export: TableExport, parts: list[str], *, where: str = "true") -> Iterator[bytes | memoryview]:
    """Give the *parts* of each row that meets *where*, joined, as UTF-8 in large pieces."""
    if not export.row_count:
        return
    if export.reader is not None:
        yield from export.reader.texts(concat(parts), where)
        return
    rows = f"SELECT {concat(parts)}, n FROM {export.rows} WHERE {where}"  # noqa: S608 - quoted parts
    with borrowed(export.engine, export.parquet.parent) as engine:
        if export.row_count <= FEW_ROWS:
            yield "".join(text for text, _ in engine.rows(rows)).encode()
        else:
            yield from engine.texts(rows)
