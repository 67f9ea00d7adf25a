"""How a published table looks to SQL: a view over its row file, and what the values of its columns mean.

    row file  rows(_row, "id", "cost" TEXT, …)
       └──▶ view "orte/places"("id", "cost" COLLATE digits, …)      what a statement asks
            shadow "orte/places"("id" TEXT t0c0, "cost" TEXT t0c1)   no rows, but types that tell whose column a result is

Numbers that lie as exact text (physical.py) are compared by value, thanks to a collation, and shown with all their digits.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from portal.foundation.tableschema import Column, ColumnType
from portal.rows.engine import RowSource
from portal.rows.physical import decimal_digits, is_exact_text, is_zoned, quoted

SCHEMA = "t{}"
"""What the row file of the nth table is called inside."""

_AFFINITIES = {
    **dict.fromkeys((ColumnType.INTEGER, ColumnType.BOOLEAN, ColumnType.YEAR), "INTEGER"),
    ColumnType.NUMBER: "REAL",
}
_ROW = "_row"


@dataclass(frozen=True)
class SqlTable:
    """A table under the name that statements know it by."""

    name: str
    source: RowSource
    number: str | None = None
    """What a column with the number of the row is called; None: there is none."""


Described = dict[str, Any]  # Any: JSON, for the child


def described(place: int, table: SqlTable) -> Described:
    """Tell the child all that it needs of a table."""
    columns, schema = _columns(table), SCHEMA.format(place)
    view = ", ".join(f"{column['sql']} AS {quoted(column['name'])}" for column in columns)
    shadow = ", ".join(
        f"{quoted(column['name'])} {column['affinity']} {schema}c{number}" for number, column in enumerate(columns)
    )
    return {
        "name": table.name,
        "schema": schema,
        "address": _address(table.source.row_file),
        "view": f"CREATE TEMP VIEW {quoted(table.name)} AS SELECT {view} FROM {schema}.rows",  # noqa: S608 - quoted names
        "shadow": f"CREATE TEMP TABLE {quoted(table.name)} ({shadow})",
        "columns": [{key: column[key] for key in ("name", "type", "form")} for column in columns],
    }


def _columns(table: SqlTable) -> list[dict[str, Any]]:  # Any: JSON, for the child
    pairs = zip(table.source.schema.columns, table.source.physical, strict=True)
    own = [
        {
            "name": column.name,
            "type": column.type.value,
            "form": form(column, kind),
            "sql": quoted(column.name) + (" COLLATE digits" if is_exact_text(column, kind) else ""),
            "affinity": "TEXT" if is_exact_text(column, kind) else _AFFINITIES.get(column.type, "TEXT"),
        }
        for column, kind in pairs
    ]
    if table.number is None:
        return own
    number: Mapping[str, Any] = {"name": table.number, "type": "integer", "form": "", "sql": _ROW, "affinity": "INTEGER"}  # fmt: skip  # Any: as above
    return [dict(number), *own]


def form(column: Column, physical: str) -> str:
    """Give how a value of the row file is to be written: `boolean`, `zoned`, `exact`, `fixed:2`, or plainly."""
    digits = decimal_digits(physical)
    if column.type is ColumnType.BOOLEAN:
        return "boolean"
    if column.type is ColumnType.DATETIME and is_zoned(physical):
        return "zoned"
    if is_exact_text(column, physical):
        return "exact"
    return f"fixed:{digits[1]}" if column.type is ColumnType.NUMBER and digits else ""


def _address(row_file: Path) -> str:
    return f"{row_file.as_uri()}?mode=ro&immutable=1"
