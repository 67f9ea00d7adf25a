"""The one shape of a dataset's metadata: the Data Package descriptor, checked against schemas/dataset.schema.json.

The schema is Data Package v2 with what the portal needs on top: English texts, DCAT facts, data protection. What
a JSON Schema cannot say (does the licence exist, is it open, is the theme one of the EU's) is said here.
"""

import json
from dataclasses import dataclass
from functools import cache
from typing import Any

from portal.foundation.errors import InvalidDataset, InvalidInput
from portal.foundation.lazily import jsonschema
from portal.foundation.resources import shipped
from portal.foundation.text import LangString, is_web_address
from portal.publishing.labels import LABELS
from portal.vocabularies.concepts import concept
from portal.vocabularies.licences import Licence, licence
from portal.vocabularies.places import place


@dataclass(frozen=True)
class DescriptorFinding:
    """One thing that is wrong in a descriptor, or missing."""

    pointer: str
    """JSON Pointer (RFC 6901)."""
    message: LangString
    gap: bool = False
    """Nothing is wrong, something is missing: a draft may have it, a release may not."""

    def as_dict(self) -> dict[str, Any]:  # Any: JSON
        """Give the finding as it stands in JSON answers."""
        return {
            "code": "missing" if self.gap else "descriptor",
            "pointer": self.pointer,
            "message": self.message.as_dict(),
        }


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
def _validator() -> "jsonschema.protocols.Validator":
    return jsonschema.Draft202012Validator(json.loads((shipped("schemas") / "dataset.schema.json").read_bytes()))


def check_descriptor(descriptor: Any) -> None:  # Any: whatever JSON came
    """Check form and meaning of a descriptor that is to be released.

    Raises:
        InvalidDataset: with one finding (pointer and sentence) for everything that is wrong or missing.
    """
    refuse(descriptor, descriptor_findings(descriptor))


def check_unfinished(descriptor: Any) -> None:  # Any: whatever JSON came
    """Check a descriptor that somebody is still working on: what is there must be right, what is missing may come.

    Raises:
        InvalidDataset: with one finding for everything that is wrong.
    """
    refuse(descriptor, [finding for finding in descriptor_findings(descriptor) if not finding.gap])


def descriptor_findings(descriptor: Any) -> list[DescriptorFinding]:  # Any: whatever JSON came
    """Give everything that is wrong in a descriptor or missing."""
    findings = [finding for error in _validator().iter_errors(descriptor) for finding in _findings_of(error)]
    if isinstance(descriptor, dict) and all(finding.gap for finding in findings):
        findings += [
            *_unknown_codes(descriptor),
            *_unknown_places(descriptor),
            *_licence_findings(descriptor),
            *_names_twice(descriptor),
        ]
    return findings


def refuse(descriptor: Any, findings: list[DescriptorFinding]) -> None:  # Any: whatever JSON came
    """Raise InvalidDataset if there are *findings*."""
    if not findings:
        return
    name = descriptor.get("name") if isinstance(descriptor, dict) else None
    first = findings[0]
    raise InvalidDataset(
        f"The descriptor of {name!r} has {len(findings)} error(s), the first at {first.pointer}: {first.message.in_language('en')}",
        detail_de=f"Der Deskriptor von {name!r} hat {len(findings)} Fehler, den ersten bei {first.pointer}: {first.message.de}",
        findings=[finding.as_dict() for finding in findings],
    )


def licence_of(descriptor: dict[str, Any]) -> Licence:
    """Give the licence a checked descriptor names."""
    return licence(descriptor["licenses"][0]["name"])


def _findings_of(error: "jsonschema.ValidationError") -> list[DescriptorFinding]:
    """Give a finding for what the JSON Schema says; a missing key is a gap at its own place."""
    place = "".join(f"/{_escaped(step)}" for step in error.absolute_path)
    if error.validator == "required":  # one error a key: 'title' is a required property
        key = error.message.split("'")[1]
        return [_missing(f"{place}/{_escaped(key)}", key)]
    german, may_be_empty = _RULES.get(str(error.validator), ("ist nicht, was hier stehen kann: {}", False))
    if may_be_empty and not error.instance and error.absolute_path:
        return [_missing(place, error.absolute_path[-1])]
    message = LangString(f"Der Wert {german.format(error.validator_value)}."[:500], error.message[:500])
    return [DescriptorFinding(place or "/", message)]


def _missing(pointer: str, key: object) -> DescriptorFinding:
    name = LABELS.get(str(key), LangString(str(key)))
    german, english = (f"{word} ({key})" if word != key else word for word in (name.de, name.in_language("en")))
    return DescriptorFinding(pointer, LangString(f"{german} fehlt.", f"{english} is missing."), gap=True)


_RULES = {
    "type": ("muss vom Typ {} sein", False),
    "enum": ("muss eines sein von {}", False),
    "const": ("muss {} sein", False),
    "pattern": ("muss zum Muster {} passen", False),
    "maxLength": ("darf höchstens {} Zeichen haben", False),
    "maxItems": ("darf höchstens {} Einträge haben", False),
    "additionalProperties": ("hat Angaben, die es nicht gibt", False),
    "minLength": ("muss mindestens {} Zeichen haben", True),
    "minItems": ("muss mindestens {} Einträge haben", True),
    "minProperties": ("muss mindestens {} Angaben haben", True),
}
"""Rule of JSON Schema ↔ what it says in German, and whether an empty value that breaks it is merely missing."""


def _escaped(step: object) -> str:
    return str(step).replace("~", "~0").replace("/", "~1")


def _unknown_codes(descriptor: dict[str, Any]) -> list[DescriptorFinding]:
    findings = []
    for key, scheme in CODED.items():
        given = descriptor.get("dcat", {}).get(key, [])
        for code in given if isinstance(given, list) else [given]:
            try:
                concept(scheme, code)
            except InvalidInput as error:
                findings.append(DescriptorFinding(f"/dcat/{key}", error.detail))
    return findings


def _unknown_places(descriptor: dict[str, Any]) -> list[DescriptorFinding]:
    findings = []
    for named in descriptor.get("dcat", {}).get("spatial", []):
        try:
            if not is_web_address(named):
                place(named)
        except InvalidInput as error:
            findings.append(DescriptorFinding("/dcat/spatial", error.detail))
    return findings


def _licence_findings(descriptor: dict[str, Any]) -> list[DescriptorFinding]:
    if not (descriptor.get("licenses") and "name" in descriptor["licenses"][0]):
        return []  # a gap, found by the schema
    try:
        found = licence_of(descriptor)
    except InvalidInput as error:
        return [DescriptorFinding("/licenses/0/name", error.detail)]
    if not found.open:
        message = LangString(
            f"{found.title.de} ist keine offene Lizenz; hier erscheinen nur offene Daten.",
            f"{found.title.in_language('en')} is not an open licence; only open data are published here.",
        )
        return [DescriptorFinding("/licenses/0/name", message)]
    return []


def _names_twice(descriptor: dict[str, Any]) -> list[DescriptorFinding]:
    names = [resource["name"] for resource in descriptor.get("resources", []) if "name" in resource]
    return [
        DescriptorFinding(
            "/resources", LangString(f"Die Tabelle {name!r} gibt es zweimal.", f"The table {name!r} is there twice.")
        )
        for name in sorted(set(names))
        if names.count(name) > 1
    ]
