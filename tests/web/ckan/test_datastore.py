"""`datastore_search`, `datastore_info` and the dump: types, filters, order, pages, and that they agree."""

import csv
import io
import json
from operator import eq, ge, gt, le, lt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.laws import examples
from tests.web.ckan.conftest import FIELDS, ROWS

NAMES = [field["name"] for field in FIELDS]

COUNTS = st.sampled_from([3, 4, 5, 30])
SIMPLE = st.fixed_dictionaries(
    {},
    optional={
        "id": st.sampled_from(["b-1", "b-3", "x"]) | st.lists(st.sampled_from(["b-1", "b-2", "b-4"]), max_size=2),
        "count": COUNTS
        | st.none()
        | st.lists(COUNTS | st.none(), max_size=3)
        | st.dictionaries(st.sampled_from(["eq", "lt", "lte", "gt", "gte"]), COUNTS, min_size=1, max_size=2),
    },
)
FILTERS = st.builds(
    lambda simple, either: {**simple, **({"$or": either} if either else {})}, SIMPLE, st.lists(SIMPLE, max_size=2)
)
ORDERS = st.sampled_from(["", "count", "count desc", "count desc nulls last, id", "_id desc", "old desc, id desc"])


def _ids(result, trees, **asked):
    return [row["id"] for row in result("datastore_search", resource_id=trees, **asked)["records"]]


def test_values_have_the_types_of_their_columns(client, result, trees):
    found = result("datastore_search", resource_id=trees)
    text = client.get(f"/api/3/action/datastore_search?resource_id={trees}&limit=1").text

    assert [field["id"] for field in found["fields"]] == ["_id", *NAMES]
    assert [field["type"] for field in found["fields"]] == [
        "int", "text", "text", "numeric", "numeric", "int8", "bool", "date", "int4", "text",
    ]  # fmt: skip
    assert found["total"] == 4
    assert found["records"][0] == {
        "_id": 1, "id": "b-1", "species": "Straßenlinde", "height_m": 12.5, "exact": 12345678901234567890.5, "count": 3,
        "old": True, "planted_on": "2020-05-01", "seen": 2020, 'odd "name", ä': "x",
    }  # fmt: skip
    assert '"height_m":12.50,"exact":12345678901234567890.5,' in text
    assert found["records"][2]["old"] is None


ASKED = {
    "all": ({}, ["b-1", "b-2", "b-3", "b-4"]),
    "one value": ({"filters": {"species": "Eiche"}}, ["b-2"]),
    "any of": ({"filters": {"id": ["b-1", "b-4", "x"]}}, ["b-1", "b-4"]),
    "nothing of": ({"filters": {"id": []}}, []),
    "empty": ({"filters": {"height_m": None}}, ["b-3"]),
    "empty or": ({"filters": {"height_m": [None, 9.25]}}, ["b-2", "b-3"]),
    "boolean": ({"filters": {"old": True}}, ["b-1", "b-4"]),
    "boolean as text": ({"filters": {"old": "false"}}, ["b-2"]),
    "number as text": ({"filters": {"count": "30"}}, ["b-2"]),
    "number written otherwise": ({"filters": {"height_m": "12.5"}}, ["b-1"]),
    "range": ({"filters": {"height_m": {"gte": 9.25, "lt": 100}}}, ["b-1", "b-2"]),
    "range of long numbers": ({"filters": {"exact": {"gt": 9.4, "lte": 100}}}, ["b-2", "b-4"]),
    "equal long numbers": ({"filters": {"exact": {"eq": 100}}}, ["b-4"]),
    "dates": ({"filters": {"planted_on": {"gte": "2020-01-01"}}}, ["b-1", "b-4"]),
    "number of the row": ({"filters": {"_id": {"gt": 2}}}, ["b-3", "b-4"]),
    "either": ({"filters": {"$or": [{"id": "b-1"}, {"count": 30, "old": False}]}}, ["b-1", "b-2"]),
    "both": ({"filters": {"$and": [{"old": True}, {"count": {"in": [4, 5]}}]}}, ["b-4"]),
    "as JSON text": ({"filters": '{"id": "b-2"}'}, ["b-2"]),
    "words": ({"q": "strassenlinde"}, ["b-1"]),
    "words of several columns": ({"q": "linde 2021"}, ["b-4"]),
    "words of a column": ({"q": {"species": "linde"}}, ["b-1", "b-4"]),
    "order": ({"sort": "height_m desc"}, ["b-3", "b-4", "b-1", "b-2"]),
    "order of long numbers": ({"sort": "exact asc"}, ["b-3", "b-2", "b-4", "b-1"]),
    "order, empty last": ({"sort": '"height_m" desc nulls last, id'}, ["b-4", "b-1", "b-2", "b-3"]),
    "order by an odd name": ({"sort": '"odd ""name"", ä" desc nulls last'}, ["b-1", "b-3", "b-4", "b-2"]),
    "number of the row, one of": ({"filters": {"_id": [2, "4"]}, "sort": "_id desc"}, ["b-4", "b-2"]),
    "either empty or in a range": (
        {"filters": {"$or": [{"old": None}, {"$and": [{"_id": {"lte": 2}}, {"count": {"gt": 3}}]}]}},
        ["b-2", "b-3"],
    ),
    "a number in any column": ({"q": "12345678901234567890.5"}, ["b-1"]),
    "a date in any column": ({"q": "2019-05-01"}, ["b-2"]),
    "a word that stands nowhere": ({"q": "birke"}, []),
    "no word at all": ({"q": "?!"}, ["b-1", "b-2", "b-3", "b-4"]),
    "a number with an exponent": ({"filters": {"height_m": "1e2"}}, ["b-4"]),
    "more than any number": ({"filters": {"$or": [{"count": {"gt": "9" * 30}}, {"height_m": "9" * 30}]}}, []),
    "less than any number": ({"filters": {"count": {"gt": "-" + "9" * 30}}, "sort": "_id desc"}, ["b-4", "b-2", "b-1"]),
    "a fraction of whole numbers": ({"filters": {"count": {"gt": 3.5}}}, ["b-2", "b-4"]),
    "on from a row": ({"filters": {"_id": {"gt": 1}}, "limit": 2}, ["b-2", "b-3"]),
    "a page of the backwards": ({"sort": "height_m desc", "limit": 2, "offset": 1}, ["b-4", "b-1"]),
    "a page of found": ({"q": "linde", "offset": 1, "limit": 1}, []),
    "a page": ({"limit": 2, "offset": 1}, ["b-2", "b-3"]),
    "a page of some": ({"filters": {"old": True}, "offset": 1}, ["b-4"]),
}


