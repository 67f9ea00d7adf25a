"""What is known of a table's texts saves work and changes nothing: the files are the same, byte for byte."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from portal.exports.formats import FORMATS, TableFormat
from portal.exports.marks import with_marks
from portal.exports.table import TableExport
from portal.foundation.text import FORMULA_STARTS
from portal.ingest.engine import Engine
from tests.exports.readers import Table, csv_text
from tests.exports.test_formats import NASTY, SIGNS, UGLY
from tests.laws import examples

Make = Callable[..., TableExport]
KINDS = ("string", "integer", "date", "datetime")
PLAIN = Table(tuple(zip("abcd", KINDS, strict=True)), (("Ab", 1, None, None), ("b c", None, None, None)))
STARTS = [Table((("a", "string"),), (("Zoo",), (f"{start}x",))) for start in f"{FORMULA_STARTS} '0AZ~ä"]


@st.composite
def tables(draw: st.DrawFn) -> Table:
    texts = st.one_of(st.none(), st.sampled_from([*NASTY, "Ab", "b c", "Ä"]), st.text(SIGNS, min_size=1, max_size=8))
    return Table((("a", "string"), ("b", "string")), tuple(draw(st.lists(st.tuples(texts, texts), max_size=6))))


def schema_of(table: Table) -> dict[str, object]:
    return {"fields": [{"name": name, "type": kind} for name, kind in table.columns]}


def written(form: TableFormat, export: TableExport, folder: Path) -> bytes:
    if form.is_text:
        return b"".join(form.pieces(export))
    form.write(export, folder / "file")
    return (folder / "file").read_bytes()


@pytest.mark.parametrize("form", [form for form in FORMATS if form.reads_rows], ids=lambda form: form.name)
@examples(10)
@example(table=UGLY)
@example(table=PLAIN)
@given(table=tables())
def test_every_file_is_the_same_whether_the_signs_in_it_are_known_or_not(
    an_export: Make, engine: Engine, tmp_path_factory: pytest.TempPathFactory, form: TableFormat, table: Table
) -> None:
    export, folder = an_export(csv_text(table), schema_of(table)), tmp_path_factory.mktemp("files")
    unknown = replace(export, statistics=None, marks=None)

    assert written(form, with_marks(export, engine), folder) == written(form, unknown, folder)


@pytest.mark.parametrize("table", STARTS, ids=lambda table: repr(table.rows[1][0]))
def test_a_sign_at_the_start_is_found_wherever_it_sorts(an_export: Make, engine: Engine, table: Table) -> None:
    known = with_marks(an_export(csv_text(table), schema_of(table)), engine)
    unknown = with_marks(replace(known, statistics=None), engine)

    assert known.marks == unknown.marks
