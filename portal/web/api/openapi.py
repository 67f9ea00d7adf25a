"""The OpenAPI document as it was committed, and what operations say in it of who may ask.

Making it from the views costs a tenth of a second, so a server serves the committed one and holds requests to it
(strictness.py); document.py makes it, and a test holds the two together.
"""

import json
from typing import Any, cast

from portal.foundation.resources import shipped

Described = dict[str, Any]  # Any: JSON

ASKED: list[dict[str, list[str]]] = [{"bearer": []}, {"basic": []}]
"""`security` of an operation that is not for everyone."""
IN_PERSON: list[dict[str, list[str]]] = [{"basic": []}]
"""`security` of an operation that no token may do."""
WELCOME: list[dict[str, list[str]]] = [{}, *ASKED]
"""`security` of an operation that tells some people more than others."""


def committed_document() -> Described:
    """Read the OpenAPI document of REST v1; it names no server."""
    return cast(Described, json.loads((shipped("schemas") / "openapi.json").read_bytes()))
