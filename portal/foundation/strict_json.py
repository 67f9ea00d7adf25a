"""JSON that comes from outside, read as I-JSON (RFC 7493): what any reader understands, and nothing else.

Refused beyond what RFC 8259 refuses: halves of surrogate pairs and non-characters (2.1), numbers that a double cannot
hold (2.2), keys that come twice (2.3). For our own sake also control characters, which no database and no XML takes
(XML 1.0, 2.2), and what is nested deeper than anybody writes.
"""

import json
import math
import re
from typing import Any

from portal.foundation.errors import InvalidInput

MAX_DEPTH = 64

_UNREADABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

_MAX_WHOLE = 2**63
"""Databases and most languages keep no larger whole number."""


def read_json(text: str | bytes) -> Any:  # Any: JSON
    """Read a JSON text.

    Raises:
        InvalidInput: it is none, or holds what not every reader understands.
    """
    try:
        value = json.loads(text, parse_constant=_no_number, object_pairs_hook=_object)
    except (ValueError, RecursionError):
        raise InvalidInput("This is no JSON (RFC 8259).", detail_de="Das ist kein JSON (RFC 8259).") from None
    _require_plain(value)
    return value


def is_readable(text: str) -> bool:
    """Tell whether *text* holds only characters that a database, XML and a reader can take."""
    return _UNREADABLE.search(text) is None


def _no_number(name: str) -> None:
    """NaN and infinities are Python's, not JSON's."""
    raise ValueError(name)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:  # Any: JSON
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = next(key for key, _ in pairs if sum(key == other for other, _ in pairs) > 1)
        raise InvalidInput(
            f"The key {twice[:80]!r} is there twice in one object.",
            detail_de=f"Der Schlüssel {twice[:80]!r} steht zweimal in einem Objekt.",
        )
    return found


def _require_plain(value: Any) -> None:  # Any: JSON
    level, depth = [value], 0
    while level:
        depth += 1
        inner: list[Any] = []  # Any: JSON
        for one in level:
            if isinstance(one, dict):
                inner += [*one.keys(), *one.values()]
            elif isinstance(one, list):
                inner += one
            else:
                _require_plain_scalar(one)
        if depth > MAX_DEPTH:
            raise InvalidInput(
                f"The JSON is nested deeper than {MAX_DEPTH} levels.",
                detail_de=f"Das JSON ist tiefer als {MAX_DEPTH} Ebenen verschachtelt.",
            )
        level = inner


def _require_plain_scalar(value: str | float | None) -> None:
    if isinstance(value, str) and not is_readable(value):
        raise InvalidInput(
            "The JSON holds a control character, half of a surrogate pair or a non-character (RFC 7493, section 2.1).",
            detail_de="Das JSON enthält ein Steuerzeichen, ein halbes Ersatzpaar oder ein Nicht-Zeichen (RFC 7493, Abschnitt 2.1).",
        )
    too_large = isinstance(value, float) and not math.isfinite(value)
    if too_large or (isinstance(value, int) and not -_MAX_WHOLE <= value < _MAX_WHOLE):
        raise InvalidInput(
            "The JSON holds a number that is too large (RFC 7493, section 2.2).",
            detail_de="Das JSON enthält eine zu große Zahl (RFC 7493, Abschnitt 2.2).",
        )
