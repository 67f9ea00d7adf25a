"""The examples of a table's OpenAPI document, asked over HTTP as OpenAPI says that they are written.

Conditions are joined by *and*, so a question of several examples that answers with rows shows that each of them does; where
it does not, they are asked in halves, down to one by one.
"""

import json
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import quote

from flask.testing import FlaskClient
from jsonschema import Draft202012Validator

Described = dict[str, Any]  # Any: JSON

MAX_AT_ONCE = 25
"""A query may have 50 conditions, and `between` makes two."""


def unanswered(client: FlaskClient, document: Described) -> list[str]:
    """Give the parameters of a table's rows whose example answers with no row.

    What a condition chooses are rows of the table; what other parameters make of them fits the schema.
    """
    rows = next(path for path in document["paths"] if path.endswith("/rows"))
    columns, others = _with_examples(document, rows)
    fixed = _version(others)
    fits = page_validator(document)
    whole = client.get(f"{rows}?limit=10000{fixed}").get_json()["rows"]
    known = {json.dumps(row) for row in whole}

    def answers(*parameters: Described) -> bool:
        asked = "&".join(
            f"{quote(one['name'], safe='')}={quote(written(one['example']), safe=',')}" for one in parameters
        )
        limit = "" if any(one["name"] == "limit" for one in parameters) else "&limit=2"
        version = "" if any(one["name"] == "version" for one in parameters) else fixed
        answer = client.get(f"{rows}?{asked}{limit}{version}")
        assert answer.status_code == 200, f"{asked}: {answer.text[:300]}"
        if answer.content_type != "application/json":
            return int(answer.headers["Row-Count"]) > 0
        page = answer.get_json()
        if parameters[0] in others:
            assert not [error.message for error in fits.iter_errors(page)], asked
        else:
            assert {json.dumps(row) for row in page["rows"]} <= known, asked
        return bool(page["rows"])

    def lacking(parameters: Sequence[Described]) -> Iterator[str]:
        if answers(*parameters):
            return
        if len(parameters) == 1:
            yield parameters[0]["name"]
        else:
            yield from lacking(parameters[: len(parameters) // 2])
            yield from lacking(parameters[len(parameters) // 2 :])

    parts = [
        parameters[start : start + MAX_AT_ONCE]
        for parameters in columns.values()
        for start in range(0, len(parameters), MAX_AT_ONCE)
    ]
    return [name for part in parts for name in lacking(part)] + [one["name"] for one in others if not answers(one)]


def _version(parameters: Sequence[Described]) -> str:
    """Give the version that must be named, if one must."""
    return "".join(f"&version={one['example']}" for one in parameters if one["name"] == "version" and one["required"])


def page_validator(document: Described) -> Draft202012Validator:
    """Give what checks a page of rows by a table's document."""
    return Draft202012Validator({"$ref": "#/components/schemas/Page", "components": document["components"]})


def written(example: Any) -> str:
    """Write an example into an address (style form, not exploded), in JSON's spelling."""
    if isinstance(example, list):
        return ",".join(map(written, example))
    return example if isinstance(example, str) else json.dumps(example)


def _with_examples(document: Described, rows: str) -> tuple[dict[str, list[Described]], list[Described]]:
    """Give the parameters that have an example: those of columns, by what may be asked at once, and the others."""
    by_column: dict[str, list[Described]] = {}
    others = []
    for one in document["paths"][rows]["get"]["parameters"]:
        key = one.get("$ref", "").rpartition("/")[2]
        parameter = document["components"]["parameters"][key] if key else one
        if "example" not in parameter:
            continue
        assert not list(Draft202012Validator(parameter["schema"]).iter_errors(parameter["example"])), parameter
        op = key.rpartition(".")[2]
        if key:
            by_column.setdefault(op if op in ("not", "null", "lt", "gt") else "value", []).append(parameter)
        else:
            others.append(parameter)
    return by_column, others
