"""GeoJSON features as records: properties, `longitude` and `latitude` of points, and the geometry as WKT.

RFC 7946: positions are longitude, latitude in WGS 84 degrees (section 4); an older file's `crs` with another system is
refused, because its coordinates would be taken for degrees. WKT as in OGC 06-103r4, section 7.
"""

from pathlib import Path
from typing import Any

from portal.ingest.receive.delivery import Choices
from portal.ingest.receive.json_stream import Number, Source, records
from portal.ingest.receive.task import Task, Unreadable
from portal.ingest.report import Remedy, Severity

_DEPTHS = {"Point": 0, "MultiPoint": 1, "LineString": 1, "MultiLineString": 2, "Polygon": 2, "MultiPolygon": 3}
_WGS84 = ("CRS84", "EPSG::4326", "EPSG:4326", "CRS:84")
Json = Any  # Any: JSON values


def is_geojson(record: dict[str, Json]) -> bool:
    """Tell whether *record* is a feature."""
    return record.get("type") == "Feature" and "geometry" in record


def feature_record(feature: dict[str, Json], choices: Choices) -> dict[str, Json]:
    """Give a feature as one flat record.

    Raises:
        Unreadable: its geometry is none.
    """
    properties = feature.get("properties") or {}
    if not isinstance(properties, dict):
        raise _broken("properties")
    record: dict[str, Json] = {"id": feature["id"]} if "id" in feature and "id" not in properties else {}
    record |= properties
    record |= {name: feature[name] for name in feature if name not in ("type", "id", "properties", "geometry", "bbox")}
    geometry = feature.get("geometry")
    if geometry is None:
        return record | {_free("geometry", record): None}
    if geometry.get("type") == "Point" and geometry.get("coordinates"):
        longitude, latitude = _position(geometry["coordinates"], choices)[:2]
        record |= {_free("longitude", record): longitude, _free("latitude", record): latitude}
    return record | {_free("geometry", record): wkt(geometry, choices)}


def _free(name: str, record: dict[str, Json]) -> str:
    """Give *name*, or one beside it that no property has."""
    return name if name not in record else f"{name}_wgs84"


def _position(position: Json, choices: Choices) -> list[Number]:
    if not isinstance(position, list) or len(position) < 2 or not all(isinstance(one, Number) for one in position):
        raise _broken("coordinates")
    if choices.accepts("swap-coordinates"):
        return [position[1], position[0], *position[2:]]
    return position


def wkt(geometry: Json, choices: Choices) -> str:
    """Give a geometry as well-known text.

    Raises:
        Unreadable: it is no geometry.
    """
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if kind == "GeometryCollection":
        return f"GEOMETRYCOLLECTION ({', '.join(wkt(part, choices) for part in geometry.get('geometries', []))})"
    if kind not in _DEPTHS:
        raise _broken(str(kind))
    coordinates = geometry.get("coordinates")
    if not coordinates:
        return f"{kind.upper()} EMPTY"
    inner = _listed(coordinates, _DEPTHS[kind], choices)
    height = " Z" if _first_position(coordinates) > 2 else ""
    return f"{kind.upper()}{height} {inner if _DEPTHS[kind] else f'({inner})'}"


def _listed(coordinates: Json, depth: int, choices: Choices) -> str:
    if depth == 0:
        return " ".join(_position(coordinates, choices)[:3])
    if not isinstance(coordinates, list):
        raise _broken("coordinates")
    return "(" + ", ".join(_listed(one, depth - 1, choices) for one in coordinates) + ")"


def _first_position(coordinates: Json) -> int:
    while isinstance(coordinates, list) and coordinates and isinstance(coordinates[0], list):
        coordinates = coordinates[0]
    return len(coordinates)


def _broken(what: str) -> Unreadable:
    return Unreadable("broken-geometry", "Eine Geometrie ist nicht lesbar.", "A geometry cannot be read.", value=what)


def without_other_systems(source: Source) -> None:
    """Refuse coordinates of another system than WGS 84 degrees."""
    system = source.members.get("crs")
    if system is not None and not any(name in str(system) for name in _WGS84):
        raise Unreadable(
            "foreign-crs",
            "Die Koordinaten sind nicht in WGS 84 (RFC 7946); bitte umrechnen.",
            "The coordinates are not in WGS 84 (RFC 7946); please convert them.",
            value=str(system),
        )


def note_geometries(task: Task, path: Path) -> None:
    """Look at the points: outside the globe is refused, Germany with latitude first is asked."""
    outside = swapped = points = 0
    for record in records(path, Source()):
        if not (isinstance(record, dict) and is_geojson(record)):
            return
        geometry = record.get("geometry") or {}
        place = geometry.get("coordinates") or []
        while place and isinstance(place[0], list):
            place = place[0]
        if len(place) < 2:
            continue
        longitude, latitude = (float(one) for one in _position(place, task.choices)[:2])
        points += 1
        outside += not (-180 <= longitude <= 180 and -90 <= latitude <= 90)
        swapped += 47 <= longitude <= 56 and 5 <= latitude <= 16
    if outside:
        task.notes.add(
            "coordinates-outside",
            Severity.ERROR,
            "Koordinaten liegen nicht auf der Erde (Länge ±180, Breite ±90 Grad); sind es Meter?",
            "Coordinates are not on the globe (longitude ±180, latitude ±90 degrees); are they metres?",
            number=outside,
        )
    elif swapped and swapped == points:
        task.notes.add(
            "swapped-coordinates",
            Severity.ERROR,
            "Alle Punkte liegen in Deutschland, wenn man Länge und Breite vertauscht.",
            "All points are in Germany if longitude and latitude are swapped.",
            remedy=Remedy(code="swap-coordinates"),
        )
