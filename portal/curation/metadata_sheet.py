"""The metadata of many datasets as a CSV file, written for programs or for a German Excel, and read back cell by cell.

Read are comma, semicolon and tab, UTF-8, UTF-16 and Windows-1252, with and without a byte order mark: what
spreadsheets make of the file when they save it. Cells come back as they are; what they mean is metadata_columns' affair.
"""

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from portal.curation.editable import Editable
from portal.curation.metadata_columns import HEADER, MARK, NAME, cells_of
from portal.foundation.errors import InvalidInput
from portal.foundation.text import LangString
from portal.ingest.receive.sniffed import sniff
from portal.ingest.report import Finding, Severity, shortened

MAX_SHEET_BYTES = 64 * 1024 * 1024
"""It is held in memory; ten thousand datasets with long descriptions have about a third of it."""

BYTE_ORDER_MARK = "\ufeff"
DELIMITERS = (",", ";", "\t")
ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "windows-1252")
"""What is read; the names are those of the ingest, which recognises them."""

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
"""Text that spreadsheets may run (OWASP, "CSV Injection"); a line feed may have been a carriage return."""


@dataclass(frozen=True)
class Line:
    """One data row of a file."""

    row: int
    """From 1; the header is not counted, nor is a line without any content."""
    cells: dict[str, str]
    """By column."""


@dataclass(frozen=True)
class Sheet:
    """A file as it was read."""

    lines: tuple[Line, ...]
    encoding: str
    header_findings: tuple[Finding, ...]
    findings: tuple[Finding, ...]
    """What is wrong with the form of its lines."""


def write_sheet(datasets: Iterable[Editable]) -> Iterator[str]:
    """Write for programs: comma, CRLF, text as it is (RFC 4180)."""
    yield from _written(datasets, ",", lambda text: text)


def write_excel_sheet(datasets: Iterable[Editable]) -> Iterator[str]:
    """Write for a German Excel: byte order mark, semicolon, and no cell that it would take for a formula."""
    yield BYTE_ORDER_MARK
    yield from _written(datasets, ";", guarded)


def guarded(text: str) -> str:
    """Give *text* with an apostrophe in front, if a spreadsheet might run it."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def unguarded(text: str) -> str:
    """Give *text* without the apostrophe that `guarded` put in front."""
    return text[1:] if text.startswith("'") and text[1:].startswith(_FORMULA_STARTS) else text


def read_sheet(path: Path) -> Sheet:
    """Read a file that was written here and may have been through a spreadsheet since.

    Raises:
        InvalidInput: it is too large, in another encoding, no CSV, or has no header with the column `name`.
    """
    if path.stat().st_size > MAX_SHEET_BYTES:
        raise InvalidInput(
            f"The file has more than {MAX_SHEET_BYTES} bytes; send the lines you have changed only.",
            detail_de=f"Die Datei hat mehr als {MAX_SHEET_BYTES} Bytes; bitte nur die geänderten Zeilen senden.",
        )
    text, encoding = _decoded(path)
    header, *records = _records(text)
    named = [cell.strip() for cell in header]
    lines: list[Line] = []
    findings: list[Finding] = []
    for row, record in enumerate((one for one in records if any(cell.strip() for cell in one)), start=1):
        if len(record) != len(named):
            findings.append(_ragged(row, len(record), len(named)))
            continue
        lines.append(Line(row, dict(zip(named, record, strict=True))))
    return Sheet(tuple(lines), encoding, tuple(_header_findings(named)), tuple(findings))


def error(code: str, german: str, english: str, row: int | None, column: str | None, value: str | None) -> Finding:
    """Give a finding for which nothing is applied."""
    return Finding(
        code=code,
        severity=Severity.ERROR,
        message=LangString(german, english),
        row=row,
        column=column,
        value=shortened(value),
    )


def _written(datasets: Iterable[Editable], delimiter: str, dressed: Callable[[str], str]) -> Iterator[str]:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow(HEADER)
    for dataset in datasets:
        cells = {NAME: dataset.slug, MARK: dataset.mark, **cells_of(dataset.descriptor)}
        writer.writerow([dressed(cells[name]) for name in HEADER])
        yield out.getvalue()
        out.seek(0)
        out.truncate()
    yield out.getvalue()


def _decoded(path: Path) -> tuple[str, str]:
    seen = sniff(path)
    content = path.read_bytes()[seen.mark_bytes :]
    if seen.encoding in ENCODINGS and not (seen.is_mixed or seen.is_cut):
        try:
            return content.decode(seen.encoding), seen.encoding
        except UnicodeDecodeError:
            pass  # said below
    raise InvalidInput(
        "The file is not in UTF-8, UTF-16 or Windows-1252, or is damaged; please save it as CSV in UTF-8.",
        detail_de="Die Datei ist nicht in UTF-8, UTF-16 oder Windows-1252, oder beschädigt; bitte als CSV in UTF-8 speichern.",
        encoding=seen.encoding,
    )


def _records(text: str) -> list[list[str]]:
    """Give the records, parted by the sign with which the header has the most columns that we know."""
    first = {sign: _header(text, sign) for sign in DELIMITERS}
    delimiter = max(DELIMITERS, key=lambda sign: len({*first[sign]} & {*HEADER}))
    if NAME not in first[delimiter]:
        raise InvalidInput(
            f"The first line must name the columns, `{NAME}` among them; there are: {', '.join(HEADER)}.",
            detail_de=f"Die erste Zeile muss die Spalten nennen, darunter `{NAME}`; es gibt: {', '.join(HEADER)}.",
            columns=list(HEADER),
        )
    try:
        return [*csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)]
    except csv.Error as broken:
        raise InvalidInput(
            f"The file is no proper CSV: {broken}.", detail_de=f"Die Datei ist kein richtiges CSV: {broken}."
        ) from None


def _header(text: str, delimiter: str) -> list[str]:
    try:
        return [cell.strip() for cell in next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), [])]
    except csv.Error:
        return []


def _header_findings(named: list[str]) -> Iterator[Finding]:
    for name in dict.fromkeys(named):
        if name not in HEADER:
            yield error(
                "unknown-column",
                f"Die Spalte {name[:80]!r} gibt es nicht; es gibt {', '.join(HEADER)}.",
                f"There is no column {name[:80]!r}; there are {', '.join(HEADER)}.",
                None,
                name,
                None,
            )
        elif named.count(name) > 1:
            yield error(
                "column-twice",
                f"Die Spalte {name} gibt es zweimal.",
                f"The column {name} is there twice.",
                None,
                name,
                None,
            )
    if MARK not in named:
        yield error(
            "missing-column",
            f"Die Spalte {MARK} fehlt; sie sagt, auf welchem Stand die Zeile beruht.",
            f"The column {MARK} is missing; it says on which state the line was made.",
            None,
            MARK,
            None,
        )


def _ragged(row: int, cells: int, columns: int) -> Finding:
    return error(
        "ragged-row",
        f"Die Zeile hat {cells} Zellen statt {columns}.",
        f"The row has {cells} cells instead of {columns}.",
        row,
        None,
        None,
    )
