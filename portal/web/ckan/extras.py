"""Extras: what a package says of a dataset beside CKAN's own fields. One table, read both ways.

What has a place in our descriptor goes there, if its value is one of ours (a code, a known place, a date). Whatever else
comes is kept as it came, under `ckan.extras` of the descriptor, and shown again: nothing that was sent is lost.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from portal.foundation.errors import InvalidInput
from portal.foundation.strict_json import read_json
from portal.foundation.text import is_web_address
from portal.vocabularies.concepts import concept
from portal.vocabularies.places import place

Described = dict[str, Any]  # Any: JSON
Path = tuple[str, ...]
"""Keys from the top of the descriptor to a value."""

KEPT: Path = ("ckan", "extras")
"""Where extras lie that we have no place for."""

_DATE = re.compile(r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?")
_SEPARATOR = ", "


@dataclass(frozen=True)
class Extra:
    """An extra that has a place in the descriptor."""

    key: str
    path: Path
    write: Callable[[Any], str]  # Any: JSON, as it lies there
    read: Callable[[str], Any]
    """Raises InvalidInput or ValueError: the text is no value of this place."""


def _text(value: str) -> str:
    if not value:
        raise ValueError("empty")
    return value


def _date(text: str) -> str:
    if not _DATE.fullmatch(text):
        raise ValueError("no date")
    return text


def _written(value: Any) -> str:  # Any: JSON
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _listed(text: str) -> list[str]:
    """Read a list of texts; a text that is no JSON list is the only one."""
    found = read_json(text) if text.lstrip().startswith("[") else [text]
    if not isinstance(found, list) or not found or not all(isinstance(one, str) and one for one in found):
        raise ValueError("no list of texts")
    return found


def _code(scheme: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        concept(scheme, text)
        return text

    return read


def _codes(scheme: str) -> Callable[[str], list[str]]:
    def read(text: str) -> list[str]:
        found = _listed(text)
        for code in found:
            concept(scheme, code)
        return found

    return read


def _places(text: str) -> list[str]:
    found = text.split(_SEPARATOR)
    for one in found:
        if not is_web_address(one):
            place(one)
    return found


def _sources(text: str) -> list[Described]:
    found = read_json(text)
    if not isinstance(found, list) or not all(isinstance(one, dict) and one.get("title") for one in found):
        raise ValueError("no list of sources")
    return found


EXTRAS = (
    Extra("title_en", ("translations", "en", "title"), str, _text),
    Extra("notes_en", ("translations", "en", "description"), str, _text),
    Extra("tags_en", ("translations", "en", "keywords"), _written, _listed),
    Extra("language", ("dcat", "language"), _written, _codes("language")),
    Extra("spatial_text", ("dcat", "spatial"), _SEPARATOR.join, _places),
    Extra("temporal_start", ("dcat", "temporal", "start"), str, _date),
    Extra("temporal_end", ("dcat", "temporal", "end"), str, _date),
    Extra("frequency", ("dcat", "accrualPeriodicity"), str, _code("frequency")),
    Extra("access_rights", ("dcat", "accessRights"), str, _code("access-right")),
    Extra("rights", ("dcat", "rights", "de"), str, _text),
    Extra("rights_en", ("dcat", "rights", "en"), str, _text),
    Extra("provenance", ("dcat", "provenance", "de"), str, _text),
    Extra("provenance_en", ("dcat", "provenance", "en"), str, _text),
    Extra(
        "political_geocoding_level",
        ("dcat", "politicalGeocodingLevel"),
        _written,
        _codes("political-geocoding-level"),
    ),
    Extra("hvd_category", ("dcat", "hvdCategory"), _written, _codes("hvd-category")),
    Extra("applicable_legislation", ("dcat", "applicableLegislation"), _written, _listed),
    Extra("family", ("family",), str, _text),
    Extra("sources", ("sources",), _written, _sources),
)
"""The names that ckanext-dcat uses, where it has one."""


def shown_extras(descriptor: Mapping[str, Any]) -> dict[str, str]:  # Any: JSON
    """Give the extras of a descriptor by key: those of the table, then those that were kept as they came."""
    mapped = {one.key: one.write(value) for one in EXTRAS if (value := found_at(descriptor, one.path))}
    return {**(found_at(descriptor, KEPT) or {}), **mapped}


def read_extras(extras: Mapping[str, str]) -> dict[Path, Any]:  # Any: JSON
    """Give what extras put at which place of a descriptor; None: nothing is to be there."""
    places: dict[Path, Any] = {one.path: None for one in EXTRAS}
    kept = dict(extras)
    for one in EXTRAS:
        try:
            places[one.path] = one.read(extras[one.key]) if one.key in extras else None
        except (InvalidInput, ValueError):
            continue  # no value of ours: it stays among those that are kept
        kept.pop(one.key, None)
    return {**places, KEPT: kept or None}


def found_at(described: Mapping[str, Any], path: Path) -> Any:  # Any: JSON
    """Give what lies at a place; None: nothing."""
    found: Any = described
    for step in path:
        found = found.get(step) if isinstance(found, Mapping) else None
    return found


def patch_between(before: Mapping[str, Any], places: Mapping[Path, Any]) -> Described:  # Any: JSON
    """Give the merge patch (RFC 7396) that puts at each of *places* what is said, None taking it away; empty: it is so."""
    patch: Described = {}
    for path, value in places.items():
        old = found_at(before, path)
        if old == value:
            continue
        inner = patch
        for step in path[:-1]:
            inner = inner.setdefault(step, {})
        gone = (
            {key: None for key in old if key not in value} if isinstance(old, dict) and isinstance(value, dict) else {}
        )
        inner[path[-1]] = {**gone, **value} if isinstance(value, dict) else value
    return patch
