"""The OpenAPI document: what flask-smorest makes of the views, and what holds for many operations at once.

A view says only what is its own. That a body can be refused, that an operation asks who sends it, that a POST takes an
`Idempotency-Key`: this follows from the operation and is added here, so that no view can forget it.
"""

from typing import Any

from flask_smorest import Api

from portal.web.idempotency import HEADER, METHODS
from portal.web.problems import PROBLEM_JSON

Described = dict[str, Any]  # Any: JSON

SCHEMES: Described = {
    "bearer": {"type": "http", "scheme": "bearer", "description": "A token, as `POST /api/v1/tokens` gives it."},
    "basic": {"type": "http", "scheme": "basic", "description": "Login name and password; wrong ones are slowed down."},
}

ASKED: list[dict[str, list[str]]] = [{"bearer": []}, {"basic": []}]
"""`security` of an operation that is not for everyone."""
IN_PERSON: list[dict[str, list[str]]] = [{"basic": []}]
"""`security` of an operation that no token may do."""
WELCOME: list[dict[str, list[str]]] = [{}, *ASKED]
"""`security` of an operation that tells some people more than others."""

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


def openapi_document(api: Api) -> Described:
    """Give the OpenAPI document; errors are told as problem documents, which flask-smorest's defaults are not."""
    document: Described = api.spec.to_dict()
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
