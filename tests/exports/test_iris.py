"""Rows, columns and links have the IRIs that are promised, the same in JSON-LD and Turtle."""

from collections.abc import Callable, Iterator

import pyoxigraph
import pytest

from portal.exports.jsonld import jsonld_pieces
from portal.exports.table import TableExport
from portal.exports.turtle import turtle_pieces

ID, VOCABULARY = "https://daten.example/id", "https://daten.example/datasets/maengel/meldungen#"
SCHEMA = {
    "fields": [
        {"name": "a"},
        {"name": "Nr.", "type": "integer"},
        {"name": "ort", "rdfProperty": "http://purl.org/dc/terms/spatial"},
        {"name": "tag", "type": "date"},
    ],
    "primaryKey": ["a", "Nr."],
    "foreignKeys": [{"fields": ["a", "tag"], "reference": {"resource": "tage", "fields": ["a", "tag"]}}],
    "externalKeys": [{"fields": "ort", "reference": {"package": "orte", "resource": "places", "fields": "id"}}],
}


@pytest.mark.parametrize(
    ("pieces", "kind"),
    [(jsonld_pieces, pyoxigraph.RdfFormat.JSON_LD), (turtle_pieces, pyoxigraph.RdfFormat.TURTLE)],
    ids=["jsonld", "turtle"],
)
def test_keys_are_percent_encoded_and_foreign_keys_become_links(
    pieces: Callable[[TableExport], Iterator[bytes | memoryview]],
    kind: pyoxigraph.RdfFormat,
    an_export: Callable[..., TableExport],
) -> None:
    export = an_export("a,Nr.,ort,tag\nä/b ~,7,köln,2024-01-01\nx,8,,\n", SCHEMA, rdf_type="http://schema.org/Report")

    text = b"".join(pieces(export))

    found = {(q.subject.value, q.predicate.value, q.object.value) for q in pyoxigraph.parse(text, format=kind)}
    first, second = f"{ID}/maengel/meldungen/%C3%A4%2Fb%20~,7", f"{ID}/maengel/meldungen/x,8"
    kind_of = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
    assert found == {
        (first, kind_of, "http://schema.org/Report"),
        (first, f"{VOCABULARY}a", "ä/b ~"),
        (first, f"{VOCABULARY}Nr.", "7"),
        (first, "http://purl.org/dc/terms/spatial", f"{ID}/orte/places/k%C3%B6ln"),
        (first, f"{VOCABULARY}tag", "2024-01-01"),
        (first, f"{VOCABULARY}a,tag", f"{ID}/maengel/tage/%C3%A4%2Fb%20~,2024-01-01"),
        (second, kind_of, "http://schema.org/Report"),
        (second, f"{VOCABULARY}a", "x"),
        (second, f"{VOCABULARY}Nr.", "8"),
    }


@pytest.mark.parametrize(("keys", "prefixed"), [((0, 7, 10**20), True), ((-1, 7), False)])
def test_whole_numbers_stand_behind_a_prefix_and_name_the_same_rows(
    an_export: Callable[..., TableExport], keys: tuple[int, ...], prefixed: bool
) -> None:
    schema = {"fields": [{"name": "n", "type": "integer"}], "primaryKey": "n"}
    export = an_export("n\n" + "".join(f"{key}\n" for key in keys), schema)

    text = b"".join(turtle_pieces(export))

    found = {quad.subject.value for quad in pyoxigraph.parse(text, format=pyoxigraph.RdfFormat.TURTLE)}
    assert found == {f"{ID}/maengel/meldungen/{key}" for key in keys}
    assert (b"@prefix r: " in text) is prefixed
