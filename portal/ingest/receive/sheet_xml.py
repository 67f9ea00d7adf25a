"""What calamine does not tell of an XLSX or ODS file, looked up in its XML as it streams by.

Cells in error and formulas without a computed value come as empty cells: a value would be lost without a word. Rows
that are hidden, numbers shown with zeros in front (01067 is stored as 1067), macros and links to other files.
"""

import html
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field

from portal.ingest.receive.task import Unreadable

MAX_LISTED = 1000
_PIECE_BYTES = 1024 * 1024
_OVERLAP_BYTES = 64 * 1024
_CELL = re.compile(rb"<(?:\w+:)?c\b([^>]*?)(?:/>|>(.*?)</(?:\w+:)?c>)", re.DOTALL)
_ERROR_WORDS = re.compile(r"#[A-ZÄÖÜ/0-9]+[!?]?")


@dataclass
class SheetFacts:
    """What the XML of one sheet says."""

    errors: list[tuple[int, int, str]] = field(default_factory=list)
    """Row and column from 0, and the word that the cell shows."""
    uncomputed: list[tuple[int, int, str]] = field(default_factory=list)
    hidden_rows: int = 0
    hidden_columns: int = 0
    zeros: dict[int, int] = field(default_factory=dict)
    """Column from 0 ↔ digits that its numbers are shown with."""


@dataclass
class BookFacts:
    """What the files around the sheets say."""

    has_macros: bool = False
    has_links: bool = False
    recomputes: bool = False
    """The program that wrote it left all computing to whoever opens it."""
    paths: list[str] = field(default_factory=list)
    """Member of each sheet, in the order of the workbook."""
    zero_styles: dict[int, int] = field(default_factory=dict)


def book_facts(archive: zipfile.ZipFile) -> BookFacts:
    """Look around an XLSX or ODS file."""
    names = archive.namelist()
    for name in names:
        if name.endswith((".xml", ".rels")):
            _refuse_entities(archive, name)
    facts = BookFacts(
        has_macros=any(re.search(r"vbaProject|(^|/)Basic/|Scripts/|macrosheets", name) for name in names),
        has_links=any(name.startswith("xl/externalLinks/") for name in names),
    )
    if "xl/workbook.xml" in names:
        book = _small(archive, "xl/workbook.xml")
        facts.recomputes = re.search(r'fullCalcOnLoad="(1|true)"', book) is not None
        targets = (
            dict(_relations(_small(archive, "xl/_rels/workbook.xml.rels")))
            if "xl/_rels/workbook.xml.rels" in names
            else {}
        )
        ids = re.findall(r"<(?:\w+:)?sheet\b[^>]*?\br:id=\"([^\"]+)\"", book)
        facts.paths = [targets.get(one, "") for one in ids]
        if "xl/styles.xml" in names:
            facts.zero_styles = _zero_styles(_small(archive, "xl/styles.xml"))
    return facts


def _small(archive: zipfile.ZipFile, name: str) -> str:
    with archive.open(name) as stream:
        text = stream.read(16 * 1024 * 1024).decode("utf-8", "replace")
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise entities()
    return text


def _refuse_entities(archive: zipfile.ZipFile, name: str) -> None:
    """A document type stands before the first element (XML 1.0, 2.8); calamine would expand nothing, we refuse."""
    with archive.open(name) as stream:
        start = stream.read(_OVERLAP_BYTES)
    if b"<!DOCTYPE" in start or b"<!ENTITY" in start:
        raise entities()


def entities() -> Unreadable:
    return Unreadable(
        "xml-entities",
        "Die Datei vereinbart XML-Entitäten; das tut keine Tabellenkalkulation.",
        "The file declares XML entities; no spreadsheet program does.",
    )


def _relations(text: str) -> Iterator[tuple[str, str]]:
    for tag in re.findall(r"<(?:\w+:)?Relationship\b[^>]*>", text):
        found, target = re.search(r'\bId="([^"]+)"', tag), re.search(r'\bTarget="([^"]+)"', tag)
        if found and target:
            path = target[1].removeprefix("/")
            yield found[1], path if path.startswith("xl/") else f"xl/{path}"


