"""ZIP files for XLSX, ODS and packages: written once, in constant memory, with ISA-L's fast deflate.

    local header, bytes     of each member; the header is written again when its sizes are known
    central directory       the same facts once more, and where each member begins

(PKWARE's APPNOTE.TXT 6.3.10, section 4.3.) ZIP64 is used only where 4 GiB are not enough, because old spreadsheet
programs do not read it. How large a streamed member becomes is known only afterwards, so its header keeps room for that:
20 bytes which otherwise say that they are padding (4.6.10).
"""

import struct
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from isal import isal_zlib

LEVEL = 2
_CHUNK_BYTES = 1024 * 1024
_MODE = 0o100600
"""An ordinary file (POSIX, sys/stat.h) for its owner."""
_ON_UNIX = 3 << 8
_UTF8 = 0x800
_STORED, _DEFLATED = 0, 8
_PLAIN, _ZIP64 = 20, 45
"""Versions of the format that a reader must know: 2.0 and 4.5."""
_TOO_LARGE = 0xFFFFFFFF
"""Stands where ZIP64 tells."""
_PADDING = struct.pack("<HHHH12x", 0xA220, 16, 0xA028, 0)
_RAW = -15
"""Deflate without a frame (zlib manual, deflateInit2)."""
_GZIP_HEAD_BYTES, _GZIP_TAIL_BYTES = 10, 8

Piece = bytes | memoryview


@dataclass(frozen=True)
class Member:
    """A file inside a ZIP, in parts: bytes, paths where they lie, or what makes them anew whenever it is called."""

    name: str
    content: Sequence[bytes | Path | Callable[[], Iterable[Piece]]]
    stored: bool = False
    """Not compressed and without padding, as ODF asks for `mimetype`."""
    gzip: Path | None = None
    """The content, which is one path then, as gzip without a name (precompression.py): it is not compressed again."""


@dataclass(frozen=True)
class _Written:
    """What the central directory says of a member."""

    name: bytes
    method: int
    crc: int
    packed_bytes: int
    size_bytes: int
    start: int


def write_zip(
    target: Path, members: Iterable[Member], *, modified_at: datetime, zip64_from_bytes: int = _TOO_LARGE
) -> None:
    """Write *members* to the ZIP file *target*, in order; sizes and places from *zip64_from_bytes* on are told by ZIP64."""
    with target.open("wb") as stream:
        written = [_write(stream, member, modified_at, zip64_from_bytes) for member in members]
        start = stream.tell()
        for one in written:
            stream.write(_directory_entry(one, modified_at, zip64_from_bytes))
        stream.write(_end(len(written), start, stream.tell() - start, zip64_from_bytes))


def _write(stream: BinaryIO, member: Member, modified_at: datetime, limit: int) -> _Written:
    start, name = stream.tell(), member.name.encode()
    padded = not all(isinstance(part, bytes) for part in member.content)
    room = _local_header(_Written(name, _DEFLATED, 0, 0, 0, start), modified_at, limit, padded=padded)
    stream.write(room)
    if member.gzip:
        crc, size = (
            _copy_gzip(stream, member.gzip),
            sum(p.stat().st_size for p in member.content if isinstance(p, Path)),
        )
    else:
        crc, size = _write_content(stream, member)
    end = stream.tell()
    method = _STORED if member.stored else _DEFLATED
    written = _Written(name, method, crc, end - start - len(room), size, start)
    stream.seek(start)
    stream.write(_local_header(written, modified_at, limit, padded=padded))
    stream.seek(end)
    return written


def _write_content(stream: BinaryIO, member: Member) -> tuple[int, int]:
    """Write the bytes of a member; give their CRC and how many they are."""
    crc = size = 0
    packer = None if member.stored else isal_zlib.compressobj(LEVEL, wbits=_RAW)
    for piece in _pieces(member):
        crc, size = isal_zlib.crc32(piece, crc), size + len(piece)
        stream.write(packer.compress(piece) if packer else piece)
    if packer:
        stream.write(packer.flush())
    return crc, size


def _copy_gzip(stream: BinaryIO, gzip: Path) -> int:
    """Write the deflate inside a gzip file (RFC 1952, 2.3.1); give the CRC of what it holds."""
    left = gzip.stat().st_size - _GZIP_HEAD_BYTES - _GZIP_TAIL_BYTES
    with gzip.open("rb") as packed:
        packed.seek(_GZIP_HEAD_BYTES)
        while left:
            chunk = packed.read(min(left, _CHUNK_BYTES))
            stream.write(chunk)
            left -= len(chunk)
        return int(struct.unpack("<L", packed.read(4))[0])  # the size behind it is cut to 32 bits


def _local_header(member: _Written, modified_at: datetime, limit: int, *, padded: bool) -> bytes:
    extra = _PADDING if padded else b""
    sizes = (member.packed_bytes, member.size_bytes)
    large = padded and max(sizes) >= limit
    if large:
        extra, sizes = struct.pack("<HHQQ", 1, 16, member.size_bytes, member.packed_bytes), (_TOO_LARGE, _TOO_LARGE)
    facts = (_ZIP64 if large else _PLAIN, *_facts(member, modified_at))
    return struct.pack("<4sHHHHHLLLHH", b"PK\3\4", *facts, *sizes, len(member.name), len(extra)) + member.name + extra


def _directory_entry(member: _Written, modified_at: datetime, limit: int) -> bytes:
    told = [member.size_bytes, member.packed_bytes, member.start]
    large = [number for number in told if number >= limit]
    extra = struct.pack(f"<HH{len(large)}Q", 1, 8 * len(large), *large) if large else b""
    size, packed, start = (_TOO_LARGE if number >= limit else number for number in told)
    version = _ZIP64 if large else _PLAIN
    facts = (_ON_UNIX | version, version, *_facts(member, modified_at), packed, size, len(member.name), len(extra))
    return struct.pack("<4sHHHHHHLLLHHHHHLL", b"PK\1\2", *facts, 0, 0, 0, _MODE << 16, start) + member.name + extra


def _facts(member: _Written, at: datetime) -> tuple[int, ...]:
    """Give flags, method, time, date (MS-DOS's, from 1980) and CRC."""
    flags = 0 if member.name.isascii() else _UTF8
    clock, day = at.hour << 11 | at.minute << 5 | at.second // 2, (at.year - 1980) << 9 | at.month << 5 | at.day
    return flags, member.method, clock, day, member.crc


def _end(count: int, start: int, size: int, limit: int) -> bytes:
    most = 0xFFFF
    told = (min(count, most), min(count, most), size, start)
    if start < limit and count < most:
        return struct.pack("<4sHHHHLLH", b"PK\5\6", 0, 0, *told, 0)
    record = struct.pack("<4sQHHLLQQQQ", b"PK\6\6", 44, _ON_UNIX | _ZIP64, _ZIP64, 0, 0, count, count, size, start)
    locator = struct.pack("<4sLQL", b"PK\6\7", 0, start + size, 1)
    return record + locator + struct.pack("<4sHHHHLLH", b"PK\5\6", 0, 0, *told[:2], _TOO_LARGE, _TOO_LARGE, 0)


def _pieces(member: Member) -> Iterator[Piece]:
    for part in member.content:
        if isinstance(part, bytes):
            yield part
        elif isinstance(part, Path):
            with part.open("rb") as stream:
                while chunk := stream.read(_CHUNK_BYTES):
                    yield chunk
        else:
            yield from part()
