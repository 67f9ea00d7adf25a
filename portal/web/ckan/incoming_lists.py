"""Texts, lists and objects in what a client sends, as CKAN takes them: as such, or as JSON text in a form's field."""

from collections.abc import Mapping
from typing import Any

from portal.foundation.errors import InvalidInput
from portal.foundation.strict_json import is_readable, read_json
from portal.web.ckan.arguments import refuse

MAX_CHARACTERS = 100_000
"""No text of a package is longer; what a dataset may say in one place is less (schemas/dataset.schema.json)."""
MAX_ITEMS = 2_000


def plain(values: Mapping[str, Any], name: str, *, of: str = "") -> str:  # Any: JSON
    """Give a text, empty if there is none; *of* is the list that the object is part of, if it is."""
    value = values.get(name)
    if value is None:
        return ""
    if isinstance(value, bool | dict | list):
        refuse(of or name, f"{name} must be a text", f"{name} muss ein Text sein")
    text = str(value)
    if len(text) > MAX_CHARACTERS or not is_readable(text):
        refuse(of or name, f"{name} must be a readable text", f"{name} muss ein lesbarer Text sein")
    return text


def objects(values: Mapping[str, Any], name: str, *, most: int = MAX_ITEMS) -> list[dict[str, Any]]:  # Any: JSON
    """Give a list of at most *most* objects, empty if there is none."""
    value = values.get(name)
    if isinstance(value, str) and value.strip():
        value = _json(name, value)
    if value in (None, ""):
        return []
    if not isinstance(value, list) or len(value) > most or not all(isinstance(one, dict) for one in value):
        refuse(name, "Must be a list of objects", "muss eine Liste von Objekten sein")
    return value


def listed(text: str) -> list[str]:
    """Give the texts of a JSON list; any other text is the only one."""
    try:
        found = read_json(text) if text.lstrip().startswith("[") else [text]
    except InvalidInput:
        found = [text]
    return [one for one in found if isinstance(one, str) and one]


def _json(name: str, text: str) -> Any:  # Any: JSON
    try:
        return read_json(text)
    except InvalidInput:
        refuse(name, "Must be readable JSON", "muss lesbares JSON sein")
