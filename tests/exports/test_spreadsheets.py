"""Spreadsheets keep what cells can hold, say what they cut, and never run what a text says."""

import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import openpyxl
import pandas
import pytest
import python_calamine

from portal.exports import sheets
from portal.exports.delimited import excel_csv_pieces
from portal.exports.ods import write_ods
from portal.exports.table import TableExport
from portal.exports.xlsx import write_xlsx
from portal.ingest.engine import Engine
from portal.ingest.receive.receiving import receive
from portal.ingest.receive.spreadsheets import OUR_SHEETS

TEXT = {"fields": [{"name": "x"}]}
Make = Callable[..., TableExport]


def test_a_formula_stays_text_and_a_number_a_number_for_openpyxl(an_export: Make, tmp_path: Path) -> None:
    fields = [
        {"name": "s"},
        {"name": "n", "type": "number"},
        {"name": "big", "type": "integer"},
        {"name": "d", "type": "date"},
    ]
    export = an_export(
        f"s,n,big,d\n=1+1,12.50,{'9' * 16},1899-12-31\nhttps://x.example,0,1,2024-01-01\n", {"fields": fields}
    )

    write_xlsx(export, tmp_path / "t.xlsx")

    sheet = openpyxl.load_workbook(tmp_path / "t.xlsx").worksheets[0]
    assert [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)] == [
        ["=1+1", 12.5, "9" * 16, "1899-12-31"],
        ["https://x.example", 0, 1, datetime(2024, 1, 1)],  # noqa: DTZ001 - Excel knows no zones
    ]
    assert [cell.data_type for cell in sheet[2]] == ["s", "n", "s", "s"]
    assert sheet["A3"].hyperlink is None
    assert (sheet.freeze_panes, sheet.auto_filter.ref, sheet.dimensions) == ("A2", "A1:D3", "A1:D3")
    assert sheet["A1"].font.bold


def test_a_columns_name_is_no_formula_either(an_export: Make, tmp_path: Path) -> None:
    export = an_export("=1+1,-a,b\nx,y,z\n", {"fields": [{"name": "=1+1"}, {"name": "-a"}, {"name": "b"}]})

    header = b"".join(excel_csv_pieces(export)).decode("utf-8-sig").splitlines()[0]
    write_xlsx(export, tmp_path / "t.xlsx")

    assert header == "'=1+1;'-a;b"
    cells = openpyxl.load_workbook(tmp_path / "t.xlsx").worksheets[0][1]
    assert [(cell.value, cell.data_type) for cell in cells] == [("=1+1", "s"), ("-a", "s"), ("b", "s")]


@pytest.mark.parametrize(("write", "suffix"), [(write_xlsx, "xlsx"), (write_ods, "ods")])
def test_a_workbook_that_was_downloaded_comes_back_as_the_data_alone(
    an_export: Make, tmp_path: Path, write: Callable[[TableExport, Path], object], suffix: str
) -> None:
    write(an_export("s,n\nx,1\ny,2\n", {"fields": [{"name": "s"}, {"name": "n", "type": "integer"}]}), tmp_path / "t")

    with Engine.open(tmp_path) as engine:
        back = receive(tmp_path / "t", filename=f"t.{suffix}", folder=tmp_path / "out", engine=engine)

    assert OUR_SHEETS == (sheets.DICTIONARY, sheets.LICENCE)
    assert [finding.code for finding in back.report.findings] == []
    assert [(table.row_count, table.schema.names) for table in back.tables] == [(2, ("s", "n"))]


