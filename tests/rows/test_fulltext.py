"""Words are found in any of their forms, and two foldings, one in Python and one in SQL, are the same."""

import os
import shutil
from pathlib import Path
from tempfile import mkdtemp

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.foundation.errors import InvalidInput
from portal.rows.engine import RowEngine, RowSource
from portal.rows.fold import fold, folded
from portal.rows.fulltext import stem
from portal.rows.parameters import read_query
from portal.rows.serve import count_rows, read_page
from tests.rows.tables import a_table, judged, parsed

TEXT = 'a "b", c'


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> RowSource:
    return a_table(tmp_path_factory.mktemp("words"))


@pytest.fixture(scope="module")
def engine() -> RowEngine:
    return RowEngine(Path(mkdtemp()), timeout_s=20)


@pytest.mark.parametrize(
    ("words", "texts"),
    [
        ("Straßen", ["Straße", "STRASSE 5"]),
        ("strasse 5", ["STRASSE 5"]),
        ("KÖLN", ["Köln", "koeln"]),
        ("caf*", ["Café", "cafe"]),
        ("table drop", ["'; DROP TABLE rows --"]),
        ('" OR * NEAR(', []),
        ("niemals", []),
    ],
)  # fmt: skip
def test_a_row_is_found_by_words_in_any_form(
    engine: RowEngine, source: RowSource, words: str, texts: list[str]
) -> None:
    query = read_query({"q": words, "limit": "300"}, source.schema, source.physical)

    page = read_page(engine, source, query)

    listed = ", ".join("'" + text.replace("'", "''") + "'" for text in texts) or "NULL"
    expected = judged(source, f"SELECT c0 FROM t WHERE c1 IN ({listed}) ORDER BY n")
    assert [row["id"] for row in parsed(list(page.rows))] == [number for (number,) in expected]
    assert count_rows(engine, source, query) == len(expected)


def test_words_go_together_with_conditions_and_order(engine: RowEngine, source: RowSource) -> None:
    query = read_query({"q": "koeln", "limit__gte": "1", "sort": "-price"}, source.schema, source.physical)

    page = read_page(engine, source, query)

    expected = judged(
        source, "SELECT c0 FROM t WHERE c1 IN ('Köln', 'koeln') AND c2 >= 1 ORDER BY c3 DESC NULLS LAST, n DESC"
    )
    assert [row["id"] for row in parsed(list(page.rows))] == [number for (number,) in expected]
    assert count_rows(engine, source, query) == len(expected)


@pytest.mark.parametrize("words", ["...", " ? ", " ".join("abcdefghijklmnopqrstuvwxyz")])
def test_no_words_and_too_many_are_refused(engine: RowEngine, source: RowSource, words: str) -> None:
    with pytest.raises(InvalidInput, match="q:"):
        read_page(engine, source, read_query({"q": words}, source.schema, source.physical))


@pytest.mark.parametrize(("form", "other"), [("strassen", "strasse"), ("laternen", "laterne"), ("kinder", "kindern")])
def test_forms_of_a_word_have_one_stem(form: str, other: str) -> None:
    assert stem(form) == stem(other)


@given(st.text(st.characters(max_codepoint=0x24F, exclude_categories=["Cc", "Cs"])))
def test_texts_are_folded_alike_in_python_and_in_sql(text: str) -> None:
    assert duckdb.execute(f"SELECT {folded('?')}", [text]).fetchall() == [(fold(text),)]


def test_an_index_may_be_removed_and_is_made_anew_and_room_is_made_for_it(source: RowSource, tmp_path: Path) -> None:
    made: list[Path] = []
    engine = RowEngine(tmp_path, timeout_s=20, make_room=made.append)
    query = read_query({"q": "koeln"}, source.schema, source.physical)

    first = read_page(engine, source, query)
    shutil.rmtree(made[0])
    again = read_page(engine, source, query)

    assert list(again.rows) == list(first.rows)
    assert made == [made[0]] * 2
    assert [one.name for one in tmp_path.iterdir()] == [made[0].name]


def test_an_index_that_was_asked_for_lately_stays_longest(source: RowSource, tmp_path: Path) -> None:
    engine = RowEngine(tmp_path, timeout_s=20)
    query = read_query({"q": "koeln"}, source.schema, source.physical)
    read_page(engine, source, query)
    (folder,) = tmp_path.iterdir()
    os.utime(folder, (1, 1))

    read_page(engine, source, query)

    assert folder.stat().st_mtime > 1
