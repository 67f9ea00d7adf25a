"""Folders of derived files that are made when first asked for and kept as long as there is room.

    root/<name>/…         what was made; its content belongs to its name, so it can be thrown away at any time
    root/making-…/        a workshop; goes when the making ends, or with the next prune after a crash

One is made at a time, as each takes both cores; the others wait, and too many are told to come again.
"""

import contextlib
import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp
from typing import TypeVar

from portal.foundation.errors import Busy
from portal.foundation.space import told_when_full
from portal.foundation.text import LangString

Kept = TypeVar("Kept")

_IN_USE_S = 60.0
"""What was asked for so lately may still be being read."""
_LEFTOVER_S = 3600.0
_MAKING = "making-"


class KeptFolders:
    """The folders kept below *root*; safe for threads, and for several processes."""

    def __init__(
        self, root: Path, *, max_bytes: int, max_kept: int, max_waiting: int, busy: LangString, retry_after_s: int
    ) -> None:
        self._root = root
        self._max_bytes, self._max_kept = max_bytes, max_kept
        self._busy, self._retry_after_s = busy, retry_after_s
        self._working = threading.Lock()
        self._seats = threading.BoundedSemaphore(max_waiting)

    def folder(self, name: str) -> Path:
        """Give the folder called *name*, whether it exists or not, and note that it was asked for."""
        folder = self.place(name)
        with contextlib.suppress(FileNotFoundError):
            os.utime(folder)
        return folder

    def place(self, name: str) -> Path:
        """Give the same and note nothing: it is not needed."""
        return self._root / name

    def kept(self, name: str, find: Callable[[Path], Kept | None], make: Callable[[Path, Path], None]) -> Kept:
        """Give what *find* finds in the folder called *name*, which appears whole or not at all.

        Where it is not there, *make* is given a workshop and a folder in it, and leaves in that what is to be kept.

        Raises:
            Busy: too many are waiting.
            OutOfSpace: the disk is full.
        """
        folder = self.folder(name)
        found = find(folder)
        if found is None:
            with self.turn():
                found = find(folder) or self._made(folder, find, make)
        return found

    def _made(self, folder: Path, find: Callable[[Path], Kept | None], make: Callable[[Path, Path], None]) -> Kept:
        with self.workshop() as workshop:
            ready = workshop / "ready"
            ready.mkdir()
            make(workshop, ready)
            with contextlib.suppress(OSError):  # another process was faster; what it made is the same
                ready.rename(folder)
        self.prune(spare=folder)
        found = find(folder)
        if found is None:
            raise FileNotFoundError(folder)
        return found

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait until nobody else is making something.

        Raises:
            Busy: too many are waiting.
        """
        if not self._seats.acquire(blocking=False):
            raise Busy(self._busy.in_language("en"), detail_de=self._busy.de, retry_after_s=self._retry_after_s)
        try:
            with self._working:
                yield
        finally:
            self._seats.release()

    @contextmanager
    def workshop(self) -> Iterator[Path]:
        """Give an empty folder on the same file system; it goes when the block ends.

        Raises:
            OutOfSpace: the disk filled up inside the block.
        """
        with told_when_full():
            self._root.mkdir(parents=True, exist_ok=True)
            workshop = Path(mkdtemp(dir=self._root, prefix=_MAKING))
            try:
                yield workshop
            finally:
                shutil.rmtree(workshop, ignore_errors=True)

    def prune(self, *, spare: Path) -> None:
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
                if (room < 0 or place >= self._max_kept) and age_s > _IN_USE_S:
                    shutil.rmtree(folder, ignore_errors=True)


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
