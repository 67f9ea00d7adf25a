"""The RDF syntaxes there are; syntaxes.py writes them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Syntax:
    """A way to write RDF."""

    name: str
    suffix: str
    media_type: str
    file_type: str
    """Code of the EU file-type table."""
    title: str
    separator: bytes
    """What stands between two fragments."""


TURTLE = Syntax("turtle", "ttl", "text/turtle", "RDF_TURTLE", "Turtle", b"\n")
RDF_XML = Syntax("rdf-xml", "rdf", "application/rdf+xml", "RDF_XML", "RDF/XML", b"")
JSON_LD = Syntax("json-ld", "jsonld", "application/ld+json", "JSON_LD", "JSON-LD", b",\n")
N_TRIPLES = Syntax("n-triples", "nt", "application/n-triples", "RDF_N_TRIPLES", "N-Triples", b"")

SYNTAXES = (TURTLE, RDF_XML, JSON_LD, N_TRIPLES)
