"""The law of exports: whatever a table holds, every format gives the same rows back to a reader we did not write."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from portal.exports.formats import FORMATS, TableFormat
from portal.exports.table import TableExport
from tests.exports.readers import READERS, Table, csv_text
from tests.laws import examples

NASTY = ["=1+1", "+49", "-", "@a", "\t", "\r", "\n", "\r\n", " a  b ", "   ", '"', "'", ";", ",", "a\nb\r\nc\rd", "007", "NULL", "null",
         "_x000D_", "_x0041_x0042_", "&amp;", "<b>", "]]>", "\\n", "\\", "{}", "👩‍👩‍👧", "שלום", "ä\u0308", "\u2028", "\u0085", "\x7f", "true", "1e5", "a\tb", "\n x", "x \n"]  # fmt: skip
SIGNS = st.characters(
    exclude_categories=("Cs",),
    exclude_characters="".join(map(chr, [*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF])),
)


VALUES: dict[str, st.SearchStrategy[Any]] = {
    "string": st.one_of(st.sampled_from(NASTY), st.text(SIGNS, min_size=1, max_size=12)),
    "integer": st.one_of(
        st.integers(-(10**38) + 1, 10**38 - 1), st.integers(-99, 99), st.integers(-(2**63), 2**63 - 1)
    ),
    "number": st.builds(
        lambda whole, scale: Decimal(whole).scaleb(-scale), st.integers(-(10**18), 10**18), st.integers(0, 9)
    ),
    "boolean": st.booleans(),
    "date": st.dates(),
    "time": st.times(),
    "datetime": st.datetimes(),
    "datetime-utc": st.datetimes(min_value=datetime(1, 1, 2), max_value=datetime(9999, 12, 30), timezones=st.just(UTC)),  # noqa: DTZ001
    "year": st.integers(1, 9999),
    "yearmonth": st.builds(lambda year, month: f"{year:04}-{month:02}", st.integers(1, 9999), st.integers(1, 12)),
}
NAMES = st.one_of(st.sampled_from(["Straße", 'mit "Zitat"', "a b", "@id", "x:y", "n", "row", "semi;kolon", "komma,", "<&>", "it's", "c0", "Row", "a/b"]), st.text(SIGNS, min_size=1, max_size=6).filter(lambda name: name.isprintable()))  # fmt: skip


@st.composite
def tables(draw: st.DrawFn) -> Table:
    kinds = draw(st.lists(st.sampled_from(sorted(VALUES)), min_size=1, max_size=6))
    names = draw(st.lists(NAMES, min_size=len(kinds), max_size=len(kinds), unique_by=str.lower))
    row = st.tuples(*(st.one_of(st.none(), VALUES[kind]) for kind in kinds))
    return Table(tuple(zip(names, kinds, strict=True)), tuple(draw(st.lists(row, max_size=5))))


WIDE = Table(tuple((f"Spalte {n}", "integer") for n in range(300)), (tuple(range(300)), (None,) * 300))
EMPTY = Table((("a", "string"), ("b", "date")), ())
ONE_EMPTY_CELL = Table((("a", "string"),), ((None,), ("x",), (None,)))
TWO_DATES = Table((("von", "date"), ("bis", "date")), ((date(2024, 1, 1), date(2024, 1, 2)),))
UGLY = Table((("a", "string"),), tuple((text,) for text in NASTY))


@pytest.mark.parametrize("entry", FORMATS, ids=lambda entry: entry.name)
@examples(15)
@example(table=WIDE)
@example(table=EMPTY)
@example(table=ONE_EMPTY_CELL)
@example(table=TWO_DATES)
@example(table=UGLY)
@given(table=tables())
def test_every_format_gives_the_same_rows_back(
    entry: TableFormat, table: Table, an_export: Callable[..., TableExport], tmp_path: Path
) -> None:
    export = an_export(
        csv_text(table), {"fields": [{"name": name, "type": kind.split("-")[0]} for name, kind in table.columns]}
    )
    target = tmp_path / f"out{entry.suffix}"

    entry.write(export, target)

    for read in READERS[entry.name]:
        assert read(target, table) == [tuple(row) for row in table.rows]
