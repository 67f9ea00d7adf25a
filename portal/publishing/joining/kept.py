"""Joined tables, made when first asked for and kept: what goes into them never changes, so neither do they.

    data/joins/<tag>/<rows>.parquet           the joined rows: a row of the base, what was found for it, and so on
    data/joins/<tag>-pages/<tag>.rows         the row file of a page or a search; files need none

making.py tells how they are made. A folder appears whole or not at all (portal/publishing/kept_folders.py keeps and prunes them).
"""

from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from portal.foundation.errors import TooCostly
from portal.foundation.lazily import later
from portal.foundation.text import LangString
from portal.ingest.engine import Engine
from portal.publishing.kept_folders import KeptFolders
from portal.rows.engine import RowSource
from portal.rows.index import build_row_file

if TYPE_CHECKING:
    from portal.publishing.joining import making
    from portal.publishing.joining.joined import Joined
else:
    making = later("portal.publishing.joining.making")

MAX_BYTES = 4_000_000_000
MAX_KEPT = 1_000
MAX_WAITING = 16
RETRY_AFTER_S = 5
_BUSY = LangString(
    "Gerade werden viele Tabellen verbunden; bitte in einigen Sekunden erneut versuchen.",
    "Many tables are being joined at the moment; please try again in a few seconds.",
)
_NOWHERE = Path()


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """How much a join may give, and how long it may take."""

    rows: int
    cells: int
    """Rows times columns."""
    timeout_s: float
    advice: LangString
    """What to do about it."""

    def most_rows(self, joined: "Joined") -> int:
        return min(self.rows, self.cells // len(joined.schema.columns))


def for_pages(timeout_s: float) -> Bounds:
    """Give the bounds of what is read in pages: with its row file some ten seconds' work on a busy machine."""
    return Bounds(
        rows=1_000_000,
        cells=10_000_000,
        timeout_s=timeout_s,
        advice=LangString(
            "bitte als Datei nehmen (rows.csv) oder weniger Tabellen verbinden",
            "take them as a file (rows.csv), or join fewer tables",
        ),
    )


def for_files(timeout_s: float) -> Bounds:
    """Give the bounds of what is sent as a file: 14 s of processor time for 9 million rows of 9 columns, in 0.8 GB."""
    return Bounds(
        rows=10_000_000,
        cells=100_000_000,
        timeout_s=timeout_s,
        advice=LangString(
            "bitte weniger Tabellen verbinden oder die Tabellen als Dateien nehmen",
            "join fewer tables, or take the tables as files",
        ),
    )


class KeptJoins:
    """The joined tables kept below *root*; safe for threads, and for several processes."""

    def __init__(self, root: Path, *, pages: Bounds, files: Bounds, max_bytes: int = MAX_BYTES) -> None:
        self._pages, self._files = pages, files
        self._for_pages, self._for_files = (
            KeptFolders(
                root,
                max_bytes=max_bytes,
                max_kept=MAX_KEPT,
                max_waiting=MAX_WAITING,
                busy=_BUSY,
                retry_after_s=RETRY_AFTER_S,
            )
            for _ in range(2)
        )
        """The same folders; whoever waits for a page does not wait until somebody else's large file is joined."""

    def source(self, joined: "Joined") -> RowSource:
        """Give the rows of *joined* to be read in pages; they are made if need be.

        Raises:
            TooCostly: joining took too long, or gives too many rows.
            Busy: too many joins are waiting.
            OutOfSpace: the disk is full.
        """
        rows = _kept_rows(self._for_pages, joined, self._pages)
        _refuse_more(rows.row_count, joined, self._pages)  # a file may have been made of more
        find = partial(_row_file_in, rows=rows, tag=joined.tag)
        return self._for_pages.kept(f"{joined.tag}-pages", find, partial(_make_row_file, rows, joined.tag))

    def rows(self, joined: "Joined") -> RowSource:
        """Give the rows of *joined* without a row file, which is enough to write them, and may be far more.

        Raises:
            TooCostly, Busy, OutOfSpace: as `source`.
        """
        return _kept_rows(self._for_files, joined, self._files)


def _kept_rows(folders: KeptFolders, joined: "Joined", bounds: Bounds) -> RowSource:
    return folders.kept(joined.tag, partial(_rows_in, joined=joined), partial(_make_rows, joined, bounds))


def _make_rows(joined: "Joined", bounds: Bounds, workshop: Path, ready: Path) -> None:
    refuse = partial(_refuse_more, joined=joined, bounds=bounds)
    making.make_rows(
        joined, workshop, ready, most_rows=bounds.most_rows(joined), timeout_s=bounds.timeout_s, refuse=refuse
    )


def _make_row_file(rows: RowSource, tag: str, workshop: Path, ready: Path) -> None:
    with Engine.open(workshop) as engine:
        target = ready / f"{tag}.rows"
        build_row_file(rows.parquet, rows.schema, rows.physical, target, connection=engine.connection)


def _refuse_more(count: int, joined: "Joined", bounds: Bounds) -> None:
    limit = bounds.most_rows(joined)
    if count > limit:
        raise TooCostly(
            f"These joins give more than {limit} rows; {bounds.advice.in_language('en')}.",
            detail_de=f"Diese Verbindung ergibt mehr als {limit} Zeilen; {bounds.advice.de}.",
            max_rows=limit,
        )


def _rows_in(folder: Path, joined: "Joined") -> RowSource | None:
    for path in folder.glob("*.parquet"):
        return RowSource(
            row_file=_NOWHERE,
            parquet=path,
            schema=joined.schema,
            physical=joined.physical,
            row_count=int(path.stem),
        )
    return None


def _row_file_in(folder: Path, rows: RowSource, tag: str) -> RowSource | None:
    row_file = folder / f"{tag}.rows"
    return replace(rows, row_file=row_file) if row_file.exists() else None
