"""ZIP files for XLSX and ODS: written once, in order, in constant memory, with ISA-L's fast deflate.

The big members lie on disk, so their size is known and ZIP64 is used only where 4 GiB are not enough: old
spreadsheet programs do not read it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from isal import isal_zlib
from stream_zip import NO_COMPRESSION_32, ZIP_32, ZIP_64, Method, stream_zip

LEVEL = 2
_CHUNK_BYTES = 1024 * 1024
_MAX_32_BIT_BYTES = 0xFFFF_FFFF - 1
_MODE = 0o600


@dataclass(frozen=True)
class Member:
    """A file inside a ZIP, in parts: bytes, or paths where they lie."""

    name: str
    content: tuple[bytes | Path, ...]
    stored: bool = False
    """Not compressed, and its size said up front, as ODF asks for `mimetype`."""


def write_zip(target: Path, members: Iterable[Member], *, modified_at: datetime) -> None:
    """Write *members* to the ZIP file *target*, in order."""
    entries = ((member.name, modified_at, _MODE, _method(member), _chunks(member.content)) for member in members)
    packed = stream_zip(
        entries,
        chunk_size=_CHUNK_BYTES,
        extended_timestamps=False,
        get_compressobj=lambda: isal_zlib.compressobj(level=LEVEL, wbits=-15),  # type: ignore[arg-type,return-value]  # same methods as zlib's
    )
    with target.open("wb") as stream:
        stream.writelines(packed)


def _method(member: Member) -> Method:
    if member.stored:
        return NO_COMPRESSION_32
    size = sum(part.stat().st_size if isinstance(part, Path) else len(part) for part in member.content)
    return ZIP_32 if size < _MAX_32_BIT_BYTES else ZIP_64


def _chunks(content: tuple[bytes | Path, ...]) -> Iterator[bytes]:
    for part in content:
        if isinstance(part, bytes):
            yield part
            continue
        with part.open("rb") as stream:
            while chunk := stream.read(_CHUNK_BYTES):
                yield chunk
