"""Tables that wait for their rows: in the draft, named as a gap, and never in a release."""

import pytest

from portal.curation.announcing import NO_COLUMNS, announce_table
from portal.curation.looking import draft_findings
from portal.foundation.errors import InvalidDataset, InvalidInput, Outdated
from portal.foundation.tableschema import TableSchema, read_schema
from tests.curating import TABLE
from tests.curation.desk import SLUG, Desk
from tests.people import NOON


def _announce(desk: Desk, table: str = TABLE, schema: TableSchema | None = None, source: str = "") -> None:
    parts = desk.portal.engine, desk.portal.store, desk.portal.drafts
    announce_table(*parts, SLUG, table, schema=schema, source=source, by=desk.anna, at=NOON)


def test_a_table_without_rows_is_a_gap_until_they_come(desk: Desk) -> None:
    _announce(desk)

    draft = desk.the_draft()
    assert [(one["name"], one["schema"]["fields"]) for one in draft.descriptor["resources"]] == [(TABLE, [])]
    gaps = {one.pointer: one.message.in_language("en") for one in draft_findings(draft)}
    assert gaps["/resources/0"] == "The table trees has no rows yet: it has not been delivered."
    assert "/resources/0/schema/fields" not in gaps
    with pytest.raises(InvalidDataset):
        desk.submit()
    desk.edit({"resources": [{"name": TABLE, "title": "Bäume"}]})
    desk.publish()
    assert desk.draft() is None


def test_its_rows_are_held_against_the_columns_that_were_announced(desk: Desk) -> None:
    schema = read_schema({"fields": [{"name": "id"}, {"name": "name", "type": "integer"}], "primaryKey": ["id"]})
    _announce(desk, schema=schema)

    with pytest.raises(InvalidDataset):
        desk.deliver()
    desk.deliver(b"id,name\nx,1\n")
    assert [one["type"] for one in desk.the_draft().descriptor["resources"][0]["schema"]["fields"]] == [
        "string",
        "integer",
    ]


def test_a_table_is_emptied_and_the_public_still_sees_its_rows(desk: Desk) -> None:
    desk.publish()
    desk.open()
    source = desk.the_draft().sources[TABLE]

    with pytest.raises(Outdated):
        _announce(desk)
    _announce(desk, source=source, schema=NO_COLUMNS)

    draft = desk.the_draft()
    assert (draft.sources, draft.deliveries) == ({}, {})
    assert desk.events()[-1] == "draft-edited"
    with pytest.raises(InvalidDataset):
        desk.submit()


def test_a_name_that_does_not_do_is_refused(desk: Desk) -> None:
    before = desk.stored()

    with pytest.raises(InvalidInput):
        _announce(desk, table="../x")

    assert desk.stored() == before