def _zero_styles(text: str) -> dict[int, int]:
    """Give the cell styles whose numbers are shown as 00000, with their number of digits."""
    formats: dict[int, int] = {}
    for tag in re.findall(r"<(?:\w+:)?numFmt\b[^>]*>", text):
        number, code = re.search(r'numFmtId="(\d+)"', tag), re.search(r'formatCode="([^"]*)"', tag)
        if number and code and (zeros := re.fullmatch(r"(?:\[\$?[^\]]*\])?(0{2,})(?:;.*)?", html.unescape(code[1]))):
            formats[int(number[1])] = len(zeros[1])
    cells = re.search(r"<(?:\w+:)?cellXfs\b.*?</(?:\w+:)?cellXfs>", text, re.DOTALL)
    used = re.findall(r'<(?:\w+:)?xf\b[^>]*?numFmtId="(\d+)"', cells[0]) if cells else []
    return {place: formats[int(number)] for place, number in enumerate(used) if int(number) in formats}


def sheet_facts(archive: zipfile.ZipFile, path: str, book: BookFacts) -> SheetFacts:
    """Look through the XML of one sheet of an XLSX file."""
    facts = SheetFacts()
    styled = {str(style).encode(): digits for style, digits in book.zero_styles.items()}
    for piece in _pieces(archive, path, b"<row"):
        facts.hidden_rows += len(re.findall(rb"<(?:\w+:)?row\b[^>]*\bhidden=\"(?:1|true)\"", piece))
        facts.hidden_columns += len(re.findall(rb"<(?:\w+:)?col\b[^>]*\bhidden=\"(?:1|true)\"", piece))
        if b't="e"' in piece or b"<f" in piece or b":f" in piece or styled:
            _look_at_cells(piece, facts, book, styled)
    return facts


def _look_at_cells(piece: bytes, facts: SheetFacts, book: BookFacts, styled: dict[bytes, int]) -> None:
    for found in _CELL.finditer(piece):
        attributes, inner = found[1], found[2] or b""
        place = re.search(rb'\br="([A-Z]{1,3})(\d{1,7})"', attributes)
        if place is None:
            continue
        row, column = int(place[2]) - 1, _column(place[1])
        style = re.search(rb'\bs="(\d+)"', attributes)
        if style and style[1] in styled and b' t="s"' not in attributes:
            facts.zeros[column] = max(facts.zeros.get(column, 0), styled[style[1]])
        value = re.search(rb"<(?:\w+:)?v\b[^>]*>(.*?)</(?:\w+:)?v>", inner, re.DOTALL)
        if b't="e"' in attributes and len(facts.errors) < MAX_LISTED:
            facts.errors.append((row, column, html.unescape(value[1].decode("utf-8", "replace")) if value else "#"))
        has_formula = re.search(rb"<(?:\w+:)?f\b", inner) is not None
        if (
            has_formula
            and (value is None or book.recomputes)
            and len(facts.uncomputed) < MAX_LISTED
            and not (value is not None and b't="str"' in attributes)
        ):
            facts.uncomputed.append((row, column, _formula(inner)))


def _formula(inner: bytes) -> str:
    found = re.search(rb"<(?:\w+:)?f\b[^>]*>(.*?)</(?:\w+:)?f>", inner, re.DOTALL)
    return "=" + html.unescape(found[1].decode("utf-8", "replace")) if found else "="


def ods_hidden(archive: zipfile.ZipFile) -> tuple[int, list[str]]:
    """Give how many row groups an ODS file hides, and the error words that its formula cells show."""
    hidden, errors = 0, []
    for piece in _pieces(archive, "content.xml", b"<table:table-row"):
        hidden += len(re.findall(rb'<table:table-row\b[^>]*table:visibility="(?:collapse|filter)"', piece))
        for found in re.findall(rb"table:formula=[^>]*>\s*<text:p>([^<]{2,20})</text:p>", piece):
            word = html.unescape(found.decode("utf-8", "replace"))
            if _ERROR_WORDS.fullmatch(word) or re.fullmatch(r"(Err|Fehler):\d{3}", word):
                errors.append(word)
    return hidden, errors


def _pieces(archive: zipfile.ZipFile, path: str, start: bytes) -> Iterator[bytes]:
    """Give a member in pieces that end where an element *start* begins."""
    rest = b""
    try:
        stream = archive.open(path)
    except KeyError:
        return
    with stream:
        while chunk := stream.read(_PIECE_BYTES):
            piece = rest + chunk
            if b"<!DOCTYPE" in piece or b"<!ENTITY" in piece:
                raise entities()
            cut = piece.rfind(start)
            if cut <= 0:
                cut = len(piece) if len(piece) > 64 * _OVERLAP_BYTES else 0
            yield piece[:cut]
            rest = piece[cut:]
    yield rest


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1
