"""Terms of the controlled vocabularies: a short code for people, an IRI for machines, a label in both languages.

    concept("data-theme", "ECON").iri     http://publications.europa.eu/resource/authority/data-theme/ECON
    concept("frequency", "NEVER").label   LangString(de="niemals", en="never")

Schemes are the files of `schemas/vocabularies/` with the columns code, iri, label_de and label_en.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from portal.foundation.errors import InvalidInput
from portal.foundation.text import LangString
from portal.vocabularies.tables import read_table

SCHEMES = (
    "access-right",
    "checksum-algorithm",
    "data-theme",
    "dataset-type",
    "distribution-status",
    "file-type",
    "frequency",
    "hvd-category",
    "language",
    "media-type",
    "planned-availability",
    "political-geocoding-level",
    "publisher-type",
)


@dataclass(frozen=True)
class Concept:
    """One term of a scheme."""

    scheme: str
    code: str
    iri: str
    label: LangString


@cache
def concepts(scheme: str) -> Mapping[str, Concept]:
    """Give all terms of *scheme* by their code, in the order of the file.

    Raises:
        InvalidInput: there is no such scheme.
    """
    if scheme not in SCHEMES:
        raise InvalidInput(
            f"There is no scheme {scheme!r}; known are {', '.join(SCHEMES)}.",
            detail_de=f"Es gibt kein Schema {scheme!r}; bekannt sind {', '.join(SCHEMES)}.",
            scheme=scheme,
        )
    return MappingProxyType(
        {
            row["code"]: Concept(scheme, row["code"], row["iri"], LangString(row["label_de"], row["label_en"]))
            for row in read_table(scheme)
        }
    )


def concept(scheme: str, code: str) -> Concept:
    """Give the term called *code*; its IRI is understood as well.

    Raises:
        InvalidInput: the scheme has no such term; the known codes are in the sentence and the facts.
    """
    terms = concepts(scheme)
    found = terms.get(code) or _by_iri(scheme).get(code)
    if found is None:
        known = ", ".join(terms)
        raise InvalidInput(
            f"{code!r} is not a code of {scheme}; known are {known}.",
            detail_de=f"{code!r} ist kein Code von {scheme}; bekannt sind {known}.",
            scheme=scheme,
            code=code,
            known=list(terms),
        )
    return found


@cache
def _by_iri(scheme: str) -> Mapping[str, Concept]:
    return MappingProxyType({term.iri: term for term in concepts(scheme).values()})
