"""Changes between released tables, made when they are first asked for and kept, as released tables never change.

    data/changes/<key>/changes.parquet         the changed rows
                      counts.json              how many
                      changes.<digest>.csv     the whole as CSV, once somebody wanted it

The key is a digest of everything the comparison depends on. A folder appears whole or not at all, and can be thrown
away at any time; those not asked for longest go when there is too much. Drafts never come here: what is not released
must not lie beside what is.
"""

import hashlib
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from portal.foundation.lazily import later
from portal.foundation.text import LangString
from portal.ingest.engine import Engine
from portal.publishing.kept_folders import KeptFolders

if TYPE_CHECKING:
    from portal.publishing.comparing import listing, rows
    from portal.publishing.comparing.listing import ChangePage
    from portal.publishing.comparing.pairs import TablePair
    from portal.publishing.comparing.rows import RowCounts
else:
    listing, rows = later("portal.publishing.comparing.listing"), later("portal.publishing.comparing.rows")

FORMAT = 1
"""Goes into the key: raise it when what is kept, or how values are compared, changes."""

MAX_BYTES = 4_000_000_000
"""What may be kept on disk; what was asked for within the last minute stays all the same."""

MAX_KEPT = 2_000
"""How many comparisons may be kept, however small: all are looked at when one is added."""

MAX_WAITING = 8
"""Requests that may wait for a comparison; one is made at a time, as each takes up to `MEMORY_BYTES` and both cores."""

MEMORY_BYTES = 640_000_000
"""For DuckDB while it compares: a million rows of which all changed take about 4 s and 0.7 GB with Python's share."""

RETRY_AFTER_S = 10
_BUSY = LangString(
    "Gerade werden viele Vergleiche gerechnet; bitte in einigen Sekunden erneut versuchen.",
    "Many comparisons are being made at the moment; please try again in a few seconds.",
)


@dataclass(frozen=True, kw_only=True)
class KeptFile:
    """A file whose content belongs to its name."""

    path: Path
    size_bytes: int
    digest: str


class KeptChanges:
    """The changes kept below *root*; safe for threads, and for several processes."""

    def __init__(self, root: Path, *, max_bytes: int = MAX_BYTES, max_waiting: int = MAX_WAITING) -> None:
        self._folders = KeptFolders(
            root,
            max_bytes=max_bytes,
            max_kept=MAX_KEPT,
            max_waiting=max_waiting,
            busy=_BUSY,
            retry_after_s=RETRY_AFTER_S,
        )

    def counts(self, tables: "TablePair") -> "RowCounts":
        """Tell how many rows changed between two tables of the store.

        Raises:
            Busy: too many comparisons are waiting.
            OutOfSpace: the disk is full.
        """
        if tables.are_one:
            return rows.no_changes(tables)
        folder = self._folder(tables)
        known = _read_counts(folder)
        if known is None:
            with self._folders.turn():
                known = _read_counts(folder) or self._make(tables, folder)
        return known

    def page(self, tables: "TablePair", *, after: int, limit: int) -> "ChangePage":
        """Give up to *limit* changes after number *after*.

        Raises:
            Busy: too many comparisons are waiting.
            OutOfSpace: the disk is full.
        """
        if not self.counts(tables).total:
            return listing.ChangePage([], None)
        folder = self._folder(tables)
        with Engine.open(folder, memory_bytes=MEMORY_BYTES) as engine:
            return listing.read_changes(engine, tables, folder / "changes.parquet", after=after, limit=limit)

    def csv(self, tables: "TablePair") -> KeptFile:
        """Give all changes as a CSV file.

        Raises:
            Busy: too many comparisons are waiting.
            OutOfSpace: the disk is full.
        """
        total, folder = self.counts(tables).total, self._folder(tables)
        found = _csv_in(folder)
        if found is None:
            with self._folders.turn():
                found = _csv_in(folder) or self._make_csv(tables, folder, total)
        return found

    def _folder(self, tables: "TablePair") -> Path:
        """Give the folder of a comparison, and note that it was asked for."""
        return self._folders.folder(_key(tables))

    def _make(self, tables: "TablePair", folder: Path) -> "RowCounts":
        with self._folders.workshop() as workshop, Engine.open(workshop, memory_bytes=MEMORY_BYTES) as engine:
            counts = rows.write_changes(engine, tables, workshop / "changes.parquet")
            (workshop / "counts.json").write_text(json.dumps(asdict(counts)), encoding="utf-8")
            _put(workshop, folder, "changes.parquet", "counts.json")
        self._folders.prune(spare=folder)
        return counts

    def _make_csv(self, tables: "TablePair", folder: Path, total: int) -> KeptFile:
        with self._folders.workshop() as workshop, Engine.open(workshop, memory_bytes=MEMORY_BYTES) as engine:
            made = workshop / "changes.csv"
            listing.write_changes_csv(engine, tables, folder / "changes.parquet", made, total=total)
            with made.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            name = f"changes.{digest}.csv"
            made.rename(workshop / name)
            _put(workshop, folder, name)
        self._folders.prune(spare=folder)
        path = folder / name
        return KeptFile(path=path, size_bytes=path.stat().st_size, digest=digest)


def _key(tables: "TablePair") -> str:
    """Give the digest of what the comparison depends on; the files' names are the digests of their content."""
    facts = [
        [
            table.path.name,
            table.row_count > 0,
            table.schema.primary_key,
            [(column.name, column.type) for column in table.schema.columns],
            table.physical,
        ]
        for table in (tables.old, tables.new)
    ]
    return hashlib.sha256(json.dumps([FORMAT, facts]).encode()).hexdigest()


def _read_counts(folder: Path) -> "RowCounts | None":
    try:
        return rows.RowCounts(**json.loads((folder / "counts.json").read_bytes()))
    except FileNotFoundError:
        return None


def _csv_in(folder: Path) -> KeptFile | None:
    for path in folder.glob("changes.*.csv"):
        return KeptFile(path=path, size_bytes=path.stat().st_size, digest=path.name.split(".")[1])
    return None


def _put(workshop: Path, folder: Path, *names: str) -> None:
    """Move finished files into *folder*, synced, in this order: whoever sees the last one sees them all."""
    folder.mkdir(exist_ok=True)
    for name in names:
        with (workshop / name).open("rb") as file:
            os.fsync(file.fileno())
        (workshop / name).replace(folder / name)
