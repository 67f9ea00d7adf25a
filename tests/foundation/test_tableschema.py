"""A Table Schema is read as values, and one that cannot be stored is refused with the column's name."""

from typing import Any

import pytest

from portal.foundation.errors import InvalidInput
from portal.foundation.tableschema import ColumnType, Constraints, DataProtection, ForeignKey, read_schema
from portal.foundation.text import LangString


def test_a_column_keeps_all_that_is_said_of_it() -> None:
    described = {
        "name": "preis",
        "type": "number",
        "title": "Preis",
        "description": "Je Stück",
        "unit": "EUR",
        "dataProtection": "personal",
        "rdfProperty": "http://schema.org/price",
        "translations": {"en": {"title": "Price"}},
        "constraints": {"required": True, "minimum": 0, "maximum": "9.5", "enum": [1, 2], "minLength": 1},
    }

    column = read_schema({"fields": [described]}).column("preis")

    assert (column.type, column.unit, column.data_protection) == (ColumnType.NUMBER, "EUR", DataProtection.PERSONAL)
    assert (column.title, column.description) == (LangString("Preis", "Price"), LangString("Je Stück"))
    assert column.constraints == Constraints(required=True, minimum="0", maximum="9.5", enum=("1", "2"), min_length=1)


def test_a_bare_column_is_text_without_rules_titled_by_its_name() -> None:
    column = read_schema({"fields": [{"name": "ort"}]}).column("ort")

    assert (column.type, column.title, column.constraints) == (ColumnType.STRING, LangString("ort"), Constraints())


def test_keys_may_be_one_name_or_several_and_may_lead_into_other_datasets() -> None:
    schema = read_schema(
        {
            "fields": [{"name": "a"}, {"name": "b"}],
            "primaryKey": "a",
            "foreignKeys": [{"fields": ["a", "b"], "reference": {"resource": "t", "fields": ["c", "d"]}}],
            "externalKeys": [{"fields": "b", "reference": {"package": "orte", "resource": "places", "fields": "id"}}],
        }
    )

    assert schema.primary_key == ("a",)
    assert schema.foreign_keys == (
        ForeignKey(columns=("a", "b"), dataset=None, table="t", referenced=("c", "d")),
        ForeignKey(columns=("b",), dataset="orte", table="places", referenced=("id",)),
    )


@pytest.mark.parametrize(
    ("described", "said"),
    [
        ({}, "at least one column"),
        ({"fields": []}, "at least one column"),
        ({"fields": [{"type": "string"}]}, "needs a name"),
        ({"fields": [{"name": ""}]}, "needs a name"),
        ({"fields": [{"name": "a\nb"}]}, "needs a name"),
        ({"fields": [{"name": 7}]}, "needs a name"),
        ({"fields": [{"name": "Ort"}, {"name": "ort"}]}, "twice"),
        ({"fields": [{"name": "a", "type": "geojson"}]}, "'geojson'"),
        ({"fields": [{"name": "a"}], "primaryKey": ["b"]}, "'b'"),
        ({"fields": [{"name": "a"}], "foreignKeys": [{"fields": "c", "reference": {}}]}, "'c'"),
        ({"fields": [{"name": "a"}], "conditionalKeys": [{"fields": ["c"], "where": {"a": "x"}}]}, "'c'"),
        ({"fields": [{"name": "a"}], "conditionalKeys": [{"fields": "a", "where": {"c": "x"}}]}, "'c'"),
    ],
)
def test_a_schema_that_cannot_be_stored_is_refused(described: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        read_schema(described)


def test_a_column_that_is_not_there_is_named_in_the_error() -> None:
    with pytest.raises(InvalidInput, match="'preis'") as caught:
        read_schema({"fields": [{"name": "ort"}]}).column("preis")

    assert caught.value.facts == {"column": "preis"}
