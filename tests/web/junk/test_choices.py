"""Junk said about a good file: choices, packages and decisions that make no sense never crash and are never remembered."""

import json
from typing import Any

import pytest

from tests.curating import CSV
from tests.web.junk.sending import DRAFT, TABLE, Case, assert_usable, zipped

QUERIES = (
    "filename=%00", "filename=%0a", "filename=%ff", "filename=" + "x" * 301, "accept=%00", "accept=" + "x" * 2_001, "choices=",
    "choices=x", "choices=1", "choices=[]", "choices=null", "choices=%22x%22", "choices=" + "[" * 7_000, "choices={%22columns%22:1}",
    "choices={%22columns%22:{%22id%22:1}}", "choices={%22columns%22:{%22id%22:{%22type%22:%22none%22}}}",
    "choices={%22columns%22:{%22id%22:{%22type%22:[]}}}", "choices={%22columns%22:{%22id%22:{%22name%22:[]}}}",
    "choices={%22columns%22:{%22id%22:{%22name%22:%22%5Cu0000%22}}}", "choices={%22columns%22:{%22id%22:{%22name%22:%22%5Cud800%22}}}",
    "choices={%22columns%22:{%22id%22:{%22type%22:%22date%22,%22notation%22:%22none%22}}}",
    "choices={%22columns%22:{%22id%22:{%22notation%22:1}}}", "choices={%22encoding%22:%22none%22}", "choices={%22encoding%22:1}",
    "choices={%22encoding%22:%22%5Cu0000%22}", "choices={%22encoding%22:%22rot13%22}", "choices={%22encoding%22:%22idna%22}",
    "choices={%22delimiter%22:1}", "choices={%22delimiter%22:%22ab%22}", "choices={%22delimiter%22:%22%22}",
    "choices={%22delimiter%22:%22%5Cn%22}", "choices={%22quote%22:1}", "choices={%22quote%22:%22ab%22}", "choices={%22header_row%22:-1}",
    "choices={%22header_row%22:%22x%22}", "choices={%22header_row%22:1e9}", "choices={%22header_row%22:999999999999999999999}",
    "choices={%22header_row%22:true}", "choices={%22header_rows%22:-5}", "choices={%22header_rows%22:1.5}", "choices={%22header_rows%22:[]}",
    "choices={%22sheets%22:1}", "choices={%22sheets%22:[1]}", "choices={%22sheets%22:[[]]}", "choices={%22accepted%22:1}",
    "choices={%22accepted%22:[{}]}", "choices={%22accepted%22:[{%22code%22:1,%22parameters%22:[]}]}",
    "choices={%22accepted%22:[{%22code%22:%22drop-rows%22,%22column%22:[]}]}",
    "choices={%22accepted%22:[{%22code%22:%22drop-rows%22,%22parameters%22:{%22rows%22:%22x%22}}]}", "choices={%22parts%22:1}",
    "choices={%22parts%22:{%22a%22:1}}", "columns=x", "columns=", "dry_run=x", "dry_run=", "unknown=1", "filename=a&filename=b",
)  # fmt: skip


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query[:60])
def test_what_is_said_of_a_file_and_makes_no_sense_never_crashes(case: Case, query: str) -> None:
    case.snapshot.restore()

    answer = case.editor.ask("PUT", f"{TABLE}?{query}", data=CSV, content_type="text/csv")

    assert answer.status_code in (200, 400, 422), answer.get_data(as_text=True)[:300]
    if answer.status_code == 200:
        again = case.editor.ask("PUT", f"{TABLE}?filename=b.csv", data=CSV)  # what is remembered is sound
        assert again.status_code in (200, 422)
        assert_usable(case)


