"""What a table's manual is made of: the published table, what is in its columns, and where it is served.

Everything here is public already: schema, statistics and rows of a version know nothing of what was withheld
(docs/adr/0021), so neither the examples of a manual nor its code can tell it.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from portal.exports.table import TableExport
from portal.foundation.tableschema import Column, ColumnType
from portal.foundation.text import LangString
from portal.ingest.statistics import ColumnStatistics
from portal.rows.engine import RowEngine, RowSource
from portal.rows.query import RowQuery
from portal.rows.serve import read_page

Told = Callable[[LangString], str]
"""How a text is told: in one language, or in both."""

_SHOWN_ROWS = 5
"""Rows that examples are taken from; where a column is empty in all of them, its smallest value is."""


@dataclass(frozen=True, kw_only=True)
class TableManual:
    """A table of a version, as its manual sees it."""

    table: TableExport
    statistics: Sequence[ColumnStatistics]
    shown: Sequence[dict[str, str | None]]
    """The first rows, values as the text that asks for them."""
    pinned: bool
    """The manual is of this version and no other; else of whichever is current."""

    @property
    def columns(self) -> list[tuple[Column, str, ColumnStatistics]]:
        """Every column with its physical type and its statistics."""
        return list(zip(self.table.schema.columns, self.table.physical, self.statistics, strict=True))

    @property
    def api_url(self) -> str:
        """Address of the table in REST v1; its rows are always asked for here."""
        return f"{self.table.base_url}/api/v1/datasets/{self.table.dataset}/tables/{self.table.table}"

    @property
    def rows_url(self) -> str:
        return f"{self.api_url}/rows"

    @property
    def fixed_url(self) -> str:
        """Address of the table's files in this very version, without a suffix."""
        return f"{self.table.base_url}/datasets/{self.table.dataset}/v/{self.table.version}/{self.table.table}"

    @property
    def files_url(self) -> str:
        """Address of the table's files, without a suffix."""
        return self.fixed_url if self.pinned else self.table.url


def shown_rows(engine: RowEngine, source: RowSource) -> list[dict[str, str | None]]:
    """Give the first rows of *source*, values as the text that asks for them."""
    page = read_page(engine, source, RowQuery(limit=_SHOWN_ROWS))
    rows = [json.loads(row, parse_int=str, parse_float=str) for row in page.rows]
    columns = source.schema.columns
    return [
        {one.name: None if row[one.name] is None else as_asked(one, row[one.name]) for one in columns} for row in rows
    ]


def as_asked(column: Column, value: str | bool) -> str:
    """Give a value as the text that asks for it; numbers come as the text they were written with."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.zfill(4) if column.type is ColumnType.YEAR else value


def in_both(text: LangString) -> str:
    """Tell *text* in German and English, once where they are the same."""
    return f"{text.de} · {text.en}" if text.en and text.en != text.de else text.de
