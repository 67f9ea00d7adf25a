"""Writers that share one reading of the rows get what each would have got alone, and do not hang on each other."""

import hashlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from portal.exports.formats import FORMATS
from portal.exports.precompression import precompress
from portal.exports.table import TableExport
from portal.exports.together import SharedReader, SharedRows
from portal.exports.written import write_formats
from portal.ingest.engine import Engine

ROWS = 10_000
"""More than two row groups, and more than are fetched as they are."""


@pytest.fixture(scope="module")
def large(an_export: Callable[..., TableExport]) -> TableExport:
    text = "n,x,y\r\n" + "".join(f"{number},ä{number % 7},{'b' * (number % 2)}\r\n" for number in range(ROWS))
    return an_export(text, {"fields": [{"name": "n", "type": "integer"}, {"name": "x"}, {"name": "y"}]})


def test_together_every_format_has_the_bytes_that_it_has_alone(
    large: TableExport, engine: Engine, tmp_path: Path
) -> None:
    files = write_formats(large, tmp_path, engine)

    assert [file.form for file in files] == list(FORMATS)
    for file in files:
        alone = tmp_path / f"alone{file.form.suffix}"
        file.form.write(large, alone)
        assert file.form.name == "parquet" or file.path.read_bytes() == alone.read_bytes()
        if file.form.is_text:
            packed = precompress(alone)
            assert packed is not None
            assert file.gzip is not None
            assert file.gzip.read_bytes() == packed.read_bytes()
    digests = {path: digest for file in files for path, digest in file.digests.items()}
    assert digests == {path: hashlib.sha256(path.read_bytes()).hexdigest() for path in digests}


def test_a_column_known_to_be_filled_is_written_as_any_other(
    large: TableExport, engine: Engine, tmp_path: Path
) -> None:
    known, unknown = tmp_path / "known", tmp_path / "unknown"
    assert large.statistics is not None
    assert [one.nulls for one in large.statistics] == [0, 0, ROWS // 2]
    for folder in (known, unknown):
        folder.mkdir()

    write_formats(large, known, engine)
    write_formats(replace(large, statistics=None), unknown, engine)

    for path in known.iterdir():
        assert path.read_bytes() == (unknown / path.name).read_bytes()


def test_a_writer_that_fails_does_not_hold_up_the_others(large: TableExport, engine: Engine) -> None:
    rows = SharedRows(large.rows)
    good, bad = rows.reader(), rows.reader()

    with ThreadPoolExecutor(2) as writers:
        fine, failing = writers.submit(_read, good, -1), writers.submit(_read, bad, 1)
        rows.serve(engine)

    assert fine.result() == "".join(map(str, range(ROWS)))
    with pytest.raises(OSError, match="full"):
        failing.result()


def test_rows_that_cannot_be_read_fail_in_every_writer(large: TableExport, engine: Engine) -> None:
    rows = SharedRows("(SELECT c0, n, error('broken') AS t0 FROM " + large.rows + ")")
    readers = [rows.reader(), rows.reader()]

    with ThreadPoolExecutor(2) as writers:
        reading = [writers.submit(_read, reader, -1) for reader in readers]
        with pytest.raises(Exception, match="broken"):
            rows.serve(engine)

    for one in reading:
        with pytest.raises(RuntimeError, match="cannot be read"):
            one.result()


def test_writers_may_ask_for_different_rows_one_after_the_other(large: TableExport, engine: Engine) -> None:
    rows = SharedRows(large.rows)
    whole, halves = rows.reader(), rows.reader()

    with ThreadPoolExecutor(2) as writers:
        one = writers.submit(_read, whole, -1)
        two = writers.submit(_read, halves, -1, f"n < {ROWS // 2}", f"n >= {ROWS // 2}")
        rows.serve(engine)

    assert one.result() == two.result() == "".join(map(str, range(ROWS)))


def _read(reader: SharedReader, most: int, *wheres: str) -> str:
    """Read the numbers; fail after *most* pieces."""
    try:
        return "".join(_texts(reader, most, wheres or ("true",)))
    finally:
        reader.leave()


def _texts(reader: SharedReader, most: int, wheres: tuple[str, ...]) -> Iterator[str]:
    for where in wheres:
        for number, piece in enumerate(reader.texts("t0", where), start=1):
            yield bytes(piece).decode()
            if number == most:
                raise OSError("The disk is full.")
