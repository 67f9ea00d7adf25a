"""`python -m bench.ingest_corpus`: how many messy files come out right, by us and by what people use instead.

Each file has a known truth (tests/ingest/receive/corpus.py). For us: right, asked, refused, silently wrong. The
others know no questions: right, text (nothing lost or changed, but some numbers or dates left as texts), wrong
(a value changed, lost or moved, and no error), error. They are given the text files only, and their defaults.
"""

import datetime
import importlib.metadata
import logging
import math
import time
import warnings
from collections import Counter
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import frictionless
import pandas as pd

from portal.ingest.engine import Engine
from tests.ingest.receive.corpus import Case, Truth, text_cases
from tests.ingest.receive.corpus_files import file_cases
from tests.ingest.receive.judging import Outcome, answered, deliver, is_true, judged

Found = tuple[list[str], list[list[Any]]]
"""Names and rows, as a reader gives them."""


def main() -> None:
    """Print the counts."""
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    texts, files = list(text_cases()), list(file_cases())
    print(_ours("text files", texts))
    print(_ours("workbooks, JSON, Parquet, archives, attacks", files))
    for name, read in READERS.items():
        counts = Counter(_fared(read, case) for case in texts if case.name.endswith((".csv", ".txt")))
        print(f"{name}: " + ", ".join(f"{counts[word]} {word}" for word in ("right", "text", "wrong", "error")))


def _ours(label: str, cases: list[Case]) -> str:
    counts: Counter[str] = Counter()
    settled, start = 0, time.perf_counter()
    with TemporaryDirectory() as folder, Engine.open(Path(folder)) as engine:
        for case in cases:
            delivery = deliver(case, Path(folder), engine)
            outcome = judged(case, delivery)
            counts[outcome] += 1
            if outcome is Outcome.ASKED and case.truth:
                settled += is_true(answered(case, Path(folder), engine), case.truth)
    took = time.perf_counter() - start
    shares = ", ".join(f"{counts[one]} {one}" for one in Outcome)
    return f"portal receive, {len(cases)} {label}: {shares}; {settled} asked become right by accepting; {took:.0f} s"


def _fared(read: Callable[[Path], Found], case: Case) -> str:
    with TemporaryDirectory() as folder:
        path = Path(folder) / case.name
        path.write_bytes(case.content)
        try:
            names, rows = read(path)
        except Exception:  # whatever they raise, they said something
            return "error"
    return _compared(names, rows, case.truth) if case.truth else "wrong"


def _compared(names: list[str], rows: list[list[Any]], truth: Truth) -> str:
    if len(rows) != len(truth.rows) or len(names) != len(truth.columns):
        return "wrong"
    verdicts = {
        _cell(found, meant, kind)
        for row, true_row in zip(rows, truth.rows, strict=True)
        for found, meant, (_, kind) in zip(row, true_row, truth.columns, strict=True)
    }
    return "wrong" if "wrong" in verdicts else "text" if "text" in verdicts else "right"


def _cell(found: Any, meant: str, kind: str) -> str:  # noqa: PLR0911 - one return per kind
    if found is None or found is pd.NaT or (isinstance(found, float) and math.isnan(found)):
        return "right" if meant == "" else "wrong"
    if kind == "string":
        return "right" if isinstance(found, str) and found == meant else "wrong"
    if isinstance(found, str):
        return "right" if found == meant == "" else "text" if meant or found else "right"
    if isinstance(found, datetime.date | datetime.time):
        shown = found.isoformat().replace("+00:00", "Z")
        return "right" if shown in (meant, f"{meant}T00:00:00") else "wrong"
    if kind == "boolean":
        return "right" if str(found).lower() == meant else "wrong"
    try:
        return "right" if Decimal(str(found)) == Decimal(meant) else "wrong"
    except InvalidOperation:
        return "wrong"


def _duckdb(path: Path) -> Found:
    relation = duckdb.read_csv(str(path))
    return relation.columns, [list(row) for row in relation.fetchall()]


def _pandas(path: Path) -> Found:
    frame = pd.read_csv(path)
    return [str(name) for name in frame.columns], _rows(frame)


def _pandas_sniffing(path: Path) -> Found:
    frame = pd.read_csv(path, sep=None, engine="python")
    return [str(name) for name in frame.columns], _rows(frame)


def _rows(frame: pd.DataFrame) -> list[list[Any]]:
    return [list(row) for row in frame.itertuples(index=False, name=None)]


def _frictionless(path: Path) -> Found:
    with frictionless.Resource(path=path.name, basepath=str(path.parent)) as resource:
        rows = list(resource.row_stream)
        if any(row.errors for row in rows):
            raise ValueError("frictionless reported an error")
        return list(resource.header), [list(row.to_list()) for row in rows]


READERS: dict[str, Callable[[Path], Found]] = {
    f"DuckDB {duckdb.__version__} read_csv": _duckdb,
    f"pandas {pd.__version__} read_csv": _pandas,
    f"pandas {pd.__version__} read_csv(sep=None)": _pandas_sniffing,
    f"frictionless {importlib.metadata.version('frictionless')}": _frictionless,
}


if __name__ == "__main__":
    main()
