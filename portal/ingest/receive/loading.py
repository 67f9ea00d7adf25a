"""The records of a text file become the table `cells`: by DuckDB where every byte adds up, else record by record.

The fast way takes a file whose names are its first record and which is plain to the last byte (reading.py adds up).
The slow way pads short records, keeps going after a broken quote, and says of each what it did.
"""

import csv
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from portal.ingest.reading import MAX_LINE_BYTES, Header, Overview, load, look_over, read_header
from portal.ingest.receive.cells import is_empty
from portal.ingest.receive.cutting import cut
from portal.ingest.receive.decoding import as_utf8
from portal.ingest.receive.dialect import Dialect, find_dialect, reader_of
from portal.ingest.receive.layout import Layout, find_layout
from portal.ingest.receive.sniffed import Sniffed
from portal.ingest.receive.task import PADDING, Grid, Task, Unreadable
from portal.ingest.report import Remedy, Severity


def load_text(task: Task, path: Path) -> Grid:
    """Read a text file with a delimiter.

    Raises:
        Unreadable: no table can be made of it.
    """
    utf8, seen = as_utf8(task, path)
    dialect, sample = find_dialect(task, utf8)
    layout = find_layout(task, sample, path)
    fast = _loaded_fast(task, utf8, seen, dialect, layout)
    if not fast:
        load_records(task, _Records(task, utf8, dialect, layout).rows(), layout.width)
    grid = cut(task, layout.names, sample[layout.first_data - 1] if layout.first_data else None)
    plain = utf8 == path and dialect == Dialect(",") and layout.first_data == 1 and sample[0] == list(grid.names)
    for_excel = dialect.delimiter == ";" and layout.first_data == 1 and _has_mark(path)
    return replace(grid, original=path if plain and fast and grid.is_whole else None, is_for_excel=for_excel)


def _has_mark(path: Path) -> bool:
    with path.open("rb") as stream:
        return stream.read(len(BOM_UTF8)) == BOM_UTF8


def _loaded_fast(task: Task, path: Path, seen: Sniffed, dialect: Dialect, layout: Layout) -> bool:
    if layout.first_data != 1 or dialect.skipped_lines or dialect.quote != '"' or not dialect.delimiter:
        return False
    overview = Overview(
        size_bytes=seen.size_bytes,
        quotes=seen.quotes,
        has_forbidden=seen.has_control,
        ends_with_line_end=seen.ends_with_line_end,
    )
    header = read_header(path, dialect.delimiter)
    if len(header.names) != layout.width or seen.has_control:
        return False
    names = Header(tuple(f"c{index}" for index in range(layout.width)), header.size_bytes, header.line_end_bytes)
    return load(task.engine, path, overview, names, dialect.delimiter)


def load_records(task: Task, rows: Iterable[list[str]], width: int) -> None:
    """Fill the table `raw` with *rows*, each of *width* texts, by way of a plain CSV file.

    Raises:
        Unreadable: DuckDB cannot read even that (a row longer than 16 MiB).
    """
    plain = task.work_file("plain.csv")
    with plain.open("w", encoding="utf-8", errors="replace", newline="") as stream:
        writer = csv.writer(stream, quoting=csv.QUOTE_ALL, lineterminator="\n")
        writer.writerow([f"c{index}" for index in range(width)])
        writer.writerows(rows)
    loaded = load(task.engine, plain, look_over(plain), read_header(plain))
    plain.unlink()
    if not loaded:
        raise Unreadable(
            "unreadable",
            f"Die Zeilen lassen sich nicht lesen; ist eine länger als {MAX_LINE_BYTES // 1024 // 1024} MiB?",
            f"The rows cannot be read; is one longer than {MAX_LINE_BYTES // 1024 // 1024} MiB?",
        )


class _Records:
    """Reads the records after the names one by one, all of one width."""

    def __init__(self, task: Task, path: Path, dialect: Dialect, layout: Layout) -> None:
        self._task, self._path, self._dialect, self._layout = task, path, dialect, layout
        self._quote_remedy = Remedy(code="read-dialect", parameters={"quote": "none"})

    def rows(self) -> Iterator[list[str]]:
        csv.field_size_limit(2**31 - 1)
        number = -self._layout.first_data
        with self._path.open(encoding="utf-8", errors="replace", newline="") as stream:
            for _ in range(self._dialect.skipped_lines):
                stream.readline()
            lines = _Measured(stream)
            reader = reader_of(lines, self._dialect, strict=True)
            while True:
                lines.chars = lines.lines = 0
                try:
                    record = next(reader, None)
                except csv.Error as error:
                    number += 1
                    self._note_quote(number, "unexpected end" in str(error))
                    continue
                if record is None:
                    return
                number += 1
                if number > 0:
                    yield self._fitted(number, record)

    def _fitted(self, number: int, record: list[str]) -> list[str]:
        """Give the record with as many cells as the table is wide."""
        width, notes = self._layout.width, self._task.notes
        if len(record) == width:
            return record
        if all(is_empty(cell) for cell in record):
            return [""] * width
        if len(record) > width:
            if any(not is_empty(cell) for cell in record[width:]):
                notes.add(
                    "ragged-row",
                    Severity.ERROR,
                    f"Die Zeile hat {len(record)} Felder, die Tabelle {width} Spalten; ist ein Trennzeichen im Text?",
                    f"The row has {len(record)} fields, the table {width} columns; is there a delimiter in a text?",
                    row=number,
                    value=" | ".join(record),
                )
            else:
                notes.add(
                    "empty-fields",
                    Severity.NOTE,
                    "Leere Felder am Ende der Zeile wurden weggelassen.",
                    "Empty fields at the end of the row were left out.",
                    row=number,
                )
            return record[:width]
        return [*record, *([PADDING] * (width - len(record)))]

    def _note_quote(self, number: int, unterminated: bool) -> None:
        if unterminated:
            self._task.notes.add(
                "unterminated-quote",
                Severity.ERROR,
                "Ein Anführungszeichen wird bis zum Ende der Datei nicht geschlossen.",
                "A quote is not closed before the end of the file.",
                row=max(number, 1),
                remedy=self._quote_remedy,
            )
        else:
            self._task.notes.add(
                "misplaced-quote",
                Severity.ERROR,
                "Nach einem schließenden Anführungszeichen steht weiterer Text; die Zeile fehlt deshalb.",
                "There is text after a closing quote; the row is missing for that.",
                row=max(number, 1),
                remedy=self._quote_remedy,
            )


_MANY_LINES = 100
"""A record of so many lines is rather an open quote than a long text."""


class _Measured(Iterator[str]):
    """Lines of one record; too many of them end the reading, for an open quote swallows the rest of a file."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines, self.chars, self.lines = iter(lines), 0, 0

    def __next__(self) -> str:
        line = next(self._lines)
        self.chars, self.lines = self.chars + len(line), self.lines + 1
        if self.chars > MAX_LINE_BYTES:
            raise Unreadable(
                "row-too-long",
                f"Eine Zeile ist länger als {MAX_LINE_BYTES // 1024 // 1024} MiB; ist ein Anführungszeichen nicht geschlossen?",
                f"A row is longer than {MAX_LINE_BYTES // 1024 // 1024} MiB; is a quote not closed?",
                remedy=Remedy(code="read-dialect", parameters={"quote": "none"}) if self.lines > _MANY_LINES else None,
            )
        return line
