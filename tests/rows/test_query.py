"""The laws of the row query: pages together are the filtered table, in the order asked for, whichever engine answers."""

from pathlib import Path
from tempfile import mkdtemp

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.rows import plan
from portal.rows.engine import RowEngine, RowSource
from portal.rows.parameters import read_query
from portal.rows.query import RowQuery
from portal.rows.serve import count_rows, read_page
from tests.laws import examples
from tests.rows.tables import FIELDS, a_table, judged, parsed

ENGINE = RowEngine(Path(mkdtemp()), timeout_s=20)
VALUES = {
    "id": ["1", "7", "150", "299", "9999", "-3", "9" * 30],
    'a "b", c': ["Straße", "koeln", "%", "'; DROP TABLE rows --", 'x"y', "zz"],
    "limit": ["0", "1", "3", "12"],
    "price": ["0", "-12.5", "12.50", "3.141", "-0.001", "99999.99", "1" + "0" * 30],
    "exact": ["0", "0.142857142857142857", "0.5", "1.142857142857142858"],
    "huge": ["0", "10000000000000000000000000", "30000000000000000000000001"],
    "on": ["2023-12-24", "2024-01-01", "2030-01-01"],
    "at": ["2024-01-01", "2024-01-01T10:00:00.5Z", "2024-01-01T11:00:01+01:00"],
    "local": ["2024-01-01T23:59:59", "2024-01-02"],
    "clock": ["10:00", "10:00:00.5", "10:00:01"],
    "year": ["2020", "2022"],
    "month": ["2024-01", "2024-05"],
}
SIGNS = {"exact": "=", "not": "IS DISTINCT FROM", "lt": "<", "lte": "<=", "gt": ">", "gte": ">="}
NAMES = [str(field["name"]) for field in FIELDS]


@st.composite
def questions(draw: st.DrawFn) -> tuple[dict[str, str], str, str]:
    """Give parameters, and the same condition and order as the judge reads them."""
    parameters: dict[str, str] = {}
    where = ["true"]
    for name in draw(st.lists(st.sampled_from(list(VALUES)), max_size=3, unique=True)):
        column, value = f"c{NAMES.index(name)}", draw(st.sampled_from(VALUES[name]))
        op = draw(st.sampled_from([*SIGNS, "null", "in"]))
        parameters[f"{name}__{op}"] = {"null": "true", "in": f'"{value.replace(chr(34), chr(34) * 2)}"'}.get(op, value)
        where.append(f"{column} IS NULL" if op == "null" else f"{column} {SIGNS.get(op, '=')} {_literal(name, value)}")
    sort = draw(st.lists(st.tuples(st.sampled_from(NAMES), st.booleans()), max_size=3, unique_by=lambda one: one[0]))
    if sort:
        quoted = [f'"{"-" if down else ""}{name.replace(chr(34), chr(34) * 2)}"' for name, down in sort]
        parameters["sort"] = ",".join(quoted)
    ways = [f"c{NAMES.index(name)} {'DESC' if down else 'ASC'} NULLS LAST" for name, down in sort]
    order = ", ".join([*ways, f"n {'DESC' if sort and sort[0][1] else 'ASC'}"])
    return parameters, " AND ".join(where), order


def _literal(name: str, value: str) -> str:
    """Write a value for the judge, numbers with all their digits."""
    quoted = "'" + value.replace("'", "''") + "'"
    if name in ("price", "exact"):
        return f"CAST({quoted} AS DECIMAL(38,6))" if name == "price" else f"CAST({quoted} AS DECIMAL(20,18))"
    kinds = {"id": "DECIMAL(38,0)", "limit": "BIGINT", "huge": "DECIMAL(38,0)", "on": "DATE", "year": "INTEGER"}
    kinds |= {"at": "TIMESTAMPTZ", "local": "TIMESTAMP", "clock": "TIME"}
    seconds = f"'{value}:00'" if name == "clock" and value.count(":") == 1 else quoted
    return f"CAST({seconds} AS {kinds[name]})" if name in kinds else quoted


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> RowSource:
    return a_table(tmp_path_factory.mktemp("query"))


def all_pages(source: RowSource, query: RowQuery, limit: int) -> list[int]:
    """Give the ids of all rows, read page by page."""
    found: list[int] = []
    after: int | None = query.after
    while after is not None:
        page = read_page(ENGINE, source, RowQuery(**{**vars(query), "after": after, "limit": limit}))
        assert len(page.rows) <= limit
        found += [row["id"] for row in parsed(list(page.rows))]
        assert len(found) <= source.row_count
        after = page.last
    return found


@pytest.mark.parametrize("large", [1, 10**9], ids=["as if large", "as if small"])
@examples(30)
@given(question=questions(), limit=st.sampled_from([1, 7, 50, 1000]))
def test_the_pages_of_any_query_are_the_filtered_table_in_order(
    source: RowSource,
    monkeypatch: pytest.MonkeyPatch,
    large: int,
    question: tuple[dict[str, str], str, str],
    limit: int,
) -> None:
    monkeypatch.setattr(plan, "LARGE_ROWS", large)
    parameters, where, order = question
    query = read_query(parameters, source.schema, source.physical)

    found = all_pages(source, query, limit if limit > 1 or len(parameters) > 2 else 7)

    assert found == [n for (n,) in judged(source, f"SELECT c0 FROM t WHERE {where} ORDER BY {order}")]
    assert count_rows(ENGINE, source, query) == len(found)


@pytest.mark.parametrize(
    ("parameter", "text", "expected"),
    [
        ('a "b", c__contains', "strasse", {"Straße", "STRASSE 5"}),
        ('a "b", c__contains', "KÖLN", {"Köln", "koeln"}),
        ('a "b", c__startswith', "caf", {"Café", "cafe"}),
        ('a "b", c__contains', "%", {"%"}),
        ('a "b", c__contains', "_", {"_"}),
        ('a "b", c__contains', "'", {"'; DROP TABLE rows --"}),
    ],
)
def test_text_is_found_whatever_its_case_umlauts_and_accents(
    source: RowSource, parameter: str, text: str, expected: set[str]
) -> None:
    page = read_page(ENGINE, source, read_query({parameter: text}, source.schema, source.physical))

    assert {row['a "b", c'] for row in parsed(list(page.rows))} == expected
