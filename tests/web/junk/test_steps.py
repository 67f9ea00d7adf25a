"""Junk in names, revisions, times and filters: refused in words, and nothing changes."""

import json
from itertools import product
from typing import Any

import pytest

from tests.curating import CSV, set_drafts
from tests.web.junk.sending import DRAFT, TABLE, Case, assert_refused, content_of, if_match

TABLE_NAMES = ("TREES", "a b", "ä", "-a", "_a", "%00", "%ff", "a" * 101, "a%0a", "..%2f..", "%E2%80%AE")


@pytest.mark.parametrize("name", TABLE_NAMES)
def test_a_name_that_does_not_do_is_refused(case: Case, name: str) -> None:
    case.snapshot.restore()
    before = content_of(case)

    assert_refused(case.editor.ask("PUT", f"{DRAFT}/tables/{name}?filename=b.csv", data=CSV))
    assert_refused(case.editor.ask("DELETE", f"{DRAFT}/tables/{name}", headers=if_match(case)))
    assert_refused(case.editor.ask("GET", f"{DRAFT}/preview/{name}"))
    assert_refused(case.editor.ask("GET", f"/jobs/{name}"))
    assert_refused(case.editor.ask("GET", f"/datasets/{name}/draft"))

    assert content_of(case) == before


@pytest.mark.parametrize("name", ["", "A", "a b", "-a", "ä", "a" * 101, "a/b", "..", "\x00", "\ud800", 1, None, [], {}])
def test_a_dataset_is_not_begun_under_a_name_that_does_not_do(case: Case, name: Any) -> None:
    before = content_of(case)

    body = json.dumps({"name": name, "publisher": "stadt"})
    assert_refused(case.editor.ask("POST", "/datasets", data=body, content_type="application/json"))

    assert content_of(case) == before


@pytest.mark.parametrize(
    "tag", ["r1", "1", '"1"', 'W/"r1"', '"r0"', '"r-1"', '"r99999999999"', '"r1", "r2"', '"', '"r１"', "\xff", '"r1"x']
)
def test_an_if_match_that_is_no_revision_changes_nothing(case: Case, tag: str) -> None:
    case.snapshot.restore()
    before = content_of(case)
    headers = {"If-Match": tag}

    for method, path, more in (
        ("PATCH", DRAFT, {"json": {"notes": "x"}}), ("DELETE", DRAFT, {}), ("PUT", TABLE, {"data": CSV}),
        ("DELETE", TABLE, {}), ("POST", f"{DRAFT}/submit", {}),
    ):  # fmt: skip
        answer = case.editor.ask(method, path, headers=headers, **more)
        assert_refused(answer)
        assert answer.status_code == 412

    assert content_of(case) == before


@pytest.mark.parametrize("release_at", ["", "x", "2026-13-01T00:00:00Z", "2026-01-01", "2026-01-01T00:00:00", 1, [], {}, "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00"])  # fmt: skip
def test_a_time_of_release_that_is_none_is_refused(case: Case, release_at: Any) -> None:
    case.snapshot.restore()
    set_drafts(case.portal, state="review")
    before = content_of(case)

    assert_refused(case.approver.ask("POST", f"{DRAFT}/approve", json={"release_at": release_at}))

    assert content_of(case) == before


@pytest.mark.parametrize("query", ["state=", "state=discarded", "state=%00", "publisher=", "publisher=%00", "publisher=none", "x=1", "state=draft&state=draft"])  # fmt: skip
def test_a_filter_of_drafts_that_does_not_fit_is_refused(case: Case, query: str) -> None:
    assert_refused(case.editor.ask("GET", f"/drafts?{query}"))


def test_parameters_that_an_operation_does_not_have_are_refused_whatever_the_method(case: Case) -> None:
    before = content_of(case)

    for method, path in product(("POST", "PATCH", "DELETE"), (DRAFT,)):
        answer = case.editor.ask(method, f"{path}?force=1", headers=if_match(case), json={"notes": "x"})
        assert_refused(answer)
        assert answer.status_code == 400

    assert content_of(case) == before
