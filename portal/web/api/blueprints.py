"""REST v1 registered: one blueprint per resource, and the OpenAPI document that describes them truly."""

import re
from typing import Any

from flask import Flask, Response, jsonify, request
from flask_smorest import Api

from portal import __version__
from portal.foundation.errors import InvalidInput
from portal.web.api.changes import changes
from portal.web.api.datasets import datasets
from portal.web.api.root import root
from portal.web.api.tables import tables
from portal.web.api.terms import terms
from portal.web.context import portal
from portal.web.converters import VersionConverter
from portal.web.problems import PROBLEM_JSON

PREFIX = "/api/v1"

DESCRIPTION = """\
Datasets, their versions, tables and rows, readable by everyone without a key.

Die Datensätze des Portals mit Versionen, Tabellen und Zeilen, für alle ohne Schlüssel lesbar.

Every answer has `ETag` and `Last-Modified` and answers `304`; errors are RFC 9457 problem documents in German and
English; lists say `total` and `next`, and nothing is cut silently.
"""


def register_api(app: Flask) -> None:
    """Put REST v1 into *app*."""
    app.config |= {
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
    api = Api(app)
    api.register_converter(VersionConverter, lambda converter: {"type": "integer", "minimum": 1})
    for blueprint in (root, datasets, tables, changes, terms):
        api.register_blueprint(blueprint, url_prefix=PREFIX)
    document = openapi_document(api)

    @app.get(f"{PREFIX}/openapi.json")
    def openapi() -> Response:
        return jsonify({**document, "servers": [{"url": portal().settings.public_url}]})

    app.extensions["openapi"] = document
    known = {path: _query_parameters(methods["get"]) for path, methods in document["paths"].items() if "get" in methods}
    app.before_request(lambda: _refuse_unknown(known))


def _query_parameters(operation: dict[str, Any]) -> frozenset[str]:  # Any: JSON
    return frozenset(one["name"] for one in operation.get("parameters", ()) if one.get("in") == "query")


def _refuse_unknown(known: dict[str, frozenset[str]]) -> None:
    """Refuse parameters that the OpenAPI document does not name, and those given twice: a slip must not go unnoticed.

    Raises:
        InvalidInput: with the parameters there are.
    """
    if not request.args or request.url_rule is None:
        return
    allowed = known.get(re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", request.url_rule.rule))
    if allowed is None:
        return
    wrong = sorted(name for name, values in request.args.lists() if name not in allowed or len(values) > 1)
    if wrong:
        shown = ", ".join(name[:80] for name in wrong[:10])
        options = ", ".join(sorted(allowed)) or "none"
        raise InvalidInput(
            f"Unknown or repeated parameters: {shown}. There are: {options}.",
            detail_de=f"Unbekannte oder doppelte Parameter: {shown}. Es gibt: {options if allowed else 'keine'}.",
            parameters=sorted(allowed),
        )


def openapi_document(api: Api) -> dict[str, Any]:  # Any: JSON
    """Give the OpenAPI document; errors are told as problem documents, which flask-smorest's defaults are not."""
    document: dict[str, Any] = api.spec.to_dict()  # Any: JSON
    components = document["components"]
    components["schemas"].pop("Error", None)
    components["schemas"].pop("PaginationMetadata", None)
    told = {"content": {PROBLEM_JSON: {"schema": {"$ref": "#/components/schemas/Problem"}}}}
    for response in components.get("responses", {}).values():
        response.update(told)
    return document
