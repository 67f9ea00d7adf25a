"""Joined tables, made when first asked for and kept: what goes into them never changes, so neither do they.

    data/joins/<tag>/<rows>.parquet           the joined rows: a row of the base, what was found for it, and so on
    data/joins/<tag>-pages/<tag>.rows         the row file of a page or a search; files need none

Rows are counted before they are made, and counting stops at the bound: tables that multiply are told from large ones in a
second. A folder appears whole or not at all (portal/publishing/kept_folders.py keeps and prunes them).
"""

from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from portal.exports.chosen import cut_off, written
from portal.foundation.errors import TooCostly
from portal.foundation.text import LangString
from portal.ingest.engine import Engine
from portal.publishing.joining.joined import Joined, JoinedPart
from portal.publishing.kept_folders import KeptFolders
from portal.rows import parquet
from portal.rows.conditions import Sql
from portal.rows.engine import RowSource
from portal.rows.index import build_row_file
from portal.rows.physical import quoted

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

    def most_rows(self, joined: Joined) -> int:
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

    def source(self, joined: Joined) -> RowSource:
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

    def rows(self, joined: Joined) -> RowSource:
        """Give the rows of *joined* without a row file, which is enough to write them, and may be far more.

        Raises:
            TooCostly, Busy, OutOfSpace: as `source`.
        """
        return _kept_rows(self._for_files, joined, self._files)


def _kept_rows(folders: KeptFolders, joined: Joined, bounds: Bounds) -> RowSource:
    return folders.kept(joined.tag, partial(_rows_in, joined=joined), partial(_make_rows, joined, bounds))


def _make_rows(joined: Joined, bounds: Bounds, workshop: Path, ready: Path) -> None:
    counted = count_sql(joined, bounds.most_rows(joined) + 1)
    with Engine.open(workshop) as engine, cut_off(engine, bounds.timeout_s):
        found = engine.connection.execute(counted.text, list(counted.values)).fetchone()
    count = int(found[0]) if found else 0
    _refuse_more(count, joined, bounds)
    written(joined_sql(joined), workshop, bounds.timeout_s).rename(ready / f"{count}.parquet")


def _make_row_file(rows: RowSource, tag: str, workshop: Path, ready: Path) -> None:
    with Engine.open(workshop) as engine:
        target = ready / f"{tag}.rows"
        build_row_file(rows.parquet, rows.schema, rows.physical, target, connection=engine.connection)


def _refuse_more(count: int, joined: Joined, bounds: Bounds) -> None:
    limit = bounds.most_rows(joined)
    if count > limit:
        raise TooCostly(
            f"These joins give more than {limit} rows; {bounds.advice.in_language('en')}.",
            detail_de=f"Diese Verbindung ergibt mehr als {limit} Zeilen; {bounds.advice.de}.",
            max_rows=limit,
        )


def _rows_in(folder: Path, joined: Joined) -> RowSource | None:
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


def joined_sql(joined: Joined) -> Sql:
    """Give DuckDB's SQL for the rows of *joined*: in the order of the base, then of each join."""
    tables = _tables(joined)
    columns = [
        f"t{place}.{parquet.name_of(part.source, name)} AS {quoted(part.name_of(name))}"
        for place, part in enumerate(joined.parts)
        for name in part.source.schema.names
    ]
    order = ", ".join(f"t{place}.{parquet.ROW} NULLS FIRST" for place in range(len(joined.parts)))
    return Sql(f"SELECT {', '.join(columns)} {tables.text} ORDER BY {order}", tables.values)


def count_sql(joined: Joined, limit: int) -> Sql:
    """Give DuckDB's SQL for the number of these rows, or *limit* if there are more."""
    tables = _tables(joined)
    return Sql(f"SELECT count(*) FROM (SELECT 1 {tables.text} LIMIT {limit})", tables.values)  # noqa: S608 - generated names


def _tables(joined: Joined) -> Sql:
    """Give the tables, each numbered, as they are joined."""
    parts = joined.parts
    pieces = [parquet.relation(part.source) for part in parts]
    values = list(pieces[0].values)
    tables = [f"(SELECT * FROM {piece.text}) AS t{place}" for place, piece in enumerate(pieces)]  # noqa: S608 - generated names
    text = f"FROM {tables[0]}"
    for place, part in enumerate(parts):
        if part.step is not None:
            meets = _meets(parts, place)
            text += f" LEFT JOIN {tables[place]} ON {meets.text}"
            values += [*pieces[place].values, *meets.values]
    return Sql(text, tuple(values))


def _meets(parts: tuple[JoinedPart, ...], place: int) -> Sql:
    """Give the condition under which a row of the part at *place* belongs to one of its parent."""
    part = parts[place]
    if part.step is None:
        raise AssertionError("the base is joined to nothing")
    step = part.step
    pairs = [
        _equal(_column(parts, part.parent, here), _column(parts, place, there))
        for here, there in zip(step.here, step.there, strict=True)
    ]
    referring = place if step.backwards else part.parent
    where = [f"CAST({_column(parts, referring, name)[0]} AS VARCHAR) = ?" for name, _ in step.key.where]
    return Sql(" AND ".join([*pairs, *where]), tuple(value for _, value in step.key.where))


def _column(parts: tuple[JoinedPart, ...], place: int, name: str) -> tuple[str, str]:
    """Give the SQL of a column, and its type."""
    source = parts[place].source
    return f"t{place}.{parquet.name_of(source, name)}", source.physical[source.schema.names.index(name)]


def _equal(one: tuple[str, str], other: tuple[str, str]) -> str:
    """Compare values of one type as they are, numbers as numbers, and all else as it is written."""
    if one[1] == other[1] or all(
        kind in ("BIGINT", "INTEGER") or kind.startswith("DECIMAL") for kind in (one[1], other[1])
    ):
        return f"{one[0]} = {other[0]}"
    return f"CAST({one[0]} AS VARCHAR) = CAST({other[0]} AS VARCHAR)"
