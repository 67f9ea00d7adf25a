"""Who answers for rows beside the portal: Datasette, roapi, and the engines themselves with nothing around them."""

import os
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import duckdb
from sqlalchemy import select

from bench.processes import BASE_URL, Server, free_port, running
from portal.catalogue.version import Table
from portal.foundation.config import Settings
from portal.foundation.db import reading
from portal.wiring import build

_INDEXED = ("district", "reported_on", "changed_at", "done", "cost_eur")
_BEST = (
    "--setting",
    "suggest_facets",
    "off",
    "--setting",
    "allow_facet",
    "off",
    "--setting",
    "default_facet_size",
    "0",
)
_LIMITS = (
    "--setting",
    "sql_time_limit_ms",
    "60000",
    "--setting",
    "max_returned_rows",
    "10000",
    "--setting",
    "max_csv_mb",
    "0",
)


def datasette_database(work: Path, peers: Path, folder: Path, rows: int) -> Path:
    """Make the file that Datasette serves."""
    database, tool = work / f"datasette{rows}" / "rows.db", str(peers / "bin" / "sqlite-utils")
    database.parent.mkdir()
    for arguments in (
        ["insert", str(database), "defects", str(folder / "defects.csv"), "--csv", "--pk", "id"],
        *(["create-index", str(database), "defects", column] for column in _INDEXED),
        ["enable-fts", str(database), "defects", "district", "street", "note"],
        ["analyze", str(database)],
    ):
        subprocess.run([tool, *arguments], check=True, capture_output=True)
    return database


@contextmanager
def datasette(peers: Path, database: Path, work: Path, *, best: bool) -> Iterator[Server]:
    tool, port = str(peers / "bin" / "datasette"), free_port()
    arguments = [str(database)]
    if best:
        inspected = work / "inspected.json"
        inspect = [tool, "inspect", str(database), "--inspect-file", str(inspected)]
        subprocess.run(inspect, check=True, capture_output=True)
        arguments = ["--immutable", str(database), "--inspect-file", str(inspected), *_BEST]
    command = [tool, "serve", *arguments, *_LIMITS, "--port", str(port)]
    with running(command, dict(os.environ), port, "/-/versions.json", work / "datasette.log") as server:
        yield server


@contextmanager
def roapi(peers: Path, parquet: Path, work: Path) -> Iterator[Server]:
    """Run roapi for a block, over the Parquet file that the portal has; it holds the table in memory."""
    table, port = work / "roapi.parquet", free_port()
    shutil.copyfile(parquet, table)
    addresses = [
        "-a",
        f"127.0.0.1:{port}",
        "-p",
        f"127.0.0.1:{free_port()}",
        "--addr-flight-sql",
        f"127.0.0.1:{free_port()}",
    ]
    command = [str(peers / "bin" / "roapi"), *addresses, "-t", f"defects={table}"]
    with running(command, dict(os.environ), port, "/api/tables/defects?limit=1", work / "roapi.log") as server:
        yield server


def stored_table(data: Path) -> tuple[Path, Path]:
    """Give the row file and the Parquet file of the only table of the portal in *data*."""
    portal = build(Settings(data=data, base_url=BASE_URL))
    with reading(portal.engine) as session:
        table = session.scalars(select(Table)).one()
        return portal.store.path(table.row_file_digest), portal.store.path(table.parquet_digest)


def raw_rate(row_file: Path, parquet: Path, sql: str, seconds: float) -> float:
    """Give how often a second the engine that the portal uses answers *sql*, in this process and without HTTP or JSON."""
    if "parquet" in sql:
        with closing(duckdb.connect(config={"threads": 2})) as engine:
            return _rate(lambda: engine.execute(sql, [str(parquet)]).fetchall(), seconds)
    with closing(sqlite3.connect(f"{row_file.as_uri()}?mode=ro&immutable=1", uri=True)) as rows:
        rows.execute(f"PRAGMA mmap_size = {1 << 30}")
        return _rate(lambda: rows.execute(sql).fetchall(), seconds)


def _rate(ask: Callable[[], object], seconds: float) -> float:
    ask()
    count, started = 0, time.perf_counter()
    while time.perf_counter() - started < seconds:
        ask()
        count += 1
    return count / (time.perf_counter() - started)
