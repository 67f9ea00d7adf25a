"""The steps of a release, timed one by one. Run as `python -m bench.steps FOLDER WORK OUT`."""

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from portal.exports.formats import FORMATS
from portal.exports.table import TableExport
from portal.exports.written import write_formats
from portal.foundation.clock import now
from portal.foundation.text import LangString
from portal.ingest.engine import Engine
from portal.ingest.privacy import scan
from portal.ingest.typed import build_table
from portal.publishing.folder import read_folder
from portal.rows.index import build_row_file
from portal.store.local import LocalStore

T = TypeVar("T")


def main(folder: Path, work: Path, out: Path) -> None:
    """Take the table of *folder* through every step, in *work*; write name, seconds and processor seconds to *out*."""
    work.mkdir(parents=True)
    lines = []

    def timed(name: str, step: Callable[[], T]) -> T:
        started, spent = time.perf_counter(), time.process_time()
        result = step()
        lines.append(f"{name}\t{time.perf_counter() - started:.3f}\t{time.process_time() - spent:.3f}")
        return result

    table = read_folder(folder).tables[0]
    with Engine.open(work) as engine:
        typed, report = timed(
            "type and check",
            lambda: build_table(table.path, table.schema, work / "typed", table=table.name, engine=engine),
        )
        if typed is None:
            raise SystemExit(str(report.as_dict()))
        timed("scan for personal data", lambda: scan(typed, engine=engine))
        export = TableExport(
            parquet=typed.path,
            schema=typed.schema,
            physical=typed.physical,
            row_count=typed.row_count,
            dataset=folder.name,
            table=table.name,
            title=LangString("Meldungen"),
            description=LangString("Meldungen"),
            dataset_title=LangString("Mängelmelder"),
            version=1,
            licence_title=LangString("Lizenz"),
            licence_url="https://www.govdata.de/dl-de/by-2-0",
            attribution=LangString("Erfunden"),
            base_url="http://daten.example",
            rdf_type=None,
            modified_at=now(),
            statistics=typed.statistics,
            engine=engine,
        )
        for form in FORMATS:
            timed(f"write {form.name} alone", lambda form=form: form.write(export, work / f"alone{form.suffix}"))
        files = timed("all formats at once, with gzip and hashes", lambda: write_formats(export, work, engine))
        rows = work / "rows.sqlite"
        timed(
            "row file with indexes",
            lambda: build_row_file(typed.path, typed.schema, typed.physical, rows, connection=engine.connection),
        )
    store = LocalStore(work / "blobs", work / "work")
    paths = [path for file in files for path in (file.path, file.gzip) if path]
    known = {path: digest for file in files for path, digest in file.digests.items()}
    timed("take into the store", lambda: store.adopt([*paths, rows], known))
    out.write_text("\n".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main(*(Path(argument) for argument in sys.argv[1:4]))