def test_the_csv_for_excel_that_was_downloaded_comes_back_without_its_apostrophes(
    an_export: Make, tmp_path: Path
) -> None:
    rows = 's,n\n+49 203 5550,-1\n-,2\n@home,3\n=\'a\',4\n\'s-Hage,5\n"-a;""b""",6\n'
    export = an_export(rows, {"fields": [{"name": "s"}, {"name": "n", "type": "integer"}]})
    (tmp_path / "t").write_bytes(b"".join(excel_csv_pieces(export)))

    with Engine.open(tmp_path) as engine:
        back = receive(tmp_path / "t", filename="t.csv", folder=tmp_path / "out", schema=export.schema, engine=engine)

    assert [(one.code, one.row, one.value) for one in back.report.findings] == [
        ("apostrophes-removed", 1, "'+49 203 5550")
    ]
    assert back.report.counts == {"apostrophes-removed": 5}
    assert back.tables[0].path.read_text() == rows


def test_pandas_reads_the_same_table_from_ods(an_export: Make, tmp_path: Path) -> None:
    fields = [
        {"name": "s"},
        {"name": "n", "type": "number"},
        {"name": "d", "type": "date"},
        {"name": "b", "type": "boolean"},
    ]
    export = an_export("s,n,d,b\n  007  <,12.50,2024-01-01,true\n,,,\nx,1,1700-02-03,false\n", {"fields": fields})

    write_ods(export, tmp_path / "t.ods")

    found = pandas.read_excel(tmp_path / "t.ods", engine="odf", dtype=object)
    assert found.loc[0].tolist() == ["  007  <", 12.5, pandas.Timestamp("2024-01-01"), True]
    assert found.loc[1].isna().all()
    assert found.loc[2].tolist() == ["x", 1, pandas.Timestamp("1700-02-03"), False]


def test_the_mimetype_of_ods_comes_first_and_stored(an_export: Make, tmp_path: Path) -> None:
    write_ods(an_export("x\n1\n", TEXT), tmp_path / "t.ods")

    first = zipfile.ZipFile(tmp_path / "t.ods").infolist()[0]
    assert (first.filename, first.compress_type, first.header_offset, first.extra) == (
        "mimetype",
        zipfile.ZIP_STORED,
        0,
        b"",
    )
    assert (tmp_path / "t.ods").read_bytes()[30:84] == b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet"


@pytest.mark.parametrize(("write", "suffix"), [(write_xlsx, ".xlsx"), (write_ods, ".ods")])
def test_a_text_too_long_for_a_cell_is_cut_and_named(
    write: Callable[[TableExport, Path], None], suffix: str, an_export: Make, tmp_path: Path
) -> None:
    export = an_export("x\nkurz\n" + "😀" * 20_000 + "\n" + "ä" * 32_767 + "\n", TEXT)

    write(export, tmp_path / f"t{suffix}")

    workbook = python_calamine.CalamineWorkbook.from_path(tmp_path / f"t{suffix}")
    texts = [row[0] for row in workbook.get_sheet_by_index(0).to_python()]
    assert [len(text.encode("utf-16-le")) // 2 <= sheets.MAX_CELL_UNITS for text in texts] == [True] * 4
    assert texts[3] == "ä" * 32_767
    assert workbook.get_sheet_by_name(sheets.CUTS).to_python()[1][:3] == ["2", "x", "20000"]


@pytest.mark.parametrize(("write", "suffix"), [(write_xlsx, ".xlsx"), (write_ods, ".ods")])
def test_more_rows_than_a_sheet_holds_go_to_further_sheets(
    write: Callable[[TableExport, Path], None],
    suffix: str,
    an_export: Make,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    export = an_export("x\n" + "".join(f"{n}\n" for n in range(25)), {"fields": [{"name": "x", "type": "integer"}]})
    module = __import__(write.__module__, fromlist=["data_sheets"])
    monkeypatch.setattr(module, "data_sheets", lambda export: sheets.data_sheets(export, max_rows=11))

    write(export, tmp_path / f"t{suffix}")

    workbook = python_calamine.CalamineWorkbook.from_path(tmp_path / f"t{suffix}")
    assert workbook.sheet_names[:3] == ["meldungen", "meldungen 2", "meldungen 3"]
    found = [row[0] for index in range(3) for row in workbook.get_sheet_by_index(index).to_python()[1:]]
    assert found == list(range(25))
