"""REST v1 registered: one blueprint per resource, and the OpenAPI document that describes them truly.

What everyone reads is registered when the server starts; the rest, with all it needs to be loaded, when it is first
asked for (portal/web/halves.py): see whole.py.
"""

import json
from collections.abc import Iterable

from flask import Flask, Response, jsonify
from flask_smorest import Api, Blueprint

from portal import __version__
from portal.foundation.resources import shipped
from portal.web.api.changes import changes
from portal.web.api.combining import combining
from portal.web.api.datasets import datasets
from portal.web.api.events import events
from portal.web.api.openapi import Described, openapi_document
from portal.web.api.publishers import publishers
from portal.web.api.root import root
from portal.web.api.rows import rows
from portal.web.api.strictness import register_strictness
from portal.web.api.tables import tables
from portal.web.api.terms import terms
from portal.web.context import portal
from portal.web.converters import VersionConverter

PREFIX = "/api/v1"

READING = (root, datasets, tables, rows, changes, combining, terms, publishers, events)
"""What everyone may ask; in another half of the application, all there is (whole.py)."""

DESCRIPTION = """\
Datasets, their versions, tables and rows, readable by everyone without a key; looking after them with a token.

Die Datensätze des Portals mit Versionen, Tabellen und Zeilen, für alle ohne Schlüssel lesbar; gepflegt mit einem Token.

Every public answer has `ETag` and `Last-Modified` and answers `304`; errors are RFC 9457 problem documents in German and
English; lists say `total` and `next`, and nothing is cut silently.
"""


def register_api(app: Flask, blueprints: Iterable[Blueprint] = READING) -> Described:
    """Put *blueprints* of REST v1 into *app*; give the OpenAPI document that describes them."""
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
    for blueprint in blueprints:
        api.register_blueprint(blueprint, url_prefix=PREFIX)
    app.add_url_rule(f"{PREFIX}/openapi.json", view_func=openapi)
    document = openapi_document(api)
    register_strictness(app, document)
    return document


def openapi() -> Response:
    """Give the OpenAPI document of all there is, as it was committed."""
    document: Described = json.loads((shipped("schemas") / "openapi.json").read_bytes())
    return jsonify({**document, "servers": [{"url": portal().settings.public_url}]})
