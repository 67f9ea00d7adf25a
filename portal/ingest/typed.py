"""A CSV file with a Table Schema becomes a typed table: one Parquet file, which is the truth for every format.

    look over ─▶ header ─▶ load ─▶ profile ─▶ check ─▶ write ─▶ statistics
    (bytes)      (names)   (text)  (digits,   (all     (Parquet)
                                    zones)     rules)

Every step that finds errors ends the way with a Report of all of them; a table is written only when there is none.
Memory is bounded by the engine, whatever the size of the file: what does not fit is spilled beside the target.
"""

from dataclasses import dataclass, replace
from pathlib import Path

from portal.foundation.lazily import duckdb
from portal.foundation.tableschema import Column, ColumnType, TableSchema
from portal.foundation.text import LangString
from portal.ingest.careful import CarefulReader, foreign_encoding
from portal.ingest.checks import Check, checks_of, literal
from portal.ingest.engine import Engine, borrowed, quote_name, quote_text
from portal.ingest.headers import header_findings
from portal.ingest.lexical import Shape, cast, fraction_digits, is_valid, is_zoned, physical_type, typed, whole_digits
from portal.ingest.reading import Header, load_plain, read_header
from portal.ingest.report import MAX_LISTED, Finding, Report, Severity, shortened
from portal.ingest.statistics import ColumnStatistics, measure

_GROUP_ROWS = 4_096
"""Rows of a Parquet row group. The writers get the rows of a group as one piece of text, so a smaller one needs less memory
(345 MB for all formats of a million rows; 480 MB with 20,480 rows) and fewer new pages of it. The file grows by a twentieth."""
_GROUP_BYTES = 16 * 1024 * 1024
"""Text of a row group, about, where rows are long."""
_VECTOR_ROWS = 2048
"""DuckDB works on so many rows at once; a row group is a multiple of it."""


def typed_parquet(group_rows: int) -> str:
    """Give the options of DuckDB's COPY for a typed table, which only our own DuckDB reads.

    Parquet 2 is a seventh smaller; Snappy a sixth larger than Zstandard, but a release reads the file five times.
    """
    return f"FORMAT parquet, COMPRESSION snappy, PARQUET_VERSION v2, ROW_GROUP_SIZE {max(group_rows, _VECTOR_ROWS)}"


@dataclass(frozen=True, kw_only=True)
class TypedTable:
    """Typed rows in a Parquet file, and what is known of them."""

    path: Path
    schema: TableSchema
    row_count: int
    physical: tuple[str, ...]
    """DuckDB's type of each column."""
    statistics: tuple[ColumnStatistics, ...]


def build_table(
    source: Path, schema: TableSchema, target: Path, *, table: str, engine: Engine | None = None
) -> tuple[TypedTable | None, Report]:
    """Read the CSV file *source* as *schema* says and write it to *target* as Parquet, rows in their order.

    Gives no table when the report has errors; nothing is left at *target* then. *table* is the name that findings
    bear. Without *engine* one is opened for this call.
    """
    with borrowed(engine, target.parent) as own:
        build = _Build(own, source, schema, target)
        result = build.run()
        own.run("DROP VIEW IF EXISTS typed; DROP TABLE IF EXISTS raw")
    named = [replace(finding, table=table) for finding in build.findings]
    return result, Report.of(named, build.counts)


