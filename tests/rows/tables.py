"""A table with every type, with ties, gaps and awkward texts, published as release does it; and what DuckDB makes of it.

The judge of the tests asks DuckDB over the Parquet file in SQL of its own: it shares no line with portal/rows.
"""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from portal.foundation.tableschema import read_schema
from portal.rows.engine import RowSource
from portal.rows.index import build_row_file

FIELDS = [
    {"name": "id", "type": "integer"},
    {"name": 'a "b", c', "type": "string"},
    {"name": "limit", "type": "integer"},
    {"name": "price", "type": "number"},
    {"name": "exact", "type": "number"},
    {"name": "huge", "type": "integer"},
    {"name": "open", "type": "boolean"},
    {"name": "on", "type": "date"},
    {"name": "at", "type": "datetime"},
    {"name": "local", "type": "datetime"},
    {"name": "clock", "type": "time"},
    {"name": "year", "type": "year"},
    {"name": "month", "type": "yearmonth"},
]
PHYSICAL = (
    "BIGINT",
    "VARCHAR",
    "BIGINT",
    "DECIMAL(7,2)",
    "DECIMAL(20,18)",
    "DECIMAL(38,0)",
    "BOOLEAN",
    "DATE",
    "TIMESTAMP WITH TIME ZONE",
    "TIMESTAMP",
    "TIME",
    "INTEGER",
    "VARCHAR",
)
WORDS = (
    "Straße",
    "STRASSE 5",
    "Köln",
    "koeln",
    "Café",
    "cafe",
    "%",
    "_",
    "'; DROP TABLE rows --",
    'x"y',
    "a,b",
    "",
    "😀 𝔘",
)
"""The empty one is an empty cell."""

_ROWS = """SELECT i AS c0, nullif(list_extract({words}, CAST(hash(i, 1) % {count} AS INT) + 1), '') AS c1,
    CASE WHEN hash(i, 2) % 5 > 0 THEN CAST(hash(i, 2) % 4 AS BIGINT) END AS c2,
    CASE WHEN hash(i, 3) % 7 > 0 THEN CAST(CAST(hash(i, 3) % 500 AS BIGINT) - 250 AS DECIMAL(9, 2)) / 4 END::DECIMAL(7,2) AS c3,
    CASE WHEN i % 3 > 0 THEN (hash(i, 4) % 9)::DECIMAL(20,18) / 7 END::DECIMAL(20,18) AS c4,
    CASE WHEN i % 4 > 0 THEN (hash(i, 5) % 5)::DECIMAL(38,0) * 10000000000000000000000000 END::DECIMAL(38,0) AS c5,
    CASE hash(i, 6) % 3 WHEN 0 THEN true WHEN 1 THEN false END AS c6,
    DATE '2023-12-20' + CAST(hash(i, 7) % 30 AS INT) AS c7,
    TIMESTAMPTZ '2024-01-01 10:00:00+00' + to_milliseconds(CAST(hash(i, 8) % 9 AS BIGINT) * 250) AS c8,
    CASE WHEN i % 6 > 0 THEN TIMESTAMP '2024-01-01 23:59:59' + to_seconds(CAST(hash(i, 9) % 3 AS BIGINT)) END AS c9,
    TIME '10:00:00' + to_milliseconds(CAST(hash(i, 10) % 4 AS BIGINT) * 500) AS c10,
    CASE WHEN i % 5 > 0 THEN 2020 + CAST(hash(i, 11) % 4 AS INT) END AS c11,
    '2024-0' || (hash(i, 12) % 9 + 1) AS c12 FROM range(1, {rows} + 1) AS t(i)"""


def a_table(folder: Path, *, rows: int = 300, key: tuple[str, ...] = ("id",), name: str = "t") -> RowSource:
    """Publish the table with *rows* rows."""
    schema = read_schema({"fields": FIELDS, "primaryKey": list(key)})
    listed = "[" + ", ".join("'" + word.replace("'", "''") + "'" for word in WORDS) + "]"
    names = ", ".join(
        f'c{place} AS "{field["name"].replace(chr(34), chr(34) * 2)}"' for place, field in enumerate(FIELDS)
    )
    inner = _ROWS.format(words=listed, count=len(WORDS), rows=rows)
    parquet, row_file = folder / f"{name}.parquet", folder / f"{name}.sqlite"
    duckdb.execute(
        f"SET TimeZone = 'UTC'; COPY (SELECT {names} FROM ({inner}) ORDER BY c0) TO '{parquet}' (FORMAT parquet)"
    )
    build_row_file(parquet, schema, PHYSICAL, row_file)
    return RowSource(row_file=row_file, parquet=parquet, schema=schema, physical=PHYSICAL, row_count=rows)


def judged(source: RowSource, sql: str) -> list[tuple[Any, ...]]:
    """Ask DuckDB for rows of *source*: `t` has the columns c0, c1, … and `n`, from 1."""
    names = ", ".join(f"c{place}" for place in range(len(FIELDS)))
    rows = f"(SELECT {names}, place + 1 AS n FROM read_parquet('{source.parquet}', file_row_number = true) AS s({names}, place))"
    with duckdb.connect() as judge:
        judge.execute("SET TimeZone = 'UTC'")
        return judge.execute(f"WITH t AS {rows} {sql}").fetchall()


def parsed(rows: list[str]) -> list[dict[str, Any]]:
    """Read rows as they were written, numbers with all their digits."""
    return [json.loads(row, parse_float=Decimal) for row in rows]
