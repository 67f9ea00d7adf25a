"""`python -m bench --peers FOLDER`: build what is measured, measure, print the table.

--only serving releasing …   some of the parts
--full (or FULL=1)           release all 10,000 datasets; otherwise 1,000 are, and 9,000 get their documents only
--quick                      small and few: to see that it runs, not for figures
"""

import argparse
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from tempfile import mkdtemp

from bench.catalogues import add_documents_only, release_datasets, release_folder
from bench.figures import Figure, as_markdown
from bench.harvesting import measure_catalogue
from bench.releasing import Peers, measure_release, measure_steps
from bench.results import conditions
from bench.rows import measure_rows
from bench.serving import document_questions, file_questions, measure_serving
from bench.starting import measure_start
from bench.synthetic import write_dataset

_PARTS = ("serving", "releasing", "harvesting", "starting", "rows")


def main() -> None:
    """Measure what was asked for."""
    given = _arguments()
    work = Path(mkdtemp(prefix="bench-", dir=given.work))
    print(conditions(), flush=True)
    figures = []
    try:
        for part in given.only:
            for figure in _MEASURES[part](work, given):
                print(" | ".join(figure.cells), flush=True)
                figures.append(figure)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    print(f"\n{as_markdown(figures)}")


def _serving(work: Path, given: argparse.Namespace) -> Iterator[Figure]:
    data, large_rows = work / "serving", 10_000 if given.quick else 1_000_000
    release_datasets(data, work / "few", 100 if given.quick else 1_000)
    release_folder(data, write_dataset(work / "gross", "gross", large_rows))
    questions = [
        *file_questions("/datasets/bezirk-1/defects", "/datasets/gross/defects"),
        *document_questions("bezirk-1"),
    ]
    seconds, rounds = (0.2, 2) if given.quick else (1.0, 7)
    yield from measure_serving(data, questions, work, seconds=seconds, rounds=rounds)


def _releasing(work: Path, given: argparse.Namespace) -> Iterator[Figure]:
    for rows in (10_000,) if given.quick else (100_000, 1_000_000):
        folder = write_dataset(work / f"rows{rows}", f"rows{rows}", rows)
        yield from measure_release(folder, rows, Peers(given.peers), work / f"rows{rows}-out", 1 if given.quick else 3)
    yield from measure_steps(folder, work)


def _harvesting(work: Path, given: argparse.Namespace) -> Iterator[Figure]:
    data = _many(work, given)
    yield from measure_catalogue(data, work, 200 if given.quick else 10_000)


def _starting(work: Path, given: argparse.Namespace) -> Iterator[Figure]:
    yield from measure_start(work / "shipped", "shipped catalogue", "")
    yield from measure_start(_many(work, given), "200 datasets" if given.quick else "10,000 datasets", "-")


def _rows(work: Path, given: argparse.Namespace) -> Iterator[Figure]:
    seconds, rounds = (0.3, 1) if given.quick else (2.0, 3)
    for rows in (100_000,) if given.quick else (100_000, 1_000_000):
        yield from measure_rows(work, given.peers, rows, seconds=seconds, rounds=rounds)


def _many(work: Path, given: argparse.Namespace) -> Path:
    """Give the data folder with many datasets; the first call makes it."""
    data = work / "many"
    if not data.exists():
        released, total = (20, 200) if given.quick else (10_000 if given.full else 1_000, 10_000)
        release_datasets(data, work / "many-folders", released)
        add_documents_only(data, released, total)
    return data


_MEASURES = {
    "serving": _serving,
    "releasing": _releasing,
    "harvesting": _harvesting,
    "starting": _starting,
    "rows": _rows,
}


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__.splitlines()[0])
    parser.add_argument("--peers", type=Path, required=True, help="virtual environment with bench/peers.txt")
    parser.add_argument("--only", nargs="+", choices=_PARTS, default=_PARTS, help="parts to measure")
    parser.add_argument("--full", action="store_true", default=bool(os.environ.get("FULL")), help="release all 10,000")
    parser.add_argument("--quick", action="store_true", help="small and few: does it run?")
    parser.add_argument("--work", type=Path, default=None, help="folder for what is built; the system's by default")
    return parser.parse_args()


if __name__ == "__main__":
    main()
