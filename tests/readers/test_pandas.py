"""pandas reads what is served: rows, order and types are those of the published tables."""

import io
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import pandas
import pytest

from tests.readers.conftest import ServedDataset
from tests.sources import Value, parsed


def test_csv_as_text_gives_every_cell_as_it_was_published(dataset: ServedDataset) -> None:
    for table in dataset.tables:
        frame = pandas.read_csv(io.BytesIO(dataset.file(table, ".csv")), dtype=str, keep_default_na=False)

        found = [
            {name: parsed(row[name], table.types[name]) for name in frame.columns} for row in frame.to_dict("records")
        ]
        assert list(frame.columns) == table.columns
        assert found == table.rows, table.key


def test_csv_with_defaults_gives_numbers_as_numbers_and_truths_as_truths(dataset: ServedDataset) -> None:
    for table in dataset.tables:
        frame = pandas.read_csv(io.BytesIO(dataset.file(table, ".csv")))

        assert list(frame.columns) == table.columns
        assert len(frame) == len(table.rows), table.key
        for name, kind in table.types.items():
            values = [row[name] for row in table.rows if row[name] is not None]
            if kind in ("integer", "year") and values:
                assert [int(value) for value in frame[name].dropna()] == [
                    _as_pandas(value, frame[name]) for value in values
                ]
            if kind == "number" and values:
                assert list(frame[name].dropna()) == [float(value) for value in values]  # type: ignore[arg-type]
            if kind == "boolean" and values:
                assert [str(value) for value in frame[name].dropna()] == [str(value) for value in values]


def test_json_gives_rows_under_their_key_with_title_licence_and_count(dataset: ServedDataset) -> None:
    for table in dataset.tables:
        document = dataset.server.get(dataset.address(table, ".json")).json(parse_float=Decimal)

        frame = pandas.DataFrame(document["rows"], columns=table.columns, dtype=object)
        found = [
            {name: _from_json(value, table.types[name]) for name, value in row.items()} for row in document["rows"]
        ]
        assert document["total"] == len(frame) == len(table.rows)
        assert document["licence"]["url"].startswith("https://")
        assert found == table.rows, table.key


def test_json_lines_give_the_same_rows(dataset: ServedDataset) -> None:
    for table in dataset.tables:
        frame = pandas.read_json(io.BytesIO(dataset.file(table, ".jsonl")), lines=True, dtype=False)

        assert list(frame.columns) == table.columns
        for name in (name for name, kind in table.types.items() if kind == "string"):
            assert _none(frame[name].tolist()) == [row[name] for row in table.rows], f"{table.key} {name}"


def test_parquet_gives_exact_types(dataset: ServedDataset) -> None:
    for table in dataset.tables:
        frame = pandas.read_parquet(io.BytesIO(dataset.file(table, ".parquet")), dtype_backend="pyarrow")

        columns = {name: _none(frame[name].tolist()) for name in frame.columns}
        assert list(frame.columns) == table.columns
        for name, values in columns.items():
            expected = [row[name] for row in table.rows]
            assert [_plain(value) for value in values] == expected, f"{table.key} {name}"
            assert {type(_plain(value)) for value in values} <= {type(value) for value in expected}


@pytest.mark.parametrize(
    ("suffix", "engine"), [(".xlsx", "openpyxl"), (".xlsx", "calamine"), (".ods", "odf"), (".ods", "calamine")]
)
def test_workbooks_give_typed_cells(dataset: ServedDataset, suffix: str, engine: str) -> None:
    for table in dataset.tables:
        content = io.BytesIO(dataset.file(table, suffix))
        frame = pandas.read_excel(content, engine=engine, dtype=object, keep_default_na=False, na_values=[""])  # type: ignore[call-overload]

        assert [str(name) for name in frame.columns] == table.columns
        for name, kind in table.types.items():
            found = [_from_cell(value, kind) for value in _none(frame[name].tolist())]
            assert found == [row[name] for row in table.rows], f"{table.key} {name}"


def _as_pandas(value: Value, column: "pandas.Series[Any]") -> int:
    """pandas makes a column of integers with gaps one of doubles."""
    return int(float(value)) if column.dtype.kind == "f" else int(value)  # type: ignore[arg-type]


def _none(values: list[Any]) -> list[Any]:
    return [None if value is pandas.NA or value is pandas.NaT or value != value else value for value in values]  # noqa: PLR0124 - NaN


def _from_json(value: Any, kind: str) -> Value:
    return parsed(value, kind) if isinstance(value, str) else value


def _plain(value: Any) -> Value:
    return value.to_pydatetime() if isinstance(value, pandas.Timestamp) else value


def _from_cell(value: Any, kind: str) -> Value:  # noqa: PLR0911 - one return per type
    """Give the value of a cell; what a spreadsheet cannot hold exactly stands there as text."""
    if value is None:
        return None
    if isinstance(value, str):
        return parsed(value, kind)
    match kind:
        case "integer" | "year":
            return int(value)
        case "number":
            return Decimal(str(value))
        case "date" if isinstance(value, datetime):
            return value.date()
        case "time":
            return value if isinstance(value, time) else (datetime(1, 1, 1) + value).time()  # noqa: DTZ001 - a time of day
        case "date":
            assert isinstance(value, date)
    return _plain(value)
