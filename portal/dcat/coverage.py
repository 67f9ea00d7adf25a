"""Where and when: places as `dcterms:Location`, periods as `dcterms:PeriodOfTime`.

A known place is given by all its published IRIs (GeoNames, German keys: convention K11, NUTS); the first one
carries label, centroid and extent as WKT literals, longitude first (DCAT-AP 3.0.1: literals, not nodes). A region
nobody has published an IRI for is named by its row in the shipped dataset of places.
"""

import re
from collections.abc import Iterable, Mapping

from rdflib import URIRef

from portal.dcat.addresses import row_iri
from portal.dcat.namespaces import DCAT, DCTERMS, GEO, SKOS, XSD
from portal.dcat.subject import Subject
from portal.foundation.errors import InvalidInput
from portal.foundation.text import is_web_address
from portal.vocabularies.places import Place, place

_DATE_TYPES: tuple[tuple[str, URIRef], ...] = (
    (r"\d{4}-\d{2}-\d{2}", XSD.date),
    (r"\d{4}-\d{2}", XSD.gYearMonth),
    (r"\d{4}", XSD.gYear),
    (r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})?", XSD.dateTime),
)


def add_places(subject: Subject, places: Iterable[str], base_url: str) -> None:
    """State that *subject* covers *places*, each a place id or an http IRI.

    Raises:
        InvalidInput: one is neither.
    """
    for named in places:
        if is_web_address(named):
            subject.link(DCTERMS.spatial, named, DCTERMS.Location)
        else:
            _add_place(subject, place(named), base_url)


def _add_place(subject: Subject, known: Place, base_url: str) -> None:
    iris = known.iris or (row_iri(base_url, "orte", "places", known.id),)
    for iri in iris:
        subject.link(DCTERMS.spatial, iri, DCTERMS.Location)
    location = Subject(subject.statements, iris[0])
    location.text(SKOS.prefLabel, known.label)
    if known.centroid:
        longitude, latitude = known.centroid
        location.value(DCAT.centroid, f"POINT({longitude} {latitude})", GEO.wktLiteral)
    if known.bbox:
        west, south, east, north = known.bbox
        corners = ((west, south), (east, south), (east, north), (west, north), (west, south))
        ring = ",".join(f"{longitude} {latitude}" for longitude, latitude in corners)
        location.value(DCAT.bbox, f"POLYGON(({ring}))", GEO.wktLiteral)


def add_period(subject: Subject, iri: str, temporal: object) -> None:
    """State that *subject* covers the period `{"start": …, "end": …}`; one of the two is enough (K38).

    Raises:
        InvalidInput: there is no end at all, or one is not an ISO 8601 date, month, year or time.
    """
    ends = temporal if isinstance(temporal, Mapping) else {}
    if not (ends.get("start") or ends.get("end")):
        raise InvalidInput(
            "temporal needs a start or an end.", detail_de="temporal braucht einen Anfang oder ein Ende."
        )
    subject.link(DCTERMS.temporal, iri, DCTERMS.PeriodOfTime)
    period = Subject(subject.statements, iri)
    for key, prop in (("start", DCAT.startDate), ("end", DCAT.endDate)):
        if ends.get(key):
            period.value(prop, ends[key], _date_type(str(ends[key])))


def _date_type(text: str) -> URIRef:
    for pattern, datatype in _DATE_TYPES:
        if re.fullmatch(pattern, text):
            return datatype
    raise InvalidInput(
        f"{text!r} is not an ISO 8601 date.", detail_de=f"{text!r} ist kein Datum nach ISO 8601.", value=text
    )
