"""Which rows changed, by key and as wholes: the old rows with the changes are the new rows."""

from collections import Counter
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.ingest.typed import TypedTable
from tests.laws import examples
from tests.publishing.comparing.tables import Fields, Json, TableMaker, compare


def test_rows_are_found_again_by_their_key(a_table: TableMaker) -> None:
    old = a_table([("x-1", "Linde", "3.5"), ("x-2", "Eiche", "2"), ("x-3", "Buche", "1")])
    new = a_table([("x-3", "Buche", "1"), ("x-1", "Linde", "4.5"), ("x-4", "Ahorn", None)])

    counts, changes = compare(a_table, old, new)

    assert counts.as_dict() == {"before": 3, "after": 3, "added": 1, "removed": 1, "changed": 1, "unchanged": 1}
    assert counts.by_column == {"height": 1}
    assert changes == [
        {
            "change": "changed",
            "key": {"id": "x-1"},
            "before": {"id": "x-1", "name": "Linde", "height": Decimal("3.5")},
            "after": {"id": "x-1", "name": "Linde", "height": Decimal("4.5")},
            "columns": ["height"],
        },
        {
            "change": "removed",
            "key": {"id": "x-2"},
            "before": {"id": "x-2", "name": "Eiche", "height": Decimal("2.0")},
            "after": None,
            "columns": [],
        },
        {
            "change": "added",
            "key": {"id": "x-4"},
            "before": None,
            "after": {"id": "x-4", "name": "Ahorn", "height": None},
            "columns": [],
        },
    ]


def test_numbers_are_compared_as_numbers_however_many_digits_are_written(a_table: TableMaker) -> None:
    old = a_table([("x-1", "a", "1.0"), ("x-2", "b", "2.5")])
    new = a_table([("x-1", "a", "1.00"), ("x-2", "b", "12345678901234567890.50")])

    counts, changes = compare(a_table, old, new)

    assert (counts.changed, counts.unchanged) == (1, 1)
    assert changes[0]["after"]["height"] == Decimal("12345678901234567890.50")


def test_numbers_that_share_no_decimal_are_compared_exactly_all_the_same(a_table: TableMaker) -> None:
    huge, fine = "1" * 30, "0." + "1" * 30
    old = a_table([("x-1", "a", huge), ("x-2", "b", "7"), ("x-3", "c", "8")])
    new = a_table([("x-1", "a", fine), ("x-2", "b", "7.0"), ("x-3", "c", "9")])

    counts, _ = compare(a_table, old, new)

    assert (counts.changed, counts.unchanged) == (2, 1)


def test_no_value_is_not_an_empty_looking_one(a_table: TableMaker) -> None:
    fields: Fields = {"id": "integer", "text": "string", "on": "boolean"}
    old = a_table([(1, None, None), (2, " ", "false"), (3, None, None)], fields)
    new = a_table([(1, " ", "false"), (2, None, None), (3, None, None)], fields)

    counts, changes = compare(a_table, old, new)

    assert counts.by_column == {"text": 2, "on": 2}
    assert [change["before"]["text"] for change in changes] == [None, " "]


def test_changes_come_in_the_order_of_the_key_as_a_value(a_table: TableMaker) -> None:
    fields: Fields = {"year": "integer", "day": "date", "n": "integer"}
    old = a_table([(year, "2026-01-02", 0) for year in (10, 9, 100)], fields, key=("year", "day"))
    new = a_table([(year, "2026-01-01", 1) for year in (9, 100, -1)], fields, key=("day", "year"))

    _, changes = compare(a_table, old, new)

    assert [(change["key"]["day"][-1], change["key"]["year"]) for change in changes] == [
        ("1", -1), ("1", 9), ("1", 100), ("2", 9), ("2", 10), ("2", 100),
    ]  # fmt: skip