class _Build:
    """One table on its way from text to Parquet."""

    def __init__(self, engine: Engine, source: Path, schema: TableSchema, target: Path) -> None:
        self.engine, self.source, self.schema, self.target = engine, source, schema, target
        self.findings: list[Finding] = []
        self.counts: dict[str, int] = {}

    def run(self) -> TypedTable | None:
        header = self._load()
        if header is None:
            return None
        physical = self._profile(header)
        self._define_typed(header, physical)
        self._check_terms(physical)
        if self._failed:
            return None
        self._check_rows(list(checks_of(self.schema, physical)))
        return None if self._failed else self._write(physical)

    @property
    def _failed(self) -> bool:
        return any(finding.severity is Severity.ERROR for finding in self.findings)

    def _load(self) -> Header | None:
        """Fill the table `raw`; None if the file cannot be read as this table at all."""
        if foreign := foreign_encoding(self.source):
            self.findings.append(foreign)
            return None
        header = read_header(self.source)
        self.findings += header_findings(header.names, self.schema.names)
        plain = not self._failed and load_plain(self.engine, self.source, header)
        if not plain and header.names:
            self._load_carefully(header)
        return None if self._failed else header

    def _load_carefully(self, header: Header) -> None:
        reader, plain = CarefulReader(self.source, header.names), self.target.with_name(self.target.name + ".plain.csv")
        try:
            reader.rewrite(plain)
            self.findings += reader.findings
            self.counts.update(reader.counts)
            if not self._failed and not load_plain(self.engine, plain, read_header(plain)):
                self.findings.append(Finding(code="unreadable", severity=Severity.ERROR, message=UNREADABLE))
        finally:
            plain.unlink(missing_ok=True)

    def _profile(self, header: Header) -> tuple[str, ...]:
        """Give the physical type of each column, as narrow as the values allow."""
        aggregates = []
        for column in self.schema.columns:
            aggregates += _shape_aggregates(column, f"r{header.names.index(column.name)}")
        facts = iter(self.engine.facts(aggregates, "raw"))
        shapes = [
            _shape(column, [next(facts) for _ in _shape_aggregates(column, "r0")]) for column in self.schema.columns
        ]
        return tuple(
            physical_type(column.type, shape) for column, shape in zip(self.schema.columns, shapes, strict=True)
        )

    def _define_typed(self, header: Header, physical: tuple[str, ...]) -> None:
        """Make the view that the checks speak of (checks.py); whether a text can be read is asked once."""
        texts, values = [], []
        for index, (column, kind) in enumerate(zip(self.schema.columns, physical, strict=True)):
            text = f"r{header.names.index(column.name)}"
            texts.append(f"{text} AS r{index}, coalesce({is_valid(column.type, text)}, false) AS v{index}")
            values.append(f"{typed(column.type, kind, f'r{index}', valid=f'v{index}')} AS t{index}")
        self.engine.run(f"""CREATE OR REPLACE TEMP VIEW typed AS SELECT *, {", ".join(values)}
            FROM (SELECT rowid + 1 AS row, {", ".join(texts)} FROM raw) AS readable""")  # noqa: S608 - generated names

    def _check_terms(self, physical: tuple[str, ...]) -> None:
        """Find bounds, enum terms and patterns that cannot be read: a rule nobody can check is not a rule kept."""
        terms = [
            (column, term, literal(column, kind, term))
            for column, kind in zip(self.schema.columns, physical, strict=True)
            for term in _terms(column)
        ]
        readable = (
            self.engine.row(f"SELECT {', '.join(f'({sql}) IS NOT NULL' for _, _, sql in terms)}") if terms else ()
        )
        unreadable = [(column, term) for (column, term, _), fine in zip(terms, readable, strict=True) if not fine]
        unreadable += [
            (column, column.constraints.pattern)
            for column in self.schema.columns
            if column.constraints.pattern is not None and not self._is_regex(column.constraints.pattern)
        ]
        self.findings += [_unreadable_rule(column, term) for column, term in unreadable]

    def _is_regex(self, pattern: str) -> bool:
        try:
            self.engine.row(f"SELECT regexp_full_match('', {quote_text(pattern)})")
        except duckdb.Error:
            return False
        return True

    def _check_rows(self, checks: list[Check]) -> None:
        if not checks:
            return
        numbers = self.engine.facts([check.number for check in checks], "typed")
        for check, number in zip(checks, numbers, strict=True):
            if number:
                self.counts[check.code] = self.counts.get(check.code, 0) + number
                self.findings += self._bad_rows(check)

    def _bad_rows(self, check: Check) -> list[Finding]:
        bad = self.engine.rows(f"""SELECT row, CAST({check.value} AS VARCHAR) FROM {check.source}
            WHERE {check.condition} ORDER BY row LIMIT {MAX_LISTED}""")  # noqa: S608 - generated
        return [
            Finding(
                code=check.code,
                severity=check.severity,
                message=check.message,
                row=row,
                column=check.column,
                value=shortened(value),
            )
            for row, value in bad
        ]

    def _write(self, physical: tuple[str, ...]) -> TypedTable:
        selected = ", ".join(
            f"{cast(column.type, kind, f'r{index}')} AS {quote_name(column.name)}"
            for index, (column, kind) in enumerate(zip(self.schema.columns, physical, strict=True))
        )
        self.engine.run(f"""COPY (SELECT {selected} FROM typed) TO {quote_text(str(self.target))}
            ({typed_parquet(self._group_rows())})""")  # noqa: S608 - quoted names and path
        row_count, statistics = measure(self.engine, self.target, self.schema, physical)
        return TypedTable(
            path=self.target, schema=self.schema, row_count=row_count, physical=physical, statistics=statistics
        )

    def _group_rows(self) -> int:
        rows = int(self.engine.row("SELECT count(*) FROM raw")[0])
        fitting = _GROUP_BYTES * max(rows, 1) // max(self.source.stat().st_size, 1)
        return max(_VECTOR_ROWS, min(_GROUP_ROWS, fitting // _VECTOR_ROWS * _VECTOR_ROWS))


UNREADABLE = LangString(
    "Die Datei ist nicht als CSV nach RFC 4180 lesbar.", "The file cannot be read as CSV following RFC 4180."
)


def _shape_aggregates(column: Column, text: str) -> list[str]:
    match column.type:
        case ColumnType.INTEGER:
            return [f"bool_or({text} IS NOT NULL AND TRY_CAST({text} AS BIGINT) IS NULL)"]
        case ColumnType.NUMBER:
            valid = f"FILTER (WHERE {is_valid(column.type, text)})"
            return [f"max({whole_digits(text)}) {valid}", f"max({fraction_digits(text)}) {valid}"]
        case ColumnType.DATETIME:
            return [f"bool_or({is_zoned(text)})"]
        case _:
            return []


def _shape(column: Column, facts: list[int | bool | None]) -> Shape:
    match column.type:
        case ColumnType.INTEGER:
            return Shape(huge=bool(facts[0]))
        case ColumnType.NUMBER:
            return Shape(whole_digits=facts[0] or 0, fraction_digits=facts[1] or 0)
        case ColumnType.DATETIME:
            return Shape(zoned=bool(facts[0]))
        case _:
            return Shape()


def _terms(column: Column) -> list[str]:
    rules = column.constraints
    return [term for term in (*rules.enum, rules.minimum, rules.maximum) if term is not None]


def _unreadable_rule(column: Column, term: str) -> Finding:
    return Finding(
        code="constraint-unreadable",
        severity=Severity.ERROR,
        message=LangString(
            f"Die Vorgabe {term!r} des Schemas ist für den Typ {column.type} nicht lesbar.",
            f"The schema's constraint {term!r} cannot be read for the type {column.type}.",
        ),
        column=column.name,
        value=term,
    )
