"""ZIP files for XLSX, ODS and packages: written once, in order, in constant memory, with ISA-L's fast deflate.

ZIP64 is used only where 4 GiB are not enough, because old spreadsheet programs do not read it. How large a member
becomes is known only afterwards, so a file that turns out too large is written a second time.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from isal import isal_zlib

if TYPE_CHECKING:
    from stream_zip import Method

LEVEL = 2
_CHUNK_BYTES = 1024 * 1024
_MODE = 0o600

Piece = bytes | memoryview


@dataclass(frozen=True)
class Member:
    """A file inside a ZIP, in parts: bytes, paths where they lie, or what makes them anew whenever it is called."""

    name: str
    content: Sequence[bytes | Path | Callable[[], Iterable[Piece]]]
    stored: bool = False
    """Not compressed, and its size said up front, as ODF asks for `mimetype`."""


def write_zip(target: Path, members: Sequence[Member], *, modified_at: datetime) -> None:
    """Write *members* to the ZIP file *target*, in order."""
    from stream_zip import ZIP_32, ZIP_64, ZipOverflowError  # noqa: PLC0415 - takes 0.1 s to load: no server start waits for it

    try:
        _write(target, members, ZIP_32, modified_at)
    except ZipOverflowError:
        _write(target, members, ZIP_64, modified_at)


def _write(target: Path, members: Sequence[Member], method: "Method", modified_at: datetime) -> None:
    from stream_zip import NO_COMPRESSION_32, stream_zip  # noqa: PLC0415 - as above

    entries = (
        (member.name, modified_at, _MODE, NO_COMPRESSION_32 if member.stored else method, _pieces(member))
        for member in members
    )
    packed = stream_zip(
        entries,  # type: ignore[arg-type]  # takes any buffer, not only bytes
        chunk_size=_CHUNK_BYTES,
        extended_timestamps=False,
        get_compressobj=lambda: isal_zlib.compressobj(level=LEVEL, wbits=-15),  # type: ignore[arg-type,return-value]  # same methods as zlib's
    )
    with target.open("wb") as stream:
        stream.writelines(packed)


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
