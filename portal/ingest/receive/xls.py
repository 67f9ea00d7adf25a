"""What calamine does not tell of an old XLS file: macros, a password, cells in error, hidden rows.

The container is a Compound File ([MS-CFB]), the stream `Workbook` in it a row of records ([MS-XLS]): two bytes of
kind, two of length, then the body. Only the records named below are looked at.
"""

import struct
from pathlib import Path

from portal.ingest.receive.sheet_xml import MAX_LISTED, SheetFacts
from portal.ingest.receive.task import Unreadable

MAX_BYTES = 256 * 1024 * 1024
_END = 0xFFFFFFFA
"""Sector numbers from here on are marks: free, end of chain."""
_BOUNDSHEET, _FORMULA, _BOOLERR, _ROW, _BOF, _FILEPASS = 0x0085, 0x0006, 0x0205, 0x0208, 0x0809, 0x002F
_WORDS = {0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A"}


def xls_facts(path: Path) -> SheetFacts:
    """Look through an XLS file; all its sheets count as one.

    Raises:
        Unreadable: it holds macros or a password, is too large or damaged.
    """
    if path.stat().st_size > MAX_BYTES:
        raise Unreadable(
            "workbook-too-large",
            "Eine XLS-Datei darf höchstens 256 MiB haben.",
            "An XLS file may have 256 MiB at most.",
        )
    content = path.read_bytes()
    if "_VBA_PROJECT".encode("utf-16-le") in content:
        raise Unreadable(
            "macros",
            "Die Arbeitsmappe enthält Makros; bitte als XLSX oder ODS ohne Makros speichern.",
            "The workbook holds macros; please save it as XLSX or ODS without them.",
        )
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise Unreadable(
            "encrypted",
            "Die Arbeitsmappe ist mit einem Kennwort geschützt.",
            "The workbook is protected by a password.",
        )
    try:
        return _facts(_workbook_stream(content))
    except (struct.error, IndexError, ValueError, RecursionError):
        raise Unreadable(
            "damaged-workbook",
            "Die Arbeitsmappe ist beschädigt oder unvollständig.",
            "The workbook is damaged or incomplete.",
        ) from None


def _facts(stream: bytes) -> SheetFacts:
    facts, place = SheetFacts(), 0
    while place + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, place)
        body = stream[place + 4 : place + 4 + length]
        place += 4 + length
        if kind == _FILEPASS:
            raise Unreadable(
                "encrypted",
                "Die Arbeitsmappe ist mit einem Kennwort geschützt.",
                "The workbook is protected by a password.",
            )
        if kind == _ROW and len(body) >= 14 and body[12] & 0x20:
            facts.hidden_rows += 1
        word = _error(kind, body)
        if word is not None and len(facts.errors) < MAX_LISTED:
            row, column = struct.unpack_from("<HH", body)
            facts.errors.append((row, column, word))
    return facts


def _error(kind: int, body: bytes) -> str | None:
    if kind == _BOOLERR and len(body) >= 8 and body[7] == 1:
        return _WORDS.get(body[6], "#")
    if kind == _FORMULA and len(body) >= 14 and body[12:14] == b"\xff\xff" and body[6] == 2:
        return _WORDS.get(body[8], "#")
    return None


def _workbook_stream(content: bytes) -> bytes:
    """Put the sectors of the stream `Workbook` (or `Book`) together."""
    size = 1 << struct.unpack_from("<H", content, 30)[0]
    first_directory, cutoff = struct.unpack_from("<I", content, 48)[0], struct.unpack_from("<I", content, 56)[0]
    table = _allocation(content, size)
    directory = _chain(content, table, first_directory, size)
    for place in range(0, len(directory) - 127, 128):
        entry = directory[place : place + 128]
        name = entry[: max(0, struct.unpack_from("<H", entry, 64)[0] - 2)].decode("utf-16-le", "replace")
        first, length = struct.unpack_from("<II", entry, 116)
        if name in ("Workbook", "Book") and length >= cutoff:
            return _chain(content, table, first, size)[:length]
    return b""


def _allocation(content: bytes, size: int) -> list[int]:
    sectors = [one for one in struct.unpack_from("<109I", content, 76) if one < _END]
    following, times = struct.unpack_from("<II", content, 68)
    for _ in range(min(times, 10_000)):
        if following >= _END:
            break
        listed = struct.unpack_from(f"<{size // 4}I", content, (following + 1) * size)
        sectors += [one for one in listed[:-1] if one < _END]
        following = listed[-1]
    table: list[int] = []
    for sector in sectors:
        table += struct.unpack_from(f"<{size // 4}I", content, (sector + 1) * size)
    return table


def _chain(content: bytes, table: list[int], first: int, size: int) -> bytes:
    parts, sector = [], first
    while sector < _END:
        parts.append(content[(sector + 1) * size : (sector + 2) * size])
        if len(parts) > len(table):
            raise ValueError("The chain of sectors runs in a circle.")
        sector = table[sector]
    return b"".join(parts)
