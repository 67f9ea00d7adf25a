"""A German spreadsheet opens `.excel.csv` by double click: mark, semicolons, decimal commas, and no formula runs."""

import csv
import io

from tests.readers.conftest import ServedDataset
from tests.sources import Value, parsed

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def test_the_rows_come_back_by_german_rules(dataset: ServedDataset) -> None:
    for table in dataset.tables:
        header, *rows = _read(dataset.file(table, ".excel.csv"))

        found = [
            {name: _german(text, table.types[name]) for name, text in zip(header, row, strict=True)} for row in rows
        ]
        assert header == table.columns
        assert found == table.rows, table.key


def test_the_file_names_its_encoding_and_ends_lines_as_spreadsheets_expect(dataset: ServedDataset) -> None:
    for table in dataset.tables:
        content = dataset.file(table, ".excel.csv")

        assert content.startswith(b"\xef\xbb\xbf")
        assert content.endswith(b"\r\n")


def test_no_text_begins_a_formula(dataset: ServedDataset) -> None:
    for table in dataset.tables:
        header, *rows = _read(dataset.file(table, ".excel.csv"))

        texts = [index for index, name in enumerate(header) if table.types[name] == "string"]
        assert not [row[index] for row in rows for index in texts if row[index].startswith(FORMULA_STARTS)], table.key


def _read(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";", strict=True))


def _german(text: str, kind: str) -> Value:
    """Give the value of a cell as a German spreadsheet shows it."""
    if kind == "string":
        return (text[1:] if text[:1] == "'" and text[1:2] in FORMULA_STARTS and len(text) > 1 else text) or None
    if kind == "number":
        return parsed(text.replace(",", "."), kind)
    return parsed({"WAHR": "true", "FALSCH": "false"}.get(text, text), kind)