def test_a_column_that_came_counts_where_it_has_a_value_and_one_that_went_counts_nowhere(a_table: TableMaker) -> None:
    old = a_table([("x-1", "Linde", "1"), ("x-2", "Eiche", "2")])
    new = a_table(
        [("x-1", "Linde", "grün"), ("x-2", "Eiche", None)], {"id": "string", "name": "string", "leaf": "string"}
    )

    counts, changes = compare(a_table, old, new)

    assert counts.by_column == {"leaf": 1}
    assert [(change["key"]["id"], change["columns"]) for change in changes] == [("x-1", ["leaf"])]
    assert (changes[0]["before"]["height"], changes[0]["after"]["leaf"]) == (1, "grün")


@pytest.mark.parametrize(
    ("before", "after", "changed"),
    [
        (("integer", "5"), ("number", "5.00"), False),
        (("integer", "5"), ("string", "5"), False),
        (("string", "05114"), ("integer", "5114"), True),
        (("string", "true"), ("boolean", "1"), False),
        (("year", "2020"), ("integer", "2020"), False),
        (("date", "2020-01-01"), ("datetime", "2020-01-01T00:00:00"), True),
        (("datetime", "2020-01-01T01:00:00+01:00"), ("datetime", "2020-01-01T00:00:00Z"), False),
        (("datetime", "2020-01-01T00:00:00"), ("datetime", "2020-01-01T00:00:00Z"), True),
    ],
)
def test_a_retyped_column_changes_rows_where_readers_of_the_csv_see_it(
    a_table: TableMaker, before: tuple[str, str], after: tuple[str, str], changed: bool
) -> None:
    old = a_table([("x", before[1])], {"id": "string", "v": before[0]})
    new = a_table([("x", after[1])], {"id": "string", "v": after[0]})

    counts, _ = compare(a_table, old, new)

    assert counts.changed == changed


def test_a_retyped_key_still_finds_its_rows(a_table: TableMaker) -> None:
    old = a_table([(7, "a"), (8, "b")], {"id": "integer", "v": "string"})
    new = a_table([("7", "c"), ("08", "b")], {"id": "string", "v": "string"})

    _, changes = compare(a_table, old, new)

    assert [(change["change"], change["key"]["id"]) for change in changes] == [
        ("added", "08"), ("changed", "7"), ("removed", 8),
    ]  # fmt: skip


def test_without_a_key_rows_are_counted_as_wholes(a_table: TableMaker) -> None:
    fields: Fields = {"a": "string", "b": "integer"}
    old = a_table([("x", 1), ("x", 1), ("x", 1), ("y", None), ("z", 3)], fields, key=())
    new = a_table([("z", 3), ("x", 1), ("y", None), ("y", None), ("w", 4)], fields, key=())

    counts, changes = compare(a_table, old, new)

    assert counts.as_dict() == {"before": 5, "after": 5, "added": 2, "removed": 2, "changed": 0, "unchanged": 3}
    assert [(change["change"], change["key"], (change["before"] or change["after"])["a"]) for change in changes] == [
        ("removed", None, "x"), ("removed", None, "x"), ("added", None, "y"), ("added", None, "w"),
    ]  # fmt: skip


def test_with_another_key_than_before_rows_are_counted_as_wholes(a_table: TableMaker) -> None:
    old = a_table([("x-1", "Linde", "1")])
    new = a_table([("x-1", "Linde", "1.0")], key=("name",))
    other = a_table([("x-1", "Linde", "2")], key=("name",))

    assert compare(a_table, old, new)[0].unchanged == 1
    assert [change["change"] for change in compare(a_table, old, other)[1]] == ["removed", "added"]


def test_rows_compared_as_wholes_are_shown_whole_also_where_a_column_went(a_table: TableMaker) -> None:
    old = a_table([("x", "1", "old")], {"a": "string", "b": "string", "gone": "string"}, key=())
    new = a_table([(2, "x", None)], {"b": "integer", "a": "string", "came": "date"}, key=())

    _, changes = compare(a_table, old, new)

    assert changes[0]["before"] == {"a": "x", "b": "1", "gone": "old"}
    assert changes[1]["after"] == {"b": 2, "a": "x", "came": None}


