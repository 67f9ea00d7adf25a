"""The code that the portal gives for a table is run as it stands: it reads every row, each value with its type.

Python runs in this process, each of the others once for all tables. DuckDB needs its httpfs extension to fetch an address;
where that is not at hand, the statement is parsed as it stands and run with the address replaced by the downloaded file.
Excel cannot be asked: what a reader of M's form can tell is told.
"""

import csv
import io
import json
import math
import shlex
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import quote

import duckdb
import pandas
import pytest

from tests.m_language import Token, tokens
from tests.readers.conftest import ServedDataset
from tests.shipped import Served
from tests.sources import SourceTable, Value, parsed, shipped_folders

Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Code:
    """A piece of code, the table it reads, and the rows that it must give."""

    dataset: ServedDataset
    table: SourceTable
    name: str
    text: str
    expected: Rows

    @property
    def place(self) -> str:
        return f"{self.table.dataset}-{self.table.name}-{self.name}"


Codes = Callable[[str], list[Code]]


@pytest.fixture(scope="module")
def codes(shipped: Served, ugly: ServedDataset, nasty: ServedDataset) -> Codes:
    """Give what gives the code of one language: for every table, and what asks for the first of each dataset."""
    datasets = [*(ServedDataset(folder.name, shipped, folder) for folder in shipped_folders()), ugly, nasty]
    found = [code for dataset in datasets for table in dataset.tables for code in _codes(dataset, table)]
    return lambda language: [code for code in found if code.name in (language, f"{language}-query")]


def _codes(dataset: ServedDataset, table: SourceTable) -> Iterator[Code]:
    answer = dataset.server.get(f"/api/v1/datasets/{dataset.name}/tables/{table.name}/snippets?lang=de")
    for item in answer.json()["items"]:
        if not item["query"]:
            yield Code(dataset, table, item["name"], item["code"], table.rows)
        elif table == dataset.tables[0]:
            curl = next(one["code"] for one in answer.json()["items"] if one["name"] == "curl-query")
            yield Code(dataset, table, item["name"], item["code"], _chosen_rows(dataset, table, curl))


def _chosen_rows(dataset: ServedDataset, table: SourceTable, curl: str) -> Rows:
    """Give the rows that a question chooses, as the portal answers the address in the code for curl."""
    words = shlex.split(curl, comments=True)
    address = next(word for word in words if word.endswith("/rows.csv"))
    asked = [word.partition("=") for word in words if "=" in word and not word.startswith("--")]
    query = "&".join(f"{name}={quote(value, safe='')}" for name, _, value in asked)
    content = dataset.server.bytes_of(f"{address}?{query}").decode()
    rows = list(csv.DictReader(io.StringIO(content, newline="")))
    found = [{name: parsed(text, table.types[name]) for name, text in row.items()} for row in rows]
    assert found, f"{table.key} {query}"
    narrowed = [{name: row[name] for name in found[0]} for row in table.rows]
    assert all(row in narrowed for row in found), table.key
    return found


def test_every_piece_names_licence_source_and_permanent_address(codes: Codes) -> None:
    for language, mark in (
        ("curl", "#"),
        ("python", "#"),
        ("r", "#"),
        ("javascript", "//"),
        ("duckdb", "--"),
        ("power-query", "//"),
    ):
        for code in codes(language):
            head = code.text.split("\n")[:4]
            assert all(line.startswith(f"{mark} ") for line in head), code.place
            assert "<https://www.govdata.de/dl-de/zero-2-0>" in head[2]
            assert f"/datasets/{code.dataset.name}/v/1/{code.table.name}.csv" in head[1]
            assert f"{code.dataset.url}" in head[3]
            assert "\r" not in code.text


def test_python_reads_every_value_with_its_type(codes: Codes, capsys: pytest.CaptureFixture[str]) -> None:
    for code in codes("python"):
        names: dict[str, Any] = {}
        exec(compile(code.text, code.place, "exec"), names)
        table = names["table"]
        found = [{name: _from_pandas(value) for name, value in row.items()} for row in table.to_dict("records")]
        assert list(table.columns) == list(code.expected[0]), code.place
        assert _differences(found, code.expected) == [], code.place
        for name in table.columns:
            assert str(table[name].dtype) in PANDAS[code.table.types[name]], f"{code.place} {name}"
    assert capsys.readouterr().err == ""


PANDAS = {
    "string": ("string", "str"),
    "integer": ("Int64", "object"),
    "year": ("Int64",),
    "number": ("Float64", "object"),
    "boolean": ("boolean",),
    "date": ("datetime64[us]", "datetime64[s]", "datetime64[ns]"),
    "time": ("object",),
    "datetime": ("datetime64[us]", "datetime64[us, UTC]"),
    "yearmonth": ("string", "str"),
}
"""Table Schema type ↔ the types of pandas that hold it."""


def _from_pandas(value: Any) -> Any:
    if value is None or value is pandas.NaT or value is pandas.NA or (isinstance(value, float) and math.isnan(value)):
        return None
    return value.to_pydatetime() if isinstance(value, pandas.Timestamp) else value


