"""JSON-LD with one small shared context: short names, language maps, plain strings for IRIs.

The context is always written into the document, so nobody has to fetch anything to read it; the same object is
promised as `schemas/context.jsonld`. Our graphs have no blank nodes and no lists, so an item is one subject.
"""

import json
from collections.abc import Iterable
from functools import lru_cache
from itertools import groupby
from typing import Any

from rdflib import Literal
from rdflib.term import Node

from portal.dcat.namespaces import PREFIXES, RDF
from portal.dcat.properties import IRI_VALUED, TEXT_VALUED, TYPED
from portal.dcat.subject import Triple

Json = Any  # Any: a JSON value

# Plain strings: comparing rdflib's terms costs ten times as much.
_TYPE = str(RDF.type)
_IRI_VALUED = frozenset(str(prop) for prop in IRI_VALUED)
_TEXT_VALUED = frozenset(str(prop) for prop in TEXT_VALUED)
_TYPED = {str(prop): str(kind) for prop, kind in TYPED.items()}


def context() -> dict[str, Json]:
    """Give the shared context: prefixes, then how the values of each property are written."""
    terms: dict[str, Json] = {compact(str(prop)): {"@type": "@id"} for prop in IRI_VALUED}
    terms.update({compact(str(prop)): {"@container": "@language"} for prop in TEXT_VALUED})
    terms.update({compact(str(prop)): {"@type": compact(str(kind))} for prop, kind in TYPED.items()})
    return {**PREFIXES, **dict(sorted(terms.items()))}


def context_document() -> bytes:
    """Give `schemas/context.jsonld`, byte for byte."""
    return (json.dumps({"@context": context()}, indent=2, ensure_ascii=False) + "\n").encode()


def items(triples: Iterable[Triple]) -> list[dict[str, Json]]:
    """Give one object for each subject of *triples*, which are sorted by subject and property."""
    return [_item(subject, list(said)) for subject, said in groupby(triples, key=lambda triple: str(triple[0]))]


@lru_cache(maxsize=1024)  # terms of a few vocabularies, met thousands of times
def compact(iri: str) -> str:
    """Give the prefixed name of a term from our namespaces, any other IRI as it is."""
    for prefix, namespace in PREFIXES.items():
        if iri.startswith(namespace) and len(iri) > len(namespace):
            return f"{prefix}:{iri[len(namespace) :]}"
    return iri


def _item(subject: str, said: list[Triple]) -> dict[str, Json]:
    item: dict[str, Json] = {"@id": subject}
    for name, statements in groupby(said, key=lambda triple: str(triple[1])):
        values = [value for _, _, value in statements]
        if name == _TYPE:
            item["@type"] = _one_or_many([compact(str(value)) for value in values])
        else:
            item[compact(name)] = _values(name, values)
    return item


def _values(prop: str, values: list[Node]) -> Json:
    if prop in _TEXT_VALUED and all(isinstance(value, Literal) and value.language for value in values):
        return _language_map(values)
    return _one_or_many([_value(prop, value) for value in values])


def _language_map(values: list[Node]) -> dict[str, Json]:
    by_language: dict[str, list[str]] = {}
    for value in values:
        if isinstance(value, Literal):
            by_language.setdefault(str(value.language), []).append(str(value))
    return {language: _one_or_many(texts) for language, texts in sorted(by_language.items())}


def _value(prop: str, value: Node) -> Json:
    if not isinstance(value, Literal):
        return str(value) if prop in _IRI_VALUED else {"@id": str(value)}
    if value.language:
        return {"@language": value.language, "@value": str(value)}
    if value.datatype is None:
        return str(value) if _is_uncoerced(prop) else {"@value": str(value)}
    if _TYPED.get(prop) == str(value.datatype):
        return str(value)
    return {"@type": compact(str(value.datatype)), "@value": str(value)}


def _is_uncoerced(prop: str) -> bool:
    return prop not in _IRI_VALUED and prop not in _TYPED


def _one_or_many(values: list[Json]) -> Json:
    return values[0] if len(values) == 1 else values
