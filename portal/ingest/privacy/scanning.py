"""One pass over a typed table: a cheap pattern picks candidates inside the engine, then each cell is looked at.

The pattern runs over the whole row at once, so that a table costs one pass however many columns it has. Rows come in
batches. What a column has had enough of is not looked for in it any more from the next batch on: doubtful forms that
fail their checks (file numbers), and kinds of which it has as many hits as are given. So a million of them cost little, and
everything else behind them is still found.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from portal.foundation.tableschema import ColumnType, TableSchema
from portal.ingest.engine import Engine, borrowed, parquet_rows, quote_name, quote_text
from portal.ingest.privacy.cells import DOUBTFUL, EVERYTHING, PLAIN, Search, doubtful, looked_at, pattern
from portal.ingest.privacy.columns import column_hits, says
from portal.ingest.privacy.hits import PersonalHit
from portal.ingest.typed import TypedTable

MAX_HITS = 10_000
"""Hits given of one kind in one column; a column with more is personal as a whole, and these say so."""

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
    search = EVERYTHING & {kind, doubtful(kind)}
    plain: set[int] = set()
    passed: set[int] = set()
    failed = 0
    with borrowed(engine, table.path.parent) as own:
        for batch in _batches(table, own, {column: search}) if search else ():
            for row in batch:
                for _, text in row.texts:
                    cell = looked_at(text, search)
                    if cell.plain or (cell.passed and says(column, kind)):
                        plain.add(row.number)
                    elif cell.passed:
                        passed.add(row.number)
                    failed += bool(cell.failed)
    return plain | passed if passed and len(passed) / (len(passed) + failed) >= _ENOUGH else plain


def key_text(schema: TableSchema) -> str:
    """Give SQL for the key by which decisions name a row: its primary key, or its number."""
    number = "CAST(file_row_number + 1 AS VARCHAR)"
    return " || ',' || ".join(f"CAST({quote_name(name)} AS VARCHAR)" for name in schema.primary_key) or number


@dataclass
class _Tally:
    """What was found so far."""

    plain: dict[tuple[str, str], list[PersonalHit]] = field(default_factory=dict)
    doubtful: dict[tuple[str, str], list[PersonalHit]] = field(default_factory=dict)
    passed: Counter[tuple[str, str]] = field(default_factory=Counter)
    failed: Counter[tuple[str, str]] = field(default_factory=Counter)

    def look(self, row: _Row, searches: Mapping[str, Search]) -> None:
        for column, text in row.texts:
            cell = looked_at(text, searches[column])
            if cell.is_empty:
                continue
            for kind in (*cell.plain, *cell.passed):
                hit = PersonalHit(kind=kind, row=row.number, column=column, key=row.key, value=text)
                is_plain = kind in cell.plain or says(column, kind)
                listed = (self.plain if is_plain else self.doubtful).setdefault((column, kind), [])
                if len(listed) < MAX_HITS:
                    listed.append(hit)
                self.passed[column, kind] += not is_plain
            self.failed.update((column, kind) for kind in cell.failed)

    def enough(self, column: str) -> Search:
        """Give what need not be looked for in *column* any more."""
        full = {kind for kind in PLAIN if len(self.plain.get((column, kind), ())) >= MAX_HITS}
        vain = {
            doubtful(kind)
            for kind in DOUBTFUL
            if (self.failed[column, kind] >= _BATCH_ROWS // 4 and not self._counts(column, kind))
            or len(self.doubtful.get((column, kind), ())) >= MAX_HITS
        }
        return frozenset({*full, *(doubtful(kind) for kind in full), *vain})

    def hits(self) -> list[PersonalHit]:
        plain = [hit for listed in self.plain.values() for hit in listed]
        counting = [hit for place, listed in self.doubtful.items() if self._counts(*place) for hit in listed]
        return sorted([*plain, *counting], key=lambda hit: hit.row or 0)

    def _counts(self, column: str, kind: str) -> bool:
        passed, failed = self.passed[column, kind], self.failed[column, kind]
        return passed > 0 and passed / (passed + failed) >= _ENOUGH


def _cell_hits(table: TypedTable, engine: Engine) -> list[PersonalHit]:
    searches: dict[str, Search] = dict.fromkeys(_searched(table), EVERYTHING)
    tally, last, is_done = _Tally(), 0, not searches
    while not is_done:
        is_done = True
        for batch in _batches(table, engine, searches, after=last):
            for row in batch:
                tally.look(row, searches)
            last = batch[-1].number
            left = {column: search - tally.enough(column) for column, search in searches.items()}
            if left != searches:
                searches, is_done = {column: search for column, search in left.items() if search}, False
                break
    return tally.hits()


def _batches(
    table: TypedTable, engine: Engine, searches: Mapping[str, Search], *, after: int = 0
) -> Iterator[list[_Row]]:
    """Give the rows behind number *after* that may hold what is looked for, by column."""
    if not searches:
        return
    texts = ", ".join(_text(name) for name in searches)
    # one condition over two columns: of one column alone it would be tested while Parquet is read, and compiled anew each time
    condition = f"CASE WHEN file_row_number >= {after} THEN {_may_hold(searches, table.row_count)} ELSE false END"
    found = engine.connection.execute(
        f"SELECT file_row_number + 1, {key_text(table.schema)}, {texts} "  # noqa: S608 - names and texts are quoted
        f"FROM {parquet_rows(table.path, numbered=True)} WHERE {condition}"
    )
    while batch := found.fetchmany(_BATCH_ROWS):
        yield [
            _Row(number, key, tuple((name, text) for name, text in zip(searches, values, strict=True) if text))
            for number, key, *values in batch
        ]


def _may_hold(searches: Mapping[str, Search], rows: int) -> str:
    if rows * len(searches) <= _FEW_CELLS:
        return "true"
    together = {search: [name for name in searches if searches[name] == search] for search in set(searches.values())}
    return " OR ".join(
        f"regexp_matches(concat_ws(chr(31), {', '.join(map(_text, names))}), {quote_text(pattern(search))})"
        for search, names in together.items()
    )


def _text(name: str) -> str:
    return f"CAST({quote_name(name)} AS VARCHAR)"


def _searched(table: TypedTable) -> list[str]:
    return [
        column.name
        for column, statistics in zip(table.schema.columns, table.statistics, strict=True)
        if column.type is ColumnType.STRING
        or (column.type is ColumnType.INTEGER and statistics.longest >= _LONG_INTEGER_DIGITS)
    ]
