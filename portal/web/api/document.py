"""The OpenAPI document on stdout, as `schemas/openapi.json` holds it for people, generators of clients and our own server.

python -m portal.web.api.document > schemas/openapi.json

flask-smorest describes what each view says; a view says only what is its own. That a body can be refused, that an operation
asks who sends it, that a POST takes an `Idempotency-Key`: this follows from the operation and is added here, so that no view
can forget it. `servers` is not in it: the address is the running portal's own.
"""

import json
import sys

from flask import Flask
from flask_smorest import Api

from portal import __version__
from portal.web.api.blueprints import PREFIX
from portal.web.api.openapi import Described
from portal.web.api.whole import WHOLE
from portal.web.converters import VersionConverter
from portal.web.idempotency import HEADER, METHODS
from portal.web.problems import PROBLEM_JSON

DESCRIPTION = """\
Datasets, their versions, tables and rows, readable by everyone without a key; looking after them with a token.

Die Datensätze des Portals mit Versionen, Tabellen und Zeilen, für alle ohne Schlüssel lesbar; gepflegt mit einem Token.

Every public answer has `ETag` and `Last-Modified` and answers `304`; errors are RFC 9457 problem documents in German and
English; lists say `total` and `next`, and nothing is cut silently.
"""

CONFIG = {
    "API_TITLE": "Datenwerkstatt REST",
    "API_VERSION": "v1",
    "OPENAPI_VERSION": "3.1.0",
    "API_SPEC_OPTIONS": {
        "info": {
            "description": DESCRIPTION,
            "version": __version__,
            "license": {"name": "EUPL-1.2", "url": "https://eupl.eu/1.2/en/"},
        }
    },
}
"""What flask-smorest asks the application for."""

SCHEMES: Described = {
    "bearer": {"type": "http", "scheme": "bearer", "description": "A token, as `POST /api/v1/tokens` gives it."},
    "basic": {"type": "http", "scheme": "basic", "description": "Login name and password; wrong ones are slowed down."},
}

_PROBLEM: Described = {"content": {PROBLEM_JSON: {"schema": {"$ref": "#/components/schemas/Problem"}}}}

_KEY: Described = {
    "name": HEADER,
    "in": "header",
    "required": False,
    "schema": {"type": "string", "maxLength": 202},
    "description": "A key of your own for this request: sent again within a day, it gets the same answer and is not done again.",
}

_LOOKED_AT: Described = {
    "name": "If-Match",
    "in": "header",
    "required": False,
    "schema": {"type": "string"},
    "description": "ETag of what was looked at: with another one there now, nothing is changed.",
}

_PREFERRED: Described = {
    "name": "Prefer",
    "in": "header",
    "required": False,
    "schema": {"type": "string"},
    "description": "`respond-async`: do not wait, answer 202 with the address of a job (RFC 7240, 4.1).",
}


def text() -> str:
    """Give the document as the committed file has it."""
    return json.dumps(document(), ensure_ascii=False, indent=2) + "\n"


def document() -> Described:
    """Give the OpenAPI document of REST v1 without a running portal.

    Errors are told as problem documents, which flask-smorest's defaults are not.
    """
    document: Described = _of_views().spec.to_dict()
    components = document["components"]
    components["schemas"].pop("Error", None)
    components["schemas"].pop("PaginationMetadata", None)
    components["securitySchemes"] = SCHEMES
    for response in components.get("responses", {}).values():
        response.update(_PROBLEM)
    for methods in document["paths"].values():
        for method, operation in methods.items():
            if isinstance(operation, dict):
                _complete(method.upper(), operation)
    return document


def _of_views() -> Api:
    """Give what flask-smorest knows of all views."""
    app = Flask(__name__)
    app.config |= CONFIG
    app.url_map.converters["version"] = VersionConverter
    api = Api(app)
    api.register_converter(VersionConverter, lambda converter: {"type": "integer", "minimum": 1})
    for blueprint in WHOLE:
        api.register_blueprint(blueprint, url_prefix=PREFIX)
    return api


def _complete(method: str, operation: Described) -> None:
    """Add what follows from the method, the body and who is asked."""
    responses = operation["responses"]
    told: dict[str, str] = {}
    if "requestBody" in operation:
        told |= {"400": "The body is not what it should be"}
        if all(media_type.endswith("json") for media_type in operation["requestBody"]["content"]):
            told |= {"415": "The body is no JSON"}
    if "security" in operation:
        told |= {"401": "Nobody, or not known who, asks", "429": "Too many wrong passwords; wait"}
    if "security" in operation and {} not in operation["security"]:
        told |= {"403": "The actor may not do this"}
    if method in METHODS:
        operation.setdefault("parameters", []).append(_KEY)
        told |= {
            "409": "It clashes with what there is, or the same request is being carried out",
            "422": "The Idempotency-Key came with another request",
        }
    if "412" in responses:
        operation.setdefault("parameters", []).append({**_LOOKED_AT, "required": "428" in responses})
    if {"200", "202"} <= set(responses):
        operation.setdefault("parameters", []).append(_PREFERRED)
    for status, description in told.items():
        if status not in responses or "$ref" in responses[status]:
            responses[status] = {"description": description, **_PROBLEM}
    operation["responses"] = dict(sorted(responses.items()))


if __name__ == "__main__":
    sys.stdout.write(text())