@pytest.mark.parametrize(("asked", "ids"), ASKED.values(), ids=ASKED)
def test_rows_are_filtered_sorted_and_paged(result, trees, asked, ids):
    assert _ids(result, trees, **asked) == ids


@examples(40)
@given(filters=FILTERS, order=ORDERS, size=st.integers(1, 5), distinct=st.booleans())
def test_the_pages_of_any_question_are_its_whole_answer(result, trees, filters, order, size, distinct):
    distinct = distinct and "_id" not in order  # rows that are the same have no number of their own
    asked = {"resource_id": trees, "filters": filters, "sort": order, "distinct": distinct}
    whole = result("datastore_search", **asked)
    pages = [result("datastore_search", **asked, limit=size, offset=at) for at in range(0, 5, size)]

    assert [row for page in pages for row in page["records"]] == whole["records"]
    assert {page["total"] for page in pages if page["records"]} <= {len(whole["records"])}
    assert [row["id"] for row in whole["records"] if not distinct] == [
        row["id"] for row in whole["records"] if _meets(row, filters) and not distinct
    ]
    if not distinct:
        left_out = set(ALL) - {row["id"] for row in whole["records"]}
        assert not any(_meets(ALL[name], filters) for name in left_out)


ALL = {row[0]: dict(zip(NAMES, row, strict=True)) for row in ROWS}
OPERATORS = {"eq": eq, "lt": lt, "lte": le, "gt": gt, "gte": ge}


def _meets(row: dict, filters: dict) -> bool:
    """Say by CKAN's own words whether a row meets filters on `id` and `count`."""

    def holds(name: str, wanted: object) -> bool:
        value = row[name]
        if name == "$or":
            raise AssertionError
        if isinstance(wanted, dict):
            return all(value is not None and OPERATORS[op](value, other) for op, other in wanted.items())
        return value in wanted if isinstance(wanted, list) else value == wanted

    return all(
        any(_meets(row, one) for one in wanted) if name == "$or" else holds(name, wanted)
        for name, wanted in filters.items()
    )


def test_the_total_is_of_all_pages(result, trees):
    found = result("datastore_search", resource_id=trees, filters={"old": True}, limit=1)

    assert (found["total"], len(found["records"]), found["limit"]) == (2, 1, 1)
    assert found["filters"] == {"old": True}
    assert "total" not in result("datastore_search", resource_id=trees, include_total=False)
    assert result("datastore_search", resource_id=trees, limit=99_999)["limit"] == 32_000


def test_next_links_lead_through_everything(client, trees):
    found, address = [], f"/api/3/action/datastore_search?resource_id={trees}&limit=3&sort=id+desc"
    while records := (told := client.get(address).get_json()["result"])["records"]:
        found += [row["id"] for row in records]
        address = told["_links"]["next"]

    assert found == ["b-4", "b-3", "b-2", "b-1"]


