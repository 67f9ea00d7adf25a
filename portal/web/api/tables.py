"""Tables: what columns they have and what is in them; their rows are in rows.py."""

from collections.abc import Sequence
from typing import Any

from flask import Response, jsonify
from flask.views import MethodView
from flask_smorest import Blueprint

from portal.catalogue.lookup import public_table, public_version
from portal.catalogue.reading import files_of, tables_of
from portal.catalogue.version import StoredFile, Table, Version
from portal.foundation.db import reading
from portal.foundation.text import LangString
from portal.publishing.documents import file_object
from portal.publishing.joining.finding import Finder
from portal.web.api.joined import join_object
from portal.web.api.schemas import ProblemSchema
from portal.web.api.table_schemas import TableListOut, TableOut, TableSchemaOut
from portal.web.context import portal, references
from portal.web.links import docs_url, licence_link, openapi_url, snippets_url
from portal.web.problems import PROBLEM_JSON

tables = Blueprint("tables", "tables", description="Tables and their columns · Tabellen und ihre Spalten")


@tables.route("/datasets/<slug>/tables")
class Tables(MethodView):
    @tables.response(200, TableListOut)
    @tables.alt_response(404, schema=ProblemSchema, content_type=PROBLEM_JSON, description="No such dataset")
    @tables.alt_response(410, schema=ProblemSchema, content_type=PROBLEM_JSON, description="Withdrawn, with the reason")
    def get(self, slug: str) -> Response:
        """List the tables of a dataset with schema, statistics and files."""
        with reading(portal().engine) as session:
            version = public_version(session, slug, None)
            files = files_of(session, version.id)
            found = tables_of(session, version.id)
        items = [_table_object(slug, version, table, files) for table in found]
        return _licensed(jsonify(total=len(items), items=items), version)


@tables.route("/datasets/<slug>/tables/<table>")
class TableResource(MethodView):
    @tables.response(200, TableOut)
    @tables.alt_response(404, schema=ProblemSchema, content_type=PROBLEM_JSON, description="No such dataset or table")
    @tables.alt_response(410, schema=ProblemSchema, content_type=PROBLEM_JSON, description="Withdrawn, with the reason")
    def get(self, slug: str, table: str) -> Response:
        """Give a table with schema, statistics, files, and what its rows can be joined with."""
        with reading(portal().engine) as session:
            version, found = public_table(session, slug, table)
            files = files_of(session, version.id)
            offers = Finder(session, portal().store, references(), portal().settings).offers(slug, table)
        told = _table_object(slug, version, found, files)
        return _licensed(jsonify({**told, "joins": [join_object(slug, table, offer) for offer in offers]}), version)


@tables.route("/datasets/<slug>/tables/<table>/schema")
class TableSchemaResource(MethodView):
    @tables.response(200, TableSchemaOut)
    @tables.alt_response(404, schema=ProblemSchema, content_type=PROBLEM_JSON, description="No such dataset or table")
    @tables.alt_response(410, schema=ProblemSchema, content_type=PROBLEM_JSON, description="Withdrawn, with the reason")
    def get(self, slug: str, table: str) -> Response:
        """Give a table's columns and keys as Table Schema."""
        with reading(portal().engine) as session:
            version, _ = public_table(session, slug, table)
        return _licensed(jsonify(_described(version, table)["schema"]), version)


def _table_object(
    slug: str, version: Version, table: Table, files: Sequence[StoredFile]
) -> dict[str, Any]:  # Any: JSON
    described = _described(version, table.name)
    base = portal().settings.public_url
    return {
        "name": table.name,
        "title": LangString.of(described, "title").as_dict(),
        "description": LangString.of(described, "description").as_dict(),
        "rows": table.row_count,
        "version": version.number,
        "schema": described["schema"],
        "statistics": table.statistics,
        "rowsUrl": _rows_url(slug, table.name),
        "combinationsUrl": f"{base}/api/v1/combinations?dataset={slug}",
        "openapiUrl": openapi_url(base, slug, table.name, None),
        "snippetsUrl": snippets_url(base, slug, table.name, None),
        "docsUrl": docs_url(base, slug, table.name, None),
        "files": [file_object(file, f"{base}/datasets/{slug}") for file in files if file.table_name == table.name],
    }


def _described(version: Version, table: str) -> dict[str, Any]:  # Any: JSON of the Data Package standard
    return next(one for one in version.descriptor["resources"] if one["name"] == table)


def _rows_url(slug: str, table: str) -> str:
    return f"{portal().settings.public_url}/api/v1/datasets/{slug}/tables/{table}/rows"


def _licensed(response: Response, version: Version) -> Response:
    response.headers["Link"] = licence_link(version.descriptor)
    return response
