"""Junk said of a dataset: bodies, metadata and references; refused in words, nothing stored, and what is taken can be used."""

from typing import Any

import pytest

from tests.curating import METADATA
from tests.web.junk.sending import DEEP, DRAFT, Case, assert_refused, assert_usable, content_of, if_match

NESTED: Any = None
for _ in range(500):
    NESTED = {"a": NESTED}

NO_JSON = {
    "nothing": b"",
    "not JSON": b"title: x",
    "half": b'{"metadata": {"title": "x"',
    "two": b"{}{}",
    "deep lists": DEEP.encode(),
    "deep objects": b'{"metadata":' + b'{"a":' * 50_000 + b"1" + b"}" * 50_001,
    "invalid UTF-8": b'{"notes": "\xff\xfe"}',
    "UTF-16": '{"notes": "x"}'.encode("utf-16"),
    "NaN": b'{"metadata": {"title": NaN}}',
    "infinity": b'{"metadata": {"x": -Infinity}}',
    "larger than any number": b'{"metadata": {"x": 1e999}}',
    "a number of 10,000 digits": b'{"metadata": {"x": ' + b"9" * 10_000 + b"}}",
    "half of a surrogate pair": b'{"notes": "\\ud800"}',
    "half of a surrogate pair in a key": b'{"metadata": {"\\udc00": 1}}',
    "NUL": b'{"notes": "a\\u0000b"}',
    "NUL in a title": b'{"metadata": {"title": "a\\u0000b"}}',
    "control character": b'{"metadata": {"description": "a\\u001bb"}}',
    "no character": b'{"metadata": {"description": "a\\uffffb"}}',
    "list": b"[]",
    "text": b'"x"',
    "number": b"1",
    "null": b"null",
    "unknown key": b'{"title": "x"}',
    "too long": b'{"notes": "' + b"x" * 2_001 + b'"}',
    "far too long": b'{"notes": "' + b"x" * 2_000_000 + b'"}',
}

ODD: tuple[Any, ...] = (None, True, -1, 2**53, 1.5, "", "x", "ä" * 40_000, [], [None], [[]], [{}], {}, {"a": {"b": []}}, ["x", 1])  # fmt: skip

BUILT = 3
"""So many of the odd drafts that are taken are built, at each place: building costs."""

PLACES = (
    ("$schema",), ("name",), ("title",), ("description",), ("version",), ("created",), ("keywords",), ("licenses",),
    ("licenses", 0), ("licenses", 0, "name"), ("translations",), ("translations", "en"), ("translations", "en", "title"),
    ("translations", "en", "keywords"), ("dcat",), ("dcat", "theme"), ("dcat", "spatial"), ("dcat", "temporal"),
    ("dcat", "temporal", "start"), ("dcat", "rights"), ("dcat", "rights", "de"), ("dcat", "accrualPeriodicity"),
    ("dcat", "accessRights"), ("dcat", "language"), ("dcat", "politicalGeocodingLevel"), ("dcat", "hvdCategory"),
    ("resources",), ("resources", 0), ("resources", 0, "name"), ("resources", 0, "path"), ("resources", 0, "title"),
    ("resources", 0, "translations"), ("resources", 0, "schema"), ("resources", 0, "schema", "fields"),
    ("resources", 0, "schema", "fields", 0), ("resources", 0, "schema", "fields", 0, "name"),
    ("resources", 0, "schema", "fields", 0, "type"), ("resources", 0, "schema", "fields", 0, "constraints"),
    ("resources", 0, "schema", "fields", 0, "constraints", "pattern"), ("resources", 0, "schema", "fields", 0, "constraints", "enum"),
    ("resources", 0, "schema", "fields", 0, "constraints", "minimum"), ("resources", 0, "schema", "primaryKey"),
    ("resources", 0, "schema", "foreignKeys"), ("resources", 0, "schema", "foreignKeys", 0), ("privacyDecisions",), ("withheld",),
    ("anything",), ("",), ("sources",), ("contributors",),
)  # fmt: skip


@pytest.mark.parametrize("body", NO_JSON.values(), ids=NO_JSON)
def test_a_body_that_is_not_what_it_should_be_is_refused(case: Case, body: bytes) -> None:
    before = content_of(case)

    for caller, method, path in (
        (case.editor, "PATCH", DRAFT),
        (case.editor, "POST", "/datasets"),
        (case.approver, "POST", f"{DRAFT}/return"),
    ):
        answer = caller.ask(method, path, data=body, content_type="application/json", headers=if_match(case))
        assert_refused(answer)

    assert content_of(case) == before
    assert case.editor.ask("GET", DRAFT).status_code == 200


@pytest.mark.parametrize(
    "media_type", ["", "text/plain", "application/xml", "application/json; charset=x", "junk", "\x00"]
)
def test_json_that_says_it_is_something_else_never_crashes(case: Case, media_type: str) -> None:
    case.snapshot.restore()

    answer = case.editor.ask("PATCH", DRAFT, data=b'{"notes": "x"}', content_type=media_type, headers=if_match(case))

    assert answer.status_code in (200, 400, 415)


@pytest.mark.parametrize("place", PLACES, ids=lambda place: "/".join(map(str, place)))
def test_a_patch_of_the_wrong_shape_never_crashes_the_portal(case: Case, place: tuple[str | int, ...]) -> None:
    case.snapshot.restore()
    taken = 0
    for value in ODD:
        answer = case.editor.ask("PATCH", DRAFT, json={"metadata": _patch(place, value)}, headers=if_match(case))

        assert answer.status_code in (200, 422), f"{value!r:.50}: {answer.get_data(as_text=True)[:300]}"
        if answer.status_code == 200:
            taken += 1
            if taken <= BUILT:
                assert_usable(case)
            case.snapshot.restore()


