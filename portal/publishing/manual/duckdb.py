"""A table in DuckDB's SQL: the Parquet file has exact types, and DuckDB fetches only the columns and row groups it needs."""

from portal.foundation.tableschema import ColumnType
from portal.publishing.manual.quoting import sql, sql_name
from portal.publishing.manual.reading import Question, Reading
from portal.rows.query import Op

_BARE = (ColumnType.INTEGER, ColumnType.NUMBER, ColumnType.YEAR, ColumnType.BOOLEAN)
"""Types whose values stand in SQL without quotes."""


def write_duckdb(reading: Reading) -> str:
    """Give the statement that reads the table; the `httpfs` extension is loaded by itself."""
    source = f"read_parquet({sql(f'{reading.manual.files_url}.parquet')})"
    if reading.question is None:
        return reading.commented("--", [f"FROM {source};"])
    names = ", ".join(sql_name(column.name) for column, _, _ in reading.columns)
    return reading.commented("--", [f"SELECT {names}", f"FROM {source}", f"WHERE {_condition(reading.question)};"])


def _condition(question: Question) -> str:
    name = sql_name(question.column.name)
    if question.op is Op.FILLED:
        return f"{name} IS NOT NULL"
    value = question.value if question.column.type in _BARE else sql(question.value)
    return f"{name} {'=' if question.op is Op.EXACT else '>='} {value}"
