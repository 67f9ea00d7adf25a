"""A question that takes too long ends, and the next one is answered."""

import time
from pathlib import Path

import pytest

from portal.foundation.errors import TooCostly
from portal.rows.engine import RowEngine
from portal.rows.groups import read_groups
from portal.rows.query import Condition, Figure, Group, Measure, Op, Order, RowQuery
from portal.rows.serve import read_page
from tests.rows.tables import a_table
from tests.waiting import PATIENCE_S

TEXT = 'a "b", c'


def test_a_scan_that_takes_too_long_is_cut_off_and_the_engine_goes_on(tmp_path: Path) -> None:
    source = a_table(tmp_path, rows=60_000)
    scan = RowQuery(conditions=(Condition(TEXT, Op.EXACT, ("nirgends",)),), limit=10)

    with pytest.raises(TooCostly) as caught:
        read_page(RowEngine(tmp_path, timeout_s=0.0001), source, scan)

    assert caught.value.facts == {"timeout_s": 0.0001}
    assert read_page(RowEngine(tmp_path, timeout_s=PATIENCE_S), source, scan).rows == []


def test_groups_that_take_too_long_are_cut_off(tmp_path: Path) -> None:
    source = a_table(tmp_path, rows=300_000)
    query = RowQuery(
        groups=(Group("id"), Group(TEXT)), measures=(Measure("price", Figure.MEDIAN),), sort=(Order("count"),)
    )
    engine = RowEngine(tmp_path, timeout_s=0.001)

    with pytest.raises(TooCostly):
        read_groups(engine, source, query)

    engine.timeout_s = PATIENCE_S
    assert len(read_groups(engine, source, query)[0].rows) == 10_000


def test_a_limit_that_is_over_before_the_question_comes_cuts_it_off_as_well(tmp_path: Path) -> None:
    engine = RowEngine(tmp_path, timeout_s=0.001)

    def ask_late() -> None:
        with engine.duckdb() as connection:
            time.sleep(0.1)
            connection.execute("SELECT count(*) FROM range(100_000_000_000)").fetchall()

    with pytest.raises(TooCostly):
        ask_late()


def test_a_row_file_cannot_be_written(tmp_path: Path) -> None:
    source = a_table(tmp_path, rows=3)
    engine = RowEngine(tmp_path, timeout_s=PATIENCE_S)

    with pytest.raises(Exception, match="readonly"), engine.sqlite(source.row_file) as rows:
        rows.execute("DELETE FROM rows")
