"""A published table as the writers see it: where its rows lie, what it is called, and who may use it how."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from portal.exports.cells import Cell
from portal.exports.together import SharedReader
from portal.foundation.tableschema import TableSchema
from portal.foundation.text import LangString
from portal.ingest.engine import Engine, parquet_rows
from portal.ingest.statistics import ColumnStatistics


@dataclass(frozen=True, kw_only=True)
class TableExport:
    """One table of one version, and all that its files say about it."""

    parquet: Path
    schema: TableSchema
    physical: tuple[str, ...]
    """DuckDB's type of each column."""
    row_count: int
    dataset: str
    """Slug of the dataset."""
    table: str
    title: LangString
    description: LangString
    dataset_title: LangString
    version: int
    licence_title: LangString
    licence_url: str
    attribution: LangString
    base_url: str
    """Public address of the portal, without a trailing slash."""
    rdf_type: str | None
    """IRI of the class of a row; None: one is minted from the dictionary."""
    modified_at: datetime
    statistics: tuple[ColumnStatistics, ...] | None = None
    """What is known of the values of each column; None: nothing."""
    marks: tuple[frozenset[str], ...] | None = None
    """Which signs that formats have to treat each text column holds (marks.py); None: any."""
    numbered: bool = False
    """The rows are some of a table without a key: the last column of the file, which is none of the schema's, says the
    number that each was published with."""
    at: str | None = None
    """Address of the rows, where they are no published table; None: see `url`."""
    engine: Engine | None = None
    """DuckDB to work with; None: each writer opens its own, which costs 15 ms."""
    reader: SharedReader | None = None
    """Where the rows come from, if others read them at the same time."""

    @property
    def cells(self) -> tuple[Cell, ...]:
        """The columns as SQL, under the names that `rows` gives them."""
        pairs = zip(self.schema.columns, self.physical, strict=True)
        return tuple(
            Cell(
                column,
                kind,
                f"c{index}",
                f"t{index}",
                statistics=self.statistics[index] if self.statistics else None,
                marks=self.marks[index] if self.marks else None,
            )
            for index, (column, kind) in enumerate(pairs)
        )

    @property
    def rows(self) -> str:
        """SQL relation of the rows in published order: columns c0, c1, …, `number` if `numbered`, and `n`,
        the row's place from 0; t0, t1, … are the canonical texts, made once for all that ask for them."""
        names = ", ".join([f"c{index}" for index in range(len(self.schema.columns))] + ["number"] * self.numbered)
        texts = ", ".join(f"{cell.canonical} AS {cell.written}" for cell in self.cells)
        return f"(SELECT *, {texts} FROM {parquet_rows(self.parquet, numbered=True)} AS published({names}, n))"  # noqa: S608 - generated

    @property
    def number(self) -> str:
        """SQL of the number that a row was published with, from 1."""
        return "number" if self.numbered else "n + 1"

    @property
    def url(self) -> str:
        """Address of the table in its current version."""
        return self.at or f"{self.base_url}/datasets/{self.dataset}/{self.table}"

    @property
    def fixed_url(self) -> str:
        """Address of just this version of the table."""
        return self.at or f"{self.base_url}/datasets/{self.dataset}/v/{self.version}/{self.table}"
