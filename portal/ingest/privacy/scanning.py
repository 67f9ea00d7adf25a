"""One pass over a typed table: a cheap pattern picks candidates inside the engine, then each cell is looked at.

The pattern runs over the whole row at once, so that a table costs one pass however many columns it has. Rows come in
batches; columns that are full of doubtful forms which fail their checks (file numbers) are left out of the pattern
after the first batch, so that a million of them cost one batch.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

from portal.foundation.tableschema import ColumnType, TableSchema
from portal.ingest.engine import Engine, borrowed, parquet_rows, quote_name, quote_text
from portal.ingest.privacy.cells import DOUBTFUL_PATTERN, looked_at, looked_for, plain_pattern
from portal.ingest.privacy.columns import column_hits, says
from portal.ingest.privacy.hits import PersonalHit
from portal.ingest.typed import TypedTable

MAX_HITS = 10_000
"""Hits given of one table; one with more is personal as a whole, and these say so."""

_BATCH_ROWS = 5_000

_FEW_CELLS = 1_500
"""So few are looked at sooner than the engine has compiled the pattern."""

_LONG_INTEGER_DIGITS = 11
"""Whole numbers of at least so many digits may be a tax id or a credit card's number."""

_ENOUGH = 0.5
"""Share of doubtful forms in a column that must pass their check to count."""


@dataclass(frozen=True)
class _Row:
    number: int
    key: str
    texts: tuple[tuple[str, str], ...]
    """Column and text of every filled cell."""


def scan(table: TypedTable, *, engine: Engine | None = None) -> list[PersonalHit]:
    """Give what looks personal in *table*: cells row by row, then columns as a whole."""
    with borrowed(engine, table.path.parent) as own:
        cells = _cell_hits(table, own)
        return [*cells, *column_hits(table, own, {hit.kind for hit in cells})]


def hit_rows(table: TypedTable, column: str, kind: str, *, engine: Engine | None = None) -> set[int]:
    """Give the numbers of all rows whose *column* has a hit of *kind*, however many there are."""
    plain: set[int] = set()
    passed: set[int] = set()
    failed = 0
    with borrowed(engine, table.path.parent) as own:
        for batch in _batches(table, own, [column], {column}):
            for row in batch:
                for _, text in row.texts:
                    cell = looked_for(text, kind)
                    if kind in cell.plain or (kind in cell.passed and says(column, kind)):
                        plain.add(row.number)
                    elif kind in cell.passed:
                        passed.add(row.number)
                    failed += kind in cell.failed
    return plain | passed if passed and len(passed) / (len(passed) + failed) >= _ENOUGH else plain


def key_text(schema: TableSchema) -> str:
    """Give SQL for the key by which decisions name a row: its primary key, or its number."""
    number = "CAST(file_row_number + 1 AS VARCHAR)"
    return " || ',' || ".join(f"CAST({quote_name(name)} AS VARCHAR)" for name in schema.primary_key) or number


@dataclass
class _Tally:
    """What was found so far."""

    plain: list[PersonalHit] = field(default_factory=list)
    doubtful: dict[tuple[str, str], list[PersonalHit]] = field(default_factory=dict)
    passed: Counter[tuple[str, str]] = field(default_factory=Counter)
    failed: Counter[tuple[str, str]] = field(default_factory=Counter)

    def look(self, row: _Row) -> None:
        for column, text in row.texts:
            cell = looked_at(text)
            if cell.is_empty:
                continue
            for kind in (*cell.plain, *cell.passed):
                hit = PersonalHit(kind=kind, row=row.number, column=column, key=row.key, value=text)
                if kind in cell.plain or says(column, kind):
                    self.plain.append(hit)
                    continue
                self.passed[column, kind] += 1
                if len(listed := self.doubtful.setdefault((column, kind), [])) < MAX_HITS:
                    listed.append(hit)
            self.failed.update((column, kind) for kind in cell.failed)

    @property
    def is_full(self) -> bool:
        return len(self.plain) >= MAX_HITS

    def hopeless(self) -> set[str]:
        """Give columns full of doubtful forms that fail their checks."""
        many = {place for place, number in self.failed.items() if number >= _BATCH_ROWS // 4}
        return {column for column, kind in many if not self._counts(column, kind)}

    def hits(self) -> list[PersonalHit]:
        counting = [hit for place, listed in self.doubtful.items() if self._counts(*place) for hit in listed]
        return sorted([*self.plain, *counting], key=lambda hit: hit.row or 0)[:MAX_HITS]

    def _counts(self, column: str, kind: str) -> bool:
        passed, failed = self.passed[column, kind], self.failed[column, kind]
        return passed > 0 and passed / (passed + failed) >= _ENOUGH


def _cell_hits(table: TypedTable, engine: Engine) -> list[PersonalHit]:
    columns = _searched(table)
    doubtful, tally, last, hopeless = set(columns), _Tally(), 0, set(columns)
    while columns and hopeless:
        hopeless = set()
        for batch in _batches(table, engine, columns, doubtful, after=last):
            for row in batch:
                tally.look(row)
            last = batch[-1].number
            hopeless = tally.hopeless() & doubtful
            if tally.is_full or hopeless:
                break
        if tally.is_full:
            break
        doubtful -= hopeless
    return tally.hits()


def _batches(
    table: TypedTable, engine: Engine, columns: Sequence[str], doubtful: Collection[str], *, after: int = 0
) -> Iterator[list[_Row]]:
    """Give the rows behind number *after* that may hold something personal; doubtful forms only in columns *doubtful*."""
    texts = [f"CAST({quote_name(name)} AS VARCHAR)" for name in columns]
    rows = parquet_rows(table.path, numbered=True)
    found = engine.connection.execute(
        f"SELECT file_row_number + 1, {key_text(table.schema)}, {', '.join(texts)} FROM {rows} "  # noqa: S608 - names and texts are quoted
        f"WHERE file_row_number >= {after} AND ({_may_be_personal(columns, doubtful, table.row_count * len(columns))})"
    )
    while batch := found.fetchmany(_BATCH_ROWS):
        yield [
            _Row(number, key, tuple((name, text) for name, text in zip(columns, values, strict=True) if text))
            for number, key, *values in batch
        ]


def _may_be_personal(columns: Sequence[str], doubtful: Collection[str], cells: int) -> str:
    if cells <= _FEW_CELLS:
        return "true"
    if set(columns) == set(doubtful):
        return _matches(columns, f"{plain_pattern()}|{DOUBTFUL_PATTERN}")
    left = [name for name in columns if name in doubtful]
    plain = _matches(columns, plain_pattern())
    return f"{plain} OR {_matches(left, DOUBTFUL_PATTERN)}" if left else plain


def _matches(columns: Sequence[str], pattern: str) -> str:
    texts = ", ".join(f"CAST({quote_name(name)} AS VARCHAR)" for name in columns)
    return f"regexp_matches(concat_ws(chr(31), {texts}), {quote_text(pattern)})"


def _searched(table: TypedTable) -> list[str]:
    return [
        column.name
        for column, statistics in zip(table.schema.columns, table.statistics, strict=True)
        if column.type is ColumnType.STRING
        or (column.type is ColumnType.INTEGER and statistics.longest >= _LONG_INTEGER_DIGITS)
    ]
