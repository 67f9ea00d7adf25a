"""Every format of a table, written side by side: the rows are read once, each file is hashed and compressed as it is written."""

import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from portal.exports.formats import FORMATS, TableFormat
from portal.exports.lines import FEW_ROWS
from portal.exports.marks import with_marks
from portal.exports.precompression import write_with_gzip
from portal.exports.table import TableExport
from portal.exports.together import SharedRows
from portal.ingest.engine import Engine

_MAKERS = 2
"""Small files made at once."""
_NICE, _LOWEST = 5, 19


@dataclass(frozen=True, kw_only=True)
class WrittenFile:
    """A table in one format."""

    form: TableFormat
    path: Path
    gzip: Path | None
    digests: dict[Path, str]
    """SHA-256 of those files whose bytes were hashed on their way."""


def write_formats(
    export: TableExport, folder: Path, engine: Engine, *, read_next: str | None = None
) -> list[WrittenFile]:
    """Write *export* in every format into *folder*; those of the format *read_next* will be read again at once."""
    if export.row_count <= FEW_ROWS:
        with ThreadPoolExecutor(_MAKERS) as makers:
            return list(makers.map(lambda form: _written(export, form, folder, engine, read_next), FORMATS))
    export = with_marks(export, engine)
    rows = SharedRows(export.rows)
    exports = [replace(export, reader=rows.reader() if form.reads_rows else None) for form in FORMATS]
    with ThreadPoolExecutor(len(FORMATS), initializer=_stand_back) as makers:
        pairs = zip(exports, FORMATS, strict=True)
        writing = [makers.submit(_written, export, form, folder, engine, read_next) for export, form in pairs]
        rows.serve(engine)
    return [one.result() for one in writing]


def _stand_back() -> None:
    """Let other threads go first: the row file is made by one alone, and would be done long after all formats."""
    if sys.platform == "linux":  # where a thread has a priority of its own (sched(7))
        thread = threading.get_native_id()
        os.setpriority(os.PRIO_PROCESS, thread, min(os.getpriority(os.PRIO_PROCESS, thread) + _NICE, _LOWEST))


def _written(
    export: TableExport, form: TableFormat, folder: Path, engine: Engine, read_next: str | None
) -> WrittenFile:
    path = folder / f"{export.table}{form.suffix}"
    digests: dict[Path, str] = {}
    try:
        with engine.beside() as own:
            if form.is_text:
                pieces = form.pieces(replace(export, engine=own))
                digests = write_with_gzip(pieces, path, is_read_next=form.name == read_next)
            else:
                form.write(replace(export, engine=own), path)
    finally:
        if export.reader is not None:
            export.reader.leave()
    packed = path.with_name(f"{path.name}.gz")
    return WrittenFile(form=form, path=path, gzip=packed if packed in digests else None, digests=digests)
