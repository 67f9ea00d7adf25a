"""Which facts of a descriptor changed: tables and columns by name, in words of both languages."""

from copy import deepcopy
from typing import Any

import pytest

from portal.publishing.comparing.metadata import FactChange, metadata_changes, public_metadata
from tests.builders import a_field
from tests.releases import a_decision

Json = dict[str, Any]


@pytest.fixture
def described() -> Json:
    fields = [a_field("id"), a_field("name"), a_field("height", "number")]
    return {
        "name": "baeume",
        "title": "Bäume",
        "keywords": ["Grün"],
        "dcat": {"theme": ["ENVI"]},
        "resources": [
            {"name": "trees", "title": "Bäume", "schema": {"fields": fields, "primaryKey": ["id"]}},
            {"name": "parks", "title": "Parks", "schema": {"fields": [a_field("id")]}},
        ],
    }


def test_equal_descriptors_have_no_changes(described: Json) -> None:
    assert metadata_changes(described, deepcopy(described)) == ()


def test_a_fact_is_told_with_before_and_after_and_in_words(described: Json) -> None:
    after = deepcopy(described)
    after["dcat"]["theme"] = ["ENVI", "TRAN"]
    after["resources"][0]["schema"]["fields"][2]["translations"]["en"]["title"] = "Height of the tree"
    del after["keywords"]

    first, removed, last = metadata_changes(described, after)

    assert (first.pointer, first.change, first.before, first.after) == (
        "/dcat/theme", FactChange.CHANGED, ["ENVI"], ["ENVI", "TRAN"],
    )  # fmt: skip
    assert first.place.as_dict() == {"de": "DCAT-Angaben, Themen", "en": "DCAT facts, themes"}
    assert (removed.pointer, removed.change, removed.before, removed.after) == (
        "/keywords", FactChange.REMOVED, ["Grün"], None,
    )  # fmt: skip
    assert last.pointer == "/resources/trees/schema/fields/height/translations/en/title"
    assert last.place.de == "Tabelle trees, Spalte height: Übersetzungen, englisch, Titel"


def test_a_column_in_front_does_not_change_those_behind_it(described: Json) -> None:
    after = deepcopy(described)
    after["resources"][0]["schema"]["fields"].insert(0, a_field("nr", "integer"))

    (change,) = metadata_changes(described, after)

    assert (change.pointer, change.change) == ("/resources/trees/schema/fields/nr", FactChange.ADDED)
    assert change.place.en == "table trees, column nr"


def test_a_moved_table_and_a_moved_column_are_one_fact_each(described: Json) -> None:
    after = deepcopy(described)
    after["resources"].reverse()
    after["resources"][1]["schema"]["fields"].reverse()

    tables, columns = metadata_changes(described, after)

    assert (tables.pointer, tables.change, tables.after) == ("/resources", FactChange.MOVED, ["parks", "trees"])
    assert columns.pointer == "/resources/trees/schema/fields"
    assert (columns.before, columns.after) == (["id", "name", "height"], ["height", "name", "id"])
    assert columns.place.de == "Tabelle trees: Spalten"


def test_everything_was_added_where_nothing_was(described: Json) -> None:
    assert {change.change for change in metadata_changes({}, described)} == {FactChange.ADDED}


@pytest.mark.parametrize(
    "broken",
    [
        {"resources": None},
        {"resources": "trees"},
        {"resources": [1]},
        {"resources": [{"name": 1}]},
        {"resources": [{"name": "a"}, {"name": "a"}]},
        {"resources": [{"name": "trees", "schema": None}]},
        {"resources": [{"name": "trees", "schema": {"fields": {"a": 1}}}]},
        {"resources": [{"name": "a/b~c", "schema": {"fields": [{"name": "x"}, {"name": "x"}]}}]},
        {"": {"": ""}},
    ],
)
def test_descriptors_that_are_none_are_compared_all_the_same(described: Json, broken: Json) -> None:
    assert metadata_changes(described, broken)
    assert metadata_changes(broken, described)
    assert metadata_changes(broken, broken) == ()


def test_the_public_sees_decisions_without_persons_and_rows(described: Json) -> None:
    decided = {**described, "version": "1", "privacyDecisions": [a_decision("name", "name", row="x-1")]}

    (change,) = metadata_changes(public_metadata(described), public_metadata(decided))

    (decision,) = change.after
    assert change.pointer == "/privacyDecisions"
    assert decision.keys() == {"resource", "column", "finding", "decision", "reason"}
