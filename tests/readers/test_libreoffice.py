"""LibreOffice opens the workbooks and the spreadsheet CSV: what it shows, saved as CSV again, are the published values.

One start of the office converts all workbooks, one all CSV files: it takes seconds to start.
"""

import csv
import re
import shutil
import subprocess
from collections.abc import Callable
from datetime import date, datetime
from itertools import product
from pathlib import Path

import pytest

from tests.readers.conftest import ServedDataset
from tests.shipped import Served
from tests.sources import Value, parsed, shipped_folders

pytestmark = pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice (soffice) is not installed")

AS_CSV = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false"
"""Comma, quotes, UTF-8; cells as they are stored, not as they are shown; the first sheet."""

GERMAN_CSV = "CSV:59,34,76,1,,1031,false,false,false"
"""Semicolon, quotes, UTF-8, German (1031), all else as the office proposes: only numbers are recognised."""

GREGORIAN_FROM = date(1582, 10, 15)
"""The office shows earlier days by the Julian calendar: the same day under another date."""


@pytest.fixture(scope="module")
def opened(
    shipped: Served, ugly: ServedDataset, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str, str], list[list[str]]]:
    """Convert the files of all datasets at once; give the cells of a table's file by its key and suffix."""
    datasets = [ServedDataset(folder.name, shipped, folder) for folder in shipped_folders()] + [ugly]
    folder = tmp_path_factory.mktemp("office")
    _convert(datasets, (".xlsx", ".ods"), folder)
    _convert(datasets, (".excel.csv",), folder, f"--infilter={GERMAN_CSV}")

    def cells(key: str, suffix: str) -> list[list[str]]:
        path = folder / "out" / f"{_file_name(key, suffix)}.csv"
        return list(csv.reader(path.open(encoding="utf-8", newline="")))

    return cells


@pytest.mark.parametrize("suffix", [".xlsx", ".ods", ".excel.csv"])
def test_the_office_shows_the_published_values(
    dataset: ServedDataset, suffix: str, opened: Callable[[str, str], list[list[str]]]
) -> None:
    for table in dataset.tables:
        header, *rows = opened(table.key, suffix)

        assert header[: len(table.columns)] == table.columns
        assert len(rows) == len(table.rows), table.key
        for shown, row in zip(rows, table.rows, strict=True):
            for name, text in zip(table.columns, shown, strict=False):
                same = _same(text, row[name], table.types[name], guessed=suffix == ".excel.csv")
                assert same, f"{table.key} {name}: {text!r} is not {row[name]!r}"


def _convert(datasets: list[ServedDataset], suffixes: tuple[str, ...], folder: Path, *reading: str) -> None:
    source = folder / f"in{''.join(suffixes)}"
    source.mkdir()
    for dataset, suffix in product(datasets, suffixes):
        for table in dataset.tables:
            path = source / f"{_file_name(table.key, suffix)}{'.' + suffix.rsplit('.', 1)[1]}"
            path.write_bytes(dataset.file(table, suffix))
    command = ["soffice", f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless", *reading,
               "--convert-to", AS_CSV, "--outdir", str(folder / "out"), *map(str, sorted(source.iterdir()))]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True, timeout=180)


def _file_name(key: str, suffix: str) -> str:
    return key.replace("/", "__") + suffix.replace(".", "-")


def _same(shown: str, value: Value, kind: str, *, guessed: bool) -> bool:  # noqa: PLR0911 - one return per type
    """Tell whether a cell holds the published value; *guessed*: the office chose the type, as it does in CSV files."""
    if value is None:
        return shown == ""
    match kind:
        case "string" if guessed:
            return shown in (value, f"'{value}") or _looks_like_a_number(str(value))
        case "boolean" if guessed:
            return shown == ("WAHR" if value else "FALSCH")
        case "time" | "datetime" | "date" if guessed:
            return parsed(shown, kind) == value
        case "integer" | "year" | "number":
            return float(shown) == pytest.approx(float(value), rel=1e-14)  # type: ignore[arg-type]
        case "boolean":
            return shown == str(value).upper()
        case "time":
            return datetime.strptime(shown, "%I:%M:%S %p").time() == value  # noqa: DTZ007 - a time of day has no zone
        case "date" | "datetime" if str(value)[:10] < str(GREGORIAN_FROM):
            return True
        case "datetime":
            return parsed(shown.replace(" ", "T"), kind) == value
    return shown == str(value)


def _looks_like_a_number(text: str) -> bool:
    """Tell whether the office takes *text* for a number in a CSV (zeros in front are lost); workbooks say that it is none."""
    return re.fullmatch(r"[+-]?[0-9][0-9.,eE+-]*", text) is not None
