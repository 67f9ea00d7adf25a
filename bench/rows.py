"""What a question about rows costs, against Datasette with its defaults and with the flags its documentation advises.

Both get the same rows. Datasette's file has the portal's indexes (`sqlite-utils create-index`) and its full-text index
(`enable-fts`), which its defaults do not make. Best flags: `--immutable` with counts made beforehand (`--inspect-file`), no
facets suggested or allowed, and in the address `_nocount=1&_nofacet=1`.
"""

import json
import os
import statistics
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bench.catalogues import release_folder
from bench.client import Load, put_load
from bench.figures import Figure, alternate
from bench.processes import Server, free_port, portal_server, running
from bench.synthetic import write_dataset

_CONNECTIONS = (1, 8)
_INDEXED = ("district", "reported_on", "changed_at", "done", "cost_eur")
_PAGE = 100
_SLOW_MS = 50.0
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


@dataclass(frozen=True)
class Question:
    """One piece of work, as the portal and as Datasette are asked."""

    work: str
    ours: str
    theirs: str
    bounded: bool = True
    """Its p99 is to stay below 50 ms at 8 clients."""


def questions(rows: int, deep: str) -> list[Question]:
    """Give what is asked of a table of *rows* rows; *deep* is Datasette's mark of a page in the middle by date."""
    group = "select+district,count(*),avg(cost_eur)+from+defects+group+by+district"
    middle = rows // 2
    return [
        Question("100 rows by an indexed column", "?district=Hafen", "?district=Hafen"),
        Question("100 rows by a column without an index", "?street=Gleisweg%203c", "?street=Gleisweg+3c"),
        Question("filter and sort", "?district=Hafen&sort=-cost_eur", "?district=Hafen&_sort_desc=cost_eur"),
        Question("a deep page, by number", f"?after={middle}", f"?_next={middle}"),
        Question(
            "a deep page, sorted by date", f"?sort=reported_on&after={middle}", f"?_sort=reported_on&_next={deep}"
        ),
        Question("one row by its key", f"/{middle}", f"/{middle}"),
        Question("full text", "?q=spielplatz", "?_search=spielplatz"),
        Question("full text, rare word", f"?q={middle}", f"?_search={middle}"),
        Question("group by", "?group_by=district&figures=cost_eur__avg", f"sql:{group}", bounded=False),
    ]


def measure_rows(work: Path, peers: Path, rows: int, *, seconds: float, rounds: int) -> Iterator[Figure]:
    """Ask both everything, at 1 and at 8 clients, in turns."""
    data, folder = work / f"portal{rows}", write_dataset(work / f"folder{rows}", "rows", rows)
    release_folder(data, folder)
    database = _database(work, peers, folder, rows)
    with portal_server(data, free_port()) as portal:
        for best in (False, True):
            with _datasette(peers, database, work, best=best) as datasette:
                yield from _asked(portal, datasette, rows, seconds=seconds, rounds=rounds, best=best)
                if best:
                    yield _files(portal, datasette, rows)


def _asked(
    portal: Server, datasette: Server, rows: int, *, seconds: float, rounds: int, best: bool
) -> Iterator[Figure]:
    name = "best flags" if best else "defaults"
    for question in questions(rows, _middle(datasette, rows)):
        for connections in _CONNECTIONS:
            load = partial(put_load, connections=connections, seconds=seconds)
            seen: list[Load] = []
            ours = partial(_noted, seen, partial(load, portal.port, _ours(question)))
            ratio, detail = alternate(ours, partial(load, datasette.port, _theirs(question, best=best)), rounds)
            work = f"{rows:,} rows, {question.work}, {connections} cl., Datasette {name}"
            yield Figure(work=work, measured=ratio, target="≥ 2" if best else "", detail=detail)
            if best and connections == max(_CONNECTIONS):
                p99 = statistics.median(one.p99_ms for one in seen)
                target = f"≤ {_SLOW_MS:g}" if question.bounded else ""
                yield Figure(
                    work=f"{rows:,} rows, {question.work}, p99 at 8 cl.", measured=p99, unit="ms", target=target
                )


def _noted(seen: list[Load], load: Callable[[], Load]) -> Load:
    seen.append(load())
    return seen[-1]


def _ours(question: Question) -> str:
    return f"/api/v1/datasets/rows/tables/defects/rows{question.ours}"


def _theirs(question: Question, *, best: bool) -> str:
    if question.theirs.startswith("sql:"):
        return f"/rows.json?_shape=objects&sql={question.theirs.removeprefix('sql:')}"
    if question.theirs.startswith("/"):
        return f"/rows/defects{question.theirs}.json?_shape=objects"
    spared = "&_nocount=1&_nofacet=1&_nosuggest=1" if best else ""
    return f"/rows/defects.json{question.theirs}&_size={_PAGE}&_shape=objects{spared}"


def _middle(datasette: Server, rows: int) -> str:
    """Give Datasette's mark of the row in the middle, sorted by date."""
    address = f"http://127.0.0.1:{datasette.port}/rows/defects/{rows // 2}.json?_shape=objects"
    with urllib.request.urlopen(address, timeout=60) as answer:
        return f"{json.loads(answer.read())['rows'][0]['reported_on']},{rows // 2}"


def _files(portal: Server, datasette: Server, rows: int) -> Figure:
    """Take 100,000 rows as CSV, each time by another condition, so that nothing is ready."""
    times: list[tuple[float, float]] = []
    for number in range(3):
        least = 0.9 * 100_000 * (1 - 100_000 / rows) + number / 100 if rows > 100_000 else number / 100
        ours = f"http://127.0.0.1:{portal.port}/api/v1/datasets/rows/tables/defects/rows.csv?cost_eur__gte={least:.2f}"
        theirs = f"http://127.0.0.1:{datasette.port}/rows/defects.csv?cost_eur__gte={least:.2f}&_stream=on&_size=max"
        times.append((_timed(ours), _timed(theirs)))
    ratio = statistics.median(theirs / ours for ours, theirs in times)
    detail = "; ".join(f"{ours:.2f} against {theirs:.2f} s" for ours, theirs in times)
    return Figure(work=f"{rows:,} rows, about 100,000 of them as CSV", measured=ratio, target="≥ 2", detail=detail)


def _timed(address: str) -> float:
    started = time.perf_counter()
    with urllib.request.urlopen(address, timeout=600) as answer:
        while answer.read(1 << 20):
            pass
    return time.perf_counter() - started


def _database(work: Path, peers: Path, folder: Path, rows: int) -> Path:
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
def _datasette(peers: Path, database: Path, work: Path, *, best: bool) -> Iterator[Server]:
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