def test_curl_saves_the_file(codes: Codes, tmp_path: Path) -> None:
    script = "".join(
        f"mkdir -p '{code.place}' && cd '{code.place}' && {{ {_without_comments(code.text, '#')} }} && cd ..\n"
        for code in codes("curl")
    )
    done = subprocess.run(
        ["bash", "-eu"], input=script, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    for code in codes("curl"):
        content = (tmp_path / code.place / f"{code.table.name}.csv").read_bytes().decode()
        rows = list(csv.DictReader(io.StringIO(content, newline="")))
        assert [
            {name: parsed(text, code.table.types[name]) for name, text in row.items()} for row in rows
        ] == code.expected


def test_curl_runs_with_its_comments(codes: Codes, tmp_path: Path) -> None:
    for code in [code for code in codes("curl") if code.dataset.name.startswith("boese")]:
        done = subprocess.run(
            ["sh", "-eu"], input=code.text, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
        )
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.skipif(not shutil.which("node"), reason="Node is not installed")
def test_javascript_reads_every_value_with_its_type(codes: Codes, tmp_path: Path) -> None:
    for number, code in enumerate(codes("javascript")):
        (tmp_path / f"code{number}.mjs").write_text(f"{code.text}\nexport default table;\n", "utf-8")
    driver = tmp_path / "run.mjs"
    driver.write_text(NODE.replace("COUNT", str(len(codes("javascript")))))
    done = subprocess.run(["node", str(driver)], cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr

    tables = json.loads((tmp_path / "out.json").read_text())
    for code, rows in zip(codes("javascript"), tables, strict=True):
        found = [dict(row) for row in rows]
        assert _differences(found, code.expected, of=_from_javascript) == [], code.place


NODE = """
import { writeFileSync } from "node:fs";
console.log = () => {};
const tables = [];
for (let number = 0; number < COUNT; number++) {
  const table = (await import(`./code${number}.mjs`)).default;
  if (Object.getPrototypeOf(table[0]) !== Object.prototype) throw new Error(`prototype of ${number}`);
  tables.push(table.map((row) => Object.entries(row).map(
    ([name, value]) => [name, value instanceof Date ? `Date ${value.toISOString()}` : value])));
}
writeFileSync("out.json", JSON.stringify(tables));
"""


def _from_javascript(value: Value) -> Any:
    """Give what JavaScript has for a value: doubles for numbers, Date for dates, text for what it has no type for."""
    match value:
        case bool() | None | str():
            return value
        case int() | Decimal():
            return float(value)
        case datetime():
            return (
                f"Date {value.isoformat(timespec='milliseconds').replace('+00:00', 'Z')}"
                if value.tzinfo
                else _text(value)
            )
        case date():
            return f"Date {value.isoformat()}T00:00:00.000Z"
        case _:
            return _text(value)


@pytest.mark.skipif(not shutil.which("Rscript"), reason="R is not installed")
def test_r_reads_every_value_with_its_type(codes: Codes, tmp_path: Path) -> None:
    for number, code in enumerate(codes("r")):
        (tmp_path / f"code{number}.R").write_text(code.text, "utf-8")
    driver = tmp_path / "run.R"
    driver.write_text(RSCRIPT.replace("COUNT", str(len(codes("r")))))
    done = subprocess.run(
        ["Rscript", "--vanilla", str(driver)], cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr

    for number, code in enumerate(codes("r")):
        with (tmp_path / f"out{number}.csv").open(encoding="utf-8", newline="") as file:
            header, classes, *rows = list(csv.reader(file))
        names = {name.strip(" "): name for name in code.expected[0]}
        assert header == list(names), code.place
        found = [{names[name]: text or None for name, text in zip(header, row, strict=True)} for row in rows]
        assert _differences(found, code.expected, of=_from_r) == [], code.place
        for name, kind in zip(header, classes, strict=True):
            assert kind in R[code.table.types[names[name]]], f"{code.place} {name}"


R = {
    "string": ("character",),
    "integer": ("numeric", "character"),
    "year": ("integer",),
    "number": ("numeric", "character"),
    "boolean": ("logical",),
    "date": ("Date",),
    "time": ("character",),
    "datetime": ("POSIXct",),
    "yearmonth": ("character",),
}
"""Table Schema type ↔ the classes of R that hold it."""

RSCRIPT = """
shown <- function(x) {
  if (is.numeric(x)) return(ifelse(is.na(x), NA, sprintf("%.17g", x)))
  if (inherits(x, "Date")) return(ifelse(is.na(x), NA, sprintf("%04d-%s", as.POSIXlt(x)$year + 1900L, format(x, "%m-%d"))))
  if (inherits(x, "POSIXct")) return(ifelse(is.na(x), NA, sprintf("%04d-%s", as.POSIXlt(x)$year + 1900L, format(x, "%m-%dT%H:%M:%S"))))
  as.character(x)
}
for (number in seq_len(COUNT) - 1) {
  space <- new.env()
  capture.output(source(sprintf("code%d.R", number), local = space, encoding = "UTF-8"))
  table <- space$table
  classes <- vapply(table, function(x) class(x)[1], "")
  cells <- lapply(table, shown)
  lines <- rbind(names(table), classes, do.call(cbind, cells))
  write.table(lines, sprintf("out%d.csv", number), sep = ",", na = "", qmethod = "double", row.names = FALSE, col.names = FALSE,
    fileEncoding = "UTF-8")
}
"""


def _from_r(value: Value) -> Any:
    match value:
        case bool():
            return str(value).upper()
        case int() | Decimal():
            return f"{float(value):.17g}" if abs(value) < 2**53 or isinstance(value, Decimal) else str(value)
        case None | str():
            return value
        case _:
            return _text(value)


def test_duckdb_reads_every_value_with_its_type(codes: Codes, tmp_path: Path) -> None:
    connection = duckdb.connect(config={"custom_user_agent": "test"})
    remote = _has_httpfs(connection)
    for code in codes("duckdb"):
        assert [one.type for one in connection.extract_statements(code.text)] == [duckdb.StatementType.SELECT]
        text = code.text if remote else _local(code, tmp_path)
        relation = connection.sql(text)
        found = [dict(zip(relation.columns, row, strict=True)) for row in relation.fetchall()]
        assert found == code.expected, code.place


def _has_httpfs(connection: duckdb.DuckDBPyConnection) -> bool:
    try:
        connection.execute("LOAD httpfs")
    except duckdb.Error:
        return False
    return True


def _local(code: Code, folder: Path) -> str:
    """Give the statement with its one address replaced by the file that lies there."""
    address = code.dataset.address(code.table, ".parquet")
    path = folder / f"{code.place}.parquet"
    path.write_bytes(code.dataset.file(code.table, ".parquet"))
    assert code.text.count(f"'{address}'") == 1
    return code.text.replace(f"'{address}'", f"'{path}'")


def test_power_query_names_the_address_and_every_column_with_its_type(codes: Codes) -> None:
    for code in codes("power-query"):
        found = list(tokens(code.text))
        texts = [token.value for token in found if token.kind == "text"]
        typed = [
            (
                found[place + 1].value,
                "".join(token.value for token in found[place + 3 : found.index(Token("sign", "}"), place)]),
            )
            for place, token in enumerate(found)
            if token == Token("sign", "{") and found[place + 1].kind == "text"
        ]
        assert [token.value for token in found if token.value in ("let", "in")] == ["let", "in"]
        assert texts[0] in (code.dataset.address(code.table, ".csv"), f"{_api(code)}/rows.csv")
        assert [name for name, _ in typed] == list(code.expected[0]), code.place
        for name, kind in typed:
            assert kind in M[code.table.types[name]], f"{code.place} {name}"


M = {
    "string": ("typetext",),
    "integer": ("Int64.Type", "typetext"),
    "year": ("Int64.Type",),
    "number": ("typenumber", "typetext"),
    "boolean": ("typelogical",),
    "date": ("typedate",),
    "time": ("typetime",),
    "datetime": ("typedatetime", "typedatetimezone"),
    "yearmonth": ("typetext",),
}
"""Table Schema type ↔ the types of M that hold it."""


def _api(code: Code) -> str:
    return f"{code.dataset.server.url}/api/v1/datasets/{code.dataset.name}/tables/{code.table.name}"


def test_a_piece_of_code_has_an_address_of_its_own_as_plain_text(ugly: ServedDataset) -> None:
    (table,) = ugly.tables
    address = f"/api/v1/datasets/{ugly.name}/tables/{table.name}/snippets"

    for item in ugly.server.get(f"{address}?lang=en").json()["items"]:
        answer = ugly.server.get(f"{item['url']}?lang=en")
        assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
        assert answer.text == item["code"]


def _differences(
    found: Rows, expected: Rows, of: Callable[[Value], Any] = lambda value: value
) -> list[tuple[Any, Any]]:
    """Give what differs; a decimal may come as the double that it is nearest to."""
    assert len(found) == len(expected)
    pairs = [(row[name], value) for row, told in zip(found, expected, strict=True) for name, value in told.items()]
    return [(value, wanted) for value, wanted in pairs if not _same(value, wanted, of)]


def _same(value: Any, wanted: Value, of: Callable[[Value], Any]) -> bool:
    if value == of(wanted):
        return True
    if isinstance(wanted, Decimal):
        return value is not None and float(value) == float(wanted)
    if isinstance(wanted, int) and isinstance(value, str):
        return value == str(wanted)
    if isinstance(wanted, date) and not isinstance(wanted, datetime) and isinstance(value, datetime):
        return value == datetime.combine(wanted, time())
    return False


def _text(value: date | time | datetime) -> str:
    return (
        value.astimezone(UTC).isoformat().replace("+00:00", "Z")
        if isinstance(value, datetime) and value.tzinfo
        else value.isoformat()
    )


def _without_comments(text: str, mark: str) -> str:
    return "\n".join(line for line in text.split("\n") if not line.startswith(mark))
