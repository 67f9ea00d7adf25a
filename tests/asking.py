"""The examples of a table's OpenAPI document, asked over HTTP as OpenAPI says that they are written.

Conditions are joined by *and*, so a question of several examples that answers with rows shows that each of them does. Those
are asked together that one row seems to meet; where no row answers they are asked in halves, down to one by one.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from flask.testing import FlaskClient
from jsonschema import Draft202012Validator

Described = dict[str, Any]  # Any: JSON

MAX_AT_ONCE = 25
"""A query may have 50 conditions, and `between` makes two."""
TOGETHER = (("sort", "q", "columns", "limit", "count", "version"), ("distinct",), ("group_by", "figures"))
"""Parameters that are no conditions and go with each other; a file in the example `format` is asked for apart: it is dear."""


@dataclass(frozen=True)
class Asker:
    """Asks for rows of one table."""

    client: FlaskClient
    document: Described

    @property
    def rows(self) -> str:
        return next(path for path in self.document["paths"] if path.endswith("/rows"))

    def page(self, *parameters: Described, **more: str) -> Described:
        """Give the page that answers these examples; a file counts as its number of rows."""
        given = {one["name"]: written(one["example"]) for one in parameters}
        version = {one["name"]: written(one["example"]) for one in self.others() if one["required"]}
        asked = "&".join(
            f"{quote(name, safe='')}={quote(text, safe=',')}" for name, text in {**version, **more, **given}.items()
        )
        answer = self.client.get(f"{self.rows}?{asked}")
        assert answer.status_code == 200, f"{asked}: {answer.text[:300]}"
        if answer.content_type != "application/json":
            return {"rows": int(answer.headers["Row-Count"])}
        return dict(answer.get_json())

    def conditions(self) -> Iterator[tuple[str, str, Described]]:
        """Give column, operator and parameter of every condition that has an example."""
        columns = list(self.document["components"]["schemas"]["SomeColumns"]["properties"])
        for key, parameter in self.document["components"]["parameters"].items():
            name, _, op = key.rpartition(".")
            if "example" in parameter:
                yield columns[int(name[1:])] if name.startswith(".") else name, op, parameter

    def others(self) -> list[Described]:
        """Give the parameters that are no conditions and have an example."""
        listed = self.document["paths"][self.rows]["get"]["parameters"]
        return [one for one in listed if "example" in one]


def unanswered(client: FlaskClient, document: Described) -> list[str]:
    """Give the parameters of a table's rows whose example answers with no row.

    What a condition chooses are rows of the table; what other parameters make of them fits the schema.
    """
    asker = Asker(client, document)
    whole = asker.page(limit="10000")["rows"]
    known = {json.dumps(row) for row in whole}
    fits = page_validator(document)

    def lacking(parameters: Sequence[Described]) -> Iterator[str]:
        found = asker.page(*parameters, limit="2")["rows"]
        assert {json.dumps(row) for row in found} <= known, [one["name"] for one in parameters]
        if found:
            return
        if len(parameters) == 1:
            yield parameters[0]["name"]
        else:
            yield from lacking(parameters[: len(parameters) // 2])
            yield from lacking(parameters[len(parameters) // 2 :])

    def nothing(names: Sequence[str]) -> bool:
        parameters = [one for one in asker.others() if one["name"] in names]
        page = asker.page(*parameters)
        if isinstance(page["rows"], list):
            assert not [error.message for error in fits.iter_errors(page)], names
        return bool(parameters) and not page["rows"]

    for one in [*asker.others(), *(parameter for _, _, parameter in asker.conditions())]:
        assert not list(Draft202012Validator(one["schema"]).iter_errors(one["example"])), one
    parts = _at_once(list(asker.conditions()), whole)
    return [name for part in parts for name in lacking(part)] + [names[0] for names in TOGETHER if nothing(names)]


def rows_of_format(client: FlaskClient, document: Described) -> int:
    """Give how many rows the file has that the example of `format` asks for."""
    asker = Asker(client, document)
    return int(asker.page(*(one for one in asker.others() if one["name"] == "format"))["rows"])


def page_validator(document: Described) -> Draft202012Validator:
    """Give what checks a page of rows by a table's document."""
    return Draft202012Validator({"$ref": "#/components/schemas/Page", "components": document["components"]})


def written(example: Any) -> str:
    """Write an example into an address (style form, not exploded), in JSON's spelling."""
    if isinstance(example, list):
        return ",".join(map(written, example))
    return example if isinstance(example, str) else json.dumps(example)


def _at_once(conditions: list[tuple[str, str, Described]], rows: list[Described]) -> Iterator[list[Described]]:
    """Give parameters that are asked together: those that one row seems to meet, the row that meets most first."""
    left = conditions
    while left:
        met = [[one for one in left if _seems_met(one[1], one[2]["example"], row[one[0]])] for row in rows]
        best = max(met, key=len, default=[]) or left[:1]
        left = [one for one in left if one not in best]
        listed = [parameter for _, _, parameter in best]
        yield from (listed[start : start + MAX_AT_ONCE] for start in range(0, len(listed), MAX_AT_ONCE))


def _seems_met(op: str, example: Any, value: Any) -> bool:
    """Guess whether a value meets a condition; a wrong guess costs questions."""
    if op == "null":
        return (value is None) == example
    if op == "not" or value is None:
        return op == "not" and value != example
    alike = (value, example) if type(value) is type(example) else (written(value), written(example))
    match op:
        case "lt" | "gt" | "lte" | "gte":
            return bool(
                {"l": alike[0] < alike[1], "g": alike[0] > alike[1]}[op[0]] or (len(op) == 3 and alike[0] == alike[1])
            )
        case "contains":
            return alike[1].lower() in alike[0].lower()
        case "startswith":
            return bool(alike[0].lower().startswith(alike[1].lower()))
        case _:
            return op == "between" or (alike[0] == alike[1] if op == "exact" else written(value) in written(example))
