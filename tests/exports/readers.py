"""Tables as Python values, and for every format a reader that we did not write: what stands in a file becomes such values again."""

import csv
import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pyarrow.parquet
import pyoxigraph
import python_calamine
import rdflib

Value = str | int | Decimal | bool | date | time | datetime | None


@dataclass(frozen=True)
class Table:
    """Columns as (name, type) and rows of Python values."""

    columns: tuple[tuple[str, str], ...]
    rows: tuple[tuple[Value, ...], ...]


def csv_text(table: Table) -> str:
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow([name for name, _ in table.columns])
    writer.writerows(
        [[canonical(value, kind) for value, (_, kind) in zip(row, table.columns, strict=True)] for row in table.rows]
    )
    return stream.getvalue()


def canonical(value: Value, kind: str = "") -> str:  # noqa: PLR0911 - one return per type
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case int() if kind == "year":
            return f"{value:04}"
        case Decimal():
            return format(value, "f")
        case datetime():
            return value.isoformat().replace("+00:00", "Z")
        case date() | time():
            return value.isoformat()
    return str(value)


def parsed(text: str, kind: str) -> Value:  # noqa: PLR0911 - one return per type
    match kind:
        case "integer" | "year":
            return int(text)
        case "number":
            return Decimal(text)
        case "boolean":
            return {"true": True, "false": False}[text]
        case "date":
            return date.fromisoformat(text)
        case "time":
            return time.fromisoformat(text)
        case "datetime" | "datetime-utc":
            return datetime.fromisoformat(text)
    return text


def read_csv(path: Path, table: Table) -> list[tuple[Value, ...]]:
    header, *rows = csv.reader(io.StringIO(path.read_bytes().decode(), newline=""), strict=True)
    assert header == [name for name, _ in table.columns]
    kinds = [kind for _, kind in table.columns]
    return [tuple(parsed(text, kind) if text else None for text, kind in zip(row, kinds, strict=True)) for row in rows]


def read_excel_csv(path: Path, table: Table) -> list[tuple[Value, ...]]:
    text = path.read_bytes().decode("utf-8")
    assert text.startswith("\ufeff")
    header, *rows = csv.reader(io.StringIO(text[1:], newline=""), delimiter=";", strict=True)
    assert header == [f"'{name}" if name[0] in "=+-@" else name for name, _ in table.columns]
    return [
        tuple(from_excel_csv(text, kind) for text, (_, kind) in zip(row, table.columns, strict=True)) for row in rows
    ]


def from_excel_csv(text: str, kind: str) -> Value:
    if not text:
        return None
    if kind == "string":
        assert text[0] not in "=+-@\t\r"
        return text[1:] if text[0] == "'" and text[1:2] in tuple("=+-@\t\r") else text
    return parsed({"WAHR": "true", "FALSCH": "false"}.get(text, text.replace(",", ".")), kind)


def read_workbook(path: Path, table: Table) -> list[tuple[Any, ...]]:
    workbook = python_calamine.CalamineWorkbook.from_path(path)
    assert workbook.sheet_names == ["meldungen", "Spalten · Columns", "Lizenz · Licence"]
    header, *rows = workbook.get_sheet_by_index(0).to_python(skip_empty_area=False)
    width = len(table.columns)
    assert header[: len(table.columns)] == [name for name, _ in table.columns]
    width = len(table.columns)
    found = [tuple(from_cell(cell, kind) for cell, (_, kind) in zip(row, table.columns, strict=False)) for row in rows]
    return found + [(None,) * width] * (len(table.rows) - len(found))


def from_cell(cell: Any, kind: str) -> Value:  # noqa: PLR0911 - one return per type
    """Spreadsheets hold doubles; what a double cannot hold stands there as text."""
    if cell == "":
        return None
    if kind in ("integer", "year") and isinstance(cell, float):
        return int(cell)
    if kind == "number" and isinstance(cell, float):
        return Decimal(str(cell))
    if type(cell) is date and kind.startswith("datetime"):
        cell = datetime.combine(cell, time())  # calamine shows midnight as a date
    if isinstance(cell, datetime) and kind == "datetime-utc":
        return cell.replace(tzinfo=UTC)
    if isinstance(cell, datetime) and kind == "date":
        return cell.date()
    if isinstance(cell, timedelta):
        return (datetime(1, 1, 1) + cell).time()  # noqa: DTZ001 - a time of day has no zone
    return parsed(cell, kind) if isinstance(cell, str) else cell


