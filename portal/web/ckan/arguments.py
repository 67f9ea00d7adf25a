"""What a call brings along: query string, form or JSON, read leniently where CKAN's clients are, refused where it means nothing.

A list may come as a list, as JSON text, or as text with commas; an object as an object or as JSON text; a number or a truth value
as such or as text. What cannot be read is CKAN's Validation Error: 409 with the name of the parameter.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from portal.foundation.errors import InvalidInput
from portal.foundation.strict_json import is_readable, read_json

_TRUE = frozenset(("true", "1", "yes", "on", "t", "y"))
_FALSE = frozenset(("false", "0", "no", "off", "f", "n", ""))
_MAX_CHARACTERS = 10_000
"""No text that is asked for is longer."""


def refuse(name: str, sentence: str, german: str) -> NoReturn:
    """Refuse a parameter.

    Raises:
        InvalidInput: always; `fields` says which parameter, as CKAN does.
    """
    raise InvalidInput(f"{name}: {sentence}", detail_de=f"{name}: {german}", fields={name: [sentence]})


@dataclass(frozen=True)
class Arguments:
    """The parameters of a call."""

    values: Mapping[str, Any]  # Any: JSON

    def text(self, name: str, default: str = "") -> str:
        """Give a text; numbers are taken as they are written."""
        value = self.values.get(name)
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            refuse(name, "Must be a text", "muss ein Text sein")
        return readable(name, str(value))

    def needed(self, *names: str) -> str:
        """Give the text of the first of *names* that is there.

        Raises:
            InvalidInput: none is, or it is empty.
        """
        for name in names:
            if found := self.text(name):
                return found
        refuse(names[-1], "Missing value", "fehlt")

    def whole(self, name: str, default: int) -> int:
        """Give a number from 0."""
        value = self.values.get(name)
        if value is None or value == "":
            return default
        if isinstance(value, bool) or not re.fullmatch(r"[0-9]{1,15}", str(value), re.ASCII):
            refuse(name, "Must be a natural number", "muss eine ganze Zahl ab 0 sein")
        return int(value)

    def flag(self, name: str, default: bool) -> bool:
        """Give a truth value."""
        value = self.values.get(name)
        if value is None:
            return default
        word = str(value).lower() if isinstance(value, str | bool | int) else "?"
        if word not in _TRUE | _FALSE:
            refuse(name, "Must be true or false", "muss true oder false sein")
        return word in _TRUE

    def items(self, name: str) -> list[str]:
        """Give a list of texts; empty if there is none."""
        value = self.values.get(name)
        if isinstance(value, str):
            value = _json_of(name, value) if value.lstrip().startswith("[") else value.split(",")
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            refuse(name, "Must be a list of texts", "muss eine Liste von Texten sein")
        return [readable(name, one.strip()) for one in value if one.strip()]

    def mapping(self, name: str) -> dict[str, Any]:  # Any: JSON
        """Give an object; empty if there is none."""
        value = self.values.get(name)
        if isinstance(value, str):
            value = _json_of(name, value) if value.strip() else None
        if value is None:
            return {}
        if not isinstance(value, dict):
            refuse(name, "Must be an object", "muss ein Objekt sein")
        return value


def readable(name: str, text: str) -> str:
    """Give *text* if a database and a reader can take it."""
    if not is_readable(text) or len(text) > _MAX_CHARACTERS:
        refuse(name, "Must be a readable text", "muss ein lesbarer Text sein")
    return text


def _json_of(name: str, text: str) -> Any:  # Any: JSON
    try:
        return read_json(text)
    except InvalidInput:
        refuse(name, "Must be readable JSON", "muss lesbares JSON sein")
