"""Linked data: rdflib and pyoxigraph read the same rows and the same metadata out of every syntax."""

import json
from collections.abc import Callable
from typing import Any

import pyoxigraph
import pytest
import rdflib

from tests.readers.conftest import ServedDataset
from tests.sources import SourceTable, Value, parsed

Triple = tuple[str, str, str, str]
"""Subject, predicate, object and the object's datatype (empty for things)."""

RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
XSD = "http://www.w3.org/2001/XMLSchema#"
DATATYPES = {
    "string": {XSD + "string", ""},
    "integer": {XSD + "integer"},
    "number": {XSD + "decimal"},
    "boolean": {XSD + "boolean"},
    "date": {XSD + "date"},
    "time": {XSD + "time"},
    "datetime": {XSD + "dateTime"},
    "year": {XSD + "gYear"},
    "yearmonth": {XSD + "gYearMonth"},
}
OXIGRAPH = {
    ".ttl": pyoxigraph.RdfFormat.TURTLE,
    ".jsonld": pyoxigraph.RdfFormat.JSON_LD,
    ".rdf": pyoxigraph.RdfFormat.RDF_XML,
    ".nt": pyoxigraph.RdfFormat.N_TRIPLES,
}
RDFLIB = {".ttl": "turtle", ".jsonld": "json-ld", ".rdf": "xml", ".nt": "nt"}


@pytest.mark.parametrize("suffix", [".ttl", ".jsonld"])
@pytest.mark.parametrize("library", ["rdflib", "pyoxigraph"])
def test_rows_are_things_with_the_published_values(dataset: ServedDataset, suffix: str, library: str) -> None:
    for table in dataset.tables:
        triples = READERS[library](dataset.file(table, suffix), suffix)

        assert _rows(triples, dataset, table) == _things(dataset, table), table.key


def test_links_lead_to_the_rows_they_name(dataset: ServedDataset) -> None:
    for table in dataset.tables:
        triples = with_pyoxigraph(dataset.file(table, ".ttl"), ".ttl")

        linked = {value for _, predicate, value, datatype in triples if not datatype and predicate != RDF_TYPE}
        for iri in sorted(linked)[:3]:
            answer = dataset.server.get(iri, Accept="application/json")
            assert answer.status_code == 200, iri
            assert answer.json()["id"] == iri


@pytest.mark.parametrize("suffix", [".ttl", ".jsonld", ".rdf", ".nt"])
def test_metadata_says_the_same_in_every_syntax_to_both_libraries(dataset: ServedDataset, suffix: str) -> None:
    content = dataset.document(suffix)

    found = _statements(content, suffix)

    assert len(found) > 50
    assert found == _statements(dataset.document(".nt"), ".nt")
    assert len(rdflib.Graph().parse(data=content, format=RDFLIB[suffix])) == len(found)


def with_rdflib(content: bytes, suffix: str) -> list[Triple]:
    rdflib.NORMALIZE_LITERALS = False
    graph = rdflib.Graph().parse(data=content, format=RDFLIB[suffix])
    return [(str(s), str(p), str(o), _datatype(o)) for s, p, o in graph]


def with_pyoxigraph(content: bytes, suffix: str) -> list[Triple]:
    found = []
    for quad in pyoxigraph.parse(content, format=OXIGRAPH[suffix]):
        value: Any = quad.object
        datatype = value.datatype.value if isinstance(value, pyoxigraph.Literal) else ""
        found.append((quad.subject.value, quad.predicate.value, value.value, datatype))  # type: ignore[union-attr]
    return found


def _statements(content: bytes, suffix: str) -> set[str]:
    return {str(quad.triple) for quad in pyoxigraph.parse(content, format=OXIGRAPH[suffix])}


READERS: dict[str, Callable[[bytes, str], list[Triple]]] = {"rdflib": with_rdflib, "pyoxigraph": with_pyoxigraph}


def _datatype(node: Any) -> str:
    return str(node.datatype or XSD + "string") if isinstance(node, rdflib.Literal) else ""


def _rows(triples: list[Triple], dataset: ServedDataset, table: SourceTable) -> dict[str, dict[str, list[Value]]]:
    """Give, by row and property, the values found; a link counts as the key at the end of its IRI."""
    kinds = {_terms(dataset, table)[name]: kind for name, kind in table.types.items()}
    rows: dict[str, dict[str, list[Value]]] = {}
    for subject, predicate, text, datatype in triples:
        row = rows.setdefault(subject, {})
        if predicate == RDF_TYPE:
            continue
        kind = kinds[predicate]
        assert datatype in DATATYPES[kind], f"{subject} {predicate} is {datatype}"
        value = text.rsplit("/", 1)[-1] if not datatype else text
        row.setdefault(predicate, []).append(parsed(value, kind))
    return {subject: {key: sorted(values, key=str) for key, values in row.items()} for subject, row in rows.items()}


def _things(dataset: ServedDataset, table: SourceTable) -> dict[str, dict[str, list[Value]]]:
    """Give what the rows should say, by the published table."""
    terms, base = _terms(dataset, table), f"{dataset.server.url}/id/{dataset.name}/{table.name}/"
    (key,) = _key(table)
    things: dict[str, dict[str, list[Value]]] = {}
    for row in table.rows:
        thing = things.setdefault(f"{base}{row[key]}", {})
        for name, value in row.items():
            if value is not None:
                thing.setdefault(terms[name], []).append(value)
    return {
        subject: {key: sorted(set(values), key=str) for key, values in row.items()} for subject, row in things.items()
    }


def _key(table: SourceTable) -> list[str]:
    keys = table.described["schema"]["primaryKey"]
    return [keys] if isinstance(keys, str) else list(keys)


def _terms(dataset: ServedDataset, table: SourceTable) -> dict[str, str]:
    """Give the property of each column, as the JSON-LD file's own context says it, in the order of the columns."""
    context = json.loads(dataset.file(table, ".jsonld"))["@context"]
    return {
        name: term["@id"] for name, term in zip(table.columns, list(context.values())[2:], strict=True)
    }  # behind rows and their class
