"""Answers to row queries as files: made when first asked for, and kept, as a version and its answers never change.

    data/queries/<tag>/<rows>.<digest>      the file; its name says how many rows it has, and its SHA-256

              <digest>.words2/words.sqlite  the words of a table (portal/rows/fulltext.py): kept among the answers, as they are

A folder appears whole or not at all (portal/publishing/kept_folders.py keeps and prunes them).
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from portal.foundation.text import LangString
from portal.publishing.kept_folders import KeptFolders

MAX_BYTES = 4_000_000_000
MAX_KEPT = 2_000
MAX_WAITING = 16
RETRY_AFTER_S = 5
_BUSY = LangString(
    "Gerade werden viele Dateien gemacht; bitte in einigen Sekunden erneut versuchen.",
    "Many files are being made at the moment; please try again in a few seconds.",
)


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
        self._folders = KeptFolders(
            root,
            max_bytes=max_bytes,
            max_kept=MAX_KEPT,
            max_waiting=max_waiting,
            busy=_BUSY,
            retry_after_s=RETRY_AFTER_S,
        )

    def file(self, tag: str, make: Callable[[Path], tuple[Path, int]]) -> KeptAnswer:
        """Give the answer called *tag*; *make* writes it into a folder and tells how many rows it has.

        Raises:
            Busy: too many answers are waiting.
            OutOfSpace: the disk is full.
        """

        def make_whole(workshop: Path, ready: Path) -> None:
            path, row_count = make(workshop)
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            path.rename(ready / f"{row_count}.{digest}")

        return self._folders.kept(tag, _in, make_whole)

    def known(self, tag: str) -> KeptAnswer | None:
        """Give the answer called *tag* if it was made already; it is not kept longer for that."""
        return _in(self._folders.place(tag))

    def make_room(self, spared: Path) -> None:
        """Remove what was not asked for longest until there is room again beside *spared*, which was made just now."""
        self._folders.prune(spare=spared)


def _in(folder: Path) -> KeptAnswer | None:
    for path in folder.glob("*.*"):
        rows, _, digest = path.name.partition(".")
        return KeptAnswer(path=path, size_bytes=path.stat().st_size, digest=digest, row_count=int(rows))
    return None
