"""What a release costs: a large table from folder to released, as a whole process, against what a user would pick."""

import shutil
import statistics
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.catalogues import load_command
from bench.figures import Figure
from bench.processes import Spent, portal_environment, run


@dataclass(frozen=True)
class Peers:
    """The environment with the peers (bench/peers.txt)."""

    folder: Path

    def sqlite_utils(self, source: Path, target: Path) -> list[str]:
        """Give the command that reads *source* into a table with the types it finds (its default since version 4)."""
        return [
            str(self.folder / "bin" / "sqlite-utils"),
            "insert",
            str(target),
            "rows",
            str(source),
            "--csv",
            "--silent",
        ]

    def duckdb_copy(self, source: Path, target: Path) -> list[str]:
        """Give the command that turns *source* into Parquet with DuckDB's own detection and nothing else."""
        copy = f"COPY (SELECT * FROM '{source}') TO '{target}' (FORMAT parquet)"
        return [str(self.folder / "bin" / "python"), "-c", f"import duckdb; duckdb.sql({copy!r})"]


def measure_release(folder: Path, rows: int, peers: Peers, work: Path, rounds: int) -> Iterator[Figure]:
    """Release the dataset *folder*, whose table has *rows* rows, in turns with the peers; every round has a portal without data.

    What a round has made goes before the next, so that no round finds less memory or disk than the first.
    """
    source = folder / "defects.csv"
    spent: dict[str, list[Spent]] = {"portal": [], "sqlite-utils": [], "duckdb": []}
    for number in range(rounds):
        data, database, parquet = work / f"release{number}", work / "rows.sqlite", work / "rows.parquet"
        run([sys.executable, "-m", "portal.cli", "db", "upgrade"], portal_environment(data))
        spent["portal"].append(run([*load_command(folder), "--json"], portal_environment(data)))
        spent["sqlite-utils"].append(run(peers.sqlite_utils(source, database)))
        spent["duckdb"].append(run(peers.duckdb_copy(source, parquet)))
        for made in (database, parquet):
            made.unlink()
        shutil.rmtree(data)
    name = f"release of {rows:,} rows × 8, all formats"
    words = "; ".join(f"{who} {_words(runs)}" for who, runs in spent.items())
    for who, target in (("sqlite-utils", "≥ 5.0"), ("duckdb", "")):
        pairs = zip(spent[who], spent["portal"], strict=True)
        ratio = statistics.median(peer.wall_s / ours.wall_s for peer, ours in pairs)
        label = "sqlite-utils insert --csv" if who == "sqlite-utils" else "a plain DuckDB COPY to Parquet"
        yield Figure(work=f"{name}: rows/s of {label}", measured=ratio, target=target, detail=words if target else "")
    peak = max(one.peak_mb for one in spent["portal"])
    yield Figure(work=f"{name}: peak memory", measured=peak, unit="MB")


def measure_steps(folder: Path, work: Path) -> Iterator[Figure]:
    """Do the steps of a release one after the other, in a process of their own, and say what each takes."""
    out = work / "steps.txt"
    run([sys.executable, "-m", "bench.steps", str(folder), str(work / "steps"), str(out)])
    for line in out.read_text(encoding="utf-8").splitlines():
        name, wall_s, cpu_s = line.split("\t")
        yield Figure(work=f"  step: {name}", measured=float(wall_s), unit="s", detail=f"{cpu_s} s of processor")


def _words(runs: list[Spent]) -> str:
    def middle(fact: Callable[[Spent], float]) -> float:
        return statistics.median(fact(one) for one in runs)

    return (
        f"{middle(lambda one: one.wall_s):.1f} s, {middle(lambda one: one.cpu_s):.1f} s of processor, "
        f"{max(one.peak_mb for one in runs):.0f} MB"
    )
