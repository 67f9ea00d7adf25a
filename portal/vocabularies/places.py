"""Places a dataset may cover: published IRIs, a label, and a centroid or an extent where we are sure of it.

Coordinates are longitude and latitude in degrees (WGS 84, CRS84 axis order), good to about a kilometre.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from portal.foundation.errors import InvalidInput
from portal.foundation.text import LangString
from portal.vocabularies.tables import read_table


@dataclass(frozen=True, kw_only=True)
class Place:
    """A place as DCAT's `dcterms:Location`."""

    id: str
    label: LangString
    iris: tuple[str, ...]
    """GeoNames first, then the key lists of dcat-ap.de, the EU and NUTS; empty: nobody has published one."""
    centroid: tuple[float, float] | None
    """(longitude, latitude)"""
    bbox: tuple[float, float, float, float] | None
    """(west, south, east, north)"""


@cache
def places() -> Mapping[str, Place]:
    """Give the known places by their id, which is also their key in the shipped dataset `orte`."""
    return MappingProxyType({row["id"]: _place(row) for row in read_table("places")})


def place(place_id: str) -> Place:
    """Give the place called *place_id*.

    Raises:
        InvalidInput: it is not known; the known ids are in the sentence.
    """
    found = places().get(place_id)
    if found is None:
        known = ", ".join(places())
        raise InvalidInput(
            f"{place_id!r} is neither a known place nor an address; known are {known}.",
            detail_de=f"{place_id!r} ist weder ein bekannter Ort noch eine Adresse; bekannt sind {known}.",
            place=place_id,
            known=list(places()),
        )
    return found


def _place(row: dict[str, str]) -> Place:
    centroid = [float(number) for number in row["centroid"].split()]
    bbox = [float(number) for number in row["bbox"].split()]
    return Place(
        id=row["id"],
        label=LangString(row["label_de"], row["label_en"]),
        iris=tuple(row["iris"].split()),
        centroid=(centroid[0], centroid[1]) if centroid else None,
        bbox=(bbox[0], bbox[1], bbox[2], bbox[3]) if bbox else None,
    )
