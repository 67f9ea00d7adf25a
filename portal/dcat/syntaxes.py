"""The four RDF syntaxes, written so that pieces add up: head + SEPARATOR-joined fragments + tail is a document.

A release stores one fragment for each dataset and syntax; the whole catalogue is then a concatenation. Hence the
prefixes stand in the head only, RDF/XML has one root with all namespaces, and JSON-LD items share one context.
Statements are sorted, so the same ones give the same bytes. pyoxigraph serialises (about a hundred times faster
than rdflib's Turtle); no statements give an empty fragment, which must not be joined.
"""

import json
from collections.abc import Iterable
from xml.sax.saxutils import quoteattr

import pyoxigraph
from rdflib import Literal
from rdflib.term import Node

from portal.dcat.jsonld import context, items
from portal.dcat.namespaces import PREFIXES, RDF
from portal.dcat.subject import Triple
from portal.dcat.syntax import JSON_LD, N_TRIPLES, RDF_XML, SYNTAXES, TURTLE, Syntax

RDF_TYPE = RDF.type

_FORMATS = {
    TURTLE: pyoxigraph.RdfFormat.TURTLE,
    RDF_XML: pyoxigraph.RdfFormat.RDF_XML,
    N_TRIPLES: pyoxigraph.RdfFormat.N_TRIPLES,
}


def document(statements: Iterable[Triple], syntax: Syntax) -> bytes:
    """Give *statements* (a graph, or plain triples) as a complete document; the same ones give the same bytes."""
    return head(syntax) + fragment(statements, syntax) + tail(syntax)


def fragment(statements: Iterable[Triple], syntax: Syntax) -> bytes:
    """Give *statements* as a piece to stand between `head` and `tail`."""
    return fragments(statements, (syntax,))[syntax]


def fragments(statements: Iterable[Triple], syntaxes: tuple[Syntax, ...] = SYNTAXES) -> dict[Syntax, bytes]:
    """Give *statements* as a piece in each of *syntaxes*; sorts once, so cheaper than one by one."""
    triples = sorted_triples(statements)
    converted = [_converted(triple) for triple in triples]
    return {syntax: _json_items(triples) if syntax is JSON_LD else _body(converted, syntax) for syntax in syntaxes}


def head(syntax: Syntax) -> bytes:
    """Give what a document in *syntax* begins with."""
    if syntax is TURTLE:
        return "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in PREFIXES.items()).encode() + b"\n"
    if syntax is RDF_XML:
        names = "".join(f"\n\txmlns:{prefix}={quoteattr(iri)}" for prefix, iri in PREFIXES.items())
        return f'<?xml version="1.0" encoding="UTF-8"?>\n<rdf:RDF{names}>\n'.encode()
    if syntax is JSON_LD:
        written = json.dumps(context(), ensure_ascii=False, separators=(",", ":"))
        return f'{{"@context":{written},\n"@graph":[\n'.encode()
    return b""


def tail(syntax: Syntax) -> bytes:
    """Give what a document in *syntax* ends with."""
    return {RDF_XML: b"</rdf:RDF>\n", JSON_LD: b"\n]}\n"}.get(syntax, b"")


def sorted_triples(statements: Iterable[Triple]) -> list[Triple]:
    """Give *statements* by subject, the type first, then by property and value.

    What is described comes before what is only given a class, so that a reader meets the dataset first.
    """
    listed = list(statements)
    described = {subject for subject, prop, _ in listed if prop != RDF_TYPE}

    def order(triple: Triple) -> tuple[bool, str, bool, str, str, str]:
        subject, prop, value = triple
        kind = (value.language or value.datatype or "") if isinstance(value, Literal) else ""
        return subject not in described, str(subject), prop != RDF_TYPE, str(prop), str(value), str(kind)

    return sorted(listed, key=order)


def _converted(triple: Triple) -> pyoxigraph.Triple:
    subject, prop, value = triple
    return pyoxigraph.Triple(pyoxigraph.NamedNode(str(subject)), pyoxigraph.NamedNode(str(prop)), _term(value))


def _term(value: Node) -> pyoxigraph.NamedNode | pyoxigraph.Literal:
    if not isinstance(value, Literal):
        return pyoxigraph.NamedNode(str(value))
    if value.language:
        return pyoxigraph.Literal(str(value), language=value.language)
    if value.datatype:
        return pyoxigraph.Literal(str(value), datatype=pyoxigraph.NamedNode(value.datatype))
    return pyoxigraph.Literal(str(value))


def _body(triples: list[pyoxigraph.Triple], syntax: Syntax) -> bytes:
    """Serialise, and take off what `head` and `tail` give."""
    if not triples:
        return b""
    written = pyoxigraph.serialize(triples, format=_FORMATS[syntax], prefixes=PREFIXES) or b""
    if syntax is TURTLE:
        return _without_prefixes(written)
    if syntax is RDF_XML:
        start = written.index(b">", written.index(b"<rdf:RDF")) + 1
        return written[start : written.rindex(b"</rdf:RDF>")].lstrip(b"\n")
    return written


def _without_prefixes(written: bytes) -> bytes:
    start = 0
    while written.startswith(b"@prefix", start):
        start = written.index(b"\n", start) + 1
    return written[start:]


def _json_items(triples: list[Triple]) -> bytes:
    return ",\n".join(json.dumps(item, ensure_ascii=False, separators=(",", ":")) for item in items(triples)).encode()
