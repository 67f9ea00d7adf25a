"""The OpenAPI document is true: valid, committed, and held against real answers of the shipped catalogue.

The committed file is written anew by: python -m portal.web.api.document > schemas/openapi.json
"""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from portal.web.api.document import text
from portal.web.api.openapi import committed_document
from tests.people import PASSWORD
from tests.shipped import PROJECT, Served
from tests.sources import descriptor, shipped_folders, tables
from tests.templates import an_empty_portal
from tests.web.callers import a_town

DOCUMENT = committed_document()
OPERATIONS = [
    (path, method, operation)
    for path, methods in sorted(DOCUMENT["paths"].items())
    for method, operation in methods.items()
    if isinstance(operation, dict)
]
PATHS = [path for path, method, one in OPERATIONS if method == "get" and {} in one.get("security", [{}])]
"""What everyone may read."""
SHIPPED = [path for path in PATHS if "/combinations/{slug}" not in path]
"""Of these there is something in the shipped catalogue; tests/web/api/test_combinations.py has the others."""
GUARDED = [(path, method) for path, method, one in OPERATIONS if {} not in one.get("security", [{}])]
"""What asks who one is."""
ASKING = {("/api/v1/sql", "post")}
"""What is sent to ask a question that is too long for an address, and changes nothing."""
PROBLEM_JSON = "application/problem+json"
ROWS_PER_TABLE = 3
NOT_JSON = {path: "text/csv" for path in PATHS if path.endswith((".csv", "/rows{suffix}"))} | {
    path: "text/plain" for path in PATHS if path.endswith("/{snippet}")
}
"""Path ↔ the media type of its answers, where it is none of the API's usual ones."""

GOOD = {"limit": "7", "offset": "1", "sort": "-modified", "publisher": "datenwerkstatt", "theme": "GOVE", "keyword": "Krefeld",
        "licence": "dl-zero-de/2.0", "place": "krefeld", "after": "2", "version": "1", "recommended": "true", "before": "9", "dataset": "orte", "since": "1", "until": "1", "of": "cc-zero", "datasets": "orte", "versions": "datenwuensche:1", "lang": "en"}  # fmt: skip
BAD = {"limit": "0", "offset": "-1", "sort": "colour", "publisher": "\x00", "theme": "x" * 501, "keyword": "\x07",
       "licence": "a\nb", "place": "\x1f", "after": "one", "version": "0", "recommended": "perhaps", "before": "0", "dataset": "\x00", "since": "0", "until": "x", "of": "a\nb", "datasets": "\x00", "versions": "orte", "lang": "fr"}  # fmt: skip
"""Query parameter ↔ a value that is understood, and one that is not."""
GOOD_ELSEWHERE = ("columns", "q", "count", "distinct", "group_by", "figures", "format", "join")
"""Parameters that depend on the table: tests/web/test_rows.py."""


def test_the_document_is_valid_openapi_3_1() -> None:
    OpenAPIV31SpecValidator(DOCUMENT).validate()

    assert DOCUMENT["openapi"].startswith("3.1")


def test_the_committed_document_is_the_one_the_code_gives() -> None:
    assert (PROJECT / "schemas" / "openapi.json").read_text("utf-8") == text()


def test_the_served_document_differs_only_by_its_server(shipped: Served) -> None:
    served = shipped.get("/api/v1/openapi.json").json()

    assert served.pop("servers") == [{"url": shipped.url}]
    assert served == DOCUMENT


def test_every_operation_says_what_it_does_and_every_parameter_what_it_means() -> None:
    for path, method, operation in OPERATIONS:
        assert operation["summary"].endswith("."), f"{method} {path}"
        for parameter in operation.get("parameters", []):
            assert parameter["description"], f"{method} {path} {parameter['name']}"


def test_every_operation_names_the_refusals_that_follow_from_what_it_is() -> None:
    for path, method, operation in OPERATIONS:
        expected = {"400", "415"} if _needs_json(operation.get("requestBody", {})) else set()
        expected |= {"401", "403", "429"} if (path, method) in GUARDED else set()
        expected |= {"409", "422"} if method in ("post", "patch") else set()
        assert expected <= set(operation["responses"]), f"{method} {path}"
        assert method == "get" or (path, method) in {*GUARDED, *ASKING}, f"{method} {path} is open to everyone"


def _needs_json(body: dict[str, Any]) -> bool:
    return bool(body.get("required")) and all(media_type.endswith("json") for media_type in body["content"])


@pytest.mark.parametrize("path", SHIPPED)
def test_real_answers_are_what_the_document_says(path: str, shipped: Served) -> None:
    validator = _validator(path, "200")

    for address in _addresses(path):
        answer = shipped.get(address)
        assert answer.status_code == 200, f"{address}: {answer.text[:300]}"
        if path in NOT_JSON:
            assert answer.headers["Content-Type"].split(";")[0] == NOT_JSON[path]
            continue
        assert answer.headers["Content-Type"] == "application/json"
        errors = [f"{address} {error.json_path}: {error.message}" for error in validator.iter_errors(answer.json())]
        assert not errors, errors[:5]


