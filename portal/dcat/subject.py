"""One node under description: each method says one thing about it, and gives every IRI it names its class.

The DCAT-AP 3.0.1 shapes test `sh:class` on what is referred to, so each referred node carries its type in the
same graph. Texts lose what XML 1.0 cannot carry, so that all syntaxes say the same.
"""

import re
from collections.abc import Iterable
from datetime import UTC, datetime

from rdflib import Graph, Literal, URIRef
from rdflib.term import Node

from portal.dcat.namespaces import RDF, XSD
from portal.foundation.errors import InvalidInput
from portal.foundation.text import LangString, is_web_address

_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


Triple = tuple[Node, Node, Node]


def graph_of(statements: Iterable[Triple]) -> Graph:
    """Give *statements* as an rdflib graph; without its default prefixes, which cost more than a small graph."""
    graph = Graph(bind_namespaces="none")
    for statement in statements:
        graph.add(statement)
    return graph


class Subject:
    """A node that *statements* are made about, in a plain set: filling a graph costs three times as much."""

    def __init__(self, statements: set[Triple], iri: str, *classes: URIRef) -> None:
        self.statements = statements
        self.node = URIRef(iri)
        for kind in classes:
            statements.add((self.node, RDF.type, kind))

    def link(self, prop: URIRef, iri: str, *classes: URIRef) -> None:
        """Refer to the node *iri*, which is of *classes*."""
        node = URIRef(iri)
        self.statements.add((self.node, prop, node))
        for kind in classes:
            self.statements.add((node, RDF.type, kind))

    def text(self, prop: URIRef, text: LangString) -> None:
        """Say *text*, once in each language that exists and is not empty."""
        for language, words in text.items():
            if words.strip():
                self.statements.add((self.node, prop, Literal(_clean(words), lang=language)))

    def texts(self, prop: URIRef, language: str, texts: Iterable[object]) -> None:
        """Say each of *texts* in *language*."""
        for words in texts:
            if str(words).strip():
                self.statements.add((self.node, prop, Literal(_clean(str(words)), lang=language)))

    def value(self, prop: URIRef, value: object, datatype: URIRef | None = None) -> None:
        """State a literal, of *datatype* if there is one."""
        self.statements.add((self.node, prop, Literal(_clean(str(value)), datatype=datatype)))

    def moment(self, prop: URIRef, at: datetime) -> None:
        """State an aware time, to the second and in UTC."""
        self.statements.add((self.node, prop, moment(at)))


def moment(at: datetime) -> Literal:
    """Give an aware time as xsd:dateTime in UTC, to the second."""
    if at.tzinfo is None:
        raise ValueError(f"{at!r} has no time zone.")
    return Literal(at.astimezone(UTC).isoformat(timespec="seconds"), datatype=XSD.dateTime)


def web_address(value: object, what: str) -> str:
    """Give *value* if it is an absolute http(s) address without signs an IRI may not have.

    Raises:
        InvalidInput: it is not; *what* names the property in the sentence.
    """
    if isinstance(value, str) and is_web_address(value):
        return value
    raise InvalidInput(
        f"{what} needs an http address, not {value!r}.",
        detail_de=f"{what} braucht eine http-Adresse, nicht {value!r}.",
        property=what,
        value=value,
    )


def _clean(text: str) -> str:
    return _NOT_IN_XML.sub("", text).replace("\r\n", "\n").replace("\r", "\n")
