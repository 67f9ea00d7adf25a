"""A table with every type under the name "d/t", a small one under "d/e", and a process that takes its time.

What is honest ends whatever else the machine is at; a test of the time limit asks `in_a_hurry`.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from portal.rows.sql.pool import SqlAnswer, SqlPool
from portal.rows.sql.process import SqlLimits
from portal.rows.sql.statement import read_statement
from portal.rows.sql.tables import SqlTable
from tests.rows.tables import a_table
from tests.waiting import PATIENCE_S

LIMITS = SqlLimits(timeout_s=PATIENCE_S, memory_bytes=160 * 1024**2, max_bytes=1_000_000, processes=1)
HURRY_S = 0.3

Ask = Callable[..., SqlAnswer]


@pytest.fixture(scope="session")
def sql_tables(tmp_path_factory: pytest.TempPathFactory) -> list[SqlTable]:
    folder = tmp_path_factory.mktemp("sql")
    sources = [a_table(folder, rows=3_000, name="t"), a_table(folder, rows=3, name="e")]
    return [SqlTable("d/t", sources[0]), SqlTable("d/e", sources[1], number="_id")]


@pytest.fixture(scope="session")
def pool(sql_tables: list[SqlTable]) -> Iterator[SqlPool]:
    pool = SqlPool(sql_tables[0].source.row_file.parent, LIMITS)
    yield pool
    pool.close()


@pytest.fixture(scope="session")
def ask(pool: SqlPool, sql_tables: list[SqlTable]) -> Ask:
    """Carry out a statement over the tables that it names."""

    def asked(text: str, *, max_rows: int = 100, as_csv: bool = False) -> SqlAnswer:
        statement = read_statement(text)
        tables = [table for table in sql_tables if table.name in statement.names]
        return pool.ask(statement, tables, max_rows=max_rows, as_csv=as_csv)

    return asked


@contextmanager
def in_a_hurry(pool: SqlPool) -> Iterator[None]:
    """Give each question HURRY_S, as long as the block lasts."""
    limits, pool.limits = pool.limits, replace(pool.limits, timeout_s=HURRY_S)
    try:
        yield
    finally:
        pool.limits = limits
