"""Metadata through a spreadsheet: unchanged it changes nothing, changed it says what, wrong it says where."""

import csv
import io
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.curation.editable import Editable, EditableFilter, editable_datasets
from portal.curation.merging import merged
from portal.curation.metadata_changes import SheetPlan, changed_cells, plan_sheet
from portal.curation.metadata_columns import COLUMNS, HEADER, cells_of, patch_of
from portal.curation.metadata_sheet import read_sheet, write_excel_sheet, write_sheet
from portal.curation.undoing import undo_bulk_change
from portal.foundation.db import reading
from portal.foundation.errors import InvalidDataset, InvalidInput
from tests.curation.conftest import City
from tests.laws import examples
from tests.people import NOON
from tests.public import a_descriptor

Write = Callable[..., Any]
Cells = dict[str, str]


def fetched(city: City, write: Write = write_sheet) -> str:
    with reading(city.portal.engine) as session:
        return "".join(write(editable_datasets(session, EditableFilter(), by=city.editor)))


def lines(text: str) -> list[Cells]:
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def written(rows: list[Cells], *, delimiter: str = ",", columns: tuple[str, ...] = HEADER) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, delimiter=delimiter, extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def planned(city: City, content: str | bytes, tmp_path: Path) -> SheetPlan:
    path = tmp_path / "metadata.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with reading(city.portal.engine) as session:
        return plan_sheet(session, path, by=city.editor)


def findings(city: City, content: str | bytes, tmp_path: Path) -> list[tuple[Any, ...]]:
    with pytest.raises(InvalidDataset) as caught:
        planned(city, content, tmp_path)
    told: Any = caught.value.facts["findings"]
    return [(one["code"], one["row"], one["column"]) for one in told]


def changed(city: City, **cells: str) -> list[Cells]:
    """Fetch, and change cells of the first line, `baeume`."""
    rows = lines(fetched(city))
    rows[0] |= cells
    return rows


def test_every_line_says_on_which_state_it_was_made(city: City) -> None:
    city.open("parks")
    city.edit("parks", {"title": "Parks"})

    found = {row["name"]: row for row in lines(fetched(city))}

    assert found["baeume"]["_revision"] == "v1"
    assert found["parks"]["_revision"].startswith("r2-")
    assert found["parks"]["title_de"] == "Parks"
    assert found["baeume"]["keywords_de"] == "Grünfläche|Baum"
    assert list(found) == ["baeume", "parks"]  # nothing of the neighbour


@pytest.mark.parametrize("write", [write_sheet, write_excel_sheet])
def test_what_comes_back_unchanged_changes_nothing(city: City, write: Write, tmp_path: Path) -> None:
    city.open("parks")
    city.edit("parks", {"title": "=SUMME(1;2)", "keywords": ["a|b", "c\\d", " e "], "description": "Zeile\r\nzwei\n"})

    plan = planned(city, fetched(city, write), tmp_path).plan

    assert (plan.planned, set(plan.unchanged)) == ((), {"baeume", "parks"})


def test_cells_that_were_changed_become_a_bulk_change_that_can_be_undone(city: City, tmp_path: Path) -> None:
    rows = changed(city, title_en="", keywords_de="Baum | Park\\|Platz|", temporal_end="31.12.2026", themes="ENVI|TRAN")
    sheet = planned(city, written(rows), tmp_path)

    done = city.apply_plan(sheet.plan)

    assert sheet.rows == {"baeume": 1, "parks": 2}
    after = city.descriptor("baeume")
    assert after["keywords"] == ["Baum", "Park|Platz"]
    assert after["dcat"]["temporal"] == {"start": "2020-01-01", "end": "2026-12-31"}
    assert after["dcat"]["theme"] == ["ENVI", "TRAN"]
    assert after["translations"]["en"] == {"description": "All trees.", "keywords": ["tree"]}
    assert city.draft("parks") is None
    assert done is not None
    assert undo_bulk_change(city.portal.engine, done, by=city.editor, at=NOON).outcomes == {"baeume": "discarded"}


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_what_spreadsheets_make_of_the_file_is_read(city: City, delimiter: str, encoding: str, tmp_path: Path) -> None:
    content = written(changed(city, title_de="Bäume & „Sträucher“"), delimiter=delimiter).encode(encoding)

    (one,) = planned(city, content, tmp_path).plan.planned

    assert one.changes == {"/title": {"before": "Bäume der Stadt", "after": "Bäume & „Sträucher“"}}


def test_signs_that_windows_does_not_have_are_not_lost_by_saving_there(city: City, tmp_path: Path) -> None:
    city.open("baeume")
    city.edit("baeume", {"title": "Bäume → Łódź"})
    content = written(changed(city, frequency="DAILY")).encode("cp1252", "replace")

    (one,) = planned(city, content, tmp_path).plan.planned

    assert list(one.changes) == ["/dcat/accrualPeriodicity"]


def test_a_text_that_windows_cannot_hold_is_changed_in_utf_8_only(city: City, tmp_path: Path) -> None:
    city.open("baeume")
    city.edit("baeume", {"title": "Bäume → Łódź"})
    rows = changed(city, title_de="Bäume -> Lódz")  # as some programs save it

    assert findings(city, written(rows).encode("cp1252", "replace"), tmp_path) == [("not-in-encoding", 1, "title_de")]
    assert planned(city, written(rows), tmp_path).plan.planned


def test_columns_and_lines_that_are_left_out_are_left_alone(city: City, tmp_path: Path) -> None:
    rows = changed(city, frequency="DAILY")[:1]

    (one,) = planned(city, written(rows, columns=("frequency", "name", "_revision")), tmp_path).plan.planned

    assert list(one.changes) == ["/dcat/accrualPeriodicity"]


