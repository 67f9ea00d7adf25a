"""The one shape of a dataset's metadata: the Data Package descriptor, checked against schemas/dataset.schema.json.

The schema is Data Package v2 with what the portal needs on top: English texts, DCAT facts, data protection. What
a JSON Schema cannot say (does the licence exist, is it open, is the theme one of the EU's) is said here.
"""

import json
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.protocols import Validator

from portal.dcat.subject import is_web_address
from portal.foundation.errors import InvalidDataset, InvalidInput
from portal.foundation.resources import shipped
from portal.vocabularies.concepts import concept
from portal.vocabularies.licences import Licence, licence
from portal.vocabularies.places import place

CODED = {
    "theme": "data-theme",
    "language": "language",
    "politicalGeocodingLevel": "political-geocoding-level",
    "hvdCategory": "hvd-category",
    "accrualPeriodicity": "frequency",
    "accessRights": "access-right",
}
"""Key of the descriptor's `dcat` object ↔ vocabulary its codes come from."""


@cache
def _validator() -> Validator:
    return Draft202012Validator(json.loads((shipped("schemas") / "dataset.schema.json").read_bytes()))


def check_descriptor(descriptor: Any) -> None:  # Any: whatever JSON came
    """Check form and meaning of a descriptor.

    Raises:
        InvalidDataset: with one finding (pointer and sentence) for everything that is wrong.
    """
    findings = [
        {"pointer": "/" + "/".join(str(step) for step in error.absolute_path), "message": error.message[:500]}
        for error in _validator().iter_errors(descriptor)
    ]
    if not findings and isinstance(descriptor, dict):
        findings = [
            *_unknown_codes(descriptor),
            *_unknown_places(descriptor),
            *_licence_findings(descriptor),
            *_names_twice(descriptor),
        ]
    if findings:
        name = descriptor.get("name") if isinstance(descriptor, dict) else None
        first = findings[0]
        raise InvalidDataset(
            f"The descriptor of {name!r} has {len(findings)} error(s), the first at {first['pointer']}: {first['message']}",
            detail_de=f"Der Deskriptor von {name!r} hat {len(findings)} Fehler, den ersten bei {first['pointer']}: {first['message']}",
            findings=findings,
        )


def licence_of(descriptor: dict[str, Any]) -> Licence:
    """Give the licence a checked descriptor names."""
    return licence(descriptor["licenses"][0]["name"])


def _unknown_codes(descriptor: dict[str, Any]) -> list[dict[str, str]]:
    findings = []
    for key, scheme in CODED.items():
        given = descriptor["dcat"].get(key, [])
        for code in given if isinstance(given, list) else [given]:
            try:
                concept(scheme, code)
            except InvalidInput as error:
                findings.append({"pointer": f"/dcat/{key}", "message": error.detail.in_language("en")})
    return findings


def _unknown_places(descriptor: dict[str, Any]) -> list[dict[str, str]]:
    findings = []
    for named in descriptor["dcat"]["spatial"]:
        try:
            if not is_web_address(named):
                place(named)
        except InvalidInput as error:
            findings.append({"pointer": "/dcat/spatial", "message": error.detail.in_language("en")})
    return findings


def _licence_findings(descriptor: dict[str, Any]) -> list[dict[str, str]]:
    try:
        found = licence_of(descriptor)
    except InvalidInput as error:
        return [{"pointer": "/licenses/0/name", "message": error.detail.in_language("en")}]
    if not found.open:
        message = f"{found.title.in_language('en')} is not an open licence; only open data are published here."
        return [{"pointer": "/licenses/0/name", "message": message}]
    return []


def _names_twice(descriptor: dict[str, Any]) -> list[dict[str, str]]:
    names = [resource["name"] for resource in descriptor["resources"]]
    return [
        {"pointer": "/resources", "message": f"The table {name!r} is there twice."}
        for name in sorted(set(names))
        if names.count(name) > 1
    ]
