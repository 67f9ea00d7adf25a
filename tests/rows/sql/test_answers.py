"""Answers mean what the row query means: types, digits, truth values, and whose column a column is."""

import json
import random
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.foundation.errors import InvalidInput, TooCostly
from portal.rows.engine import RowEngine
from portal.rows.query import RowQuery
from portal.rows.serve import read_page
from portal.rows.sql.pool import SqlAnswer
from portal.rows.sql.tables import SqlTable
from tests.laws import examples
from tests.rows.sql.conftest import Ask
from tests.rows.tables import FIELDS, judged

RNG = random.Random(4)


def rows(answer: SqlAnswer) -> list[dict[str, object]]:
    return json.loads(f"[{answer.rows}]", parse_float=Decimal)  # type: ignore[no-any-return]  # JSON


def types(answer: SqlAnswer) -> list[str]:
    return [column["type"] for column in answer.columns]


def test_a_whole_table_is_the_same_as_the_row_query_gives(ask: Ask, sql_tables: list[SqlTable]) -> None:
    source = sql_tables[0].source
    page = read_page(RowEngine(source.row_file.parent, timeout_s=10), source, RowQuery(limit=50))

    answer = ask('SELECT * FROM "d/t" LIMIT 50')

    assert answer.rows == ",".join(page.rows)
    assert types(answer) == [field["type"] for field in FIELDS]
    assert answer.columns[1] == {"name": 'a "b", c', "type": "string", "from": {"table": "d/t", "column": 'a "b", c'}}
    assert (answer.row_count, answer.truncated, answer.read) == (50, False, ["d/t"])


COLUMNS = ["id", "limit", "price", "exact", "huge", "open", "on", "clock", "year", "month"]


@given(st.sampled_from(COLUMNS), st.sampled_from(["<", "<=", "=", ">", ">=", "<>"]), st.sampled_from(COLUMNS[:5]))
@examples(12)
def test_comparisons_and_sums_are_those_of_another_engine(
    ask: Ask, sql_tables: list[SqlTable], column: str, sign: str, group: str
) -> None:
    place = [field["name"] for field in FIELDS].index(column)
    sql = f"SELECT DISTINCT CAST(c{place} AS VARCHAR) FROM t WHERE c{place} IS NOT NULL ORDER BY 1"
    written = RNG.choice(judged(sql_tables[0].source, sql))[0]
    if column in ("on", "clock", "month", "exact", "huge"):  # a number of many digits is written as a text
        written = f"'{written}'"

    answer = ask(
        f'SELECT count(*) n, sum("id") s, count(DISTINCT "{group}") d FROM "d/t" WHERE "{column}" {sign} {written}'
    )

    other = [field["name"] for field in FIELDS].index(group)
    expected = judged(
        sql_tables[0].source,
        f"SELECT count(*), sum(c0), count(DISTINCT c{other}) FROM t WHERE c{place} {sign} {written}",
    )
    assert [tuple(row.values()) for row in rows(answer)] == expected


def test_numbers_of_many_digits_keep_them_and_are_compared_by_value(ask: Ask, sql_tables: list[SqlTable]) -> None:
    answer = ask(
        'SELECT "exact", "huge" FROM "d/t" WHERE "huge" > 9 AND "exact" < 0.9 ORDER BY "huge" DESC, "exact", "id" LIMIT 30'
    )

    expected = judged(
        sql_tables[0].source, "SELECT c4, c5 FROM t WHERE c5 > 9 AND c4 < 0.9 ORDER BY c5 DESC, c4, c0 LIMIT 30"
    )
    assert [(row["exact"], row["huge"]) for row in rows(answer)] == [(exact, int(huge)) for exact, huge in expected]
    assert types(answer) == ["number", "integer"]


def test_what_is_reckoned_has_the_type_of_its_values(ask: Ask) -> None:
    answer = ask(
        """SELECT 1 AS a, 1.5 AS b, 'x' AS c, NULL AS d, count(*), max("on"), avg("price") > 0, "open" FROM "d/t" """
    )

    assert types(answer) == ["integer", "number", "string", "any", "integer", "string", "integer", "boolean"]
    assert [column["from"] is None for column in answer.columns] == [True] * 7 + [False]


