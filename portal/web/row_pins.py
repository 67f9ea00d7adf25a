"""Which versions a question about rows is about: `version=3` of the table's own dataset, `versions=orte:1,documents:2` of all."""

import re
from collections.abc import Mapping

from portal.foundation.errors import InvalidInput
from portal.foundation.numbers import whole_number

_PIN = re.compile(r"([a-z0-9][a-z0-9_-]{0,199}):([1-9][0-9]{0,8})")
_MAX_PINS = 100


def read_pins(slug: str, given: Mapping[str, str]) -> dict[str, int]:
    """Give the versions that are said, by dataset; *slug* is the dataset that `version` is of.

    Raises:
        InvalidInput: it is not understood, or `version` says something else than `versions`.
    """
    pins = _listed(given["versions"]) if "versions" in given else {}
    if "version" in given:
        number = whole_number("version", given["version"])
        if pins.setdefault(slug, number) != number:
            raise InvalidInput(
                f"version: versions says {pins[slug]} of {slug}.",
                detail_de=f"version: versions nennt {pins[slug]} von {slug}.",
                parameter="version",
            )
    return pins


def _listed(text: str) -> dict[str, int]:
    found = [_PIN.fullmatch(one) for one in text.split(",", _MAX_PINS)]
    names = [one[1] for one in found if one]
    if len(names) < len(found) or len(set(names)) < len(names):
        raise InvalidInput(
            "versions: datasets, each once with the number of a version, such as orte:1,documents:2.",
            detail_de="versions: Datensätze, jeder einmal mit der Nummer einer Version, etwa orte:1,documents:2.",
            parameter="versions",
        )
    return {one[1]: int(one[2]) for one in found if one}
