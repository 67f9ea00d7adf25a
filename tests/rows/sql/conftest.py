"""A table with every type under the name "d/t", a small one under "d/e", and processes that give up after 0.3 s."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from portal.rows.sql.pool import SqlAnswer, SqlPool
from portal.rows.sql.process import SqlLimits
from portal.rows.sql.statement import read_statement
from portal.rows.sql.tables import SqlTable
from tests.rows.tables import a_table

LIMITS = SqlLimits(timeout_s=0.3, memory_bytes=160 * 1024**2, max_bytes=1_000_000, processes=1)

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
    """Carry out a statement over the tables that it names, for at most 0.3 s."""
    return asking(pool, sql_tables)


@pytest.fixture(scope="session")
def patient(sql_tables: list[SqlTable]) -> Iterator[SqlPool]:
    """Give a pool whose honest statements end whatever else the machine is at."""
    pool = SqlPool(sql_tables[0].source.row_file.parent, replace(LIMITS, timeout_s=20.0))
    yield pool
    pool.close()


def asking(pool: SqlPool, sql_tables: list[SqlTable]) -> Ask:
    def asked(text: str, *, max_rows: int = 100, as_csv: bool = False) -> SqlAnswer:
        statement = read_statement(text)
        tables = [table for table in sql_tables if table.name in statement.names]
        return pool.ask(statement, tables, max_rows=max_rows, as_csv=as_csv)

    return asked
