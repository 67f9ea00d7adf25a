"""A table in Python with pandas (2 and newer): the CSV file, each column as its type says.

string, yearmonth   string    leading zeros stay; only an empty cell is missing, "NA" is a text
integer, year       Int64     beyond 64 bits Python's int
number              Float64   of more than 15 digits Decimal
boolean             boolean
date, datetime      datetime64, with a zone in UTC
time                datetime.time
"""

from portal.foundation.tableschema import Column, ColumnType
from portal.publishing.manual.quoting import python
from portal.publishing.manual.reading import Reading
from portal.rows.physical import is_exact_text

_DTYPES = {
    ColumnType.STRING: "string",
    ColumnType.YEARMONTH: "string",
    ColumnType.INTEGER: "Int64",
    ColumnType.YEAR: "Int64",
    ColumnType.NUMBER: "Float64",
    ColumnType.BOOLEAN: "boolean",
}
_MOMENTS = {ColumnType.DATE: "%Y-%m-%d", ColumnType.DATETIME: "ISO8601"}


def write_python(reading: Reading) -> str:
    """Give the code that reads the table into a DataFrame."""
    converters = {
        column.name: made for column, physical, _ in reading.columns if (made := _converter(column, physical))
    }
    dtypes = {
        column.name: python(_DTYPES[column.type])
        for column, _, _ in reading.columns
        if column.type in _DTYPES and column.name not in converters
    }
    moments = {one.name: python(_MOMENTS[one.type]) for one in reading.of_type(*_MOMENTS)}
    arguments = _mapping("dtype", dtypes) + _mapping(
        "converters", {name: text for name, (text, _) in converters.items()}
    )
    if moments:
        arguments += [f"    parse_dates=[{', '.join(map(python, moments))}],", *_mapping("date_format", moments)]
    imports = sorted({f"from {module} import {name}" for _, (module, name) in converters.values() if module})
    if reading.question is not None:
        imports.append("from urllib.parse import urlencode")
    return reading.commented(
        "#",
        [
            *imports,
            *([""] if imports else []),
            "import pandas as pd",
            "",
            *_question(reading),
            "table = pd.read_csv(",
            f"    {_address(reading)},",
            *arguments,
            "    keep_default_na=False,",
            '    na_values=[""],',
            ")",
            "print(table)",
        ],
    )


def _address(reading: Reading) -> str:
    url = python(reading.url(".csv"))
    return url if reading.question is None else f'{url} + "?" + urlencode(question)'


def _question(reading: Reading) -> list[str]:
    if reading.question is None:
        return []
    pairs = [f"    {python(name)}: {python(value)}," for name, value in reading.parameters.items()]
    return ["question = {", *pairs, "}"]


def _converter(column: Column, physical: str) -> tuple[str, tuple[str, str]] | None:
    """Give the function that reads what no dtype holds, and what it imports."""
    if column.type is ColumnType.TIME:
        return "lambda text: time.fromisoformat(text) if text else None", ("datetime", "time")
    if is_exact_text(column, physical):
        if column.type is ColumnType.INTEGER:
            return "lambda text: int(text) if text else None", ("", "")
        return "lambda text: Decimal(text) if text else None", ("decimal", "Decimal")
    return None


def _mapping(name: str, pairs: dict[str, str]) -> list[str]:
    """Give an argument that is a dictionary, a line for each pair; nothing without any."""
    lines = [f"        {python(key)}: {value}," for key, value in pairs.items()]
    return [f"    {name}={{", *lines, "    },"] if pairs else []
