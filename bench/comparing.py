"""What it costs to say which rows of a large table changed; each way in a process of its own.

python -m bench.comparing [ROWS]      1,000,000 rows × 8 columns unless told otherwise

The new state has one row in a hundred removed, one added, one in fifty changed; or every row changed; by key and
without one. The peer is what a user would write: pandas reads both files, merges on the key and compares.
"""

import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pandas as pd

from bench.processes import run
from bench.synthetic import dataset_descriptor, write_rows
from portal.foundation.tableschema import read_schema
from portal.ingest.engine import Engine
from portal.ingest.typed import TypedTable, build_table
from portal.publishing.comparing.kept import MEMORY_BYTES
from portal.publishing.comparing.listing import read_changes, write_changes_csv
from portal.publishing.comparing.pairs import TablePair
from portal.publishing.comparing.rows import write_changes

FEW = """SELECT * REPLACE (CASE WHEN id % 100 = 3 THEN id + 100000000 ELSE id END AS id,
    CASE WHEN id % 50 = 0 THEN cost_eur + 1 ELSE cost_eur END AS cost_eur) FROM read_csv('{old}', types = {{'changed_at': 'VARCHAR'}})"""
ALL = "SELECT * REPLACE (cost_eur + 1 AS cost_eur, NOT done AS done) FROM read_csv('{old}', types = {{'changed_at': 'VARCHAR'}})"
STATES = {"few": FEW, "all": ALL}


def main() -> None:
    """Measure every way and print a line for each."""
    if len(sys.argv) > 2:
        _one(Path(sys.argv[1]), *sys.argv[2:])
        return
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with TemporaryDirectory() as named:
        folder = Path(named)
        write_rows(folder / "old.csv", rows)
        for name, query in STATES.items():
            duckdb.sql(f"COPY ({query.format(old=folder / 'old.csv')}) TO '{folder / name}.csv' (FORMAT csv, HEADER)")
        for name in ("old", *STATES):
            run([sys.executable, "-m", "bench.comparing", named, "type", name])
        for way in ("key", "row", "pandas"):
            for name in STATES:
                spent = run([sys.executable, "-m", "bench.comparing", named, way, name])
                said = (folder / "said.txt").read_text(encoding="utf-8")
                print(f"{rows:,} rows × 8, {name} changed, {way}: {said}; peak {spent.peak_mb:.0f} MB")


def _one(folder: Path, way: str, name: str) -> None:
    if way == "type":
        _type(folder, name)
    elif way == "pandas":
        _pandas(folder, name)
    else:
        _portal(folder, name, with_key=way == "key")


def _schema(with_key: bool) -> dict[str, object]:
    schema = dict(dataset_descriptor("bench", 0)["resources"][0]["schema"])
    return schema if with_key else {**schema, "primaryKey": []}


def _type(folder: Path, name: str) -> None:
    table, report = build_table(
        folder / f"{name}.csv", read_schema(_schema(True)), folder / f"{name}.parquet", table=name
    )
    assert table is not None, report.counts
    facts = f"{table.row_count}\n" + "\n".join(table.physical)
    (folder / f"{name}.txt").write_text(facts, encoding="utf-8")


def _typed(folder: Path, name: str, with_key: bool) -> TypedTable:
    count, *physical = (folder / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return TypedTable(
        path=folder / f"{name}.parquet", schema=read_schema(_schema(with_key)), row_count=int(count),
        physical=tuple(physical), statistics=(),
    )  # fmt: skip


def _portal(folder: Path, name: str, *, with_key: bool) -> None:
    tables = TablePair.of(_typed(folder, "old", with_key), _typed(folder, name, with_key))
    listed, started = folder / "changes.parquet", time.perf_counter()
    with Engine.open(folder, memory_bytes=MEMORY_BYTES) as engine:
        counts = write_changes(engine, tables, listed)
        compared = time.perf_counter()
        write_changes_csv(engine, tables, listed, folder / "changes.csv", total=counts.total)
    written = time.perf_counter()
    with Engine.open(folder) as engine:
        read_changes(engine, tables, listed, after=counts.total // 2, limit=100)
    paged = time.perf_counter()
    said = (
        f"{counts.total:,} changes in {compared - started:.1f} s, CSV {written - compared:.1f} s, "
        f"a page from the middle {1000 * (paged - written):.0f} ms"
    )
    (folder / "said.txt").write_text(said, encoding="utf-8")


def _pandas(folder: Path, name: str) -> None:
    started = time.perf_counter()
    old, new = (pd.read_parquet(folder / f"{state}.parquet") for state in ("old", name))
    both = old.merge(new, on="id", how="outer", suffixes=("_old", "_new"), indicator=True)
    there = both["_merge"] == "both"
    differs = pd.Series(False, index=both.index)
    for column in old.columns.drop("id"):
        before, after = both[f"{column}_old"], both[f"{column}_new"]
        differs |= there & (before != after) & ~(before.isna() & after.isna())
    total = int((~there | differs).sum())
    said = f"{total:,} changes found in {time.perf_counter() - started:.1f} s, nothing written"
    (folder / "said.txt").write_text(said, encoding="utf-8")


if __name__ == "__main__":
    main()
