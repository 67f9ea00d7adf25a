"""Alternatives, skipping and empty cells first, and rows as cells: against what Python makes of all rows."""

from operator import eq, ge, gt, le, lt
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.rows.cells import read_cells, read_distinct
from portal.rows.engine import RowEngine, RowSource
from portal.rows.query import NUMBER, Condition, Either, Op, Order, RowQuery
from portal.rows.serve import count_rows
from tests.laws import examples
from tests.rows.tables import a_table

ENGINE = RowEngine(Path(mkdtemp()), timeout_s=10)
COLUMNS = ("id", "limit", "year")
SIGNS = {Op.EXACT: eq, Op.LT: lt, Op.LTE: le, Op.GT: gt, Op.GTE: ge}


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> RowSource:
    return a_table(tmp_path_factory.mktemp("cells"), rows=60)


def _conditions() -> st.SearchStrategy[Condition]:
    values = st.sampled_from([0, 1, 2, 3, 30, 2021, 2022])
    compared = st.builds(lambda column, op, value: Condition(column, op, (value,)), st.sampled_from([*COLUMNS, NUMBER]), st.sampled_from(list(SIGNS)), values)  # fmt: skip
    return compared | st.builds(Condition, st.sampled_from(COLUMNS), st.sampled_from([Op.NULL, Op.FILLED, Op.NEVER]))


TESTS = st.recursive(
    _conditions(),
    lambda inner: st.builds(
        Either, st.lists(st.lists(inner, max_size=2).map(tuple), min_size=1, max_size=3).map(tuple)
    ),
    max_leaves=5,
)
ORDERS = st.lists(
    st.builds(Order, st.sampled_from(["limit", "year", NUMBER]), st.booleans(), st.booleans()),
    max_size=2,
    unique_by=lambda one: one.column,
)


def _met(row: tuple[Any, ...], test: Condition | Either) -> bool:
    if isinstance(test, Either):
        return any(all(_met(row, one) for one in alternative) for alternative in test.alternatives)
    value = row[0] if test.column == NUMBER else row[1 + COLUMNS.index(test.column)]
    match test.op:
        case Op.NULL | Op.FILLED:
            return (value is None) is (test.op is Op.NULL)
        case Op.NEVER:
            return False
        case _:
            return value is not None and SIGNS[test.op](value, test.values[0])


def _sorted(rows: list[tuple[Any, ...]], sort: list[Order]) -> list[tuple[Any, ...]]:
    rows = sorted(rows, key=lambda row: row[0], reverse=bool(sort) and sort[0].descending)
    for order in reversed(sort):
        place = 0 if order.column == NUMBER else 1 + COLUMNS.index(order.column)
        filled = sorted((one for one in rows if one[place] is not None), key=lambda row: row[place], reverse=order.descending)  # fmt: skip
        empty = [one for one in rows if one[place] is None]
        rows = empty + filled if order.empty_first else filled + empty
    return rows


@examples(40)
@given(tests=st.lists(TESTS, max_size=3), sort=ORDERS, skip=st.integers(0, 5), limit=st.integers(1, 70))
def test_any_question_is_answered_as_python_would(source, tests, sort, skip, limit):
    query = RowQuery(
        conditions=tuple(one for one in tests if isinstance(one, Condition)),
        either=tuple(one for one in tests if isinstance(one, Either)),
        columns=COLUMNS,
        sort=tuple(sort),
        skip=skip,
    )
    everything = read_cells(ENGINE, source, RowQuery(columns=COLUMNS), 100)
    met = [row for row in everything if all(_met(row, test) for test in tests)]

    assert read_cells(ENGINE, source, query, limit) == _sorted(met, sort)[skip : skip + limit]
    assert count_rows(ENGINE, source, query) == len(met)


def test_different_rows_come_once_each_and_are_counted(source):
    everything = {row[1:] for row in read_cells(ENGINE, source, RowQuery(columns=("limit", "year")), 100)}
    query = RowQuery(columns=("limit", "year"))
    found, total = read_distinct(ENGINE, source, query, 100)
    page, same = read_distinct(ENGINE, source, RowQuery(columns=("limit", "year"), after=3), 2)

    assert (set(found), len(found), total) == (everything, len(everything), len(everything))
    assert (page, same) == (found[3:5], total)
