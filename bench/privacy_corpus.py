"""`python -m bench.privacy_corpus`: what the scan for personal data finds, and what it takes for persons.

Tables with planted persons and tables that look alike come from tests/ingest/privacy_corpus.py. Recall is by planted
cell (a hit on its whole column counts), a false alarm is a table without persons in which the scan stops a release.
"""

import csv
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from portal.foundation.tableschema import read_schema
from portal.ingest.engine import Engine
from portal.ingest.privacy import PersonalHit, scan
from portal.ingest.typed import build_table
from tests.ingest.privacy_corpus import Planted, clean_tables, planted_tables


@dataclass
class Counted:
    """What came out."""

    planted: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    missed: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    clean: int = 0
    alarms: list[tuple[str, str, str]] = field(default_factory=list)
    """Table, kind and value of the first hit in each table without persons."""
    beside: list[tuple[str, str, str, str]] = field(default_factory=list)
    """Hits in planted tables, in columns where nothing was planted."""

    def recall(self, group: str) -> float:
        return self.found[group] / self.planted[group]


def main() -> None:
    """Print the counts."""
    start = time.perf_counter()
    counted = count()
    for group, planted in counted.planted.items():
        missed = ", ".join(counted.missed[group][:5])
        print(
            f"{group}: {counted.found[group]} of {planted} ({counted.recall(group):.1%}){f'; not: {missed}' if missed else ''}"
        )
    print(f"false alarms: {len(counted.alarms)} of {counted.clean} tables without persons")
    for alarm in (*counted.alarms, *counted.beside):
        print("   ", *alarm)
    print(f"{time.perf_counter() - start:.0f} s")


def count() -> Counted:
    """Scan the whole corpus."""
    counted = Counted()
    with TemporaryDirectory() as folder, Engine.open(Path(folder)) as engine:
        for planted in planted_tables():
            _judge(planted, _scanned(planted, Path(folder), engine), counted)
        for clean in clean_tables():
            counted.clean += 1
            hits = [hit for hit in _scanned(clean, Path(folder), engine) if hit.is_serious]
            counted.alarms += [(clean.name, hit.kind, hit.value) for hit in hits[:1]]
    return counted


def _judge(table: Planted, hits: list[PersonalHit], counted: Counted) -> None:
    seen = {(hit.row, hit.column) for hit in hits if hit.kind == table.kind}
    targets = {place for place in table.places if table.kind != "address" or place[1] in ("anschrift", "wohnt")}
    for row, column in targets:
        counted.planted[table.group] += 1
        if (row, column) in seen or (None, column) in seen:
            counted.found[table.group] += 1
        else:
            counted.missed[table.group].append(table.rows[row - 1][table.columns.index(column)])
    columns = {column for _, column in table.places}
    counted.beside += [
        (table.name, hit.kind, hit.column, hit.value) for hit in hits if hit.column not in columns and hit.is_serious
    ][:1]


def _scanned(table: Planted, folder: Path, engine: Engine) -> list[PersonalHit]:
    source = folder / "table.csv"
    with source.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([table.columns, *table.rows])
    schema = read_schema({"fields": [{"name": name, "type": "string"} for name in table.columns]})
    built, report = build_table(source, schema, folder / "table.typed", table="t", engine=engine)
    if built is None:
        raise ValueError(report.as_dict())
    return scan(built, engine=engine)


if __name__ == "__main__":
    main()
