"""Answers to row queries as files: made when first asked for, and kept, as a version and its answers never change.

    data/queries/<tag>/<rows>.<digest>      the file; its name says how many rows it has, and its SHA-256

A folder appears whole or not at all, and can be thrown away at any time; those not asked for longest go when there is too
much. One is made at a time, as each takes both cores; the others wait, and too many are told to come again.
"""

import contextlib
import hashlib
import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp

from portal.foundation.errors import Busy
from portal.foundation.space import told_when_full

MAX_BYTES = 4_000_000_000
MAX_KEPT = 2_000
MAX_WAITING = 16
RETRY_AFTER_S = 5
_IN_USE_S = 60.0
"""What was asked for so lately may still be being read."""
_LEFTOVER_S = 3600.0
_MAKING = "making-"


@dataclass(frozen=True, kw_only=True)
class KeptAnswer:
    """A file, and how many rows it has."""

    path: Path
    size_bytes: int
    digest: str
    row_count: int


class KeptAnswers:
    """The answers kept below *root*; safe for threads, and for several processes."""

    def __init__(self, root: Path, *, max_bytes: int = MAX_BYTES, max_waiting: int = MAX_WAITING) -> None:
        self._root = root
        self._max_bytes = max_bytes
        self._working = threading.Lock()
        self._seats = threading.BoundedSemaphore(max_waiting)

    def file(self, tag: str, make: Callable[[Path], tuple[Path, int]]) -> KeptAnswer:
        """Give the answer called *tag*; *make* writes it into a folder and tells how many rows it has.

        Raises:
            Busy: too many answers are waiting.
            OutOfSpace: the disk is full.
        """
        folder = self._root / tag
        with contextlib.suppress(FileNotFoundError):
            os.utime(folder)
        found = _in(folder)
        if found is None:
            with self._turn():
                found = _in(folder) or self._made(folder, make)
        return found

    def _made(self, folder: Path, make: Callable[[Path], tuple[Path, int]]) -> KeptAnswer:
        with told_when_full():
            self._root.mkdir(parents=True, exist_ok=True)
            workshop = Path(mkdtemp(dir=self._root, prefix=_MAKING))
            try:
                path, row_count = make(workshop)
                with path.open("rb") as file:
                    digest = hashlib.file_digest(file, "sha256").hexdigest()
                ready = workshop / "ready"
                ready.mkdir()
                path.rename(ready / f"{row_count}.{digest}")
                with contextlib.suppress(OSError):  # another process was faster; its bytes are the same
                    ready.rename(folder)
            finally:
                shutil.rmtree(workshop, ignore_errors=True)
        self._prune(spare=folder)
        found = _in(folder)
        if found is None:
            raise FileNotFoundError(folder)
        return found

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if not self._seats.acquire(blocking=False):
            raise Busy(
                "Many files are being made at the moment; please try again in a few seconds.",
                detail_de="Gerade werden viele Dateien gemacht; bitte in einigen Sekunden erneut versuchen.",
                retry_after_s=RETRY_AFTER_S,
            )
        try:
            with self._working:
                yield
        finally:
            self._seats.release()

    def _prune(self, *, spare: Path) -> None:
        """Remove what was not asked for longest until there is room, and what a crash left behind."""
        kept = sorted(((_last_used(one), one) for one in self._root.iterdir() if one.is_dir()), reverse=True)
        room = self._max_bytes - _size(spare)
        for place, (used, folder) in enumerate(kept):
            age_s = time.time() - used
            if folder.name.startswith(_MAKING):
                if age_s > _LEFTOVER_S:
                    shutil.rmtree(folder, ignore_errors=True)
            elif folder != spare:
                room -= _size(folder)
                if (room < 0 or place >= MAX_KEPT) and age_s > _IN_USE_S:
                    shutil.rmtree(folder, ignore_errors=True)


def _in(folder: Path) -> KeptAnswer | None:
    for path in folder.glob("*.*"):
        rows, _, digest = path.name.partition(".")
        return KeptAnswer(path=path, size_bytes=path.stat().st_size, digest=digest, row_count=int(rows))
    return None


def _last_used(folder: Path) -> float:
    try:
        return folder.stat().st_mtime
    except FileNotFoundError:
        return 0.0


def _size(folder: Path) -> int:
    try:
        return sum(file.stat().st_size for file in folder.iterdir())
    except (FileNotFoundError, NotADirectoryError):
        return 0
