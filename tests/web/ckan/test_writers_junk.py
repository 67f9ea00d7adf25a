"""Junk in every parameter of every writer: an answer in CKAN's shape, nothing stored, and the next call works."""

import pytest
from sqlalchemy import text

from portal.foundation.db import reading
from tests.web.ckan.writing import CSV, PACKAGE, Writers

JUNK = (
    None, "", "'", '"; DROP TABLE draft; --', "{", "[[1]]", "a" * 120_000, "-1", "../../etc/passwd", "\u202e", 5, 1e308,
    True, [], {}, [[]], [{}], [None], {"": ""}, [{"name": 1}], [{"key": "x"}], {"id": {"gt": {}}}, ["x"] * 3_000,
    [{"name": "x"}] * 3_000,
)  # fmt: skip

CALLS = {
    "package_create": [
        "name",
        "owner_org",
        "title",
        "tags",
        "extras",
        "groups",
        "license_id",
        "resources",
        "state",
        "url",
    ],
    "package_update": ["id", "tags", "resources", "organization"],
    "package_patch": ["id", "tag_string", "extras", "state", "unbekannt"],
    "package_revise": [
        "match",
        "match__tags__0",
        "update",
        "update__title",
        "update__resources__0",
        "update__tags__extend",
        "filter",
        "include",
    ],
    "package_delete": ["id"],
    "resource_create": ["package_id", "name", "url", "upload"],
    "resource_update": ["id", "name", "description", "url"],
    "resource_delete": ["id"],
    "datastore_create": ["resource_id", "resource", "fields", "records", "primary_key", "delete_fields", "aliases"],
    "datastore_upsert": ["resource_id", "records", "method", "dry_run", "accept"],
    "datastore_records_delete": ["resource_id", "filters"],
    "datastore_delete": ["resource_id", "filters"],
    "organization_patch": ["id", "extras", "description", "users"],
}


@pytest.fixture(scope="module")
def table(writers: Writers) -> str:
    """Id of the table of the draft `junk`, which is held back, so that nothing is released by chance."""
    writers.done("emil", "package_create", **PACKAGE | {"name": "junk", "state": "draft"})
    return writers.send("emil", "resource_create", CSV, package_id="junk", name="b")["id"]


def _stored(writers: Writers) -> tuple[int, ...]:
    with reading(writers.portal.engine) as session:
        counts = ("SELECT count(*) FROM event", "SELECT count(*) FROM dataset", "SELECT sum(revision) FROM draft")
        return tuple(session.execute(text(sql)).scalar() or 0 for sql in counts)


@pytest.mark.parametrize("name", CALLS)
def test_junk_is_told_in_ckans_shape_and_stores_nothing(writers: Writers, table, name):
    who = "moritz" if name.startswith("organization") else "emil"
    given: dict[str, object] = {
        "package_create": PACKAGE | {"name": "baeume"},
        "package_update": {"id": "junk"},
        "package_patch": {"id": "junk"},
        "package_revise": {"match": {"name": "junk"}},
        "package_delete": {"id": "none"},
        "resource_create": {"package_id": "junk"},
        "resource_delete": {"id": "none"},
        "resource_update": {"id": table},
        "organization_patch": {"id": "stadt"},
    }.get(name, {"resource_id": table})
    before = _stored(writers)
    for parameter in CALLS[name]:
        for junk in JUNK:
            answer = writers.call(who, name, **given | {parameter: junk})
            told = answer.get_json()
            place = f"{parameter}={str(junk)[:60]!r}: {answer.text[:300]}"
            assert answer.status_code in (200, 400, 403, 404, 409), place
            assert answer.headers["Content-Type"] == "application/json;charset=utf-8", place
            if answer.status_code != 200:
                assert isinstance(told, str) or told["error"]["__type"], place
                assert _stored(writers) == before, place
            before = _stored(writers)
    assert writers.done("vera", "package_show", id="junk")["state"] == "draft"


BODIES = (
    b"", b"{", b"[]", b'"x"', b"null", b'{"name": "\\ud800"}', b'{"name": "\\u0000"}', b'{"name": NaN}', b"\xff\xfe\x00",
    b'{"name": "x", "name": "y"}', b"[" * 100_000, b'{"records": ' + b"[" * 200 + b"]" * 200 + b"}", b"x" * 17_000_000,
)  # fmt: skip


@pytest.mark.parametrize("body", BODIES, ids=lambda body: repr(body[:20]))
def test_bodies_that_are_none_are_refused(writers: Writers, body):
    client, headers = writers.app.test_client(use_cookies=False), {"Authorization": writers.tokens["emil"]}
    before = _stored(writers)

    answer = client.post("/api/action/package_create", data=body, headers=headers, content_type="application/json")

    assert answer.status_code in (400, 409)
    assert _stored(writers) == before


def test_forms_that_are_none_are_refused(writers: Writers, table):
    client, headers = writers.app.test_client(use_cookies=False), {"Authorization": writers.tokens["emil"]}
    before = _stored(writers)
    kind = "multipart/form-data; boundary=x"
    part = b'--x\r\nContent-Disposition: form-data; name="upload"; filename="../../\xff\x00.csv"\r\n\r\n'
    other = part.replace(b'"upload"', b'"image_upload"')
    both = part + b"a\r\n" + part + b"a\r\n--x--\r\n"

    for body, content_type in ((b"", kind), (b"--x", kind), (part, kind), (both, kind), (other + b"a\r\n--x--\r\n", kind),
                               (part + b"\xff\r\n--x--\r\n", kind), (b"a=b", "multipart/form-data")):  # fmt: skip
        for name in ("resource_update", "package_create", "datastore_upsert"):
            url = f"/api/action/{name}?id={table}&resource_id={table}"
            answer = client.post(url, data=body, headers=headers, content_type=content_type)
            assert answer.status_code in (400, 404, 409) or name == "resource_update", answer.text
            assert answer.status_code < 500, answer.text
    assert _stored(writers) == before


KEYS = (
    "update__", "update__" + "__" * 5_000, "match__", "match__" + "a__" * 5_000, "update__resources__" + "9" * 5_000,
    "update__resources__-0", "update__\u202e", "match__resources__-99999", "update__extend", "update__extras__extend__extend",
    "update__tags__0__name__name", "update__resources__0__id", "update__num_resources", "__proto__", "match", "",
)  # fmt: skip


@pytest.mark.parametrize("key", KEYS, ids=lambda key: key[:30] or "empty")
def test_keys_that_lead_nowhere_are_told_in_ckans_shape(writers: Writers, table, key):
    before = _stored(writers)
    for junk in ("x", None, [], [[]], {}, {"0": {"0": []}}, [{"name": "x", "id": []}], 7):
        answer = writers.call("emil", "package_revise", **{"match__id": "junk", key: junk})
        assert answer.status_code in (200, 404, 409), answer.text
        assert answer.status_code == 200 or answer.get_json()["error"]["__type"], answer.text
    many = writers.call("emil", "package_revise", match__name="junk", filter=["-x"] * 9_999)
    assert many.status_code == 409
    assert writers.done("vera", "package_show", id="junk")["name"] == "junk"
    assert _stored(writers)[1] == before[1]