PACKAGES: dict[str, Any] = {
    "no object": [],
    "resources that are null": {"name": "x", "resources": None},
    "resources that are text": {"name": "x", "resources": "trees"},
    "a table that is text": {"name": "x", "resources": ["trees"]},
    "a table without a path": {"name": "x", "resources": [{"name": "trees"}]},
    "a table whose name is a list": {"name": "x", "resources": [{"name": [], "path": "trees.csv"}]},
    "a path that leads out": {"name": "x", "resources": [{"name": "trees", "path": "../../etc/passwd"}]},
    "a path to another host": {"name": "x", "resources": [{"name": "trees", "path": "http://127.0.0.1:1/x.csv"}]},
    "a schema that is a list": {"name": "x", "resources": [{"name": "trees", "path": "trees.csv", "schema": []}]},
    "a schema that is null": {"name": "x", "resources": [{"name": "trees", "path": "trees.csv", "schema": None}]},
    "a schema elsewhere": {"name": "x", "resources": [{"name": "trees", "path": "trees.csv", "schema": "http://127.0.0.1:1/s"}]},
    "columns that are null": {"name": "x", "resources": [{"name": "trees", "path": "trees.csv", "schema": {"fields": None}}]},
    "a column that is text": {"name": "x", "resources": [{"name": "trees", "path": "trees.csv", "schema": {"fields": ["id", "name"]}}]},
    "constraints that are a list": {"name": "x", "resources": [{"name": "trees", "path": "trees.csv", "schema": {
        "fields": [{"name": "id", "constraints": []}, {"name": "name"}]}}]},
    "a class that is none": {"name": "x", "resources": [{"name": "trees", "path": "trees.csv", "schema": {
        "fields": [{"name": "id", "dataProtection": "x"}, {"name": "name"}]}}]},
    "metadata of the wrong shape": {"name": "x", "title": [], "dcat": 1, "resources": [{"name": "trees", "path": "trees.csv"}]},
    "NUL in the title": {"name": "x", "title": "a\x00b", "resources": [{"name": "trees", "path": "trees.csv"}]},
    "half a character in the title": {"name": "x", "title": "\ud800", "resources": [{"name": "trees", "path": "trees.csv"}]},
    "a number nobody can hold": {"name": "x", "custom": 10**400, "resources": [{"name": "trees", "path": "trees.csv"}]},
    "infinity": {"name": "x", "custom": float("inf"), "resources": [{"name": "trees", "path": "trees.csv"}]},
    "decisions smuggled in": {"name": "x", "privacyDecisions": [{"resource": "trees"}], "resources": [{"name": "trees", "path": "trees.csv"}]},
}  # fmt: skip


@pytest.mark.parametrize("package", PACKAGES.values(), ids=PACKAGES)
def test_a_package_that_makes_no_sense_never_crashes_and_never_decides(case: Case, package: Any) -> None:
    case.snapshot.restore()
    content = zipped(datapackage__json=json.dumps(package).encode(), trees__csv=CSV)

    answer = case.editor.ask("PUT", f"{DRAFT}/deliveries?filename=b.zip", data=content)

    assert answer.status_code in (200, 400, 422), answer.get_data(as_text=True)[:300]
    if answer.status_code == 200:
        assert_usable(case)
        assert "privacyDecisions" not in case.editor.ask("GET", DRAFT).get_json()["metadata"]


DECISIONS: tuple[Any, ...] = (
    {}, [], {"resource": 1}, *(
        {"resource": "trees", "column": "name", "finding": "personal-column", "decision": "withhold", "reason": {"de": "x"}, **odd}
        for odd in (
            {"resource": "none"}, {"resource": []}, {"column": "none"}, {"column": None}, {"finding": {}}, {"decision": "publish"},
            {"decision": []}, {"reason": "x"}, {"reason": {}}, {"reason": {"de": ""}}, {"reason": {"de": 1}}, {"row": []}, {"row": ""},
            {"parameters": []}, {"parameters": {"to": []}}, {"decision": "coarsen"}, {"decision": "coarsen", "parameters": {"to": "x"}},
            {"decision": "coarsen", "parameters": {"to": "year", "step": -1, "characters": "x"}}, {"legal_basis": 1}, {"unknown": 1},
            {"decision": "release"},
        )
    ),
)  # fmt: skip


@pytest.mark.parametrize("decision", DECISIONS, ids=lambda decision: str(decision)[-50:])
def test_a_decision_that_makes_no_sense_never_crashes(case: Case, decision: Any) -> None:
    case.snapshot.restore()

    answer = case.editor.ask("POST", f"{DRAFT}/privacy", json=decision)

    assert answer.status_code in (200, 400, 422), answer.get_data(as_text=True)[:300]
    if answer.status_code == 200:
        assert_usable(case)
        assert case.editor.ask("GET", f"{DRAFT}/privacy").status_code == 200
