"""The whole answer: a draft against what is public."""

from typing import Any

import pytest

from portal.publishing.comparing.difference import (
    DatasetState,
    TableChange,
    changes_file,
    draft_difference,
)
from portal.publishing.comparing.listing import read_changes
from portal.publishing.comparing.pairs import TablePair
from tests.publishing.comparing.tables import TREES, TableMaker

LINDE, EICHE = ("x-1", "Linde", "1"), ("x-2", "Eiche", "2")


def a_state(make: TableMaker, title: str = "Bäume", **tables: list[tuple[Any, ...]]) -> DatasetState:
    return DatasetState(descriptor={"title": title}, tables={name: make(rows, TREES) for name, rows in tables.items()})


def test_tables_are_matched_by_name_and_removed_ones_come_last(a_table: TableMaker) -> None:
    public = a_state(a_table, old=[LINDE], same=[EICHE], trees=[LINDE])
    draft = a_state(a_table, "Stadtbäume", trees=[LINDE, EICHE], new=[LINDE, EICHE], same=[EICHE])

    found = draft_difference(public, draft, engine=a_table.engine, folder=a_table.folder)

    assert [(table.name, table.change, table.rows.total) for table in found.tables] == [
        ("trees", TableChange.CHANGED, 1),
        ("new", TableChange.ADDED, 2),
        ("same", TableChange.UNCHANGED, 0),
        ("old", TableChange.REMOVED, 1),
    ]
    assert "„old“ fällt weg" in found.tables[3].warnings[0].de
    assert [change.pointer for change in found.metadata] == ["/title"]
    assert not found.is_empty


def test_a_first_draft_adds_everything(a_table: TableMaker) -> None:
    found = draft_difference(None, a_state(a_table, trees=[LINDE]), engine=a_table.engine, folder=a_table.folder)

    (table,) = found.tables
    assert (table.change, table.rows.added, table.warnings) == (TableChange.ADDED, 1, ())


def test_a_draft_like_the_public_version_changes_nothing(a_table: TableMaker) -> None:
    public, draft = (a_state(a_table, trees=[LINDE]) for _ in range(2))

    assert draft_difference(public, draft, engine=a_table.engine, folder=a_table.folder).is_empty


def test_the_rows_of_a_draft_are_read_from_the_folder_that_was_named(a_table: TableMaker) -> None:
    public, draft = a_state(a_table, trees=[LINDE]), a_state(a_table, trees=[EICHE])
    draft_difference(public, draft, engine=a_table.engine, folder=a_table.folder)

    page = read_changes(
        a_table.engine,
        TablePair.of(public.tables["trees"], draft.tables["trees"]),
        changes_file(a_table.folder, "trees"),
        after=0,
        limit=1,
    )

    assert '"change":"removed","key":{"id":"x-1"}' in page.changes[0]
    assert page.last == 1


@pytest.mark.parametrize(("key", "said"), [(("id",), None), ((), "Without a primary key")])
def test_the_answer_says_how_rows_were_compared(a_table: TableMaker, key: tuple[str, ...], said: str | None) -> None:
    old, new = (
        DatasetState(descriptor={}, tables={"t": a_table([row], key=key)}) for row in (LINDE, ("x-1", "Linde", "9"))
    )

    told = draft_difference(old, new, engine=a_table.engine, folder=a_table.folder).as_dict()["tables"][0]

    assert told["comparedBy"] == ("row" if said else "key")
    assert told["changedColumns"] == ({} if said else {"height": 1})
    assert said is None or told["note"]["en"].startswith(said)


def test_a_table_that_the_draft_left_alone_has_a_list_of_no_changes(a_table: TableMaker) -> None:
    public = a_state(a_table, trees=[LINDE])

    (found,) = draft_difference(public, public, engine=a_table.engine, folder=a_table.folder).tables

    tables = TablePair.of(public.tables["trees"], public.tables["trees"])
    listed = changes_file(a_table.folder, "trees")
    assert (found.change, found.rows.unchanged) == (TableChange.UNCHANGED, 1)
    assert read_changes(a_table.engine, tables, listed, after=0, limit=5).changes == []
