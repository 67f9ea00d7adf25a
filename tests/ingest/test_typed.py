"""What is wrong with a file is found with row, column and sentence; what is right becomes a typed table."""

import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from portal.foundation.tableschema import ColumnType, read_schema
from portal.ingest.engine import Engine
from portal.ingest.keys import check_foreign_keys
from portal.ingest.lexical import TIMESTAMP, TIMESTAMP_UTC, canonical, text_length
from portal.ingest.report import MAX_LISTED, Report
from portal.ingest.typed import TypedTable, build_table
from tests.laws import examples

AB: dict[str, Any] = {"fields": [{"name": "a"}, {"name": "b"}]}
Build = Callable[..., tuple[TypedTable | None, Report]]


@pytest.fixture
def build(engine: Engine, tmp_path: Path) -> Build:
    def run(content: bytes | str, schema: dict[str, Any], name: str = "t") -> tuple[TypedTable | None, Report]:
        source = tmp_path / f"{name}.csv"
        source.write_bytes(content.encode() if isinstance(content, str) else content)
        return build_table(source, read_schema(schema), tmp_path / f"{name}.parquet", table=name, engine=engine)

    return run


def one(kind: str, key: bool = False, **constraints: object) -> dict[str, Any]:
    return {"fields": [{"name": "x", "type": kind, "constraints": constraints}], "primaryKey": "x" if key else []}


UNREADABLE = [
    (b"", AB, "empty-file", None, None),
    (b"a\n1\n", AB, "missing-column", None, "b"),
    (b"a,b,c\n1,2,3\n", AB, "unknown-column", None, "c"),
    (b"a,b,a\n1,2,3\n", AB, "duplicate-column", None, "a"),
    (b"_row\n1\n", {"fields": [{"name": "_row"}]}, "reserved-name", None, "_row"),
    ("a,b\n1,ä\n".encode("utf-16"), AB, "encoding", None, None),
    ("a,b\n1,x\n2,Straße\n".encode("cp1252"), AB, "not-utf-8", 2, "b"),
    ('a,b\n1,x\n2,"Stra\xdfe"\n'.encode("latin-1"), AB, "not-utf-8", 2, "b"),
    (b"a,b\n1,x\x00y\n", AB, "forbidden-character", 1, "b"),
    (b"a,b\n1,2\n\x0b,y\n", AB, "forbidden-character", 2, "a"),
    ("a,b\n1,\ufffe\n".encode(), AB, "forbidden-character", 1, "b"),
    (b"a,b\n1,\xed\xa0\x80\n", AB, "not-utf-8", 1, "b"),
    (b"a,b\n1,2\n3\n", AB, "ragged-row", 2, None),
    (b"a,b\n1,2,\n", AB, "ragged-row", 1, None),
    (b'a,b\n1, "x,y"\n', AB, "ragged-row", 1, None),
    (b'a,b\n1,"x\n2,y\n', AB, "unterminated-quote", 1, None),
    (b'a,b\n1,"x"y\n', AB, "misplaced-quote", 1, None),
    (b"a,b\n1," + b"x" * 17_000_000 + b"\n", AB, "row-too-long", 1, None),
]

WRONG_VALUES = [
    ("1\n1.5\n", one("integer"), "not-a-integer", 2),
    ("1\n1e5\n", one("integer"), "not-a-integer", 2),
    ("1\n1 000\n", one("integer"), "not-a-integer", 2),
    ("9" * 39 + "\n", one("integer"), "not-a-integer", 1),
    ("1\nNaN\n", one("number"), "not-a-number", 2),
    ("1.5\n1,5\n".replace("1,5", '"1,5"'), one("number"), "not-a-number", 2),
    ("9" * 30 + "\n0." + "1" * 9 + "\n", one("number"), "too-many-digits", 1),
    ("true\nja\n", one("boolean"), "not-a-boolean", 2),
    ("2024-02-29\n2023-02-29\n", one("date"), "not-a-date", 2),
    ("0000-01-01\n", one("date"), "not-a-date", 1),
    ("10000-01-01\n", one("date"), "not-a-date", 1),
    ("24:00:00\n", one("time"), "not-a-time", 1),
    ("2024-01-01 10:00:00\n", one("datetime"), "not-a-datetime", 1),
    ("0001-01-01T00:00:00+02:00\n", one("datetime"), "not-a-datetime", 1),
    ("2024-01-01T10:00:00Z\n2024-01-01T10:00:00\n", one("datetime"), "mixed-time-zones", 2),
    ("99\n", one("year"), "not-a-year", 1),
    ("2024-13\n", one("yearmonth"), "not-a-yearmonth", 1),
    ("a\n\n", one("string", required=True), "required", 2),
    ("a\nb\na\n", one("string", unique=True), "not-unique", 3),
    ("a\nc\n", one("string", enum=["a", "b"]), "not-in-enum", 2),
    ("1\n3\n", one("integer", enum=[1, 2]), "not-in-enum", 2),
    ("47798\n4779\n", one("string", pattern="[0-9]{5}"), "pattern", 2),
    ("1\n-1\n", one("number", minimum=0), "below-minimum", 2),
    ("1.0\n1.51\n", one("number", maximum=1.5), "above-maximum", 2),
    ("2024-01-01\n2031-01-01\n", one("date", maximum="2030-12-31"), "above-maximum", 2),
    ("äöü\nä\n", one("string", minLength=2), "too-short", 2),
    ("äöü\näöüß\n", one("string", maxLength=3), "too-long", 2),
    ("a\n\n", one("string", key=True), "primary-key-missing", 2),
    ("01\n2\n1\n", one("integer", key=True), "primary-key-duplicate", 3),
]


