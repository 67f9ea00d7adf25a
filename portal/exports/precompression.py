"""Gzip made once at release, so that no request has to compress: the same bytes for the same file, always."""

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Self

from isal import isal_zlib

LEVEL = 2
"""ISA-L knows 0 to 3; measured on a CSV file of 100 MB, 3 takes longer for hardly fewer bytes."""

_GZIP_WINDOW = 31
"""32 KiB of window and a gzip header without name and time (zlib manual, deflateInit2)."""

_CHUNK_BYTES = 1024 * 1024
_FLUSH_BYTES = 32 * 1024 * 1024
"""After so many bytes the system is told to begin with writing them, so that not all of it waits for the sync at the end, and
to let go of those before, which are on the disk by then: a release must not push what is being served out of memory."""


def precompress(path: Path) -> Path | None:
    """Write *path* as gzip beside it, suffix `.gz` added; None (and no file) where that would not be smaller.

    No time and no name go into the header (RFC 1952, 2.3), so equal files give equal digests.
    """
    target = path.with_name(path.name + ".gz")
    with path.open("rb") as source, target.open("wb") as stream:
        packer = isal_zlib.compressobj(LEVEL, wbits=_GZIP_WINDOW)
        while chunk := source.read(_CHUNK_BYTES):
            stream.write(packer.compress(chunk))
        stream.write(packer.flush())
    return target if _is_worth_it(target, path) else None


def write_with_gzip(
    pieces: Iterable[bytes | memoryview], target: Path, *, is_read_next: bool = False
) -> dict[Path, str]:
    """Write *pieces* to *target* and, where that is smaller, as gzip beside it; give the SHA-256 of each file.

    Nothing is read again here; *is_read_next*: somebody will read the files soon, so they stay in the system's memory. The same pieces give the same files; pieces of other lengths may be packed a little differently.
    """
    packed = target.with_name(target.name + ".gz")
    packer = isal_zlib.compressobj(LEVEL, wbits=_GZIP_WINDOW)
    with _HashedFile(target, stays=is_read_next) as plain, _HashedFile(packed, stays=is_read_next) as small:
        for piece in pieces:
            plain.write(piece)
            small.write(packer.compress(piece))
        small.write(packer.flush())
    digests = {target: plain.digest, packed: small.digest}
    if not _is_worth_it(packed, target):
        del digests[packed]
    return digests


def _is_worth_it(packed: Path, plain: Path) -> bool:
    """Remove the file *packed* if it is not smaller."""
    if packed.stat().st_size < plain.stat().st_size:
        return True
    packed.unlink()
    return False


class _HashedFile:
    """A file being written, and the SHA-256 of what was written."""

    def __init__(self, path: Path, *, stays: bool) -> None:
        self._stream = path.open("wb", buffering=0)
        self._stays = stays
        self._sum = hashlib.sha256()
        self._flushed = 0

    def write(self, piece: bytes | memoryview) -> None:
        """Write all of *piece*."""
        left = memoryview(piece)
        self._sum.update(left)
        while left:
            left = left[self._stream.write(left) :]
        place = self._stream.tell()
        if place - self._flushed >= _FLUSH_BYTES:
            # Linux: begins to write out what is not written yet, drops what is, and waits for nothing (mm/fadvise.c)
            begin = self._flushed if self._stays else max(0, self._flushed - _FLUSH_BYTES)
            os.posix_fadvise(self._stream.fileno(), begin, place - begin, os.POSIX_FADV_DONTNEED)
            self._flushed = place

    @property
    def digest(self) -> str:
        return self._sum.hexdigest()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stream.close()
