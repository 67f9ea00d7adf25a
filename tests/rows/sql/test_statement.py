"""A statement is read as SQLite reads it: one question, names and texts told apart, places said."""

import time

import pytest

from portal.foundation.errors import InvalidInput
from portal.rows.sql.statement import MAX_CHARACTERS, read_statement

REFUSED = {
    "": "One SELECT", "   -- nothing": "One SELECT", ";": "One SELECT", "EXPLAIN SELECT 1": "One SELECT", "PRAGMA user_version": "One SELECT",
    "ATTACH 'x' AS y": "One SELECT", "INSERT INTO x VALUES (1)": "One SELECT", "(SELECT 1)": "One SELECT", "\ufeffSELECT 1": "none of SQL's",
    "SELECT 1; SELECT 2": "one statement", "SELECT 1;;": "one statement", "SELECT 1 /* ; */; DROP TABLE x": "one statement",
    "SELECT 'a": "no end", 'SELECT "a': "no end", "SELECT `a": "no end", "SELECT [a": "no end", "SELECT 'a''": "no end",
    "SELECT „a“": "none of SQL's", "SELECT ‘a’": "none of SQL's", "SELECT\u00a01": "none of SQL's", "SELECT 1\x00": "control character",
    "SELECT '\ud800'": "control character", "SELECT " + "1+" * MAX_CHARACTERS + "1": "at most",
}  # fmt: skip


@pytest.mark.parametrize("text", REFUSED, ids=lambda text: ascii(text)[:40])
def test_what_is_no_single_select_is_refused_with_its_place(text: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        read_statement(text)

    assert REFUSED[text] in str(caught.value.detail.en)
    assert caught.value.facts["line"] == 1
    assert caught.value.facts["parameter"] == "q"
    assert caught.value.detail.de != caught.value.detail.en


def test_a_place_is_a_line_and_a_column_from_one() -> None:
    with pytest.raises(InvalidInput) as caught:
        read_statement("SELECT 1,\n  2;\n SELECT 3")

    assert (caught.value.facts["line"], caught.value.facts["column"]) == (3, 2)


def test_names_are_what_stands_in_quotes_outside_of_texts_and_comments() -> None:
    statement = read_statement("""select "a/b", `c/d`, [e/f], 'g/h', "i""j" -- "k/l"\n from /* "m/n" */ "a/b" """)

    assert statement.names == ("a/b", "c/d", "e/f", 'i"j')


def test_names_are_handed_on_so_that_sqlite_cannot_take_them_for_texts() -> None:
    statement = read_statement("""SELECT "a`b", 'it''s "so"' /* x */ FROM "t" ; -- end""")

    assert statement.sql.split() == ["SELECT", "`a``b`,", "'it''s", '"so"\'', "FROM", "`t`"]


def test_tables_can_be_given_other_names() -> None:
    statement = read_statement("""SELECT '"a/b"' FROM [a/b] JOIN "a/c" """)

    assert statement.renamed({"a/b": "a/v/1/b"}) == """SELECT '"a/b"' FROM "a/v/1/b" JOIN "a/c" """


def test_what_asks_for_the_time_is_known_by_its_words() -> None:
    assert read_statement("SELECT 'date', \"date\" FROM x").is_timeless
    assert not read_statement("SELECT strftime('%Y', at) FROM x").is_timeless
    assert not read_statement("SELECT Current_Date").is_timeless


PATIENCE_S = 10.0
"""Far more than reading 10,000 characters takes on any machine, and far less than a pattern that tries every split of them."""


@pytest.mark.parametrize("sign", ["'", '"', "`", "[", "/*", "-", "--", "*/", "'\"", "[`", "a ", "((", "/**", "''"])
def test_no_row_of_signs_takes_long_to_read(sign: str) -> None:
    begun = time.process_time()

    for text in ("SELECT " + sign * 4_000, "SELECT " + (sign * 4_000)[:-1]):
        try:
            read_statement(text)
        except InvalidInput:
            continue

    assert time.process_time() - begun < PATIENCE_S
