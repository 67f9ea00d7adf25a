"""A CSV file becomes a table of texts, and every byte of the file is accounted for.

    bytes ──look_over──▶ quotes, forbidden characters ──load──▶ table `raw`, r0 … rn, all VARCHAR, empty = null
                                                          │ refused, or the bytes do not add up
                                                          ▼
                                                     careful.py: row by row in Python, finds what is wrong and where

The format is RFC 4180 in UTF-8 with a header; a byte order mark is tolerated. DuckDB reads four times faster than
anything row by row, but forgives some things silently (a trailing separator, blanks before a quote, blank lines).
So after loading we add up: bytes of the file = bytes of the values + separators + line ends + header, quotes apart.
"""

import codecs
import csv
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from portal.foundation.lazily import duckdb
from portal.ingest.engine import Engine, quote_text

CHUNK_BYTES = 256 * 1024
"""So much is looked over while it is in the processor's cache."""
MAX_LINE_BYTES = 16 * 1024 * 1024
"""The longest row read fast; longer ones are read row by row."""

_FORBIDDEN = bytes(number for number in range(ord(" ")) if number not in b"\t\n\r")
"""Control characters that may not be published. To look for one byte after the other is faster than anything for all at once."""
_NONCHARACTERS_LEAD = 0xEF
_NONCHARACTERS = ("\ufffe".encode(), "\uffff".encode())
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
"""What XML 1.0, section 2.2, cannot hold: no such character can be published in every format."""


@dataclass(frozen=True, kw_only=True)
class Overview:
    """What one pass over the bytes of a file tells."""

    size_bytes: int
    quotes: int
    has_forbidden: bool
    """Holds characters that may not be published. (Whether it is UTF-8, DuckDB tells.)"""
    ends_with_line_end: bool


@dataclass(frozen=True)
class Header:
    """The first record of a file."""

    names: tuple[str, ...]
    size_bytes: int
    """With byte order mark and line end, quotes apart."""
    line_end_bytes: int


def look_over(source: Path) -> Overview:
    """Count the bytes and quotes of *source* and look for characters that may not be published."""
    size, quotes, tail, has_forbidden = 0, 0, b"", False
    for chunk in _chunks(source):
        size += len(chunk)
        quotes += chunk.count(b'"')
        has_forbidden = has_forbidden or _is_forbidden(tail[-2:] + chunk)
        tail = chunk
    return Overview(
        size_bytes=size,
        quotes=quotes,
        has_forbidden=has_forbidden,
        ends_with_line_end=tail.endswith((b"\n", b"\r")),
    )


def _is_forbidden(chunk: bytes) -> bool:
    if any(sign in chunk for sign in _FORBIDDEN):
        return True
    return _NONCHARACTERS_LEAD in chunk and any(sign in chunk for sign in _NONCHARACTERS)


def read_header(source: Path, delimiter: str = ",") -> Header:
    """Read the first record of *source*; undecodable bytes are replaced, an empty file has no names."""
    csv.field_size_limit(2**31 - 1)
    with source.open(encoding="utf-8-sig", errors="replace", newline="") as lines:
        taken = _Taken(lines)
        try:
            names = next(csv.reader(taken, delimiter=delimiter), [])
        except csv.Error:
            names = []
    with source.open("rb") as stream:
        mark = len(codecs.BOM_UTF8) if stream.read(3) == codecs.BOM_UTF8 else 0
    line_end = 2 if taken.text.endswith("\r\n") else int(taken.text.endswith(("\n", "\r")))
    return Header(tuple(names), mark + len(taken.text.replace('"', "").encode()), line_end)


def load_plain(engine: Engine, source: Path, header: Header) -> bool:
    """Fill the table `raw` from *source* while it is looked over; False as for `load`, or if it holds what may not be published."""
    with ThreadPoolExecutor(1) as beside:
        looking = beside.submit(look_over, source)
        filled = _fill(engine, source, header, ",")
        overview = looking.result()
    return filled and not overview.has_forbidden and _adds_up(engine, overview, header)


def load(engine: Engine, source: Path, overview: Overview, header: Header, delimiter: str = ",") -> bool:
    """Fill the table `raw` from *source* with DuckDB; False if the file is not plain RFC 4180 to the last byte."""
    return _fill(engine, source, header, delimiter) and _adds_up(engine, overview, header)


def _fill(engine: Engine, source: Path, header: Header, delimiter: str) -> bool:
    rows = csv_rows(source, len(header.names), delimiter)
    try:
        engine.run(f"CREATE OR REPLACE TEMP TABLE raw AS SELECT * FROM {rows}")  # noqa: S608 - numbers and quoted texts
    except duckdb.Error:
        return False
    return True


def csv_rows(source: Path, columns: int, delimiter: str = ",") -> str:
    """Give the SQL that reads the records of a CSV file after its names: r0, r1, … as texts, empty ones null."""
    names = ", ".join(f"'r{index}': 'VARCHAR'" for index in range(columns))
    return f"""read_csv({quote_text(str(source))},
        columns = {{{names}}}, auto_detect = false, header = true, delim = {quote_text(delimiter)}, quote = '"', escape = '"',
        strict_mode = true, null_padding = false, nullstr = '', allow_quoted_nulls = true,
        encoding = 'utf-8', max_line_size = {MAX_LINE_BYTES})"""


def _adds_up(engine: Engine, overview: Overview, header: Header) -> bool:
    columns = len(header.names)
    unquoted = """CASE WHEN contains({0}, '"') THEN strlen(replace({0}, '"', '')) ELSE strlen({0}) END"""
    bare = unquoted if overview.quotes else "strlen({0})"
    rows, *value_bytes = engine.facts(
        ["count(*)", *(f"sum({bare.format(f'r{index}')})" for index in range(columns))], "raw"
    )
    line_ends = rows - (1 if rows and not overview.ends_with_line_end else 0)
    separators = rows * (columns - 1)
    accounted = (
        header.size_bytes + sum(int(one or 0) for one in value_bytes) + separators + line_ends * header.line_end_bytes
    )
    return bool(overview.size_bytes - overview.quotes == accounted)


class _Taken(Iterator[str]):
    """Lines, and the text of those that were taken."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines, self.text = lines, ""

    def __next__(self) -> str:
        line = next(self._lines)
        self.text += line
        return line


def _chunks(source: Path) -> Iterator[bytes]:
    with source.open("rb") as stream:
        while chunk := stream.read(CHUNK_BYTES):
            yield chunk
