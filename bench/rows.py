"""What a question about rows costs, against Datasette with its defaults and with the flags its documentation advises, against
roapi where that can answer it, and against the engine with nothing around it.

All get the same rows. Datasette's file has the portal's indexes (`sqlite-utils create-index`) and its full-text index
(`enable-fts`), which its defaults do not make. Best flags: `--immutable` with counts made beforehand (`--inspect-file`), no
facets suggested or allowed, and in the address `_nocount=1&_nofacet=1`.
"""

import json
import statistics
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bench.catalogues import release_folder
from bench.client import Load, put_load
from bench.figures import Figure, alternate
from bench.processes import Server, free_port, portal_server
from bench.row_peers import datasette, datasette_database, raw_rate, roapi, stored_table
from bench.synthetic import write_dataset

_CONNECTIONS = (1, 8)
_PAGE = 100
_DAY = "2022-06-03,"
"""A day in the middle, where the mark of Datasette is not needed."""
_SLOW_MS = 50.0


@dataclass(frozen=True)
class Question:
    """One piece of work, as the portal and as Datasette are asked."""

    work: str
    ours: str
    theirs: str
    raw: str
    """The same as SQL for the engine that answers it: SQLite on the row file, or DuckDB on Parquet (`?`)."""
    roapi: str = ""
    """The same of roapi's REST, after `sql:` of its SQL; empty: it cannot answer."""
    bounded: bool = True
    """Its p99 is to stay below 50 ms at 8 clients."""


def questions(rows: int, deep: str) -> list[Question]:
    """Give what is asked of a table of *rows* rows; *deep* is Datasette's mark of a page in the middle by date."""
    group = "select+district,count(*),avg(cost_eur)+from+defects+group+by+district"
    middle = rows // 2
    few = "ORDER BY _row LIMIT 101"
    return [
        Question(
            "100 rows by an indexed column",
            "?district=Hafen",
            "?district=Hafen",
            f"SELECT * FROM rows WHERE district = 'Hafen' {few}",
            "filter[district]='Hafen'&limit=100",
        ),
        Question(
            "100 rows by a column without an index",
            "?street=Gleisweg%203c",
            "?street=Gleisweg+3c",
            f"SELECT * FROM rows WHERE street = 'Gleisweg 3c' {few}",
            "filter[street]='Gleisweg%203c'&limit=100",
        ),
        Question(
            "filter and sort",
            "?district=Hafen&sort=-cost_eur",
            "?district=Hafen&_sort_desc=cost_eur",
            "SELECT * FROM rows WHERE +district = 'Hafen' ORDER BY cost_eur DESC LIMIT 101",
            "filter[district]='Hafen'&sort=-cost_eur&limit=100",
        ),
        Question(
            "a deep page, by number",
            f"?after={middle}",
            f"?_next={middle}",
            f"SELECT * FROM rows WHERE _row > {middle} {few}",
            f"filter[id]gt={middle}&sort=id&limit=100",
        ),
        Question(
            "a deep page, sorted by date",
            f"?sort=reported_on&after={middle}",
            f"?_sort=reported_on&_next={deep}",
            f"SELECT * FROM rows WHERE reported_on > '{deep.split(',', maxsplit=1)[0]}' ORDER BY reported_on LIMIT 101",
        ),
        Question(
            "one row by its key",
            f"/{middle}",
            f"/{middle}",
            f"SELECT * FROM rows WHERE id = {middle}",
            f"filter[id]={middle}",
        ),
        Question("full text", "?q=spielplatz", "?_search=spielplatz", ""),
        Question("full text, rare word", f"?q={middle}", f"?_search={middle}", ""),
        Question(
            "group by",
            "?group_by=district&figures=cost_eur__avg",
            f"sql:{group}",
            "SELECT district, count(*), avg(cost_eur) FROM read_parquet(?) GROUP BY district",
            f"sql:{group.replace('+', ' ')}",
            bounded=False,
        ),
    ]


def measure_rows(work: Path, peers: Path, rows: int, *, seconds: float, rounds: int) -> Iterator[Figure]:
    """Ask both everything, at 1 and at 8 clients, in turns."""
    data, folder = work / f"portal{rows}", write_dataset(work / f"folder{rows}", "rows", rows)
    release_folder(data, folder)
    database, (row_file, parquet) = datasette_database(work, peers, folder, rows), stored_table(data)
    with portal_server(data, free_port()) as portal:
        for best in (False, True):
            with datasette(peers, database, work, best=best) as peer:
                yield from _asked(portal, peer, rows, seconds=seconds, rounds=rounds, best=best)
                if best:
                    yield _files(portal, peer, rows)
        with roapi(peers, parquet, work) as peer:
            yield from _asked_of_roapi(portal, peer, rows, seconds=seconds, rounds=rounds)
        for question in questions(rows, _DAY):
            if question.raw:
                rate = put_load(portal.port, _ours(question), connections=1, seconds=seconds).per_s
                raw = raw_rate(row_file, parquet, question.raw, seconds)
                detail = f"{rate:,.0f} against {raw:,.0f} a second"
                yield Figure(work=f"{rows:,} rows, {question.work}, the raw engine", measured=rate / raw, detail=detail)


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


def _asked_of_roapi(portal: Server, peer: Server, rows: int, *, seconds: float, rounds: int) -> Iterator[Figure]:
    for question in questions(rows, _DAY):
        for connections in _CONNECTIONS if question.roapi else ():
            load = partial(put_load, connections=connections, seconds=seconds)
            path, body = f"/api/tables/defects?{question.roapi}", b""
            if question.roapi.startswith("sql:"):
                path, body = "/api/sql", question.roapi.removeprefix("sql:").encode()
            theirs = partial(load, peer.port, path, body=body)
            ratio, detail = alternate(partial(load, portal.port, _ours(question)), theirs, rounds)
            work = f"{rows:,} rows, {question.work}, {connections} cl., roapi"
            yield Figure(work=work, measured=ratio, detail=detail)


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