def test_the_origin_of_a_column_is_known_through_with_joins_and_other_names(ask: Ask) -> None:
    answer = ask(
        """WITH some(x, "y y") AS (SELECT "open", "at" FROM "d/t")
           SELECT s.x, s."y y", e.id, e._id AS number, b."on" + 0 AS reckoned
           FROM some s, "d/e" AS e LEFT JOIN (SELECT * FROM "d/t") b ON b.id = e.id ORDER BY e.id LIMIT 1"""
    )

    assert types(answer) == ["boolean", "datetime", "integer", "integer", "integer"]
    assert [column["from"] and column["from"]["column"] for column in answer.columns] == [
        "open",
        "at",
        "id",
        "_id",
        None,
    ]
    assert answer.read == ["d/e", "d/t"]
    assert str(rows(answer)[0]["y y"]).endswith("Z")


def test_a_union_keeps_a_type_only_if_all_its_values_do(ask: Ask) -> None:
    answer = ask(
        """SELECT "on", "exact", "open", "price", "month" FROM "d/e" WHERE id = 1
           UNION ALL SELECT 'never', '[1,2]', 7, 1.0/3, '2024-01' """
    )

    assert types(answer) == ["string", "string", "integer", "number", "yearmonth"]
    assert rows(answer)[1] == {
        "on": "never",
        "exact": "[1,2]",
        "open": 7,
        "price": Decimal("0.3333333333333333"),
        "month": "2024-01",
    }
    assert all(column["from"] is None for column in answer.columns)


def test_a_misspelt_column_in_double_quotes_does_not_become_a_text(ask: Ask) -> None:
    with pytest.raises(InvalidInput) as caught:
        ask('SELECT "lmit" FROM "d/t"')

    assert caught.value.facts["similar"] == ["limit"]
    assert (caught.value.facts["line"], caught.value.facts["column"]) == (1, 8)


def test_columns_of_the_same_name_stay_apart(ask: Ask) -> None:
    answer = ask('SELECT a.id, b.id, a.id AS "id:1" FROM "d/e" a JOIN "d/e" b ON b.id = a.id + 1 LIMIT 1')

    assert rows(answer) == [{"id": 1, "id:1": 2, "id:1:1": 1}]


def test_an_answer_that_is_cut_says_so(ask: Ask) -> None:
    by_rows, whole = ask('SELECT id FROM "d/t"', max_rows=3), ask('SELECT id FROM "d/e"', max_rows=3)
    by_bytes = ask(
        """SELECT replace(hex('aaaaaaaaaa'), '6', '################################################') || id t FROM "d/t" """,
        max_rows=3_000,
    )
    large = ask("""SELECT group_concat("on" || "at" || "clock") t FROM "d/t" a""")

    assert (by_rows.row_count, by_rows.truncated) == (3, True)
    assert (whole.row_count, whole.truncated) == (3, False)
    assert by_bytes.truncated
    assert 0 < by_bytes.row_count < 3_000
    assert len(by_bytes.rows) <= 1_000_000
    assert not large.truncated


def test_csv_and_json_agree(ask: Ask) -> None:
    statement = 'SELECT id, \'a "q", b\' AS t, "open", "price", "exact", "at", NULL AS n FROM "d/e" ORDER BY id LIMIT 2'
    first = ask(statement, as_csv=True).rows.split("\r\n")[0]
    row = rows(ask(statement))[0]

    told = [
        "" if value is None else str(value).lower() if isinstance(value, bool) else str(value) for value in row.values()
    ]
    assert first == ",".join([told[0], '"a ""q"", b"', *told[2:]])


UNWRITABLE = ("SELECT x'00'", "SELECT 1e308 * 10", "SELECT -1e308 * 10", "SELECT CAST(x'ff' AS TEXT)")


@pytest.mark.parametrize("text", UNWRITABLE)
@pytest.mark.parametrize("as_csv", [False, True])
def test_what_no_text_can_say_is_refused(ask: Ask, text: str, as_csv: bool) -> None:
    with pytest.raises(InvalidInput):
        ask(text, as_csv=as_csv)


def test_values_that_are_too_long_to_be_made_are_refused(ask: Ask) -> None:
    with pytest.raises(TooCostly) as caught:
        ask(
            """SELECT replace(group_concat(t.id), ',', '################################') FROM "d/t" t, "d/t" u WHERE u.id < 30"""
        )

    assert caught.value.facts["limit"] == "size"
