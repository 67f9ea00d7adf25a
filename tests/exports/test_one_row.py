"""A row alone says what the table's files say of it, for every type and key."""

from dataclasses import replace
from pathlib import Path

import pytest
from rdflib import Graph, URIRef

from portal.exports.one_row import jsonld_of, thing_iri, turtle_of
from portal.foundation.db import reading
from portal.publishing.things import Things
from portal.wiring import Portal
from tests.builders import a_field, a_folder, a_table
from tests.releases import content, publish
from tests.templates import PortalWith

FIELDS = (
    a_field("id", constraints={"required": True, "unique": True}),
    a_field("day", "date", constraints={"required": True}),
    a_field("price", "number"),
    a_field("count", "integer"),
    a_field("huge", "integer"),
    a_field("open", "boolean"),
    a_field("at", "datetime"),
    a_field("there", "datetime"),
    a_field("clock", "time"),
    a_field("year", "year"),
    a_field("month", "yearmonth"),
    a_field("größe in m (ca.)", rdfProperty="http://schema.org/name"),
    a_field("parent_id"),
    a_field("parent_day", "date"),
    a_field("tree_id"),
)
ROWS = [
    ("a,b/c ä", "2020-05-01", "12.50", 7, 2**70, "true", "2020-05-01T12:00:00", "2020-05-01T12:00:00+02:00", "08:15:00",
     "0800", "2020-05", 'Zeile "eins"\n\\ mit \t allem', None, None, "x-1"),
    ("b", "2020-05-02", "-0.05", -7, -1, "false", "0001-01-01T00:00:00.5", "2020-05-01T12:00:00Z", "23:59:59.25",
     "2020", "1999-12", "’‚\u2028 ü 𝄞", "a,b/c ä", "2020-05-01", None),
    ("c", "2020-05-03", None, None, None, None, None, None, None, None, None, None, None, None, None),
]  # fmt: skip


@pytest.fixture
def published(portal_with: PortalWith) -> Portal:
    return portal_with(rows_of_every_type)


def rows_of_every_type(portal: Portal, folder: Path) -> None:
    keys = [
        {"fields": ["parent_id", "parent_day"], "reference": {"resource": "", "fields": ["id", "day"]}},
        {"fields": ["tree_id"], "reference": {"resource": "trees", "fields": ["id"]}},
    ]
    table = a_table(fields=FIELDS, rows=ROWS, primary_key=("id", "day"))
    table.facts["schema"] = {  # type: ignore[index]
        "fields": list(FIELDS),
        "primaryKey": ["id", "day"],
        "foreignKeys": keys,
    }
    publish(portal, a_folder(folder, tables={"all": table, "trees": a_table()}))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_turtle_and_jsonld_of_a_row_are_those_of_the_tables_files(published, row):
    whole = Graph().parse(data=content(published, "all.ttl"), format="turtle")
    linked = Graph().parse(data=content(published, "all.jsonld"), format="json-ld")

    with reading(published.engine) as session:
        thing = Things(session, published.store, published.rows, published.settings).find(
            "baeume", "all", f"{row[0]},{row[1]}"
        )
    turtle = Graph().parse(data=turtle_of(thing.export, thing.row, thing.number), format="turtle")
    jsonld = Graph().parse(data=jsonld_of(thing.export, thing.row, thing.number), format="json-ld")

    assert set(turtle) == set(whole.triples((URIRef(thing.iri), None, None)))
    assert set(jsonld) == set(linked.triples((URIRef(thing.iri), None, None)))
    assert len(turtle) > 2


def test_a_row_without_key_is_named_by_its_number(published):
    with reading(published.engine) as session:
        thing = Things(session, published.store, published.rows, published.settings).find("baeume", "trees", "x-2")
    keyless = replace(thing.export, schema=replace(thing.export.schema, primary_key=()))

    assert thing_iri(keyless, thing.row, thing.number).endswith("/datasets/baeume/v/1/trees#row=2")
