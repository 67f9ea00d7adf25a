"""The row query over HTTP: pages, files in every format, groups; what does not fit is refused in words."""

import csv
import io
import json
import re
from pathlib import Path

import duckdb
import pytest
from flask.testing import FlaskClient
from python_calamine import CalamineWorkbook

from portal.exports.formats import FORMATS
from tests.web.problems import assert_problem

ROWS = "/api/v1/datasets/baeume/tables/trees/rows"
QUESTION = "height_m__gte=2.5&height_m__lt=5&sort=-height_m,id&columns=height_m,id"
EXPECTED = [(number / 4, f"b-{number}") for number in range(19, 9, -1)]


def ids(client: FlaskClient, question: str) -> list[str]:
    answer = client.get(f"{ROWS}?{question}")
    assert answer.status_code == 200, answer.text
    return [row["id"] for row in answer.get_json()["rows"]]


def test_a_page_says_what_it_is_of_and_where_the_next_one_is(client: FlaskClient) -> None:
    first = client.get(f"{ROWS}?{QUESTION}&limit=4&count=exact").get_json()
    second = client.get(first["next"].removeprefix("https://daten.example")).get_json()
    third = client.get(second["next"].removeprefix("https://daten.example")).get_json()

    found = [(row["height_m"], row["id"]) for page in (first, second, third) for row in page["rows"]]
    assert found == EXPECTED
    assert (first["total"], first["limit"], third["next"]) == (10, 4, None)


def test_nothing_is_counted_unless_asked_or_known(client: FlaskClient) -> None:
    assert client.get(f"{ROWS}?limit=1").get_json()["total"] == 40
    assert client.get(f"{ROWS}?limit=1&id=b-1").get_json()["total"] is None


def test_text_is_found_in_whatever_way_it_is_written(client: FlaskClient) -> None:
    assert len(ids(client, "species__contains=GROSS")) == 40
    assert ids(client, "q=linden 7") == ["b-7"]
    assert ids(client, "species__startswith=linde%20nr.%2012") == ["b-12"]