@pytest.mark.parametrize("path", [path for path in SHIPPED if DOCUMENT["paths"][path]["get"].get("parameters")])
def test_every_query_parameter_is_understood_and_refused_as_documented(path: str, shipped: Served) -> None:
    address = next(_addresses(path))
    problems = _validator(path, "400")

    for parameter in DOCUMENT["paths"][path]["get"]["parameters"]:
        name = parameter["name"]
        if parameter["schema"].get("type") == "object" or name in GOOD_ELSEWHERE:
            continue
        plain, _, required = address.partition("?")
        others = "" if required.startswith(f"{name}=") else required
        if path.endswith(("/rows", "/rows{suffix}")) and name == "sort":
            continue  # by the table's columns: tests/web/test_rows.py
        good = shipped.get(f"{plain}?{others}&{name}={GOOD[name]}")
        bad = shipped.get(f"{plain}?{others}&{name}={_escaped(BAD[name])}")
        assert good.status_code == 200, f"{name}: {good.text[:300]}"
        assert bad.status_code == 400, f"{name}: {bad.text[:300]}"
        assert bad.headers["Content-Type"] == PROBLEM_JSON
        assert not list(problems.iter_errors(bad.json())), name
        assert name in bad.json()["detail"]


@pytest.mark.parametrize("path", PATHS)
def test_every_documented_refusal_can_be_met_and_is_a_problem_document(path: str, refusing: FlaskClient) -> None:
    documented = set(DOCUMENT["paths"][path]["get"]["responses"]) - {"200", "default", "429"}  # tests/web/test_auth.py
    if "/rows" in path:
        documented -= {"422"}  # takes too long: tests/rows/test_limits.py
    if path.endswith("/sql"):
        documented -= {"404"}  # switched off: tests/web/test_sql.py

    for status in documented:
        headers = {"Accept": "text/html"} | ({"Authorization": "Bearer no"} if status == "401" else {})
        answer = refusing.get(_refused(path, status), headers=headers)
        assert answer.status_code == int(status), f"{path} {status}: {answer.text[:300]}"
        assert answer.content_type == PROBLEM_JSON
        assert not list(_validator(path, status).iter_errors(answer.get_json()))
        assert answer.get_json()["status"] == int(status)


@pytest.mark.parametrize("path", sorted(DOCUMENT["paths"]))
def test_undocumented_methods_are_refused_as_the_default_says(path: str, refusing: FlaskClient) -> None:
    documented = {method.upper() for at, method, _ in OPERATIONS if at == path}

    for method in {"GET", "POST", "PUT", "PATCH", "DELETE"} - documented:
        answer = refusing.open(_refused(path, "200"), method=method, data=b"{")
        assert answer.status_code == 405
        assert answer.content_type == PROBLEM_JSON
        assert not list(_validator(path, "default", min(documented).lower()).iter_errors(answer.get_json()))
        assert documented <= set(answer.headers["Allow"].split(", "))


@pytest.mark.parametrize(("path", "method"), GUARDED)
def test_nobody_is_refused_as_the_document_says(path: str, method: str, refusing: FlaskClient) -> None:
    answer = refusing.open(_refused(path, "200"), method=method.upper(), json={})

    assert answer.status_code == 401
    assert not list(_validator(path, "401", method).iter_errors(answer.get_json()))