@pytest.mark.parametrize("key", [("id",), ()])
def test_tables_without_rows_and_tables_that_were_not_there(a_table: TableMaker, key: tuple[str, ...]) -> None:
    empty, one = a_table([], key=key), a_table([("x-1", "Linde", "1")], key=key)

    assert compare(a_table, empty, empty)[1] == []
    assert compare(a_table, one, one)[1] == []
    for nothing in (empty, None):
        assert [change["change"] for change in compare(a_table, nothing, one)[1]] == ["added"]
        assert [change["change"] for change in compare(a_table, one, nothing)[1]] == ["removed"]


TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\x00", exclude_categories=["Cs", "Cc"]), max_size=5)
NUMBER = st.decimals(-1000, 1000, places=2).map(str) | st.integers(-5, 5).map(str)
CELL = {
    "string": TEXT,
    "integer": st.integers(-3, 3).map(str),
    "number": NUMBER,
    "boolean": st.sampled_from(["true", "false"]),
    "date": st.dates(date(2020, 1, 1), date(2020, 1, 3)).map(str),
}


@st.composite
def two_states(draw: st.DrawFn, *, keyed: bool) -> list[tuple[dict[str, str], list[tuple[str | None, ...]]]]:
    """Give two states of a table: columns come, go and move, rows come, go and change."""
    kinds = {name: draw(st.sampled_from(sorted(CELL))) for name in "abcd"}
    keys = st.lists(st.integers(0, 12), max_size=8, unique=keyed)
    states = []
    for _ in range(2):
        names = draw(st.lists(st.sampled_from("abcd"), min_size=0 if keyed else 1, unique=True))
        rows = [
            (*([str(key)] if keyed else []), *(draw(st.none() | CELL[kinds[name]]) for name in names))
            for key in draw(keys)
        ]
        states.append(({**({"id": "integer"} if keyed else {}), **{name: kinds[name] for name in names}}, rows))
    return states


def values(make: TableMaker, table: TypedTable) -> list[Json]:
    """Give the rows of *table* as the changes show them: as if all were added."""
    return [change["after"] for change in compare(make, None, table)[1]]


def bare(row: Json, names: list[str]) -> tuple[Any, ...]:
    return tuple(row.get(name) for name in names)


@examples(30)
@given(two_states(keyed=True))
def test_the_old_rows_with_the_changes_are_the_new_rows(
    a_table: TableMaker, states: list[tuple[dict[str, str], list[tuple[str | None, ...]]]]
) -> None:
    (old_fields, old_rows), (new_fields, new_rows) = states
    old, new = a_table(old_rows, old_fields), a_table(new_rows, new_fields)

    counts, changes = compare(a_table, old, new)

    names = list(new_fields)
    rows = {row["id"]: bare(row, names) for row in values(a_table, old)}
    for change in changes:
        if change["change"] == "removed":
            del rows[change["key"]["id"]]
        else:
            assert (change["key"]["id"] in rows) == (change["change"] == "changed")
            rows[change["key"]["id"]] = bare(change["after"], names)
    assert rows == {row["id"]: bare(row, names) for row in values(a_table, new)}
    assert counts.before == len(old_rows)
    assert counts.after == len(new_rows) == counts.unchanged + counts.changed + counts.added


@examples(30)
@given(two_states(keyed=False))
def test_rows_without_a_key_are_the_same_multiset_after_the_changes(
    a_table: TableMaker, states: list[tuple[dict[str, str], list[tuple[str | None, ...]]]]
) -> None:
    (old_fields, old_rows), (new_fields, new_rows) = states
    old, new = a_table(old_rows, old_fields, key=()), a_table(new_rows, new_fields, key=())

    _, changes = compare(a_table, old, new)

    names = list(new_fields)
    rows = Counter(bare(row, names) for row in values(a_table, old))
    for change in changes:
        rows[bare(change["before"] or change["after"], names)] += 1 if change["change"] == "added" else -1
    assert min(rows.values(), default=0) >= 0
    assert +rows == Counter(bare(row, names) for row in values(a_table, new))
