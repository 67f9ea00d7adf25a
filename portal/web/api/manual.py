"""The manual of a table: the OpenAPI document of its rows, and code that reads it, for the current version or any other."""

from typing import Any

from flask import Response, jsonify
from flask.views import MethodView
from flask_smorest import Blueprint
from marshmallow import Schema, fields, validate

from portal.foundation.text import LANGUAGES, LangString
from portal.publishing.manual.facts import Told, in_both
from portal.publishing.manual.openapi import table_document
from portal.publishing.manual.snippets import Snippet, snippet_of, snippets_of
from portal.web.api.refusals import refuses
from portal.web.api.schemas import LangStringOut
from portal.web.context import told as told_to_reader
from portal.web.manuals import find_manual, manual_links, snippet_url

manual = Blueprint("manual", "manual", description="Per table: OpenAPI and code · Je Tabelle: OpenAPI und Code")

_TABLE = "/datasets/<slug>/tables/<table>"
_VERSION = "/datasets/<slug>/versions/<version:number>/tables/<table>"


class LanguageQuery(Schema):
    """In which language texts are told."""

    lang = fields.String(
        load_default=None,
        validate=validate.OneOf(LANGUAGES),
        metadata={"description": "`de` or `en`; absent: a document says both, code goes by `Accept-Language`."},
    )


class TableOpenApiOut(Schema):
    """An OpenAPI 3.1 document of one table."""

    openapi = fields.String(required=True)
    info = fields.Dict(required=True)
    externalDocs = fields.Dict(required=True)  # noqa: N815 - OpenAPI's spelling
    servers = fields.List(fields.Dict(), required=True)
    paths = fields.Dict(required=True)
    components = fields.Dict(required=True)


class SnippetOut(Schema):
    """A piece of code."""

    name = fields.String(required=True, metadata={"description": "Its name in its address."})
    language = fields.String(required=True)
    label = fields.Nested(LangStringOut, required=True, metadata={"description": "What people call the language."})
    shows = fields.Nested(LangStringOut, required=True, metadata={"description": "What the code shows."})
    query = fields.Boolean(required=True, metadata={"description": "It asks for some rows; else it reads them all."})
    code = fields.String(required=True, metadata={"description": "The code, ready to run."})
    url = fields.String(required=True, metadata={"description": "Address of the code alone, as plain text."})


class SnippetListOut(Schema):
    """Code that reads a table, in several languages."""

    dataset = fields.String(required=True)
    table = fields.String(required=True)
    version = fields.Integer(required=True)
    total = fields.Integer(required=True)
    items = fields.List(fields.Nested(SnippetOut), required=True)


@manual.route(f"{_TABLE}/openapi.json")
@manual.route(f"{_VERSION}/openapi.json", endpoint="version_openapi")
class TableOpenApi(MethodView):
    @manual.arguments(LanguageQuery, location="query", error_status_code=400)
    @manual.response(200, TableOpenApiOut)
    @refuses(manual, 404, 410)
    def get(
        self, query: dict[str, Any], slug: str, table: str, number: int | None = None
    ) -> Response:  # Any: checked by LanguageQuery
        """Give the OpenAPI document of a table's rows: its columns, their types, filters with examples, answers."""
        found = find_manual(slug, table, number)
        response = jsonify(table_document(found, _told(query["lang"]) or in_both))
        response.headers["Link"] = manual_links(found)
        return response


@manual.route(f"{_TABLE}/snippets")
@manual.route(f"{_VERSION}/snippets", endpoint="version_snippets")
class Snippets(MethodView):
    @manual.arguments(LanguageQuery, location="query", error_status_code=400)
    @manual.response(200, SnippetListOut)
    @refuses(manual, 404, 410)
    def get(
        self, query: dict[str, Any], slug: str, table: str, number: int | None = None
    ) -> Response:  # Any: checked by LanguageQuery
        """Give code that reads a table, whole and by a query, for several languages."""
        found = find_manual(slug, table, number)
        told = _told(query["lang"]) or told_to_reader
        items = [_snippet(one, snippet_url(found, one.name)) for one in snippets_of(found, told)]
        response = jsonify(dataset=slug, table=table, version=found.table.version, total=len(items), items=items)
        response.headers["Link"] = manual_links(found)
        return response


@manual.route(f"{_TABLE}/snippets/<snippet>")
@manual.route(f"{_VERSION}/snippets/<snippet>", endpoint="version_snippet_text")
class SnippetText(MethodView):
    @manual.arguments(LanguageQuery, location="query", error_status_code=400)
    @manual.response(200, {"type": "string"}, content_type="text/plain")
    @refuses(manual, 404, 410)
    def get(
        self, query: dict[str, Any], slug: str, table: str, snippet: str, number: int | None = None
    ) -> Response:  # Any: checked by LanguageQuery
        """Give one piece of code as plain text, such as `python` or `python-query`."""
        found = find_manual(slug, table, number)
        code = snippet_of(found, snippet, _told(query["lang"]) or told_to_reader).code
        response = Response(code, content_type="text/plain; charset=utf-8")
        response.headers["Link"] = manual_links(found)
        return response


def _told(language: str | None) -> Told | None:
    """Give how texts are told in a language that was asked for; None: none was."""

    def in_language(text: LangString) -> str:
        return text.in_language(language or "de")

    return in_language if language else None


def _snippet(one: Snippet, url: str) -> dict[str, Any]:  # Any: JSON
    return {
        "name": one.name,
        "language": one.language,
        "label": one.label.as_dict(),
        "shows": one.shows.as_dict(),
        "query": one.asks,
        "code": one.code,
        "url": url,
    }
