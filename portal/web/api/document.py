"""The OpenAPI document on stdout, as `schemas/openapi.json` holds it for people and generators of clients.

python -m portal.web.api.document > schemas/openapi.json

A test holds the two together. `servers` is not in it: the address is the running portal's own.
"""

import json
import sys
from typing import Any

from flask import Flask

from portal.web.api.whole import register_whole_api
from portal.web.converters import VersionConverter


def document() -> dict[str, Any]:  # Any: JSON
    """Give the OpenAPI document of REST v1 without a running portal."""
    app = Flask(__name__)
    app.url_map.converters["version"] = VersionConverter
    return register_whole_api(app)


def text() -> str:
    """Give the document as the committed file has it."""
    return json.dumps(document(), ensure_ascii=False, indent=2) + "\n"


if __name__ == "__main__":
    sys.stdout.write(text())