@pytest.mark.parametrize(
    ("content", "schema", "code", "row", "column"), UNREADABLE, ids=[f"{c[2]}-{n}" for n, c in enumerate(UNREADABLE)]
)
def test_a_file_that_is_no_table_is_explained(
    content: bytes, schema: dict[str, Any], code: str, row: int | None, column: str | None, build: Build
) -> None:
    table, report = build(content, schema)

    assert table is None
    found = [finding for finding in report.findings if finding.code == code]
    assert [(finding.row, finding.column, finding.table) for finding in found] == [(row, column, "t")]
    assert found[0].message.de
    assert found[0].message.en


@pytest.mark.parametrize(
    ("values", "schema", "code", "row"), WRONG_VALUES, ids=[f"{c[2]}-{n}" for n, c in enumerate(WRONG_VALUES)]
)
def test_a_wrong_value_is_found_where_it_stands(
    values: str, schema: dict[str, Any], code: str, row: int, build: Build, tmp_path: Path
) -> None:
    table, report = build(f"x\n{values}", schema)

    assert table is None
    assert not (tmp_path / "t.parquet").exists()
    assert [(found.row, found.column) for found in report.findings if found.code == code] == [(row, "x")]
    assert report.counts[code] == 1


def test_all_findings_come_at_once(build: Build) -> None:
    fields = [
        {"name": "n", "type": "integer"},
        {"name": "d", "type": "date"},
        {"name": "s", "constraints": {"required": True}},
    ]

    _, report = build("n,d,s\nx,2024-01-01,\n1,gestern,s\n", {"fields": fields})

    assert {(found.code, found.row) for found in report.findings} == {
        ("not-a-integer", 1),
        ("not-a-date", 2),
        ("required", 1),
    }


def test_at_most_a_thousand_findings_are_listed_but_all_are_counted(build: Build) -> None:
    _, report = build("x\n" + "y\n" * 5000, one("integer"))

    assert len(report.findings) == MAX_LISTED
    assert report.counts == {"not-a-integer": 5000}


def test_a_rule_that_cannot_be_read_is_an_error_of_the_schema(build: Build) -> None:
    _, report = build("x\n2024-01-01\n", one("date", minimum="2024-02-30", pattern="(?=x)"))

    assert [found.code for found in report.findings] == ["constraint-unreadable"] * 2


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbfa,b\r\n1,2\r\n3,\r\n",
        b'a,b\n1,2\r\n3,""\n',
        b"a,b\r1,2\r3,\r",
        b"a,b\n1,2\n\n3,\n\n\n",
        b'"a","b"\n"1",2\n3,',
        b"b,a\n2,1\n,3\n",
    ],
)
def test_harmless_differences_of_csv_give_the_same_table(content: bytes, build: Build) -> None:
    table, report = build(content, AB)

    assert table is not None, report.as_dict()
    assert duckdb.read_parquet(str(table.path)).fetchall() == [("1", "2"), ("3", None)]


def test_a_big_file_with_line_breaks_in_quotes_keeps_every_row(build: Build) -> None:
    rows = [(str(n), f'Zeile 1\nZeile "{n}"\r\n,{"x" * (n % 50)}') for n in range(200_000)]
    text = "a,b\n" + "".join('{},"{}"\n'.format(a, b.replace('"', '""')) for a, b in rows)

    table, _ = build(text, AB)

    assert table is not None
    assert duckdb.read_parquet(str(table.path)).fetchall() == rows


