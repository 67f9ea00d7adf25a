"""REST v1 registered: one blueprint per resource, held to the OpenAPI document that describes them truly.

What everyone reads is registered when the server starts; the rest, with all it needs to be loaded, when it is first
asked for (portal/web/halves.py): see whole.py.
"""

from collections.abc import Iterable

from flask import Flask, Response, jsonify
from flask_smorest import Blueprint

from portal.web.api.changes import changes
from portal.web.api.combinations import combinations
from portal.web.api.combining import combining
from portal.web.api.datasets import datasets
from portal.web.api.events import events
from portal.web.api.joined import joined_tables
from portal.web.api.manual import manual
from portal.web.api.openapi import committed_document
from portal.web.api.publishers import publishers
from portal.web.api.root import root
from portal.web.api.rows import rows
from portal.web.api.strictness import register_strictness
from portal.web.api.tables import tables
from portal.web.api.terms import terms
from portal.web.context import portal

PREFIX = "/api/v1"

READING = (
    root, datasets, tables, joined_tables, rows, manual, changes, combining, combinations, terms, publishers, events
)  # fmt: skip
"""What everyone may ask; in another half of the application, all there is (whole.py)."""


def register_api(app: Flask, blueprints: Iterable[Blueprint] = READING) -> None:
    """Put *blueprints* of REST v1 into *app*; their documentation stays aside, it costs a tenth of a second (document.py)."""
    for blueprint in blueprints:
        app.register_blueprint(blueprint, url_prefix=PREFIX)
    app.add_url_rule(f"{PREFIX}/openapi.json", view_func=openapi)
    register_strictness(app)


def openapi() -> Response:
    """Give the OpenAPI document of all there is, as it was committed."""
    return jsonify({**committed_document(), "servers": [{"url": portal().settings.public_url}]})
