"""What the values of a typed table look like, column by column: for previews, dictionaries and filters."""

from dataclasses import dataclass
from pathlib import Path

from portal.foundation.tableschema import ColumnType, TableSchema
from portal.ingest.engine import Engine, parquet_rows, quote_name
from portal.ingest.lexical import canonical, text_length

MAX_ROWS_COUNTED_EXACTLY = 50_000
"""Above this many rows distinct values are estimated (HyperLogLog, about ±2 %): exact counts need memory."""


UNEVEN = frozenset({ColumnType.STRING, ColumnType.TIME, ColumnType.DATETIME})
"""Types whose longest text is not that of their minimum or maximum."""


@dataclass(frozen=True, kw_only=True)
class ColumnStatistics:
    """Facts about one column; minimum and maximum are canonical texts, None where every cell is empty."""

    nulls: int
    distinct: int
    distinct_is_exact: bool
    minimum: str | None
    maximum: str | None
    longest: int
    """Characters of the longest value as text; 0 where every cell is empty."""

    @property
    def edges(self) -> list[str]:
        """Minimum and maximum; none where every cell is empty."""
        return [edge for edge in (self.minimum, self.maximum) if edge is not None]


def measure(
    engine: Engine, parquet: Path, schema: TableSchema, physical: tuple[str, ...]
) -> tuple[int, tuple[ColumnStatistics, ...]]:
    """Give the number of rows of *parquet* and the statistics of its columns."""
    (row_count,) = engine.row(f"SELECT count(*) FROM {parquet_rows(parquet)}")  # noqa: S608 - quoted path
    exact = row_count <= MAX_ROWS_COUNTED_EXACTLY
    aggregates = []
    for column, kind in zip(schema.columns, physical, strict=True):
        name = quote_name(column.name)
        lowest, highest = (canonical(column.type, kind, f"{edge}({name})") for edge in ("min", "max"))
        # list_distinct costs a fifth of count(DISTINCT …) for the small tables that are most of what we see
        distinct = f"len(list_distinct(list({name})))" if exact else f"approx_count_distinct({name})"
        widths = f"max({text_length(column.type, kind, name)})"
        longest = widths if column.type in UNEVEN else f"greatest(length({lowest}), length({highest}))"
        aggregates += [f"count({name})", f"coalesce({distinct}, 0)", lowest, highest, f"coalesce({longest}, 0)"]
    facts = engine.facts(aggregates, parquet_rows(parquet))
    return row_count, tuple(
        ColumnStatistics(
            nulls=row_count - filled,
            distinct=min(distinct, filled),
            distinct_is_exact=exact,
            minimum=minimum,
            maximum=maximum,
            longest=longest,
        )
        for filled, distinct, minimum, maximum, longest in zip(*(facts[start::5] for start in range(5)), strict=True)
    )
