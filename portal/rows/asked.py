"""A column without an index that is asked for again and again gets one, beside the row file.

    ?street=Gleisweg 3c    scanned, scanned, scanned ──▶ a thread makes found(value, row) ──▶ looked up from then on

A release would take longer if every column had an index, and hardly any is ever asked for. The index is kept as those of
words are: it may be removed at any time, and goes when there is too much. It answers `column=value` in published order,
the other conditions being tested on the rows it finds; it knows no empty cells.
"""

import contextlib
import json
import logging
import os
import shutil
import sqlite3
import threading
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from tempfile import mkdtemp

from portal.rows.engine import RowEngine, RowSource
from portal.rows.index import FORMAT_VERSION
from portal.rows.physical import quoted
from portal.rows.plan import bound_value, compares_in_row_file, rows_by_number, tested
from portal.rows.query import Condition, Op, RowQuery
from portal.rows.shown import Shown

OFTEN = 3
"""Asked for so many times, a column gets its index."""
_MOST_NOTED = 1_000
"""Columns that are noted at once; after that, counting begins again."""
_STEP_ROWS = 5_000
"""Entries looked at together, where there are other conditions to test."""
_FORMAT = 1

_log = logging.getLogger(__name__)


def page_by_asked_column(
    engine: RowEngine, source: RowSource, query: RowQuery, places: Sequence[int], limit: int
) -> Shown | None:
    """Give the first *limit* rows of *query*; None: no column that it asks for has been asked for often enough."""
    if query.sort or query.text or not compares_in_row_file(source, query):
        return None
    for condition in query.conditions:
        if condition.op is Op.EXACT and condition.column not in source.indexed:
            index = _ready(engine, source, condition.column)
            if index is not None:
                return _page(engine, source, query, condition, index, places, limit)
            _note(engine, source, condition.column)
    return None


def _page(
    engine: RowEngine,
    source: RowSource,
    query: RowQuery,
    looked_up: Condition,
    index: Path,
    places: Sequence[int],
    limit: int,
) -> Shown:
    others = [condition for condition in query.conditions if condition is not looked_up]
    shown: Shown = []
    step, after = _STEP_ROWS if others else limit, query.after
    while len(shown) < limit:
        numbers = _numbers(engine, index, looked_up, after, step)
        shown += rows_by_number(engine, source, places, numbers, tested(others), limit - len(shown))
        if len(numbers) < step:
            break
        after = numbers[-1]
    return shown


def _numbers(engine: RowEngine, index: Path, condition: Condition, after: int, step: int) -> list[int]:
    """Give the numbers of the next rows that have the value, in order."""
    found = "SELECT row FROM found WHERE value = ? AND row > ? ORDER BY row LIMIT ?"
    with engine.sqlite(index) as values:
        sql = f"SELECT json_group_array(row) FROM ({found})"  # noqa: S608 - a constant
        (text,) = values.execute(sql, (bound_value(condition.values[0]), after, step)).fetchone()
    numbers: list[int] = json.loads(text)
    return numbers


def _folder(engine: RowEngine, source: RowSource, column: str) -> Path:
    return engine.folder / f"{source.row_file.name}.column{source.schema.names.index(column)}.{_FORMAT}"


def _ready(engine: RowEngine, source: RowSource, column: str) -> Path | None:
    """Give the index of a column and note that it was asked for; None: there is none."""
    folder = _folder(engine, source, column)
    try:
        os.utime(folder)
    except FileNotFoundError:
        return None
    return folder / "values.sqlite"


def _note(engine: RowEngine, source: RowSource, column: str) -> None:
    """Count that a column was asked for; when it is often enough, have its index made."""
    folder = _folder(engine, source, column)
    if len(engine.asked) > _MOST_NOTED:
        engine.asked.clear()
    engine.asked[folder] = times = engine.asked[folder] + 1
    if times == OFTEN:
        threading.Thread(target=make, args=(engine, source, column), name="index", daemon=True).start()


def make(engine: RowEngine, source: RowSource, column: str) -> None:
    """Make the index of a column; without room for it, it is asked for again later."""
    folder = _folder(engine, source, column)
    try:
        with engine.making:
            if not folder.exists():
                _write(source, column, folder)
                engine.make_room(folder)
    except (OSError, sqlite3.Error):
        _log.exception("the index of a column that is asked for often could not be made")
    finally:
        engine.asked.pop(folder, None)


def _write(source: RowSource, column: str, folder: Path) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    workshop = Path(mkdtemp(dir=folder.parent, prefix="making-"))
    try:
        name = quoted(column)
        with closing(sqlite3.connect(workshop / "values.sqlite", isolation_level=None, uri=True)) as values:
            for sql in (
                "PRAGMA journal_mode = OFF",
                "PRAGMA synchronous = OFF",
                "PRAGMA temp_store = FILE",
                f"PRAGMA user_version = {FORMAT_VERSION}",
                "CREATE TABLE found (value, row INTEGER, PRIMARY KEY (value, row)) WITHOUT ROWID",
            ):
                values.execute(sql)
            values.execute("ATTACH ? AS published", (f"{source.row_file.as_uri()}?mode=ro&immutable=1",))
            filled = f"SELECT {name}, _row FROM published.rows WHERE {name} IS NOT NULL ORDER BY 1, 2"  # noqa: S608 - quoted
            values.execute(f"INSERT INTO found {filled}")
        with contextlib.suppress(OSError):  # another process was faster; its index says the same
            workshop.rename(folder)
    finally:
        shutil.rmtree(workshop, ignore_errors=True)
