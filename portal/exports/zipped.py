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
    packed: Path | None = None
    """The content as a gzip file of `precompression.py`, where that was made before: its deflate stream is taken as it is."""


def write_zip(target: Path, members: Sequence[Member], *, modified_at: datetime) -> None:
    """Write *members* to the ZIP file *target*, in order."""
    from stream_zip import ZIP_32, ZIP_64, ZipOverflowError  # noqa: PLC0415 - takes 0.1 s to load: no server start waits for it

    try:
        _write(target, members, ZIP_32, modified_at)
    except ZipOverflowError:
        _write(target, members, ZIP_64, modified_at)


def _write(target: Path, members: Sequence[Member], method: "Method", modified_at: datetime) -> None:
    from stream_zip import NO_COMPRESSION_32, stream_zip  # noqa: PLC0415 - as above

    members_packers: list[_Packed | None] = []

    def entries() -> Iterator[tuple[str, datetime, int, "Method", Iterable[Piece]]]:
        for member in members:
            members_packers.append(_Packed(member.packed) if member.packed else None)
            yield member.name, modified_at, _MODE, NO_COMPRESSION_32 if member.stored else method, _pieces(member)

    packed = stream_zip(
        entries(),  # type: ignore[arg-type]  # takes any buffer, not only bytes
        chunk_size=_CHUNK_BYTES,
        extended_timestamps=False,
        get_compressobj=lambda: members_packers[-1] or isal_zlib.compressobj(level=LEVEL, wbits=-15),  # type: ignore[arg-type,return-value]  # same methods as zlib's; asked for with each member
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


class _Packed:
    """Stands where a compressor would, and gives what was compressed before; what it is fed only tells how far it is."""

    _HEAD_BYTES, _TAIL_BYTES = 10, 8
    """Of a gzip file without a name: what stands before and after the deflate stream (RFC 1952, 2.3)."""

    def __init__(self, path: Path) -> None:
        self._left = path.stat().st_size - self._HEAD_BYTES - self._TAIL_BYTES
        self._stream = path.open("rb")
        self._stream.seek(self._HEAD_BYTES)

    def compress(self, piece: Piece) -> bytes:
        """Give as many bytes as *piece* has, or what is left: a gzip that was kept is smaller than its content."""
        return self._take(len(piece))

    def flush(self) -> bytes:
        """Give the rest."""
        rest = self._take(self._left)
        self._stream.close()
        return rest

    def _take(self, most: int) -> bytes:
        taken = self._stream.read(min(most, self._left))
        self._left -= len(taken)
        return taken
