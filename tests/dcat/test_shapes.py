"""SHACL: our own shapes, the official ones where they are at hand, and the score of data.europa.eu."""

import json

import pyshacl
import pytest
from rdflib import Graph, Literal, URIRef

from portal.dcat.namespaces import DCAT, DCTERMS, FOAF, RDF, VCARD
from portal.dcat.syntax import SYNTAXES, TURTLE
from portal.dcat.syntaxes import document
from portal.dcat.to_graph import catalog_graph
from portal.foundation.resources import shipped
from tests.dcat.graphs import dataset_graph

DATASET = URIRef("https://daten.example.de/id/dataset/ideen")
CSV = URIRef(f"{DATASET}#ideas.csv")


@pytest.fixture
def dump(a_dataset, a_catalog) -> Graph:
    """A catalogue with a plain dataset, one under CC BY and one of high value."""
    return (
        catalog_graph(a_catalog())
        + dataset_graph(a_dataset())
        + dataset_graph(a_dataset("namen", descriptor={"licenses": [{"name": "cc-by/4.0"}]}))
        + dataset_graph(a_dataset("statistik", dcat={"hvdCategory": ["c_e1da4e07"]}))
    )


@pytest.fixture(scope="module")
def our_shapes() -> Graph:
    return Graph().parse(shipped("schemas") / "shapes" / "portal.ttl")


def conforms(graph: Graph, shapes: Graph) -> bool:
    return bool(pyshacl.validate(graph, shacl_graph=shapes, inference="none")[0])


def test_the_shapes_are_shapes(our_shapes):
    assert pyshacl.validate(Graph(), shacl_graph=our_shapes, meta_shacl=True)[0]


def test_what_we_emit_conforms_to_our_shapes(dump, our_shapes):
    assert conforms(dump, our_shapes)


@pytest.mark.parametrize(
    ("subject", "prop"),
    [
        (DATASET, DCTERMS.title),
        (DATASET, DCTERMS.publisher),
        (DATASET, DCAT.contactPoint),
        (CSV, DCTERMS.license),
        (CSV, DCAT.downloadURL),
        (CSV, DCAT.byteSize),
        (URIRef(f"{DATASET}#api"), DCAT.accessService),
        (URIRef(f"{DATASET}#ideas.csv-sha256"), None),
        (URIRef("https://daten.example.de/id/record/ideen"), FOAF.primaryTopic),
        (URIRef("https://daten.example.de/catalog"), DCAT.themeTaxonomy),
    ],
)
def test_our_shapes_notice_what_is_missing(a_dataset, a_catalog, our_shapes, subject, prop):
    graph = catalog_graph(a_catalog()) + dataset_graph(a_dataset())

    graph.remove((subject, prop, None))

    assert not conforms(graph, our_shapes)


@pytest.mark.parametrize(
    "triple",
    [
        (CSV, DCTERMS.license, URIRef("http://dcat-ap.de/def/licenses/cc-zero")),
        (CSV, DCTERMS["format"], URIRef("https://publications.europa.eu/resource/authority/file-type/CSV")),
        (URIRef(f"{DATASET}#api"), DCAT.downloadURL, URIRef("https://daten.example.de/x")),
        (DATASET, DCTERMS.title, Literal("Noch ein Titel", lang="de")),
        (URIRef(f"{DATASET}#contact"), VCARD.hasEmail, Literal("opendata@example.de")),
    ],
)
def test_our_shapes_notice_what_is_wrong(a_dataset, our_shapes, triple):
    graph = dataset_graph(a_dataset())

    graph.add(triple)

    assert not conforms(graph, our_shapes)


@pytest.mark.parametrize(
    ("profile", "extra"),
    [
        ("dcat-ap", {"hvd": True}),
        ("dcat-ap", {"ranges": True}),
        ("dcat-ap-de", {"hvd": True, "conventions": True}),
    ],
)
def test_the_catalogue_has_no_violation_of_the_official_shapes(dump, official, profile, extra):
    findings = official("validate").validate(dump, profile, **extra)

    assert [found for found in findings if found["severity"] == "Violation"] == []


@pytest.mark.parametrize("profile", ["dcat-ap", "dcat-ap-de"])
def test_a_dataset_alone_has_no_violation_either(a_dataset, official, profile):
    findings = official("validate").validate(dataset_graph(a_dataset()), profile)

    assert [found for found in findings if found["severity"] == "Violation"] == []


@pytest.mark.parametrize("syntax", SYNTAXES, ids=lambda syntax: syntax.name)
def test_a_file_of_every_syntax_is_read_and_accepted(dump, official, tmp_path, syntax):
    file = tmp_path / f"catalog.{syntax.suffix}"
    file.write_bytes(document(dump, syntax))

    checker = official("validate")

    assert set(checker.load(str(file))) == set(dump)


def test_every_dataset_scores_405_of_405(dump, official):
    rows = official("mqa_score").score(dump, assume=True)

    assert {row["dataset"].rsplit("/", 1)[-1]: row["points"] for row in rows} == {
        "ideen": 405,
        "namen": 405,
        "statistik": 405,
    }


def test_the_shipped_catalogue_scores_405_of_405(a_dataset, a_catalog, official):
    graph = catalog_graph(a_catalog())
    for package in sorted(shipped("datasets").glob("*/datapackage.json")):
        descriptor = json.loads(package.read_text(encoding="utf-8"))
        graph += dataset_graph(a_dataset(descriptor["name"], descriptor=descriptor, dcat=descriptor["dcat"]))
    if not any(graph.subjects(RDF.type, DCAT.Dataset)):
        pytest.skip("no dataset is shipped")

    rows = official("mqa_score").score(graph, assume=True)

    assert {row["points"] for row in rows} == {405}
    assert document(graph, TURTLE)
