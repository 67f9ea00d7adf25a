"""REST v1 registered: one blueprint per resource, and the OpenAPI document that describes them truly."""

from flask import Flask, Response, jsonify
from flask_smorest import Api

from portal import __version__
from portal.web.api.bulk import bulk
from portal.web.api.changes import changes
from portal.web.api.combining import combining
from portal.web.api.datasets import datasets
from portal.web.api.draft_changes import comparison
from portal.web.api.draft_privacy import privacy
from portal.web.api.draft_quality import quality
from portal.web.api.draft_steps import steps
from portal.web.api.drafts import drafts
from portal.web.api.events import events
from portal.web.api.manual import manual
from portal.web.api.me import me
from portal.web.api.members import members
from portal.web.api.metadata import metadata
from portal.web.api.openapi import openapi_document
from portal.web.api.publishers import publishers
from portal.web.api.root import root
from portal.web.api.rows import rows
from portal.web.api.strictness import register_strictness
from portal.web.api.tables import tables
from portal.web.api.terms import terms
from portal.web.api.tokens import tokens
from portal.web.api.users import users
from portal.web.api.withdrawal import withdrawal
from portal.web.context import portal
from portal.web.converters import VersionConverter

PREFIX = "/api/v1"

DESCRIPTION = """\
Datasets, their versions, tables and rows, readable by everyone without a key; looking after them with a token.

Die Datensätze des Portals mit Versionen, Tabellen und Zeilen, für alle ohne Schlüssel lesbar; gepflegt mit einem Token.

Every public answer has `ETag` and `Last-Modified` and answers `304`; errors are RFC 9457 problem documents in German and
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
    for blueprint in (
        root, datasets, drafts, comparison, privacy, quality, steps, bulk, metadata, withdrawal, tables, rows, manual, changes,
        combining, terms, publishers, members, events, me, tokens, users,
    ):  # fmt: skip
        api.register_blueprint(blueprint, url_prefix=PREFIX)
    document = openapi_document(api)

    @app.get(f"{PREFIX}/openapi.json")
    def openapi() -> Response:
        return jsonify({**document, "servers": [{"url": portal().settings.public_url}]})

    app.extensions["openapi"] = document
    register_strictness(app, document)