def test_answers_to_those_who_look_after_things_are_what_the_document_says(tmp_path: Path) -> None:
    portal = an_empty_portal(tmp_path / "data", base_url="")
    town = a_town(portal, tmp_path)
    prefix = town.token("eva")[:14]

    for who, method, template, facts, body in (
        ("eva", "get", "/me", {}, None),
        ("eva", "put", "/me/password", {}, {"current": PASSWORD, "new": PASSWORD}),
        ("eva", "post", "/tokens", {}, {"actions": ["submit"]}),
        ("eva", "get", "/tokens", {}, None),
        ("eva", "delete", "/tokens/{prefix}", {"prefix": prefix}, None),
        ("chef", "post", "/users", {}, {"name": "ben", "password": PASSWORD}),
        ("chef", "get", "/users", {}, None),
        ("chef", "get", "/users/{name}", {"name": "ben"}, None),
        ("chef", "patch", "/users/{name}", {"name": "ben"}, {"disabled": True}),
        ("chef", "post", "/publishers", {}, {"name": "verein", "title": "Verein"}),
        ("moritz", "patch", "/publishers/{name}", {"name": "stadt"}, {"fourEyes": False}),
        ("moritz", "put", "/publishers/{slug}/members/{name}", {"slug": "stadt", "name": "ben"}, {"roles": ["viewer"]}),
        ("moritz", "get", "/publishers/{slug}/members/{name}", {"slug": "stadt", "name": "ben"}, None),
        ("moritz", "get", "/publishers/{slug}/members", {"slug": "stadt"}, None),
        ("moritz", "delete", "/publishers/{slug}/members/{name}", {"slug": "stadt", "name": "ben"}, None),
        ("alma", "post", "/datasets/{slug}/withdraw", {"slug": "baeume"}, {"reason": {"de": "Falsch."}}),
        ("alma", "post", "/datasets/{slug}/restore", {"slug": "baeume"}, None),
        ("vera", "get", "/datasets/{slug}/events", {"slug": "baeume"}, None),
    ):
        answer = town.person(who, method.upper(), template.format(**facts), body)
        assert answer.status_code < 300, f"{method} {template}: {answer.get_data(as_text=True)}"
        described = DOCUMENT["paths"]["/api/v1" + template][method]["responses"][str(answer.status_code)]
        if answer.status_code == 204:
            assert "content" not in described
            assert not answer.get_data()
        else:
            found = _validator("/api/v1" + template, str(answer.status_code), method).iter_errors(answer.get_json())
            assert not list(found), f"{method} {template}"


@cache
def _validator(path: str, status: str, method: str = "get") -> Draft202012Validator:
    """Give what checks answers of *path* by its documented schema."""
    response = DOCUMENT["paths"][path][method]["responses"][status]
    if "$ref" in response:
        response = DOCUMENT["components"]["responses"][response["$ref"].rsplit("/", 1)[-1]]
    media_type = NOT_JSON.get(path, "application/json") if status.startswith("2") else PROBLEM_JSON
    assert list(response["content"]) == [media_type]
    schema: dict[str, Any] = {**response["content"][media_type]["schema"], "components": DOCUMENT["components"]}
    return Draft202012Validator(json.loads(json.dumps(schema)))


def _addresses(path: str) -> Iterator[str]:
    """Give real addresses of *path*: all datasets and tables, and the first rows of each."""
    if "{name}" in path:
        yield path.format(name="datenwerkstatt")
    elif "{code}" in path:
        yield path.format(code="dl-zero-de/2.0")
        yield path.format(code="cc-by/4.0")
    elif path.endswith("/combine"):
        yield f"{path}?of=dl-by-de/2.0,odbl"
        yield f"{path}?datasets=orte,documents"
    elif path.endswith("/sql"):
        yield f"{path}?q=SELECT 1 AS one"
        yield f'{path}?q=SELECT * FROM "orte/places" p JOIN "documents/documents" d ON d.id = p.source_document'
    elif "{slug}" not in path:
        yield path
    else:
        for folder in shipped_folders():
            slug = descriptor(folder)["name"]
            for table in tables(folder) if "{table}" in path else [None]:
                for row in table.texts[:ROWS_PER_TABLE] if table and "{key}" in path else [{}]:
                    address = path.format(
                        slug=slug,
                        number=1,
                        table=table.name if table else "",
                        key=row.get("id"),
                        suffix=".csv",
                        snippet="r",
                    )
                    yield address + _required(path)


def _required(path: str) -> str:
    """Give the query with the parameters that *path* must have."""
    parameters = DOCUMENT["paths"][path].get("get", {}).get("parameters", [])
    needed = [one["name"] for one in parameters if one["in"] == "query" and one.get("required")]
    return "?" + "&".join(f"{name}={GOOD[name]}" for name in needed) if needed else ""


def _refused(path: str, status: str) -> str:
    """Give an address of *path* that a portal with `baeume` alone answers with *status*."""
    slug = {"404": "nichts", "409": "streit", "410": "weg"}.get(status, "baeume")
    if path.endswith("/combine"):
        return path if status == "400" else f"{path}?datasets={slug}"
    if path.endswith("/sql"):
        return f"{path}?q={_REFUSED_SQL.get(status, 'SELECT 1')}"
    facts = {
        "name": "nobody",
        "code": "no-licence",
        "prefix": "x",
        "job_id": "x" * 32,
        "change_id": "x" * 32,
        "number": 1,
        "key": "x-1",
        "suffix": ".csv",
        "snippet": "curl",
    }
    address = path.format(slug=slug, table="trees", **facts)
    return f"{address}?limit=none&recommended=none" if status == "400" else address + _required(path)


_REFUSED_SQL = {
    "400": "SELECT",
    "403": "SELECT * FROM sqlite_master",
    "410": 'SELECT * FROM "weg/trees"',
    "422": "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n %2B 1 FROM c) SELECT count(*) FROM c",
}


def _escaped(value: str) -> str:
    return "".join(f"%{ord(sign):02x}" if ord(sign) < 32 else sign for sign in value)