def test_a_cell_that_was_emptied_leaves_a_gap_or_nothing(city: City, tmp_path: Path) -> None:
    emptied = {column.name: "" for column in COLUMNS}

    city.apply_plan(planned(city, written(changed(city, **emptied)), tmp_path).plan)

    after = city.descriptor("baeume")
    assert (after["title"], after["keywords"], after["licenses"], after["dcat"]) == ("", [], [], {})
    assert "translations" not in after
    assert cells_of(after) == emptied


def test_everything_that_is_wrong_is_told_with_row_and_column_and_nothing_is_planned(
    city: City, tmp_path: Path
) -> None:
    city.open("parks")
    rows = lines(fetched(city))
    city.edit("parks", {"title": "Schneller"})
    rows[0] |= {
        "licence": "frei",
        "themes": "ENVI|NICHTS",
        "temporal_start": "bald",
        "title_de": "B\x07ume",
        "title_en": "Ã¼",
    }
    others = [{**rows[0], "name": name, "_revision": "v1"} for name in ("nichts", "hafen", "zweimal", "zweimal")]

    assert findings(city, written([*rows, *others]) + "zu,kurz\r\n", tmp_path) == [
        ("invalid-value", 1, "licence"),
        ("invalid-value", 1, "temporal_start"),
        ("invalid-value", 1, "themes"),
        ("control-character", 1, "title_de"),
        ("double-encoded", 1, "title_en"),
        ("outdated", 2, "_revision"),
        ("not-found", 3, "name"),
        ("forbidden", 4, "name"),
        ("line-twice", 5, "name"),
        ("line-twice", 6, "name"),
        ("ragged-row", 7, None),
    ]  # fmt: skip


def test_columns_nobody_knows_are_told_before_anything_else(city: City, tmp_path: Path) -> None:
    text = "name,titel,titel,title_de,title_de\r\nbaeume,a,b,c,d\r\n"

    assert findings(city, text, tmp_path) == [
        ("missing-column", None, "_revision"),
        ("unknown-column", None, "titel"),
        ("column-twice", None, "title_de"),
    ]


def test_a_draft_in_review_may_come_back_unchanged_but_not_otherwise(city: City, tmp_path: Path) -> None:
    city.open("baeume")
    city.submit("baeume")

    assert planned(city, fetched(city), tmp_path).plan.planned == ()
    assert findings(city, written(changed(city, frequency="DAILY")), tmp_path) == [("illegal-step", 1, "name")]


@pytest.mark.parametrize(
    "content",
    [
        b"\x00\xff\xfe\x01",
        b"a,b\r\n1,2\r\n",
        b"",
        b'name,_revision\r\n"baeume',
        "name,ä\r\n".encode("cp037"),
        b"PK\x03\x04",
    ],
)
def test_what_is_no_file_of_metadata_is_refused_in_words(city: City, content: bytes, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput):
        planned(city, content, tmp_path)


_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | st.sampled_from(
    ["=1+1", "'=x", "a|b", "\\|", "-", "\t", '"', ";", "\r\n", " a ", "é→", "01.02.2024"]
)
_DESCRIPTORS = st.fixed_dictionaries(
    {"title": _TEXT, "description": _TEXT, "keywords": st.lists(_TEXT, max_size=3)},
    optional={
        "licenses": st.lists(st.fixed_dictionaries({"name": _TEXT, "path": _TEXT}), max_size=1),
        "translations": st.fixed_dictionaries(
            {}, optional={"en": st.fixed_dictionaries({}, optional={"title": _TEXT})}
        ),
        "dcat": st.fixed_dictionaries(
            {},
            optional={
                "theme": st.lists(_TEXT, max_size=3),
                "temporal": st.fixed_dictionaries({}, optional={"start": _TEXT, "end": _TEXT}),
                "rights": st.fixed_dictionaries({}, optional={"de": _TEXT, "en": _TEXT}),
            },
        ),
    },
)


@examples(100)
@given(descriptors=st.lists(_DESCRIPTORS, max_size=3), write=st.sampled_from([write_sheet, write_excel_sheet]))
def test_whatever_the_metadata_hold_the_way_out_and_back_is_no_change(
    descriptors: list[dict[str, Any]], write: Write, tmp_path: Path
) -> None:
    there = [Editable(f"d-{number}", "stadt", one, "v1") for number, one in enumerate(descriptors)]
    path = tmp_path / "metadata.csv"
    path.write_bytes("".join(write(there)).encode())

    sheet = read_sheet(path)

    assert [line.cells["name"] for line in sheet.lines] == [one.slug for one in there]
    assert [changed_cells(sheet, line, one) for line, one in zip(sheet.lines, there, strict=True)] == [{}] * len(there)
    assert (sheet.header_findings, sheet.findings) == ((), ())


_PLAIN = st.text(
    st.characters(min_codepoint=33, max_codepoint=0x24F, exclude_categories=["C", "Z"]), min_size=1, max_size=8
)


@given(keywords=st.lists(_PLAIN, min_size=1, max_size=4), english=st.lists(_PLAIN, max_size=4), title=_PLAIN)
def test_what_cells_say_is_what_the_descriptor_says_afterwards(
    keywords: list[str], english: list[str], title: str
) -> None:
    wanted: Mapping[str, Any] = {"title": title, "keywords": keywords, "translations": {"en": {"keywords": english}}}
    cells = {
        name: cell for name, cell in cells_of({**wanted}).items() if name in ("title_de", "keywords_de", "keywords_en")
    }

    after = merged(a_descriptor(), patch_of(a_descriptor(), cells))

    assert (after["title"], after["keywords"]) == (title, keywords)
    assert after["translations"]["en"].get("keywords", []) == english
