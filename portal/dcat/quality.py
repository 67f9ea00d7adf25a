"""The Metadata Quality Assessment of data.europa.eu, computed from what is said of one dataset: up to 405 points.

findability       100   keyword, category, place, time
accessibility     100   access and download addresses that answer
interoperability  110   formats and media types of the lists, open and machine-readable ones, no breach of DCAT-AP
reusability        75   licence, access rights, contact, publisher
contextuality      20   rights, size, dates

A metric on distributions counts on the one with the most points, as there. What needs the running server (do the
addresses answer?) is counted as the portal guarantees it: whatever it names, it serves.
Source: data.europa.eu/mqa/methodology.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from rdflib import Literal, URIRef
from rdflib.term import Node

from portal.dcat.namespaces import DCAT, DCTERMS
from portal.dcat.quality_advice import ADVICE
from portal.dcat.subject import Triple
from portal.foundation.text import LangString
from portal.vocabularies.concepts import concepts
from portal.vocabularies.file_types import file_types
from portal.vocabularies.licences import licences

MAX_POINTS = 405


class Dimension(StrEnum):
    """What a metric is about."""

    FINDABILITY = "findability"
    ACCESSIBILITY = "accessibility"
    INTEROPERABILITY = "interoperability"
    REUSABILITY = "reusability"
    CONTEXTUALITY = "contextuality"


Said = Mapping[URIRef, list[Node]]
"""What is said of one node: property ↔ values."""


@dataclass(frozen=True)
class Metric:
    """One thing that earns points."""

    name: str
    dimension: Dimension
    max_points: int
    is_met: Callable[[Said], bool]

    @property
    def advice(self) -> LangString:
        """What to do to gain the points, in a sentence."""
        return ADVICE[self.name]


@dataclass(frozen=True)
class Mark:
    """What a metric earned."""

    metric: Metric
    points: int

    @property
    def lost(self) -> int:
        return self.metric.max_points - self.points


@dataclass(frozen=True)
class Quality:
    """Every metric of one dataset."""

    marks: tuple[Mark, ...]

    @property
    def points(self) -> int:
        return sum(mark.points for mark in self.marks)

    @property
    def rating(self) -> str:
        return next(name for least, name in RATINGS if self.points >= least)

    @property
    def missing(self) -> list[Mark]:
        """Give what could still be gained, the best gain first."""
        return sorted((mark for mark in self.marks if mark.lost), key=lambda mark: -mark.lost)


RATINGS = ((351, "excellent"), (221, "good"), (121, "sufficient"), (0, "bad"))
"""Least points ↔ rating."""


def assess(statements: Iterable[Triple], dataset_iri: str) -> Quality:
    """Give the points of the dataset *dataset_iri* by what *statements* say of it and its distributions."""
    said: dict[Node, dict[URIRef, list[Node]]] = defaultdict(lambda: defaultdict(list))
    for subject, prop, value in statements:
        said[subject][URIRef(str(prop))].append(value)
    dataset = said[URIRef(dataset_iri)]
    best = _best([said[node] for node in sorted(dataset[DCAT.distribution], key=str)])
    both = {prop: [*dataset.get(prop, []), *best.get(prop, [])] for prop in (DCTERMS.issued, DCTERMS.modified)}
    return Quality(
        (
            *(_mark(metric, dataset) for metric in ON_DATASET),
            *(_mark(metric, best) for metric in ON_DISTRIBUTION),
            *(_mark(metric, both) for metric in ON_EITHER),
        )
    )


def _best(distributions: list[dict[URIRef, list[Node]]]) -> Said:
    """Give the distribution with the most points, the first of several; one of which nothing is said if there is none."""
    return max(distributions, key=lambda one: sum(_mark(metric, one).points for metric in ON_DISTRIBUTION), default={})


def _mark(metric: Metric, said: Said) -> Mark:
    return Mark(metric, metric.max_points if metric.is_met(said) else 0)


def _given(prop: URIRef) -> Callable[[Said], bool]:
    """Tell whether there is a value; a text of blanks is none."""
    return lambda said: any(not isinstance(value, Literal) or str(value).strip() for value in said.get(prop, ()))


def _conforms(said: Said) -> bool:
    """Tell whether the shapes of DCAT-AP find nothing: of what they demand, only title and description can be missing
    in what this room writes (tests hold that against the official shapes)."""
    return all(_given(prop)(said) for prop in (DCTERMS.title, DCTERMS.description))


def _access_right_known(said: Said) -> bool:
    known = {str(one.iri) for one in concepts("access-right").values()}
    return any(str(value) in known for value in said.get(DCTERMS.accessRights, ()))


def _formats_known(said: Said) -> bool:
    """Tell whether every format is of the EU's list and every media type of IANA's, and there is one of either."""
    formats, media = said.get(DCTERMS["format"], []), said.get(DCAT.mediaType, [])
    types = {one.concept.iri for one in file_types().values()}
    registered = {one.iri for one in concepts("media-type").values()}
    return bool(formats or media) and {*map(str, formats)} <= types and {*map(str, media)} <= registered


def _machine_readable(said: Said) -> bool:
    types = {one.concept.iri for one in file_types().values() if one.machine_readable}
    return any(str(value) in types for value in said.get(DCTERMS["format"], ()))


def _non_proprietary(said: Said) -> bool:
    types = {one.concept.iri for one in file_types().values() if one.non_proprietary}
    return any(str(value) in types for value in said.get(DCTERMS["format"], ()))


@cache
def _known_licences() -> frozenset[str]:
    """Give the licences of the list that say more than "another one"."""
    return frozenset(one.iri for one in licences().values() if one.kind != "other" and not one.superseded)


def _licence_known(said: Said) -> bool:
    return any(str(value) in _known_licences() for value in said.get(DCTERMS.license, ()))


_F, _A, _I, _R, _C = Dimension

ON_DATASET = (
    Metric("keyword", _F, 30, _given(DCAT.keyword)),
    Metric("category", _F, 30, _given(DCAT.theme)),
    Metric("place", _F, 20, _given(DCTERMS.spatial)),
    Metric("time", _F, 20, _given(DCTERMS.temporal)),
    Metric("dcat-ap", _I, 30, _conforms),
    Metric("access-rights", _R, 10, _given(DCTERMS.accessRights)),
    Metric("access-rights-known", _R, 5, _access_right_known),
    Metric("contact", _R, 20, _given(DCAT.contactPoint)),
    Metric("publisher", _R, 10, _given(DCTERMS.publisher)),
)
ON_DISTRIBUTION = (
    Metric("access-url-answers", _A, 50, _given(DCAT.accessURL)),
    Metric("download-url", _A, 20, _given(DCAT.downloadURL)),
    Metric("download-url-answers", _A, 30, _given(DCAT.downloadURL)),
    Metric("format", _I, 20, _given(DCTERMS["format"])),
    Metric("media-type", _I, 10, _given(DCAT.mediaType)),
    Metric("formats-known", _I, 10, _formats_known),
    Metric("non-proprietary", _I, 20, _non_proprietary),
    Metric("machine-readable", _I, 20, _machine_readable),
    Metric("licence", _R, 20, _given(DCTERMS.license)),
    Metric("licence-known", _R, 10, _licence_known),
    Metric("rights", _C, 5, _given(DCTERMS.rights)),
    Metric("size", _C, 5, _given(DCAT.byteSize)),
)
ON_EITHER = (
    Metric("issued", _C, 5, _given(DCTERMS.issued)),
    Metric("modified", _C, 5, _given(DCTERMS.modified)),
)
