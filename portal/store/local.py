"""Blobs in a folder: `blobs/ab/abcdef…`, written once, never changed.

A blob is prepared as a file on the same file system, hashed, synced, and renamed into place: under its digest
there is either nothing or the whole. Only then may the record refer to it. What a crash leaves behind is a file
nobody refers to, which `sweep` removes.
"""

import hashlib
import os
import shutil
import time
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from types import MappingProxyType

from portal.foundation.errors import NotFound
from portal.foundation.space import told_when_full

_OWNER_ONLY = 0o700

_SYNC_THREADS = 8
"""fsync waits for the disk, not for us: several at once share one flush."""

_SETTLED_S = 10.0
"""So long after a blob was adopted somebody may be about to refer to it."""


@dataclass(frozen=True)
class Blob:
    """Bytes in the store."""

    digest: str
    """SHA-256, lower-case hex."""
    size_bytes: int


class LocalStore:
    """The blobs below *root*; *work* is where they are prepared, on the same file system."""

    def __init__(self, root: Path, work: Path) -> None:
        self.root = root
        self.work = work
        root.mkdir(parents=True, exist_ok=True)
        work.mkdir(parents=True, exist_ok=True)

    @classmethod
    def private(cls, folder: Path) -> "LocalStore":
        """Give a store whose blobs and workshops nobody but the portal's own user may read: all of it below *folder*."""
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(_OWNER_ONLY)
        return cls(folder / "blobs", folder / "work")

    def path(self, digest: str) -> Path:
        """Give the file of a blob, whether it exists or not."""
        return self.root / digest[:2] / digest

    def has(self, digest: str) -> bool:
        return self.path(digest).is_file()

    def read(self, digest: str) -> bytes:
        """Give the bytes of a blob.

        Raises:
            NotFound: the store does not have it.
        """
        try:
            return self.path(digest).read_bytes()
        except FileNotFoundError:
            raise NotFound(
                f"The store has no blob {digest}.", detail_de=f"Der Speicher hat keinen Blob {digest}."
            ) from None

    @contextmanager
    def workshop(self) -> Iterator[Path]:
        """Give an empty folder to prepare files in; it goes when the block ends.

        Raises:
            OutOfSpace: the disk filled up inside the block.
        """
        with told_when_full():
            folder = Path(mkdtemp(dir=self.work))
            try:
                yield folder
            finally:
                shutil.rmtree(folder, ignore_errors=True)

    def adopt(self, files: Iterable[Path], digests: Mapping[Path, str] = MappingProxyType({})) -> dict[Path, Blob]:
        """Take prepared files over, synced and under their digests; the files are moved away.

        *digests* tells the SHA-256 of those that were hashed as they were written; the others are read.

        Raises:
            OutOfSpace: the disk is full; nothing that was adopted before is harmed.
        """
        paths = list(dict.fromkeys(files))
        with ThreadPoolExecutor(_SYNC_THREADS) as pool:
            blobs = dict(zip(paths, pool.map(lambda path: self._adopt(path, digests.get(path)), paths), strict=True))
            list(pool.map(_sync_folder, {self.root, *(self.path(blob.digest).parent for blob in blobs.values())}))
        return blobs

    def _adopt(self, path: Path, known: str | None) -> Blob:
        with told_when_full():
            with path.open("rb") as file:
                digest = known or hashlib.file_digest(file, "sha256").hexdigest()
                size_bytes = os.fstat(file.fileno()).st_size
                target = self.path(digest)
                if self._digest_now(digest) == digest:  # read, not trusted: a damaged blob is healed by its bytes
                    os.utime(target)  # as good as new for the sweep, which spares young blobs
                    return Blob(digest, size_bytes)
                os.fsync(file.fileno())
            target.parent.mkdir(exist_ok=True)
            path.replace(target)
        return Blob(digest, size_bytes)

    def lost(self, blobs: Iterable[Blob]) -> list[Blob]:
        """Give those of *blobs* that are missing or have another length; their bytes are not read."""
        return [blob for blob in blobs if self._size_now(blob.digest) != blob.size_bytes]

    def damaged(self, digests: Iterable[str]) -> list[str]:
        """Give those of *digests* whose blob is missing or does not have its bytes any more."""
        return [digest for digest in digests if self._digest_now(digest) != digest]

    def _size_now(self, digest: str) -> int | None:
        try:
            return self.path(digest).stat().st_size
        except FileNotFoundError:
            return None

    def _digest_now(self, digest: str) -> str | None:
        try:
            with self.path(digest).open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest()
        except FileNotFoundError:
            return None

    def settled(self, digests: Iterable[str]) -> list[str]:
        """Give those of *digests* that nobody has adopted in the last seconds, and so nobody is about to refer to."""
        limit = time.time() - _SETTLED_S
        return [digest for digest in digests if not self.has(digest) or _is_older(self.path(digest), limit)]

    def discard(self, digests: Iterable[str]) -> None:
        """Remove blobs that nobody refers to any more, at once; one that was adopted again just now is left to the sweep."""
        for digest in digests:
            if _is_older(self.path(digest), time.time() - _SETTLED_S):
                self.path(digest).unlink(missing_ok=True)

    def sweep(self, referred: set[str], *, younger_than_s: float = 3600.0) -> int:
        """Remove blobs nobody refers to and workshops left by a crash; spare those younger than *younger_than_s*.

        Returns:
            How many blobs went.
        """
        limit = time.time() - younger_than_s
        for leftover in self.work.iterdir():
            if _is_older(leftover, limit):
                shutil.rmtree(leftover, ignore_errors=True)
        gone = 0
        for blob in self.root.glob("??/*"):
            if blob.name not in referred and _is_older(blob, limit):
                blob.unlink(missing_ok=True)
                gone += 1
        return gone


def _is_older(path: Path, limit: float) -> bool:
    """Tell whether *path* was last changed before *limit*; what another process has just removed was not."""
    try:
        return path.stat().st_mtime < limit
    except FileNotFoundError:
        return False


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