@pytest.mark.parametrize("place", PLACES, ids=lambda place: "/".join(map(str, place)))
def test_a_dataset_begun_with_the_wrong_shape_never_crashes_the_portal(
    case: Case, place: tuple[str | int, ...]
) -> None:
    case.snapshot.restore()
    for value in ODD:
        metadata = METADATA | _patch(place, value)
        answer = case.editor.ask("POST", "/datasets", json={"name": "neu", "publisher": "stadt", "metadata": metadata})

        assert answer.status_code in (201, 422), f"{value!r:.50}: {answer.get_data(as_text=True)[:300]}"
        if answer.status_code == 201:
            assert case.editor.ask("GET", "/datasets/neu/draft").status_code == 200
            assert case.editor.ask("POST", "/datasets/neu/draft/submit").status_code == 422  # there is no table
            case.snapshot.restore()


BY_NAME = {
    "a table twice": {"resources": [{"name": "trees"}, {"name": "trees", "title": "x"}]},
    "a table that is not there": {"resources": [{"name": "other", "title": "x"}]},
    "a table whose name is a list": {"resources": [{"name": ["trees"]}]},
    "a table whose name is an object": {"resources": [{"name": {"a": 1}}]},
    "a table whose name is null": {"resources": [{"name": None}]},
    "a column twice": {"resources": [{"name": "trees", "schema": {"fields": [{"name": "id"}, {"name": "id", "type": "integer"}]}}]},
    "a column that is not there": {"resources": [{"name": "trees", "schema": {"fields": [{"name": "other"}]}}]},
    "a column whose name is a list": {"resources": [{"name": "trees", "schema": {"fields": [{"name": []}]}}]},
    "a column whose name is an object": {"resources": [{"name": "trees", "schema": {"fields": [{"name": {}}]}}]},
    "a column without a type": {"resources": [{"name": "trees", "schema": {"fields": [{"name": "id", "type": None}]}}]},
    "a column without a name": {"resources": [{"name": "trees", "schema": {"fields": [{"type": "string"}]}}]},
    "columns elsewhere": {"dcat": {"fields": [{"name": ["x"]}, {"name": {}}]}},
    "a key of no column": {"resources": [{"name": "trees", "schema": {"primaryKey": ["none"]}}]},
    "no columns": {"resources": [{"name": "trees", "schema": None}]},
    "a key twice": {"resources": [{"name": "trees", "schema": {"primaryKey": ["id", "id"]}}]},
    "a key into nowhere": {"resources": [{"name": "trees", "schema": {"foreignKeys": [
        {"fields": ["id"], "reference": {"resource": "none", "fields": ["x"]}}]}}]},
    "a pattern that is none": {"resources": [{"name": "trees", "schema": {"fields": [{"name": "id", "constraints": {"pattern": "("}}]}}]},
    "a pattern that takes for ever": {"resources": [{"name": "trees", "schema": {"fields": [
        {"name": "id", "constraints": {"pattern": "(a*)*b"}}]}}]},
    "a pattern with a look-ahead": {"resources": [{"name": "trees", "schema": {"fields": [{"name": "id", "constraints": {"pattern": "(?=x)"}}]}}]},
    "a quote in a name": {"resources": [{"name": "trees", "schema": {"fields": [{"name": "id\"; DROP TABLE draft; --", "type": "string"}]}}]},
    "deep": NESTED,
    "an unknown licence": {"licenses": [{"name": "none"}]},
    "a closed licence": {"licenses": [{"name": "cc-by-nc/4.0"}]},
    "no licence": {"licenses": [{}]},
    "an unknown theme": {"dcat": {"theme": ["NONE"]}},
    "an unknown place": {"dcat": {"spatial": ["nirgendwo"]}},
    "an end before the start": {"dcat": {"temporal": {"start": "2026-01-02", "end": "2026-01-01"}}},
    "a day that does not exist": {"dcat": {"temporal": {"start": "2026-02-30"}}},
}  # fmt: skip


@pytest.mark.parametrize("metadata", BY_NAME.values(), ids=BY_NAME)
def test_odd_names_and_references_never_crash_the_portal(case: Case, metadata: dict[str, Any]) -> None:
    case.snapshot.restore()

    answer = case.editor.ask("PATCH", DRAFT, json={"metadata": metadata}, headers=if_match(case))

    assert answer.status_code in (200, 400, 422), answer.get_data(as_text=True)[:300]
    if answer.status_code == 200:
        assert_usable(case)


def _patch(place: tuple[str | int, ...], value: Any) -> dict[str, Any]:
    """Give the patch that puts *value* at a place; tables and columns are named, so that they are found."""
    patch: Any = value
    for step in reversed(place):
        if isinstance(step, str):
            patch = {step: patch}
        elif isinstance(patch, dict):
            patch = [patch]
        else:
            patch = [patch]
    if isinstance(patch.get("resources"), list):
        for resource in patch["resources"]:
            if isinstance(resource, dict) and "name" not in resource:
                resource["name"] = "trees"
                _name_columns(resource.get("schema"))
    found: dict[str, Any] = patch
    return found


def _name_columns(schema: Any) -> None:
    if isinstance(schema, dict) and isinstance(schema.get("fields"), list):
        for column in schema["fields"]:
            if isinstance(column, dict) and column:
                column.setdefault("name", "id")
