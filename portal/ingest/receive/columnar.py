"""Parquet: types are told by the file; only what a Table Schema cannot hold is refused."""

import re
from pathlib import Path

import duckdb

from portal.ingest.engine import parquet_rows, quote_name
from portal.ingest.receive.layout import MAX_COLUMNS
from portal.ingest.receive.names import whole_names
from portal.ingest.receive.task import Grid, Task, Unreadable
from portal.ingest.report import Remedy, Severity

_KINDS = (
    (r"(U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER)", "number", "CAST({0} AS VARCHAR)"),
    (r"DECIMAL\(.*\)", "number", "CAST({0} AS VARCHAR)"),
    (r"FLOAT|DOUBLE", "number", "CASE WHEN isfinite({0}) THEN CAST({0} AS VARCHAR) END"),
    (r"BOOLEAN", "boolean", "CAST({0} AS VARCHAR)"),
    (r"DATE", "date", "CAST({0} AS VARCHAR)"),
    (r"TIME", "time", "CAST({0} AS VARCHAR)"),
    (r"TIMESTAMP(_S|_MS|_NS)?", "datetime", "replace(CAST({0} AS VARCHAR), ' ', 'T')"),
    (r"TIMESTAMP WITH TIME ZONE", "datetime", "replace(CAST({0} AT TIME ZONE 'UTC' AS VARCHAR), ' ', 'T') || 'Z'"),
    (r"VARCHAR|ENUM\(.*\)|UUID|JSON", "text", "CAST({0} AS VARCHAR)"),
)


def load_parquet(task: Task, path: Path) -> Grid:
    """Fill `cells` with the rows of a Parquet file.

    Raises:
        Unreadable: it is damaged or cut off.
    """
    source = parquet_rows(path)
    try:
        described = task.engine.rows(f"DESCRIBE SELECT * FROM {source}")  # noqa: S608 - generated names, quoted texts
        if len(described) > MAX_COLUMNS:
            raise Unreadable(
                "too-many-columns", f"Mehr als {MAX_COLUMNS} Spalten.", f"More than {MAX_COLUMNS} columns."
            )
        chosen, kinds = [], {}
        for index, (name, physical, *_) in enumerate(described):
            kinds[index], value = _read_as(task, str(name), str(physical), source)
            chosen.append(f"{value} AS r{index}")
        task.engine.run(
            f"DROP TABLE IF EXISTS cells; CREATE TEMP TABLE cells AS SELECT {', '.join(chosen)} FROM {source}"  # noqa: S608 - generated names, quoted texts
        )
    except duckdb.Error as error:
        raise Unreadable(
            "truncated-file",
            "Die Parquet-Datei ist beschädigt oder unvollständig.",
            "The Parquet file is damaged or incomplete.",
            value=str(error)[:200],
        ) from None
    return Grid(names=whole_names(task.notes, [str(name) for name, *_ in described]), kinds=kinds, row="rowid + 1")


def _read_as(task: Task, name: str, physical: str, source: str) -> tuple[str, str]:
    cell = quote_name(name)
    if physical in ("FLOAT", "DOUBLE"):
        (odd,) = task.engine.row(f"SELECT count(*) FROM {source} WHERE NOT isfinite({cell}) AND {cell} IS NOT NULL")  # noqa: S608 - generated names, quoted texts
        if odd and not task.choices.accepts("as-missing", name, value="NaN"):
            task.notes.add(
                "not-a-number",
                Severity.ERROR,
                "NaN und Unendlich sind keine Zahlen, die veröffentlicht werden können.",
                "NaN and infinity are no numbers that can be published.",
                column=name,
                remedy=Remedy(code="as-missing", column=name, parameters={"value": "NaN"}),
                number=odd,
            )
    for pattern, kind, value in _KINDS:
        if re.fullmatch(pattern, physical):
            return kind, value.replace("{0}", cell)
    accepted = task.choices.accepts("list-as-json", name)
    if not accepted:
        task.notes.add(
            "nested-list",
            Severity.ERROR,
            f"Werte des Typs {physical} passen nicht in eine Zelle.",
            f"Values of the type {physical} do not fit into a cell.",
            column=name,
            remedy=Remedy(code="list-as-json", column=name),
        )
    return "text", f"CAST(to_json({cell}) AS VARCHAR)"
