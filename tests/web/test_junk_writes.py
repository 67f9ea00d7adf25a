"""Junk sent to addresses that change something: refused in words, nothing stored, and the next request is answered."""

import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

import pytest
from sqlalchemy import text
from werkzeug.test import TestResponse

from portal.accounts.permissions import Role
from portal.foundation.db import reading
from portal.wiring import Portal
from tests.curating import CSV, METADATA, Caller, Door, Snapshot, add_person, set_drafts, two_publishers, with_token

DRAFT = "/datasets/stadt-neu/draft"
TABLE = f"{DRAFT}/tables/trees"
DEEP = "[" * 100_000
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


@dataclass(frozen=True)
class Case:
    """A portal, an editor who sends junk, and an approver."""

    portal: Portal
    snapshot: Snapshot
    editor: Caller
    approver: Caller


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    portal = two_publishers(tmp_path_factory.mktemp("junk"))
    door = Door.of(portal)
    for name, role in (("editor", Role.EDITOR), ("approver", Role.APPROVER)):
        add_person(portal, name, role)
    editor, approver = (with_token(door, name) for name in ("editor", "approver"))
    for caller in (editor, approver):
        assert caller.ask("GET", f"{DRAFT}/preview").status_code == 200
    yield Case(portal, Snapshot.of(portal), editor, approver)
    portal.engine.dispose()


@pytest.mark.parametrize("body", NO_JSON.values(), ids=NO_JSON)
def test_a_body_that_is_not_what_it_should_be_is_refused(case: Case, body: bytes) -> None:
    before = _content(case)

    for caller, method, path in (
        (case.editor, "PATCH", DRAFT),
        (case.editor, "POST", "/datasets"),
        (case.approver, "POST", f"{DRAFT}/return"),
    ):
        answer = caller.ask(method, path, data=body, content_type="application/json", headers=_if_match(case))
        _assert_refused(answer)

    assert _content(case) == before
    assert case.editor.ask("GET", DRAFT).status_code == 200


@pytest.mark.parametrize(
    "media_type", ["", "text/plain", "application/xml", "application/json; charset=x", "junk", "\x00"]
)
def test_json_that_says_it_is_something_else_never_crashes(case: Case, media_type: str) -> None:
    case.snapshot.restore()

    answer = case.editor.ask("PATCH", DRAFT, data=b'{"notes": "x"}', content_type=media_type, headers=_if_match(case))

    assert answer.status_code in (200, 400, 415)


@pytest.mark.parametrize("place", PLACES, ids=lambda place: "/".join(map(str, place)))
def test_a_patch_of_the_wrong_shape_never_crashes_the_portal(case: Case, place: tuple[str | int, ...]) -> None:
    case.snapshot.restore()
    taken = 0
    for value in ODD:
        answer = case.editor.ask("PATCH", DRAFT, json={"metadata": _patch(place, value)}, headers=_if_match(case))

        assert answer.status_code in (200, 422), f"{value!r:.50}: {answer.get_data(as_text=True)[:300]}"
        if answer.status_code == 200:
            taken += 1
            if taken <= BUILT:
                _assert_usable(case)
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

    answer = case.editor.ask("PATCH", DRAFT, json={"metadata": metadata}, headers=_if_match(case))

    assert answer.status_code in (200, 400, 422), answer.get_data(as_text=True)[:300]
    if answer.status_code == 200:
        _assert_usable(case)


def _zip(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "."), content)
    return out.getvalue()


FILES = {
    "nothing": b"",
    "a blank": b" ",
    "one byte 0xFF": b"\xff",
    "many bytes 0xFF": b"\xff" * 100_000,
    "NULs": b"\x00" * 10_000,
    "only a header": b"id,name\n",
    "a header of blanks": b",\n1,2\n",
    "other columns": b"a,b\n1,2\n",
    "a ZIP bomb": _zip(b__csv=b"id,name\n" + b"0" * 50_000_000),
    "a ZIP of a ZIP": _zip(a__zip=_zip(b__csv=CSV)),
    "a ZIP of nothing": _zip(),
    "half a ZIP": _zip(b__csv=CSV * 100)[:200],
    "half a Parquet": b"PAR1" + b"\x00" * 100 + b"PAR1",
    "half a workbook": b"PK\x03\x04" + b"\x00" * 100,
    "deep JSON": DEEP.encode(),
    "JSON of a number": b"1",
    "an XML bomb": b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><x>&b;</x>',
    "an old workbook that is none": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600,
    "one very long line": b"x" * 3_000_000,
    "many columns": b",".join(b"c%d" % n for n in range(5_000)) + b"\n",
}
NAMES = ("b.csv", "b.xlsx", "b.zip", "b.json", "b.parquet", "b.xls", "b.ods", "b", "")


