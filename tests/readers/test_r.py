"""R reads what is served, by the rules of readr: types are guessed from the first thousand rows, empty cells are NA.

R itself is not asked; its rules are few and written down (readr, "Column types": the guess goes logical, double, date,
time, datetime, character; a number with a leading zero is text; blanks around a value are not part of it).
"""

import csv
import io
import re

from tests.readers.conftest import ServedDataset

GUESSES = {
    "logical": r"T|F|TRUE|FALSE|True|False|true|false",
    "double": r"[+-]?(0|[1-9][0-9]*|0?\.[0-9]+|0\.[0-9]*|[1-9][0-9]*\.[0-9]*)([eE][+-]?[0-9]+)?",
    "Date": r"[0-9]{4}-[0-9]{2}-[0-9]{2}",
    "time": r"[0-9]{1,2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?",
    "datetime": r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?Z?",
}
"""What readr guesses ↔ what every value of the column then looks like; the first that fits wins."""

EXPECTED = {
    "integer": "double",
    "year": "double",
    "number": "double",
    "boolean": "logical",
    "date": "Date",
    "time": "time",
    "datetime": "datetime",
}
"""Table Schema type ↔ what readr should take it for; texts stay texts or look like what they are."""

GUESS_ROWS = 1_000


def test_readr_guesses_the_published_types(dataset: ServedDataset) -> None:
    for table in dataset.tables:
        header, *rows = _read_csv(dataset.file(table, ".csv"))

        for index, name in enumerate(header):
            guess = _guess([row[index] for row in rows[:GUESS_ROWS]])
            kind = table.types[name]
            if kind != "string" and any(row[index] for row in rows):
                assert guess == EXPECTED[kind], f"{table.key} {name}"


def test_official_keys_keep_their_leading_zeros_in_readr(dataset: ServedDataset) -> None:
    for table in dataset.tables:
        header, *rows = _read_csv(dataset.file(table, ".csv"))

        for index, name in enumerate(header):
            values = [row[index] for row in rows if row[index]]
            if any(re.fullmatch(r"0[0-9]+", value) for value in values):
                assert _guess(values) == "character", f"{table.key} {name}"


def test_readr_sees_utf_8_without_a_mark_and_a_header_of_unique_names(dataset: ServedDataset) -> None:
    for table in dataset.tables:
        content = dataset.file(table, ".csv")
        header = _read_csv(content)[0]

        assert not content.startswith(b"\xef\xbb\xbf")
        assert header == table.columns
        assert len({name.lower() for name in header}) == len(header)


def test_every_row_has_as_many_cells_as_the_header_and_none_is_blank(dataset: ServedDataset) -> None:
    for table in dataset.tables:
        header, *rows = _read_csv(dataset.file(table, ".csv"))

        assert {len(row) for row in rows} <= {len(header)}
        assert len(rows) == len(table.rows)
        assert all(any(row) for row in rows)


def _read_csv(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8"), newline=""), strict=True))


def _guess(values: list[str]) -> str:
    """Give what readr guesses for a column; `NA` and the empty cell say nothing."""
    said = [value.strip() for value in values if value.strip() not in ("", "NA")]
    if not said:
        return "logical"
    for guess, pattern in GUESSES.items():
        if all(re.fullmatch(pattern, value) for value in said):
            return guess
    return "character"