def test_records_come_as_lists_and_lines_too(result, trees):
    asked = {"resource_id": trees, "fields": ["id", "height_m", "old", 'odd "name", ä'], "limit": 3}

    assert result("datastore_search", **asked, records_format="lists")["records"][0] == ["b-1", 12.5, True, "x"]
    assert result("datastore_search", **asked, records_format="csv")["records"] == (
        'b-1,12.50,true,x\nb-2,9.25,false,\nb-3,,,"sagt ""ja"""\n'
    )
    assert result("datastore_search", resource_id=trees, fields="old", distinct=True)["total"] == 3


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"fields": "none"}, "fields"),
        ({"sort": "none"}, "sort"),
        ({"sort": 'id"; DROP TABLE rows --'}, "sort"),
        ({"sort": "id sideways"}, "sort"),
        ({"filters": {"none": 1}}, "filters"),
        ({"filters": {"_row": 1}}, "filters"),
        ({"filters": {"_id": {"gt": "9" * 30}}}, "filters"),
        ({"filters": {"_id": 1.5}}, "filters"),
        ({"filters": {"planted_on": "yesterday"}}, "filters"),
        ({"q": "a " * 30}, "q"),
        ({"distinct": True, "fields": "id", "sort": "old"}, "sort"),
        ({"filters": {"count": "x"}}, "filters"),
        ({"filters": {"old": "perhaps"}}, "filters"),
        ({"filters": {"id": {"like": "%"}}}, "filters"),
        ({"filters": {"id": [["x"]]}}, "filters"),
        ({"filters": {"id": ["x"] * 5000}}, "filters"),
        ({"filters": "no json"}, "filters"),
        ({"q": {"none": "x"}}, "q"),
        ({"limit": -1}, "limit"),
        ({"offset": "one"}, "offset"),
        ({"records_format": "xls"}, "records_format"),
    ],
)
def test_what_is_no_column_and_no_value_is_refused_by_name(client, trees, asked, field):
    answer = client.post("/api/3/action/datastore_search", json={"resource_id": trees} | asked)

    assert answer.status_code == 409
    assert answer.get_json()["error"][field]


def test_a_file_that_is_no_table_is_not_found(client, result):
    for resource in result("package_show", id="baeume")["resources"]:
        answer = client.get(f"/api/3/action/datastore_info?id={resource['id']}")
        assert answer.status_code == (200 if resource["datastore_active"] else 404)


def test_the_table_tells_its_columns(result, trees):
    told = result("datastore_info", id=trees)

    assert [field["id"] for field in told["fields"]] == NAMES
    assert told["fields"][0]["schema"]["uniquekey"] is True
    assert told["meta"]["count"] == 4


def test_the_dump_is_the_published_table_with_numbers_in_front(client, trees):
    dumped = client.get(f"/datastore/dump/{trees}")
    published = client.get("/datasets/baeume/trees.csv").data.decode()

    assert dumped.headers["Row-Count"] == "4"
    assert dumped.headers["Content-Disposition"] == f'attachment; filename="{trees}.csv"'
    rows = list(csv.reader(io.StringIO(dumped.data.decode())))
    assert [row[1:] for row in rows] == list(csv.reader(io.StringIO(published)))
    assert [row[0] for row in rows] == ["_id", "1", "2", "3", "4"]


def test_the_dump_speaks_other_formats_and_takes_filters(client, trees):
    told = json.loads(client.get(f"/datastore/dump/{trees}?format=json&fields=id,height_m&sort=id+desc&limit=2").data)
    lines = client.get(f'/datastore/dump/{trees}?format=tsv&bom=true&fields=id&filters={{"old":true}}')

    assert told["records"] == [["b-4", 100.0], ["b-3", None]]
    assert lines.data == b"\xef\xbb\xbfid\nb-1\nb-4\n"
    assert lines.headers["Row-Count"] == "2"


def test_the_dump_is_kept_by_its_tag(client, trees):
    first = client.get(f"/datastore/dump/{trees}")

    assert client.get(f"/datastore/dump/{trees}", headers={"If-None-Match": first.headers["ETag"]}).status_code == 304


@pytest.mark.parametrize(("path", "status"), [("none", 404), ("{}?format=xml", 400), ("{}?fields=none", 400), ("{}?limit=x", 400), ("{}?q=%00", 400)])  # fmt: skip
def test_a_dump_that_cannot_be_had_says_why(client, trees, path, status):
    answer = client.get(f"/datastore/dump/{path.format(trees)}", headers={"Accept": "application/json"})

    assert answer.status_code == status
    assert answer.content_type == "application/problem+json"
