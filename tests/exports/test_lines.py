"""A table of several row groups leaves in pieces, and no format notices where one ends and the next begins."""

from collections.abc import Callable
from pathlib import Path

import pytest

from portal.exports.formats import FORMATS, TableFormat
from portal.exports.table import TableExport
from tests.exports.readers import READERS, Table

ROWS = 45_000
"""More than two row groups."""


@pytest.fixture(scope="module")
def large(an_export: Callable[..., TableExport]) -> TableExport:
    text = "n,x\r\n" + "".join(f"{number},ä{number % 7}\r\n" for number in range(ROWS))
    return an_export(text, {"fields": [{"name": "n", "type": "integer"}, {"name": "x"}]})


@pytest.mark.parametrize("entry", FORMATS, ids=lambda entry: entry.name)
def test_all_rows_come_in_their_order(entry: TableFormat, large: TableExport, tmp_path: Path) -> None:
    rows = tuple((number, f"ä{number % 7}") for number in range(ROWS))
    table = Table((("n", "integer"), ("x", "string")), rows)

    entry.write(large, tmp_path / f"large{entry.suffix}")

    assert READERS[entry.name][-1](tmp_path / f"large{entry.suffix}", table) == list(rows)


@pytest.mark.parametrize("entry", [one for one in FORMATS if one.name != "parquet"], ids=lambda entry: entry.name)
def test_the_same_table_gives_the_same_bytes(entry: TableFormat, large: TableExport, tmp_path: Path) -> None:
    targets = [tmp_path / f"{turn}{entry.suffix}" for turn in range(2)]

    for target in targets:
        entry.write(large, target)

    assert targets[0].read_bytes() == targets[1].read_bytes()


def test_rows_that_would_come_out_of_order_stop_the_writer(large: TableExport) -> None:
    assert large.engine is not None

    with pytest.raises(RuntimeError, match="out of order"):
        list(large.engine.texts("SELECT 'x', 100 - i FROM range(10) AS numbers(i)"))