@pytest.mark.parametrize("content", FILES.values(), ids=FILES)
def test_a_file_that_is_none_is_refused_and_nothing_is_stored(case: Case, content: bytes) -> None:
    case.snapshot.restore()
    before, blobs = _content(case), _blobs(case)

    for name in NAMES if len(content) < 1_000_000 else NAMES[:1]:
        _assert_refused(case.editor.ask("PUT", f"{TABLE}?filename={name}", data=content))

    assert _content(case) == before
    assert _blobs(case) == blobs
    assert list(case.portal.drafts.work.iterdir()) == []


FORMS: dict[str, dict[str, Any]] = {
    "without a part": {},
    "with text instead of a file": {"file": "id,name"},
    "with another part": {"upload": (io.BytesIO(CSV), "b.csv")},
    "with an empty file": {"file": (io.BytesIO(b""), "b.csv")},
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_a_form_without_a_file_is_refused(case: Case, form: dict[str, Any]) -> None:
    before = _content(case)

    _assert_refused(case.editor.ask("PUT", TABLE, data=form, content_type="multipart/form-data"))

    assert _content(case) == before


def test_a_form_with_two_files_is_refused(case: Case) -> None:
    two = {"file": [(io.BytesIO(CSV), "a.csv"), (io.BytesIO(CSV), "b.csv")]}

    _assert_refused(case.editor.ask("PUT", TABLE, data=two, content_type="multipart/form-data"))


@pytest.mark.parametrize(
    "body", [b"", b"junk", b"--x\r\n", b"--x\r\nContent-Disposition: form-data; name=file; filename=a\r\n\r\nid"]
)
@pytest.mark.parametrize("boundary", ["", "; boundary=", "; boundary=x", "; boundary=" + "x" * 500])
def test_a_form_that_is_none_is_refused(case: Case, body: bytes, boundary: str) -> None:
    _assert_refused(case.editor.ask("PUT", TABLE, data=body, content_type=f"multipart/form-data{boundary}"))


@pytest.mark.parametrize("header", ["Content-Digest", "Repr-Digest"])
@pytest.mark.parametrize("value", [
    "sha-256=:AAAA:", "sha-256=AAAA", "sha-256=:!!!:", 'sha-256="x"', "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:",
])  # fmt: skip
def test_a_digest_that_does_not_fit_is_refused(case: Case, header: str, value: str) -> None:
    before = _content(case)

    _assert_refused(case.editor.ask("PUT", f"{TABLE}?filename=b.csv", data=CSV, headers={header: value}))

    assert _content(case) == before


@pytest.mark.parametrize("value", ["", "junk", "sha-256", "sha-256=", "md5=:AAAA:", "sha-512=:x:,", "=,=,=", "\xff"])
def test_a_digest_that_says_nothing_we_know_never_crashes(case: Case, value: str) -> None:
    case.snapshot.restore()

    answer = case.editor.ask("PUT", f"{TABLE}?filename=b.csv", data=CSV, headers={"Content-Digest": value})

    assert answer.status_code in (200, 400)


@pytest.mark.parametrize("disposition", [
    'attachment; filename="../../etc/passwd"', "attachment; filename*=UTF-8''..%2f..%2fx%0a.csv", 'attachment; filename="a\tb"',
    "attachment; filename=" + "x" * 3_000, "junk", "; ; ;", "attachment; filename*=x", "attachment; filename*=UTF-8''%ff%00",
    "attachment; filename*=UTF-8''%ED%A0%80",
])  # fmt: skip
def test_a_filename_is_only_a_word_about_the_file(case: Case, disposition: str) -> None:
    case.snapshot.restore()

    answer = case.editor.ask(
        "PUT", TABLE, data=CSV, headers={"Content-Disposition": disposition}, content_type="text/csv"
    )

    assert answer.status_code in (200, 400), answer.get_data(as_text=True)[:300]
    if answer.status_code == 200:
        kept = answer.get_json()["filename"]
        assert len(kept) <= 300
        assert not set(kept) & {"/", "\\", "\n", "\t", "\x00"}
        assert case.editor.ask("GET", DRAFT).status_code == 200


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
        _assert_usable(case)


TABLE_NAMES = ("TREES", "a b", "ä", "-a", "_a", "%00", "%ff", "a" * 101, "a%0a", "..%2f..", "%E2%80%AE")


@pytest.mark.parametrize("name", TABLE_NAMES)
def test_a_name_that_does_not_do_is_refused(case: Case, name: str) -> None:
    case.snapshot.restore()
    before = _content(case)

    _assert_refused(case.editor.ask("PUT", f"{DRAFT}/tables/{name}?filename=b.csv", data=CSV))
    _assert_refused(case.editor.ask("DELETE", f"{DRAFT}/tables/{name}", headers=_if_match(case)))
    _assert_refused(case.editor.ask("GET", f"{DRAFT}/preview/{name}"))
    _assert_refused(case.editor.ask("GET", f"/jobs/{name}"))
    _assert_refused(case.editor.ask("GET", f"/datasets/{name}/draft"))

    assert _content(case) == before


@pytest.mark.parametrize("name", ["", "A", "a b", "-a", "ä", "a" * 101, "a/b", "..", "\x00", "\ud800", 1, None, [], {}])
def test_a_dataset_is_not_begun_under_a_name_that_does_not_do(case: Case, name: Any) -> None:
    before = _content(case)

    body = json.dumps({"name": name, "publisher": "stadt"})
    _assert_refused(case.editor.ask("POST", "/datasets", data=body, content_type="application/json"))

    assert _content(case) == before


@pytest.mark.parametrize(
    "tag", ["r1", "1", '"1"', 'W/"r1"', '"r0"', '"r-1"', '"r99999999999"', '"r1", "r2"', '"', '"r１"', "\xff", '"r1"x']
)
def test_an_if_match_that_is_no_revision_changes_nothing(case: Case, tag: str) -> None:
    case.snapshot.restore()
    before = _content(case)
    headers = {"If-Match": tag}

    for method, path, more in (
        ("PATCH", DRAFT, {"json": {"notes": "x"}}), ("DELETE", DRAFT, {}), ("PUT", TABLE, {"data": CSV}),
        ("DELETE", TABLE, {}), ("POST", f"{DRAFT}/submit", {}),
    ):  # fmt: skip
        answer = case.editor.ask(method, path, headers=headers, **more)
        _assert_refused(answer)
        assert answer.status_code == 412

    assert _content(case) == before


@pytest.mark.parametrize("release_at", ["", "x", "2026-13-01T00:00:00Z", "2026-01-01", "2026-01-01T00:00:00", 1, [], {}, "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00"])  # fmt: skip
def test_a_time_of_release_that_is_none_is_refused(case: Case, release_at: Any) -> None:
    case.snapshot.restore()
    set_drafts(case.portal, state="review")
    before = _content(case)

    _assert_refused(case.approver.ask("POST", f"{DRAFT}/approve", json={"release_at": release_at}))

    assert _content(case) == before


@pytest.mark.parametrize("query", ["state=", "state=discarded", "state=%00", "publisher=", "publisher=%00", "publisher=none", "x=1", "state=draft&state=draft"])  # fmt: skip
def test_a_filter_of_drafts_that_does_not_fit_is_refused(case: Case, query: str) -> None:
    _assert_refused(case.editor.ask("GET", f"/drafts?{query}"))


def test_parameters_that_an_operation_does_not_have_are_refused_whatever_the_method(case: Case) -> None:
    before = _content(case)

    for method, path in product(("POST", "PATCH", "DELETE"), (DRAFT,)):
        answer = case.editor.ask(method, f"{path}?force=1", headers=_if_match(case), json={"notes": "x"})
        _assert_refused(answer)
        assert answer.status_code == 400

    assert _content(case) == before


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
    content = _zip(datapackage__json=json.dumps(package).encode(), trees__csv=CSV)

    answer = case.editor.ask("PUT", f"{DRAFT}/deliveries?filename=b.zip", data=content)

    assert answer.status_code in (200, 400, 422), answer.get_data(as_text=True)[:300]
    if answer.status_code == 200:
        _assert_usable(case)
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
        _assert_usable(case)
        assert case.editor.ask("GET", f"{DRAFT}/privacy").status_code == 200


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


def _if_match(case: Case) -> dict[str, str]:
    with reading(case.portal.engine) as session:
        query = "SELECT revision FROM draft JOIN dataset ON dataset.id = dataset_id WHERE slug = 'stadt-neu'"
        return {"If-Match": f'"r{session.execute(text(query)).scalar()}"'}


def _assert_refused(answer: TestResponse) -> None:
    assert 400 <= answer.status_code < 500, f"{answer.status_code}: {answer.get_data(as_text=True)[:300]}"
    assert answer.mimetype == "application/problem+json"
    document = json.loads(answer.get_data())
    assert document["status"] == answer.status_code
    assert {"type", "title", "detail", "translations"} <= set(document)


def _assert_usable(case: Case) -> None:
    """Hold that a draft which was taken can be read as JSON, and built or refused in words."""
    draft = case.editor.ask("GET", DRAFT)
    assert draft.status_code == 200
    json.loads(draft.get_data(), parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
    answer = case.editor.ask("GET", f"{DRAFT}/preview")
    assert answer.status_code in (200, 422), answer.get_data(as_text=True)[:300]


def _content(case: Case) -> list[Any]:
    tables = ("event", "draft", "dataset", "delivery_choices", "job")
    with reading(case.portal.engine) as session:
        return [session.execute(text(f"SELECT * FROM {table}")).all() for table in tables]


def _blobs(case: Case) -> set[str]:
    return {path.name for path in case.portal.drafts.root.rglob("*") if path.is_file()}
