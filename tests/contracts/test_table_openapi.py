"""The OpenAPI documents of all shipped tables are true: valid, every row fits, every example answers with rows."""

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from portal.foundation.config import Settings
from portal.web.app import create_app
from portal.wiring import build
from tests.asking import page_validator, rows_of_format, unanswered
from tests.shipped import Served
from tests.sources import shipped_folders, tables

TABLES = [(table.dataset, table.name) for folder in shipped_folders() for table in tables(folder)]
WORDS = (
    "enum", "example", "examples", "description", "title", "name", "const", "summary", "required", "pattern", "minLength",
    "maxLength", "minItems", "maxItems", "minimum", "maximum",
)  # fmt: skip
"""What differs from column to column and says nothing of what kind of thing it is."""

Described = dict[str, Any]


@pytest.fixture(scope="module")
def client(shipped: Served) -> FlaskClient:
    """Give a client that asks the shipped catalogue in this process, over the files of the running server."""
    return create_app(build(Settings(data=shipped.data, base_url=shipped.url, access_log=False))).test_client()


@cache
def document_of(client: FlaskClient, dataset: str, table: str) -> Described:
    answer = client.get(f"/api/v1/datasets/{dataset}/tables/{table}/openapi.json")
    assert answer.status_code == 200, answer.text[:300]
    return dict(answer.get_json())


def test_all_of_them_are_valid_openapi_3_1(client: FlaskClient) -> None:
    seen: set[str] = set()

    for dataset, table in TABLES:
        document = document_of(client, dataset, table)
        assert document["openapi"] == "3.1.0"
        assert not list(_lost_references(document))
        OpenAPIV31SpecValidator(_unlike(document, seen)).validate()


@pytest.mark.parametrize(("dataset", "table"), TABLES)
def test_every_row_is_as_the_document_says(dataset: str, table: str, client: FlaskClient) -> None:
    document = document_of(client, dataset, table)
    page = client.get(f"{_rows(dataset, table)}?limit=10000").get_json()
    columns = document["components"]["schemas"]["SomeColumns"]
    rows = Draft202012Validator(
        {**columns, "required": document["components"]["schemas"]["Row"]["allOf"][1]["required"]}
    )

    assert [error.message for row in page["rows"] for error in rows.iter_errors(row)] == []
    assert [error.message for error in page_validator(document).iter_errors({**page, "rows": page["rows"][:2]})] == []
    assert len(page["rows"]) == page["total"]


@pytest.mark.parametrize(("dataset", "table"), TABLES)
def test_every_example_answers_with_rows_that_fit(dataset: str, table: str, client: FlaskClient) -> None:
    assert unanswered(client, document_of(client, dataset, table)) == []


@pytest.mark.parametrize(("dataset", "table"), list(dict(reversed(TABLES)).items()))
def test_a_file_in_the_example_format_has_the_rows(dataset: str, table: str, client: FlaskClient) -> None:
    assert rows_of_format(client, document_of(client, dataset, table)) > 0


def _rows(dataset: str, table: str) -> str:
    return f"/api/v1/datasets/{dataset}/tables/{table}/rows"


def _lost_references(value: Any, root: Any = None) -> Iterator[str]:
    """Give the references that lead nowhere."""
    root = root or value
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        if key == "$ref" and isinstance(inner, str):
            _, kind, group, name = inner.split("/", 3)
            if name not in root[kind][group]:
                yield inner
        else:
            yield from _lost_references(inner, root)


def _unlike(document: Described, seen: set[str]) -> Described:
    """Give *document* without what an earlier one had but for its words: parameters, columns and paths.

    The validator takes a second for each document, and tables have the same few types.
    """
    parts = document["components"]
    columns, groups = (parts["schemas"][name] for name in ("SomeColumns", "Group"))
    parameters = _new(parts["parameters"], seen)
    paths = {
        path: {
            "get": {
                **item["get"],
                "parameters": [one for one in item["get"]["parameters"] if _is_kept(one, parameters)],
            }
        }
        for path, item in document["paths"].items()
    }
    schemas = {
        **parts["schemas"],
        "SomeColumns": {**columns, "properties": _new(columns["properties"], seen)},
        "Group": {**groups, "properties": _new(groups["properties"], seen)},
    }
    return {
        **document,
        "paths": _new(paths, seen),
        "components": {
            **parts,
            "parameters": parameters,
            "schemas": _new(schemas, seen) | {"Problem": {}, "Page": {}, "File": {}, "OneRow": {}},
        },
    }


def _is_kept(parameter: Described, kept: Described) -> bool:
    return "$ref" not in parameter or parameter["$ref"].rpartition("/")[2] in kept


def _new(items: Described, seen: set[str]) -> Described:
    found = {}
    for key, item in items.items():
        shape = json.dumps(_shape(item), sort_keys=True)
        if shape not in seen:
            found[key] = item
        seen.add(shape)
    return found


def _shape(value: Any, key: str = "") -> Any:
    """Give what is left of *value* without words: examples, names, terms of a list."""
    if key in WORDS:
        return type(value).__name__
    if isinstance(value, dict):
        return {name: _shape(inner, name) for name, inner in value.items()}
    return [_shape(one) for one in value] if isinstance(value, list) else value