def test_groups_are_pages_too(client: FlaskClient) -> None:
    answer = client.get(f"{ROWS}?group_by=planted_on__year&figures=height_m__max&count=exact").get_json()

    assert answer["rows"] == [{"planted_on__year": 2020, "count": 40, "height_m__max": 10.0}]
    assert (answer["total"], answer["next"]) == (1, None)


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.name)
def test_the_same_question_gets_the_same_rows_in_every_format(
    client: FlaskClient, form: object, tmp_path: Path
) -> None:
    suffix = form.suffix  # type: ignore[attr-defined]  # a TableFormat; pytest's ids want an object
    answer = client.get(f"{ROWS}{suffix}?{QUESTION}")

    assert answer.status_code == 200, answer.text
    assert answer.headers["Row-Count"] == "10"
    assert int(answer.headers["Content-Length"]) == len(answer.data)
    assert 'rel="license"' in answer.headers["Link"]
    assert _read(suffix, answer.data, tmp_path) == EXPECTED
    again = client.get(f"{ROWS}{suffix}?{QUESTION}", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    part = client.get(f"{ROWS}{suffix}?{QUESTION}", headers={"Range": "bytes=5-9"})
    assert (part.status_code, part.data) == (206, answer.data[5:10])


def _read(suffix: str, content: bytes, folder: Path) -> list[tuple[float, str]]:
    """Give height and id of the rows of a file."""
    if suffix in (".csv", ".excel.csv"):
        text = content.decode("utf-8-sig").replace(",", "." if suffix == ".excel.csv" else ",")
        rows = list(csv.reader(io.StringIO(text), delimiter=";" if suffix == ".excel.csv" else ","))[1:]
    elif suffix in (".xlsx", ".ods"):
        rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()[1:]  # type: ignore[assignment]  # cells of any type
    elif suffix == ".parquet":
        (folder / "rows.parquet").write_bytes(content)
        rows = duckdb.sql(f"FROM '{folder / 'rows.parquet'}'").fetchall()  # type: ignore[assignment]  # the same
    elif suffix == ".ttl":
        found = re.findall(r'/trees/(b-[0-9]+)> a .*?height_m "([0-9.]+)"', content.decode(), re.DOTALL)
        rows = [(height, name) for name, height in found]  # type: ignore[misc]  # the same
    else:
        document = [json.loads(line) for line in content.splitlines()] if suffix == ".jsonl" else json.loads(content)
        listed = document if suffix == ".jsonl" else document["@graph" if suffix == ".jsonld" else "rows"]
        rows = [(row["height_m"], row["id"]) for row in listed]  # type: ignore[misc]  # the same
    return [(float(height), str(name)) for height, name in rows]


def test_a_format_is_asked_for_by_name_suffix_or_media_type(client: FlaskClient) -> None:
    by_name = client.get(f"{ROWS}?id=b-7&format=csv")
    by_suffix = client.get(f"{ROWS}.csv?id=b-7")
    by_type = client.get(f"{ROWS}?id=b-7", headers={"Accept": "text/csv"})

    assert by_name.data == by_suffix.data == by_type.data
    assert by_name.data.decode().splitlines()[1].startswith('b-7,"Linde Nr. 7, ')
    assert client.get(f"{ROWS}?id=b-7").content_type == "application/json"


def test_groups_come_as_files_but_not_as_linked_data(client: FlaskClient) -> None:
    assert client.get(f"{ROWS}.csv?distinct=planted_on").text == "planted_on,count\r\n2020-05-01,40\r\n"
    assert_problem(client.get(f"{ROWS}.jsonld?distinct=planted_on"), 400)


def test_no_row_at_all_is_a_file_too(client: FlaskClient) -> None:
    for form in FORMATS:
        answer = client.get(f"{ROWS}{form.suffix}?id=none")
        assert (answer.status_code, answer.headers["Row-Count"]) == (200, "0"), form.name


@pytest.mark.parametrize(
    ("habit", "ours"), [("page=2", "after"), ("order_by=id", "sort"), ("$select=id", "columns"), ("search=x", "q")]
)
def test_who_is_used_to_another_interface_is_told_what_it_is_called_here(
    client: FlaskClient, habit: str, ours: str
) -> None:
    answer = client.get(f"{ROWS}?{habit}", headers={"Accept-Language": "en"})

    assert_problem(answer, 400)
    assert answer.get_json()["similar"] == [ours]
    assert answer.get_json()["detail"].endswith(f"Did you mean {ours!r}?")


def test_a_parameter_that_is_there_twice_is_called_that(client: FlaskClient) -> None:
    answer = client.get(f"{ROWS}?id=b-1&id=b-2", headers={"Accept-Language": "en"})

    assert_problem(answer, 400)
    assert answer.get_json()["detail"].startswith("There more than once: id.")


def test_an_unknown_column_is_refused_with_those_that_look_like_it(client: FlaskClient) -> None:
    answer = client.get(f"{ROWS}?hight_m__gt=3")

    assert_problem(answer, 400)
    told = answer.get_json()
    assert told["parameter"] == "hight_m__gt"
    assert told["similar"][0] == "height_m"
    assert "height_m" in told["columns"]


ODD = (
    "height_m__gt=one", "height_m__gt=NaN", "height_m__gt=1e5", "height_m__gt=", "height_m__gt=" + "9" * 50, "height_m__gt=%D9%A1",
    "height_m__contains=1", "height_m__gt=1&height_m__gt=2", "id__like=x", "id__=x", "__gt=1", "id%00=1", "id=%00", "q=%22%22%22",
    "planted_on=2020-02-30", "planted_on=yesterday", "planted_on__between=2020-01-01", "planted_on__between=a,b,c", "id__in=",
    "id__in=%22open", "id__null=maybe", "sort=", "sort=no", "sort=--id", "sort=id,id", "sort=id;drop%20table%20rows", "columns=",
    "columns=id,no", "columns=*", "columns=_row", "sort=rowid", "rowid=1", "_row=1", "count=yes", "count=", "q=%00", "q=...",
    "q=" + "x" * 1001, "group_by=", "group_by=count(*)", "distinct=", "figures=id__sum", "figures=", "format=exe", "format=",
    "after=1.5", "sort=id&after=99999", "limit=0", "version=x", "id=" + "x" * 1001, "%22id%22=1", "id'--=1", "id)=1;--=1",
)  # fmt: skip


@pytest.mark.parametrize("question", ODD, ids=lambda question: question[:40])
def test_what_does_not_fit_is_refused_whatever_the_format(client: FlaskClient, question: str) -> None:
    assert_problem(client.get(f"{ROWS}?{question}"), 400)
    assert_problem(client.get(f"{ROWS}.csv?{question}"), 400)


HARMLESS = (
    "id=' OR 1=1 --", "id=%22; DROP TABLE rows; --", "id__in=a,' UNION SELECT 1,2,3,4 --", "species__contains=%25", "q=a* OR b NEAR(c)",
    "id=%ed%a0%80", "height_m__lt=" + "9" * 38, "height_m=-" + "9" * 38, "height_m__not=0.00000000000000000001", "id=\U0001f600",
    "species__startswith=%CC%88", "q=\U0001f600 a", "q=a AND NOT", "id__between='a',%22b%22", "planted_on__gt=0001-01-01",
)  # fmt: skip


@pytest.mark.parametrize("question", HARMLESS, ids=lambda question: question[:40])
def test_what_looks_like_sql_is_a_value_like_any_other(client: FlaskClient, question: str) -> None:
    assert client.get(f"{ROWS}?{question}&limit=5").status_code == 200
    assert client.get(f"{ROWS}.csv?{question}").status_code == 200
