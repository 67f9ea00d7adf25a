"""Joined tables, made when first asked for and kept: what goes into them never changes, so neither do they.

    data/joins/<tag>/<rows>.<tag>.parquet      the joined rows: a row of the base, what was found for it, and so on
    data/joins/<tag>/<tag>.rows                the row file of a page or a search

A folder appears whole or not at all (portal/publishing/kept_folders.py keeps and prunes them).
"""

from functools import partial
from pathlib import Path

from portal.exports.chosen import written
from portal.foundation.errors import TooCostly
from portal.foundation.text import LangString
from portal.ingest.engine import Engine, parquet_rows
from portal.publishing.joining.joined import Joined, JoinedPart
from portal.publishing.kept_folders import KeptFolders
from portal.rows import parquet
from portal.rows.conditions import Sql
from portal.rows.engine import RowSource
from portal.rows.index import build_row_file
from portal.rows.physical import quoted

MAX_BYTES = 4_000_000_000
MAX_KEPT = 500
MAX_WAITING = 16
MAX_ROWS = 1_000_000
MAX_CELLS = 10_000_000
"""Rows times columns of a joined table: some ten seconds' work on a busy machine, a third of it on a quiet one."""
RETRY_AFTER_S = 5
_BUSY = LangString(
    "Gerade werden viele Tabellen verbunden; bitte in einigen Sekunden erneut versuchen.",
    "Many tables are being joined at the moment; please try again in a few seconds.",
)


class KeptJoins:
    """The joined tables kept below *root*; safe for threads, and for several processes."""

    def __init__(self, root: Path, *, timeout_s: float, max_bytes: int = MAX_BYTES, max_rows: int = MAX_ROWS) -> None:
        self._folders = KeptFolders(
            root,
            max_bytes=max_bytes,
            max_kept=MAX_KEPT,
            max_waiting=MAX_WAITING,
            busy=_BUSY,
            retry_after_s=RETRY_AFTER_S,
        )
        self._timeout_s, self._max_rows = timeout_s, max_rows

    def source(self, joined: Joined) -> RowSource:
        """Give the rows of *joined*, which are made if need be.

        Raises:
            TooCostly: joining took too long, or gives too many rows.
            Busy: too many joins are waiting.
            OutOfSpace: the disk is full.
        """
        return self._folders.kept(joined.tag, partial(_in, joined=joined), partial(self._make, joined))

    def _make(self, joined: Joined, workshop: Path, ready: Path) -> None:
        limit = min(self._max_rows, MAX_CELLS // len(joined.schema.columns))
        rows = written(joined_sql(joined, limit + 1), workshop, self._timeout_s)
        with Engine.open(workshop) as engine:
            count = int(engine.row(f"SELECT count(*) FROM {parquet_rows(rows)}")[0])  # noqa: S608 - a quoted path
            _refuse_more(count, limit)
            rows = rows.rename(ready / f"{count}.{joined.tag}.parquet")
            row_file = ready / f"{joined.tag}.rows"
            build_row_file(rows, joined.schema, joined.physical, row_file, connection=engine.connection)


def _refuse_more(count: int, limit: int) -> None:
    if count > limit:
        raise TooCostly(
            f"These joins give more than {limit} rows; join fewer tables, or take the tables as files.",
            detail_de=f"Diese Verbindung ergibt mehr als {limit} Zeilen; bitte weniger Tabellen verbinden oder die Tabellen "
            "als Dateien nehmen.",
            max_rows=limit,
        )


def _in(folder: Path, joined: Joined) -> RowSource | None:
    for path in folder.glob("*.parquet"):
        return RowSource(
            row_file=folder / f"{joined.tag}.rows",
            parquet=path,
            schema=joined.schema,
            physical=joined.physical,
            row_count=int(path.name.partition(".")[0]),
        )
    return None


def joined_sql(joined: Joined, limit: int) -> Sql:
    """Give DuckDB's SQL for the rows of *joined*, at most *limit*: in the order of the base, then of each join."""
    parts = joined.parts
    pieces = [parquet.relation(part.source) for part in parts]
    values = list(pieces[0].values)
    tables = [f"(SELECT * FROM {piece.text}) AS t{place}" for place, piece in enumerate(pieces)]  # noqa: S608 - generated names
    text, columns = f"FROM {tables[0]}", []
    for place, part in enumerate(parts):
        if part.step is not None:
            meets = _meets(parts, place)
            text += f" LEFT JOIN {tables[place]} ON {meets.text}"
            values += [*pieces[place].values, *meets.values]
        columns += [
            f"t{place}.{parquet.name_of(part.source, name)} AS {quoted(part.name_of(name))}"
            for name in part.source.schema.names
        ]
    order = ", ".join(f"t{place}.{parquet.ROW} NULLS FIRST" for place in range(len(parts)))
    return Sql(f"SELECT {', '.join(columns)} {text} ORDER BY {order} LIMIT {limit}", tuple(values))


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
