"""Words in the text columns of a table: an index made when somebody first looks for one, kept beside the row file's digest.

    Straßen in Koeln  ──fold──▶  strassen, in, koeln  ──stem──▶  strass, in, koeln
                                     └─▶ every word of the table with the same stem: strasse, strassen, Straße …

All words must be in the row, in whichever text column; `Stra*` finds what begins so. The index is SQLite's FTS5 without
the texts (`content=''`, `detail=none`): a third of their size. It is no part of a release, which would take a tenth longer:
the first who looks waits for it.
"""

import contextlib
import json
import os
import re
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from tempfile import mkdtemp

from portal.foundation.errors import InvalidInput
from portal.foundation.lazily import adbc_driver_manager, adbc_driver_sqlite, duckdb
from portal.foundation.tableschema import ColumnType
from portal.rows import parquet
from portal.rows.engine import RowEngine, RowSource
from portal.rows.fold import fold, folded
from portal.rows.index import FORMAT_VERSION

MAX_WORDS = 20
_MAX_FORMS = 200
"""Forms of one word that are looked for."""
_ENDINGS = re.compile(r"(?<=[a-z]{4})(?:ern|em|er|en|es|e|s|n)$")
"""What German declension puts behind a stem of four letters and more (after the light stemmer of J. Savoy, 2006)."""
_FORMAT = 2

_TABLE = (
    "CREATE VIRTUAL TABLE words USING fts5(text, content='', detail=none, columnsize=0, "
    "tokenize = 'unicode61 remove_diacritics 0')"
)
_SQL_WORDS = r"[^\p{L}\p{N}]+"


def stem(word: str) -> str:
    """Give what the forms of a folded word have in common."""
    return _ENDINGS.sub("", word)


def matching(engine: RowEngine, source: RowSource, text: str) -> list[int] | None:
    """Give the numbers of the rows that have all words of *text*, in order; None: there is no word to look for.

    Raises:
        InvalidInput: *text* has no word, or too many.
        TooCostly: it took too long.
        Busy: too many wait for the index.
    """
    if not text:
        return None
    side = side_file(engine, source)
    with engine.sqlite(side) as words:
        asked = expression(words, text)
        sql = (
            "SELECT json_group_array(rowid) FROM (SELECT rowid FROM words WHERE words MATCH ? ORDER BY rowid LIMIT -1)"
        )
        found: list[int] = json.loads(words.execute(sql, (asked,)).fetchone()[0])
        return found


def expression(words: sqlite3.Connection, text: str) -> str:
    """Give the FTS5 query that finds *text*: for each word all its forms in the table."""
    plain = re.findall(r"\w+\*?", fold(text).replace("_", " "))
    if not plain or len(plain) > MAX_WORDS:
        raise InvalidInput(f"q: 1 to {MAX_WORDS} words.", detail_de=f"q: 1 bis {MAX_WORDS} Wörter.", parameter="q")
    return " AND ".join(f"({_forms(words, word)})" for word in plain)


def _forms(words: sqlite3.Connection, word: str) -> str:
    if word.endswith("*"):
        return f'"{word[:-1]}"*'
    found = words.execute("SELECT word FROM forms WHERE stem = ? LIMIT ?", (stem(word), _MAX_FORMS))
    return " OR ".join(f'"{one}"' for one in {word, *(form for (form,) in found)})


def side_file(engine: RowEngine, source: RowSource) -> Path:
    """Give the index of the words of *source*, which is made if need be; what is asked for stays longest."""
    folder = engine.folder / f"{source.row_file.name}.words{_FORMAT}"
    target = folder / "words.sqlite"
    with contextlib.suppress(FileNotFoundError):
        os.utime(folder)
        return target
    with engine.indexing.turn(), engine.making:
        if not folder.exists():
            _make(source, folder)
            engine.make_room(folder)
    return target


def _make(source: RowSource, folder: Path) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    workshop = Path(mkdtemp(dir=folder.parent, prefix="making-"))
    made = workshop / "words.sqlite"
    try:
        _fill(source, made)
        with closing(sqlite3.connect(made)) as words, words:
            words.create_function("stem", 1, stem, deterministic=True)
            words.execute("INSERT INTO words(words) VALUES ('optimize')")
            words.execute("CREATE VIRTUAL TABLE temp.vocabulary USING fts5vocab(main, words, row)")
            inflected = "SELECT stem(term), term FROM temp.vocabulary WHERE term GLOB '[a-z]*'"
            words.execute(f"INSERT INTO forms {inflected}")
            words.execute("CREATE INDEX forms_by_stem ON forms (stem, word)")
        with contextlib.suppress(OSError):  # another process was faster; its index says the same
            workshop.rename(folder)
    finally:
        shutil.rmtree(workshop, ignore_errors=True)


def _fill(source: RowSource, made: Path) -> None:
    """Fold the texts in DuckDB and hand them to FTS5 as Arrow batches."""
    columns = zip(source.schema.names, source.schema.columns, strict=True)
    texts = [parquet.name_of(source, name) for name, column in columns if column.type is ColumnType.STRING]
    joined = f"concat_ws(' ', {', '.join(texts)})" if texts else "''"
    rows = parquet.relation(source)
    plain = f"regexp_replace({folded(joined)}, '{_SQL_WORDS}', ' ', 'g')"
    with (
        closing(duckdb.connect(config={"threads": 2})) as reader,
        closing(adbc_driver_sqlite.connect(str(made))) as database,
        closing(adbc_driver_manager.AdbcConnection(database)) as words,
        closing(adbc_driver_manager.AdbcStatement(words)) as statement,
    ):
        for sql in (
            "PRAGMA journal_mode = OFF",
            "PRAGMA synchronous = OFF",
            f"PRAGMA user_version = {FORMAT_VERSION}",
            _TABLE,
            "CREATE TABLE forms (stem TEXT, word TEXT)",
            "BEGIN",
        ):
            statement.set_sql_query(sql)
            statement.execute_update()
        statement.set_sql_query("INSERT INTO words(rowid, text) VALUES (?, ?)")
        statement.bind_stream(reader.sql(f"SELECT n, {plain} FROM {rows.text}", params=list(rows.values)))  # noqa: S608 - generated names
        statement.execute_update()
        statement.set_sql_query("COMMIT")
        statement.execute_update()
