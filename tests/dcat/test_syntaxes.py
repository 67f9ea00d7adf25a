"""Documents and fragments: every syntax says the same, pieces add up, equal graphs give equal bytes."""

import json

import pyoxigraph
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rdflib import Graph

from portal.dcat.jsonld import context, context_document
from portal.dcat.namespaces import DCTERMS
from portal.dcat.subject import Subject
from portal.dcat.syntax import JSON_LD, SYNTAXES, TURTLE
from portal.dcat.syntaxes import document, fragment, fragments, head, tail
from portal.dcat.to_graph import catalog_graph
from portal.foundation.resources import shipped
from portal.foundation.text import LangString
from tests.dcat.graphs import dataset_graph

RDFLIB_NAMES = {"turtle": "turtle", "rdf-xml": "xml", "json-ld": "json-ld", "n-triples": "nt"}
NASTY = 'Anführung "so", \\ Rück, <tag> & ]]> \r\n Zeile\x0b\ttab, 𝄞, {"@id": "x"}'


def read_with_rdflib(written: bytes, syntax) -> set:
    return set(Graph().parse(data=written, format=RDFLIB_NAMES[syntax.name]))


def read_with_oxigraph(written: bytes, syntax) -> set:
    graph = Graph()
    lines = pyoxigraph.serialize(
        (
            quad.triple
            for quad in pyoxigraph.parse(written, format=pyoxigraph.RdfFormat.from_media_type(syntax.media_type))
        ),
        format=pyoxigraph.RdfFormat.N_TRIPLES,
    )
    return set(graph.parse(data=lines, format="nt"))


@pytest.fixture
def graphs(a_dataset, a_catalog):
    datasets = [
        a_dataset("ideen"),
        a_dataset("poster", descriptor={"title": NASTY, "description": NASTY}, contributor_id=None),
        a_dataset("orte", descriptor={"licenses": [{"name": "cc-by/4.0"}]}, previous_version=None),
    ]
    return [catalog_graph(a_catalog()), *map(dataset_graph, datasets)]


@pytest.mark.parametrize("syntax", SYNTAXES, ids=lambda syntax: syntax.name)
@pytest.mark.parametrize("count", [1, 2, 4])
def test_joined_fragments_are_a_document_that_says_the_same(graphs, syntax, count):
    pieces = [fragment(graph, syntax) for graph in graphs[:count]]

    written = head(syntax) + syntax.separator.join(pieces) + tail(syntax)

    expected = set().union(*graphs[:count])
    assert read_with_rdflib(written, syntax) == expected
    assert read_with_oxigraph(written, syntax) == expected


@pytest.mark.parametrize("syntax", SYNTAXES, ids=lambda syntax: syntax.name)
def test_the_same_graph_gives_the_same_bytes(a_dataset, syntax):
    again = Graph()
    for triple in sorted(dataset_graph(a_dataset()), reverse=True):
        again.add(triple)

    assert document(dataset_graph(a_dataset()), syntax) == document(again, syntax)


@pytest.mark.parametrize("syntax", SYNTAXES, ids=lambda syntax: syntax.name)
def test_an_empty_catalogue_is_a_valid_document(syntax):
    written = document(Graph(), syntax)

    assert read_with_rdflib(written, syntax) == set()
    assert read_with_oxigraph(written, syntax) == set()


def test_all_fragments_at_once_are_the_fragments_one_by_one(a_dataset):
    graph = dataset_graph(a_dataset())

    assert fragments(graph) == {syntax: fragment(graph, syntax) for syntax in SYNTAXES}


@given(st.text())
def test_any_text_is_the_same_in_every_syntax(text):
    statements: set = set()
    Subject(statements, "https://daten.example.de/x").text(DCTERMS.title, LangString(text))

    for syntax in SYNTAXES:
        assert read_with_rdflib(document(statements, syntax), syntax) == statements
        assert read_with_oxigraph(document(statements, syntax), syntax) == statements


def test_prefixes_are_declared_once(graphs):
    written = head(TURTLE) + TURTLE.separator.join(fragment(graph, TURTLE) for graph in graphs) + tail(TURTLE)

    assert written.count(b"@prefix dcat:") == 1


def test_json_ld_reads_well_without_knowing_rdf(a_dataset):
    written = json.loads(document(dataset_graph(a_dataset()), JSON_LD))

    dataset = next(item for item in written["@graph"] if item.get("@type") == "dcat:Dataset")
    assert dataset["dcterms:title"] == {"de": "Ideen der Werkstatt", "en": "Ideas of the workshop"}
    assert dataset["dcat:landingPage"] == "https://daten.example.de/datasets/ideen"
    assert dataset["dcterms:modified"] == "2026-11-21T12:00:00+00:00"


def test_the_promised_context_is_the_one_we_write():
    promised = shipped("schemas") / "context.jsonld"

    assert promised.read_bytes() == context_document()
    assert json.loads(promised.read_text(encoding="utf-8"))["@context"] == context()
