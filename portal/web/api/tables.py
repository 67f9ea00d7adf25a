"""Tables: what columns they have, what is in them, and their rows."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote, urlencode

from flask import Response, jsonify
from flask.views import MethodView
from flask_smorest import Blueprint

from portal.catalogue.lookup import public_table, public_version
from portal.catalogue.reading import files_of, tables_of
from portal.catalogue.version import StoredFile, Table, Version
from portal.foundation.db import reading
from portal.foundation.errors import NotFound
from portal.foundation.tableschema import read_schema
from portal.foundation.text import LangString
from portal.publishing.documents import file_object
from portal.rows.serve import read_page, read_row
from portal.web.api.schemas import ProblemSchema, RowOut, RowQuery, RowsOut, TableListOut, TableOut, TableSchemaOut
from portal.web.context import portal
from portal.web.links import licence_link
from portal.web.problems import PROBLEM_JSON

tables = Blueprint("tables", "tables", description="Tables, columns and rows · Tabellen, Spalten und Zeilen")


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
        """Give a table with schema, statistics and files."""
        with reading(portal().engine) as session:
            version, found = public_table(session, slug, table)
            files = files_of(session, version.id)
        return _licensed(jsonify(_table_object(slug, version, found, files)), version)


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


@tables.route("/datasets/<slug>/tables/<table>/rows")
class Rows(MethodView):
    @tables.arguments(RowQuery, location="query", error_status_code=400)
    @tables.response(200, RowsOut)
    @tables.alt_response(
        404, schema=ProblemSchema, content_type=PROBLEM_JSON, description="No such dataset, table or version"
    )
    @tables.alt_response(410, schema=ProblemSchema, content_type=PROBLEM_JSON, description="Withdrawn, with the reason")
    def get(self, query: dict[str, Any], slug: str, table: str) -> Response:  # Any: checked by RowQuery
        """Give rows in published order; `next` goes on without losing or doubling one, however deep."""
        with reading(portal().engine) as session:
            version, found = public_table(session, slug, table, query["version"])
        schema = read_schema(_described(version, table)["schema"])
        row_file = portal().store.path(found.row_file_digest)
        page = read_page(row_file, schema, found.physical, after=query["after"], limit=query["limit"])
        following = "null"
        if page.last is not None:
            given = {"limit": query["limit"], "after": page.last, "version": version.number}
            following = f'"{_rows_url(slug, table)}?{urlencode(given)}"'
        body = (
            f'{{"dataset":"{slug}","table":"{table}","version":{version.number},"total":{found.row_count},'
            f'"limit":{query["limit"]},"next":{following},"rows":[{",".join(page.rows)}]}}'
        )
        response = _licensed(Response(body, content_type="application/json"), version)
        response.headers["Row-Count"] = str(len(page.rows))
        return response


@tables.route("/datasets/<slug>/tables/<table>/rows/<path:key>")
class RowResource(MethodView):
    @tables.response(200, RowOut)
    @tables.alt_response(
        404, schema=ProblemSchema, content_type=PROBLEM_JSON, description="No such dataset, table or row"
    )
    @tables.alt_response(410, schema=ProblemSchema, content_type=PROBLEM_JSON, description="Withdrawn, with the reason")
    def get(self, slug: str, table: str, key: str) -> Response:
        """Give one row by its primary key; several key columns are joined by commas."""
        with reading(portal().engine) as session:
            version, found = public_table(session, slug, table)
        schema = read_schema(_described(version, table)["schema"])
        parts = key.split(",") if len(schema.primary_key) > 1 else [key]
        row = read_row(portal().store.path(found.row_file_digest), schema, found.physical, parts)
        if row is None:
            raise NotFound(
                f"The table {slug}/{table} has no row {key[:100]!r}.",
                detail_de=f"Die Tabelle {slug}/{table} hat keine Zeile {key[:100]!r}.",
                key=list(schema.primary_key),
            )
        iri = f"{portal().settings.public_url}/id/{slug}/{table}/{','.join(quote(part, safe='') for part in parts)}"
        body = f'{{"dataset":"{slug}","table":"{table}","version":{version.number},"id":"{iri}","row":{row}}}'
        return _licensed(Response(body, content_type="application/json"), version)


def _table_object(
    slug: str, version: Version, table: Table, files: Sequence[StoredFile]
) -> dict[str, Any]:  # Any: JSON
    described = _described(version, table.name)
    url = f"{portal().settings.public_url}/datasets/{slug}"
    return {
        "name": table.name,
        "title": LangString.of(described, "title").as_dict(),
        "description": LangString.of(described, "description").as_dict(),
        "rows": table.row_count,
        "version": version.number,
        "schema": described["schema"],
        "statistics": table.statistics,
        "rowsUrl": _rows_url(slug, table.name),
        "files": [file_object(file, url) for file in files if file.table_name == table.name],
    }


def _described(version: Version, table: str) -> dict[str, Any]:  # Any: JSON of the Data Package standard
    return next(one for one in version.descriptor["resources"] if one["name"] == table)


def _rows_url(slug: str, table: str) -> str:
    return f"{portal().settings.public_url}/api/v1/datasets/{slug}/tables/{table}/rows"


def _licensed(response: Response, version: Version) -> Response:
    response.headers["Link"] = licence_link(version.descriptor)
    return response