def test_types_are_as_narrow_as_the_values_and_exact(build: Build) -> None:
    fields = [
        {"name": name, "type": kind}
        for name, kind in (("i", "integer"), ("h", "integer"), ("n", "number"), ("t", "datetime"))
    ]

    table, report = build(
        f"i,h,n,t\n-5,{'9' * 38},0.50,2024-01-01T01:00:00+02:00\n007,1,12,2024-01-01T10:00:00.5Z\n", {"fields": fields}
    )

    assert table is not None
    assert table.physical == ("BIGINT", "DECIMAL(38,0)", "DECIMAL(4,2)", "TIMESTAMP WITH TIME ZONE")
    assert [found.code for found in report.findings] == ["leading-zero"]
    assert [(s.minimum, s.maximum, s.nulls, s.distinct, s.longest) for s in table.statistics] == [
        ("-5", "7", 0, 2, 2),
        ("1", "9" * 38, 0, 2, 38),
        ("0.50", "12.00", 0, 2, 5),
        ("2023-12-31T23:00:00Z", "2024-01-01T10:00:00.5Z", 0, 2, 22),
    ]


def test_foreign_keys_must_name_rows_that_exist(build: Build, engine: Engine) -> None:
    child_key = {"fields": "ort", "reference": {"resource": "orte", "fields": "id"}}
    lost_key = {"fields": "ort", "reference": {"resource": "nirgends", "fields": "id"}}
    places, _ = build("id\n1\n2\n", {"fields": [{"name": "id", "type": "integer"}]}, "orte")
    reports, _ = build(
        "ort\n1\n3\n\n", {"fields": [{"name": "ort"}], "foreignKeys": [child_key, lost_key]}, "meldungen"
    )
    assert places is not None
    assert reports is not None

    report = check_foreign_keys({"orte": places, "meldungen": reports}, engine=engine)

    assert [(found.code, found.row, found.value) for found in report.findings] == [
        ("foreign-key", 2, "3"),
        ("foreign-key-target", None, None),
    ]


DATETIMES = ["2020-02-29T23:59:59Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "0000-01-01T00:00:00Z", "2021-02-29T12:00:00Z",
             "2020-01-01T24:00:00Z", "2020-01-01T23:60:00Z", "2020-01-01T23:59:60Z", " 202-01-01T00:00:00Z", "2020-1-01T00:00:000Z"]  # fmt: skip


@examples(40)
@example(texts=DATETIMES)
@given(
    texts=st.lists(
        st.builds(
            lambda text, place, sign: text[:place] + sign + text[place + 1 :],
            st.sampled_from(DATETIMES),
            st.integers(0, 19),
            st.sampled_from("0123456789 -+:TZtz./\u0663ä"),
        ),
        min_size=1,
        max_size=30,
    )
)
def test_a_datetime_of_the_usual_form_is_read_as_strictly_as_any_other(build: Build, texts: list[str]) -> None:
    _, report = build("x\n" + "\n".join(texts) + "\n", one("datetime"))

    wrong = [finding.row for finding in report.findings if finding.code == "not-a-datetime"]
    assert wrong == [row for row, text in enumerate(texts, start=1) if not is_datetime(text)]


def is_datetime(text: str) -> bool:
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+(Z|[+-][0-9]{2}:[0-9]{2})?", text):
        return False
    try:
        return len(text) >= len("2020-01-01T00:00:00") and datetime.fromisoformat(text).year > 0
    except ValueError:
        return False


def test_datetimes_are_written_the_same_with_and_without_fractions(engine: Engine) -> None:
    moments = "make_timestamptz(-62135596800000000 + i * 315537000000 + (i % 3) * 250000)"  # of the years 1 to 9999
    for physical, value in ((TIMESTAMP_UTC, "m"), (TIMESTAMP, "CAST(m AS TIMESTAMP)")):
        text = canonical(ColumnType.DATETIME, physical, value)
        plain = (
            f"replace(CAST(CAST(m AS TIMESTAMP) AS VARCHAR), ' ', 'T') || '{'Z' if physical == TIMESTAMP_UTC else ''}'"
        )
        length = text_length(ColumnType.DATETIME, physical, value)

        different = f"{text} <> {plain} OR {length} <> length({plain}) OR {text} IS NULL"

        rows = f"(SELECT {moments} AS m FROM range(1000000) AS numbers(i))"
        assert engine.row(f"SELECT count(*) FILTER ({different}), count(DISTINCT m) FROM {rows}") == (0, 1_000_000)
