"""Writers that share one reading of the rows get what each would have got alone, and do not hang on each other."""

import csv
import gzip
import hashlib
import io
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from portal.exports.formats import FORMATS
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


@pytest.fixture(scope="module")
def marked(an_export: Callable[..., TableExport]) -> TableExport:
    """A table whose columns each hold, in one late row, one thing that some format has to treat, and a plain neighbour."""
    held = [
        '"',
        "\\",
        "&",
        "<",
        ">",
        ",",
        ";",
        "\t",
        "a\rb",
        "a\nb",
        "_x000D_",
        "a  b",
        " a",
        "a ",
        "=1",
        "+1",
        "-1",
        "@a",
        "\ta",
    ]
    texts = [f"x{index}" for index in range(len(held))]
    edges = {
        "integer": ("1", "999999999999999", "1000000000000000"),
        "number": ("1.5", "123456789012.345", "1234567890123.4567"),
        "date": ("2026-11-22", "1900-03-01", "1900-02-28"),
        "datetime": ("2026-11-22T12:00:00", "1900-03-01T00:00:00.123", "2026-11-22T12:00:00.1234"),
        "time": ("12:00:00", "12:00:00.123", "12:00:00.1234"),
    }
    names = [*texts, "plain", *(f"{kind}{number}" for kind in edges for number in (1, 2))]
    fields = [{"name": name, "type": name[:-1] if name[:-1] in edges else "string"} for name in names]
    usual = ["a"] * (len(held) + 1) + [edges[kind][0] for kind in edges for _ in (1, 2)]
    odd = [*held, "ä"] + [edges[kind][number] for kind in edges for number in (1, 2)]
    stream = io.StringIO(newline="")
    csv.writer(stream, lineterminator="\r\n").writerows([names, *[usual] * ROWS, odd, usual])
    return an_export(stream.getvalue(), {"fields": fields})


@pytest.mark.parametrize("table", ["large", "marked"])
def test_together_every_format_has_the_bytes_that_it_has_alone(
    table: str, request: pytest.FixtureRequest, engine: Engine, tmp_path: Path
) -> None:
    large: TableExport = request.getfixturevalue(table)
    files = write_formats(large, tmp_path, engine)

    assert [file.form for file in files] == list(FORMATS)
    for file in files:
        alone = tmp_path / f"alone{file.form.suffix}"
        file.form.write(replace(large, statistics=None), alone)
        assert file.form.name == "parquet" or file.path.read_bytes() == alone.read_bytes()
        if file.form.is_text:
            assert file.gzip is not None
            assert gzip.decompress(file.gzip.read_bytes()) == file.path.read_bytes()
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