def read_json(path: Path, table: Table) -> list[tuple[Value, ...]]:
    document = json.loads(path.read_text("utf-8"), parse_float=Decimal)
    assert document["total"] == len(table.rows)
    assert document["title"] == {"de": 'Mängel & "Meldungen" <1>', "en": "Reports"}
    return [from_json(row, table) for row in document["rows"]]


def read_jsonl(path: Path, table: Table) -> list[tuple[Value, ...]]:
    lines = path.read_bytes().decode().split("\n")[:-1]
    return [from_json(json.loads(line, parse_float=Decimal), table) for line in lines]


def from_json(row: dict[str, Any], table: Table) -> tuple[Value, ...]:
    assert list(row) == [name for name, _ in table.columns]
    return tuple(
        parsed(value, kind) if isinstance(value, str) else value
        for value, (_, kind) in zip(row.values(), table.columns, strict=True)
    )


def read_parquet(path: Path, table: Table) -> list[tuple[Value, ...]]:
    found = pyarrow.parquet.read_table(path)
    assert found.column_names == [name for name, _ in table.columns]
    assert found.schema.metadata[b"licence"] == b"https://www.govdata.de/dl-de/zero-2-0"
    return [tuple(row) for row in zip(*(column.to_pylist() for column in found.columns), strict=True)]


def with_rdflib(path: Path, table: Table) -> list[tuple[Value, ...]]:
    rdflib.NORMALIZE_LITERALS = False
    graph = rdflib.Graph().parse(path, format={".ttl": "turtle", ".jsonld": "json-ld"}[path.suffix])
    return from_triples([(str(s), str(p), str(o), str(getattr(o, "datatype", "") or "")) for s, p, o in graph], table)


def with_pyoxigraph(path: Path, table: Table) -> list[tuple[Value, ...]]:
    kind = {".ttl": pyoxigraph.RdfFormat.TURTLE, ".jsonld": pyoxigraph.RdfFormat.JSON_LD}[path.suffix]
    found = [
        (quad.subject.value, quad.predicate.value, quad.object)
        for quad in pyoxigraph.parse(path=str(path), format=kind)
    ]
    return from_triples([(s, p, o.value, getattr(o, "datatype", o).value) for s, p, o in found], table)


def from_triples(triples: list[tuple[str, str, str, str]], table: Table) -> list[tuple[Value, ...]]:
    start, base = (
        "https://daten.example/datasets/maengel/v/3/meldungen#row=",
        "https://daten.example/datasets/maengel/meldungen#",
    )
    names = [name for name, _ in table.columns]
    rows: dict[int, list[Value]] = {}
    for subject, predicate, text, datatype in triples:
        row = rows.setdefault(int(subject.removeprefix(start)), [None] * len(names))
        if predicate.endswith("#type") and text == f"{base}Row":
            continue
        index = names.index(unquote(predicate.removeprefix(base)))
        kind = table.columns[index][1]
        assert datatype.partition("#")[2] in XSD[kind]
        row[index] = parsed(text, kind)
    return [tuple(rows[number]) for number in range(1, len(rows) + 1)]


XSD = {"string": ("string", ""), "integer": ("integer",), "number": ("decimal",), "boolean": ("boolean",), "date": ("date",), "time": ("time",),
       "datetime": ("dateTime",), "datetime-utc": ("dateTime",), "year": ("gYear",), "yearmonth": ("gYearMonth",)}  # fmt: skip
READERS: dict[str, tuple[Callable[[Path, Table], list[Any]], ...]] = {
    "csv": (read_csv,),
    "excel-csv": (read_excel_csv,),
    "xlsx": (read_workbook,),
    "ods": (read_workbook,),
    "json": (read_json,),
    "jsonl": (read_jsonl,),
    "parquet": (read_parquet,),
    "jsonld": (with_rdflib, with_pyoxigraph),
    "ttl": (with_rdflib, with_pyoxigraph),
}
