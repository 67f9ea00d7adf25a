"""The slow, exact way through a CSV file: says which row breaks which rule, or writes the file anew in plain form.

Taken only when the fast way (reading.py) refused the file or could not account for every byte of it. Follows
RFC 4180 and forgives what loses nothing: mixed line ends and blank lines.
"""

import codecs
import csv
from collections.abc import Iterator
from pathlib import Path

from portal.foundation.text import LangString
from portal.ingest.reading import FORBIDDEN, MAX_LINE_BYTES
from portal.ingest.report import MAX_LISTED, Finding, Severity, shortened

_OTHER_ENCODINGS = {
    codecs.BOM_UTF32_LE: "UTF-32",
    codecs.BOM_UTF32_BE: "UTF-32",
    codecs.BOM_UTF16_LE: "UTF-16",
    codecs.BOM_UTF16_BE: "UTF-16",
}


def foreign_encoding(source: Path) -> Finding | None:
    """Give the finding for a file whose byte order mark says that it is not UTF-8."""
    with source.open("rb") as stream:
        start = stream.read(4)
    for mark, name in _OTHER_ENCODINGS.items():
        if start.startswith(mark):
            return Finding(
                code="encoding",
                severity=Severity.ERROR,
                message=LangString(
                    f"Die Datei ist {name}; bitte als UTF-8 speichern.", f"The file is {name}; please save it as UTF-8."
                ),
            )
    return None


class CarefulReader:
    """Reads the rows of *source*, collecting what is wrong with them in `findings`."""

    def __init__(self, source: Path, names: tuple[str, ...]) -> None:
        self.findings: list[Finding] = []
        self.counts: dict[str, int] = {}
        self._source, self._names = source, names

    def rewrite(self, target: Path) -> None:
        """Write header and sound rows to *target* as plain RFC 4180, every field quoted."""
        with target.open("w", encoding="utf-8", errors="replace", newline="") as stream:
            writer = csv.writer(stream, quoting=csv.QUOTE_ALL, lineterminator="\n")
            writer.writerow(self._names)
            writer.writerows(self._rows())

    def _rows(self) -> Iterator[list[str]]:
        with self._source.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as lines:
            reader, row = csv.reader(lines, strict=True), 0
            try:
                next(reader, None)
                for cells in reader:
                    if not cells and len(self._names) > 1:
                        self._note("blank-line", row + 1, BLANK_LINE, severity=Severity.NOTE)
                        continue
                    row += 1
                    yield from self._sound(row, cells or [""])
            except csv.Error as error:
                unterminated = "unexpected end" in str(error)
                code, message = ("unterminated-quote", UNTERMINATED) if unterminated else ("misplaced-quote", MISPLACED)
                self._note(code, row + 1, message)

    def _sound(self, row: int, cells: list[str]) -> Iterator[list[str]]:
        if len(cells) != len(self._names):
            self._note("ragged-row", row, _ragged(len(self._names), len(cells)), value=",".join(cells))
            return
        text = "".join(cells)
        if not text.isascii() or not text.isprintable():
            self._look_at_signs(row, cells)
        if len(text) > MAX_LINE_BYTES // 8:
            size = sum(len(cell.encode("utf-8", "surrogateescape")) + 3 + cell.count('"') for cell in cells)
            if size > MAX_LINE_BYTES:
                self._note("row-too-long", row, TOO_LONG)
                return
        yield cells

    def _look_at_signs(self, row: int, cells: list[str]) -> None:
        for name, cell in zip(self._names, cells, strict=True):
            if any("\udc80" <= sign <= "\udcff" for sign in cell):
                readable = cell.encode("utf-8", "surrogateescape").decode("cp1252", "replace")
                self._note("not-utf-8", row, NOT_UTF8, column=name, value=readable)
            if found := FORBIDDEN.search(cell):
                message = _forbidden(ord(found[0]))
                self._note("forbidden-character", row, message, column=name, value=FORBIDDEN.sub("\ufffd", cell))

    def _note(
        self,
        code: str,
        row: int,
        message: LangString,
        *,
        severity: Severity = Severity.ERROR,
        column: str | None = None,
        value: str | None = None,
    ) -> None:
        self.counts[code] = self.counts.get(code, 0) + 1
        if self.counts[code] > MAX_LISTED:
            return
        quoted = shortened(value.encode("utf-8", "replace").decode()) if value is not None else None
        self.findings.append(
            Finding(code=code, severity=severity, message=message, row=row, column=column, value=quoted)
        )


BLANK_LINE = LangString(
    "Vor dieser Zeile steht eine leere Zeile; sie wurde übergangen.", "A blank line before this row was skipped."
)
UNTERMINATED = LangString(
    "Ein Anführungszeichen wird bis zum Ende der Datei nicht geschlossen.",
    "A quote is not closed before the end of the file.",
)
MISPLACED = LangString(
    "Nach einem schließenden Anführungszeichen steht weiterer Text; ab hier wurde nicht weitergelesen.",
    "There is text after a closing quote; reading stopped here.",
)
TOO_LONG = LangString(
    f"Die Zeile ist länger als {MAX_LINE_BYTES // 1024 // 1024} MiB.",
    f"The row is longer than {MAX_LINE_BYTES // 1024 // 1024} MiB.",
)
NOT_UTF8 = LangString(
    "Der Text ist nicht UTF-8 (hier als Windows-1252 gezeigt); bitte die Datei als UTF-8 speichern.",
    "The text is not UTF-8 (shown here as Windows-1252); please save the file as UTF-8.",
)


def _ragged(expected: int, found: int) -> LangString:
    return LangString(
        f"Die Zeile hat {found} Felder, die Kopfzeile {expected}.",
        f"The row has {found} fields, the header {expected}.",
    )


def _forbidden(code_point: int) -> LangString:
    return LangString(
        f"Das Zeichen U+{code_point:04X} kann nicht in allen Formaten veröffentlicht werden.",
        f"The character U+{code_point:04X} cannot be published in every format.",
    )
