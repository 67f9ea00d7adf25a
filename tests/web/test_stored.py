"""What every answer carries: validators, digest, length, licence, CORS; 304, HEAD, ranges and gzip told truly."""

import base64
import gzip
import hashlib

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.web.conftest import BASE_URL, FIRST_AT, SECOND_AT

CSV = "/datasets/baeume/trees.csv"
ROWS = "/api/v1/datasets/baeume/tables/trees/rows"
FILES = (
    CSV, "/datasets/baeume/trees.excel.csv", "/datasets/baeume/trees.xlsx", "/datasets/baeume/trees.ods",
    "/datasets/baeume/trees.json", "/datasets/baeume/trees.jsonl", "/datasets/baeume/trees.parquet",
    "/datasets/baeume/trees.jsonld", "/datasets/baeume/trees.ttl", "/datasets/baeume/trees.schema.json",
    "/datasets/baeume.json", "/datasets/baeume.jsonld", "/datasets/baeume.ttl", "/datasets/baeume.rdf", "/datasets/baeume.nt",
    "/datasets/baeume.zip", "/datasets/baeume/datapackage.json", "/datasets/baeume/v/1/trees.csv", "/datasets/baeume/v/2.ttl",
    "/api/v1/datasets/baeume", "/api/v1/datasets/baeume/versions/1", "/api/v1/datasets/baeume/tables/trees/schema",
    "/catalog.ttl", "/catalog.rdf", "/catalog.jsonld", "/catalog.nt", "/catalog.zip", "/catalog.ttl?page=1",
)  # fmt: skip
MADE = (
    "/", "/datasets", "/datasets/baeume", "/datasets/baeume/v/1", "/licences", "/api/docs", "/api/v1/", "/api/v1/datasets",
    "/api/v1/datasets/baeume/versions", "/api/v1/datasets/baeume/tables", "/api/v1/datasets/baeume/tables/trees", ROWS,
    f"{ROWS}/b-1", "/api/v1/publishers", "/api/v1/licences", "/api/v1/licences/dl-zero-de/2.0", "/api/v1/themes",
    "/api/v1/keywords", "/api/v1/places", "/api/v1/openapi.json", "/catalog.ttl?modified_since=2020-01-01",
)  # fmt: skip
every_answer = pytest.mark.parametrize("address", [*FILES, *MADE])
every_file = pytest.mark.parametrize("address", FILES)


def digest_of(body: bytes) -> str:
    return f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"


def told(response: TestResponse) -> dict[str, str]:
    """Give the headers without what is new in each answer."""
    return {name: value for name, value in response.headers.items() if name not in ("X-Request-Id", "Date")}


@every_answer
def test_an_answer_says_what_it_is(client: FlaskClient, address: str) -> None:
    answer = client.get(address)
    headers = answer.headers

    assert answer.status_code == 200
    assert int(headers["Content-Length"]) == len(answer.data)
    assert headers["Repr-Digest"] == digest_of(answer.data)
    assert headers["ETag"].startswith('"')
    assert headers["Last-Modified"].endswith("GMT")
    assert headers["Access-Control-Allow-Origin"] == "*"
    assert {"ETag", "Link", "Repr-Digest", "Content-Length"} <= set(
        headers["Access-Control-Expose-Headers"].split(", ")
    )
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert 'rel="license"' in headers["Link"]
    assert "Set-Cookie" not in headers


@every_answer
def test_an_answer_the_reader_has_is_a_304_with_its_validators(client: FlaskClient, address: str) -> None:
    first = client.get(address)
    etag, since = first.headers["ETag"], first.headers["Last-Modified"]

    for condition in (
        {"If-None-Match": etag},
        {"If-None-Match": f"W/{etag}"},
        {"If-None-Match": f'"other", {etag}'},
        {"If-None-Match": "*"},
        {"If-None-Match": etag, "If-Modified-Since": "Thu, 01 Jan 1970 00:00:00 GMT"},
        {"If-Modified-Since": since},
        {"If-Modified-Since": "Thu, 01 Jan 2099 00:00:00 GMT"},
    ):
        again = client.get(address, headers=condition)
        assert (again.status_code, again.data) == (304, b""), condition
        for name in ("ETag", "Cache-Control", "Vary", "Link", "Access-Control-Allow-Origin"):
            assert again.headers.get(name) == first.headers.get(name), (name, condition)


@every_answer
def test_an_answer_that_the_reader_does_not_have_is_sent(client: FlaskClient, address: str) -> None:
    first = client.get(address)

    for condition in (
        {"If-None-Match": '"other"'},
        {"If-None-Match": '"other"', "If-Modified-Since": "Thu, 01 Jan 2099 00:00:00 GMT"},
        {"If-Modified-Since": "Thu, 01 Jan 1970 00:00:00 GMT"},
        {"If-Modified-Since": "yesterday"},
    ):
        again = client.get(address, headers=condition)
        assert (again.status_code, again.data) == (200, first.data), condition


@every_answer
def test_head_tells_what_get_tells_and_sends_nothing(client: FlaskClient, address: str) -> None:
    get, head = client.get(address), client.head(address)

    assert (head.status_code, head.data) == (200, b"")
    assert told(head) == told(get)


@every_answer
def test_the_gzip_answer_unpacks_to_the_plain_one(client: FlaskClient, address: str) -> None:
    plain, packed = client.get(address), client.get(address, headers={"Accept-Encoding": "gzip"})

    assert int(packed.headers["Content-Length"]) == len(packed.data)
    assert packed.headers["Repr-Digest"] == digest_of(packed.data)
    if packed.headers.get("Content-Encoding") == "gzip":
        assert gzip.decompress(packed.data) == plain.data
        assert packed.headers["ETag"] != plain.headers["ETag"]
        assert "Accept-Encoding" in packed.headers["Vary"]
        assert "Accept-Encoding" in plain.headers["Vary"]
    else:
        assert packed.data == plain.data


@pytest.mark.parametrize("address", [CSV, "/datasets/baeume.ttl", "/catalog.nt", "/api/v1/datasets", ROWS, "/"])
def test_text_is_compressed_when_asked(client: FlaskClient, address: str) -> None:
    answer = client.get(address, headers={"Accept-Encoding": "gzip, deflate, br"})

    assert answer.headers.get("Content-Encoding") == "gzip"


@pytest.mark.parametrize("asked", ["gzip;q=0", "identity", "br", "", "gzip;q=x", "*;q=0"])
def test_nobody_gets_gzip_who_did_not_ask_for_it(client: FlaskClient, asked: str) -> None:
    answer = client.get(CSV, headers={"Accept-Encoding": asked})

    assert answer.status_code == 200
    assert "Content-Encoding" not in answer.headers


@pytest.mark.parametrize("asked", ["gzip", "GZIP", "identity;q=0, gzip", "gzip;q=0.001", "br, gzip;q=0.5"])
def test_everybody_gets_gzip_who_asks_for_it(client: FlaskClient, asked: str) -> None:
    assert client.get(CSV, headers={"Accept-Encoding": asked}).headers.get("Content-Encoding") == "gzip"


@every_file
def test_a_range_is_that_slice_of_the_file(client: FlaskClient, address: str) -> None:
    whole = client.get(address).data
    size = len(whole)

    for asked, start, stop in (
        ("bytes=0-0", 0, 1),
        ("bytes=0-", 0, size),
        (f"bytes={size - 1}-", size - 1, size),
        ("bytes=3-9", 3, 10),
        ("bytes=-5", size - 5, size),
        (f"bytes=10-{size + 99}", 10, size),
    ):
        part = client.get(address, headers={"Range": asked, "Accept-Encoding": "gzip"})
        assert part.status_code == 206, asked
        assert part.data == whole[start:stop], asked
        assert part.headers["Content-Range"] == f"bytes {start}-{stop - 1}/{size}"
        assert int(part.headers["Content-Length"]) == stop - start
        assert "Content-Encoding" not in part.headers
        assert part.headers["Repr-Digest"] == digest_of(whole)


def test_a_suffix_longer_than_the_file_is_the_whole_file(client: FlaskClient) -> None:
    whole = client.get(CSV).data

    part = client.get(CSV, headers={"Range": f"bytes=-{len(whole) + 1}"})  # RFC 9110, 14.1.2

    assert part.status_code in (200, 206)
    assert part.data == whole


@every_file
def test_a_range_outside_the_file_is_a_416_that_says_the_size(client: FlaskClient, address: str) -> None:
    size = len(client.get(address).data)

    answer = client.get(address, headers={"Range": f"bytes={size}-"})

    assert answer.status_code == 416
    assert answer.mimetype == "application/problem+json"
    assert answer.get_json()["status"] == 416
    assert answer.headers["Content-Range"] == f"bytes */{size}"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize(("asked", "status"), [("bytes=0-3", 206), ("bytes=99999999-", 416)])
def test_head_with_a_range_sends_nothing(client: FlaskClient, asked: str, status: int) -> None:
    answer = client.head(CSV, headers={"Range": asked})

    assert (answer.status_code, answer.data) == (status, b"")


@pytest.mark.parametrize(
    "asked", ["bytes=5-4", "bytes=a-b", "bytes=", "rows=0-1", "bytes=0-1,3-4", "0-1", "bytes=0--1", "bytes=+0-1"]
)
def test_a_range_that_is_none_or_many_is_answered_with_the_whole(client: FlaskClient, asked: str) -> None:
    whole = client.get(CSV)

    answer = client.get(CSV, headers={"Range": asked})

    assert (answer.status_code, answer.data) == (200, whole.data)


def test_a_range_that_is_none_does_not_cost_the_compression(client: FlaskClient) -> None:
    answer = client.get(CSV, headers={"Range": "bytes=junk", "Accept-Encoding": "gzip"})

    assert answer.headers.get("Content-Encoding") == "gzip"


def test_if_range_lets_a_download_go_on_only_in_the_same_bytes(client: FlaskClient) -> None:
    first = client.get(CSV)
    packed = client.get(CSV, headers={"Accept-Encoding": "gzip"})
    etag, since = first.headers["ETag"], first.headers["Last-Modified"]

    def goes_on(condition: str) -> bool:
        return client.get(CSV, headers={"Range": "bytes=4-7", "If-Range": condition}).status_code == 206

    assert goes_on(etag)
    assert goes_on(since)
    assert not goes_on('"other"')
    assert not goes_on(f"W/{etag}")
    assert not goes_on(packed.headers["ETag"])
    assert not goes_on("Thu, 01 Jan 1970 00:00:00 GMT")
    assert not goes_on("Thu, 01 Jan 2099 00:00:00 GMT")
    assert not goes_on("junk")


@pytest.mark.parametrize("address", [CSV, "/api/v1/datasets", ROWS, "/"])
def test_a_condition_that_fails_is_a_412_without_the_content(client: FlaskClient, address: str) -> None:
    answer = client.get(address, headers={"If-Match": '"other"'})

    assert answer.status_code == 412
    assert answer.mimetype in ("application/problem+json", "text/html")
    assert answer.data != client.get(address).data


@pytest.mark.parametrize("address", [CSV, "/api/v1/datasets", ROWS, "/"])
def test_a_condition_that_holds_is_answered(client: FlaskClient, address: str) -> None:
    etag = client.get(address).headers["ETag"]

    assert client.get(address, headers={"If-Match": etag}).status_code == 200
    assert client.get(address, headers={"If-Match": "*"}).status_code == 200


def test_a_version_is_kept_for_ever_and_the_current_one_asked_for_again(client: FlaskClient) -> None:
    current, fixed = client.get(CSV), client.get("/datasets/baeume/v/2/trees.csv")

    assert current.data == fixed.data
    assert current.headers["Cache-Control"] == "public, no-cache"
    assert fixed.headers["Cache-Control"] == "public, max-age=31536000, immutable"


def test_an_older_version_keeps_its_bytes_and_its_date(client: FlaskClient) -> None:
    first, second = client.get("/datasets/baeume/v/1/trees.csv"), client.get(CSV)

    assert (first.data.count(b"Linde"), second.data.count(b"Linde")) == (3, 40)
    assert (first.headers["Row-Count"], second.headers["Row-Count"]) == ("3", "40")
    assert (first.last_modified, second.last_modified) == (FIRST_AT, SECOND_AT)


def test_a_file_links_to_its_licence_its_dataset_its_schema_and_its_permanent_address(client: FlaskClient) -> None:
    links = client.get(CSV).headers["Link"]

    assert '<https://www.govdata.de/dl-de/zero-2-0>; rel="license"' in links
    assert f'<{BASE_URL}/datasets/baeume>; rel="collection"' in links
    assert f'<{BASE_URL}/datasets/baeume/v/2/trees.csv>; rel="permalink"' in links
    assert f'<{BASE_URL}/datasets/baeume/v/2/trees.schema.json>; rel="describedby"' in links


def test_a_preflight_allows_reading_with_conditions_and_ranges(client: FlaskClient) -> None:
    asked = {"Origin": "https://elsewhere.example", "Access-Control-Request-Method": "GET"}

    answer = client.options(CSV, headers=asked)

    assert answer.status_code == 204
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "GET" in answer.headers["Access-Control-Allow-Methods"]
    assert {"Range", "If-None-Match"} <= set(answer.headers["Access-Control-Allow-Headers"].split(", "))


def test_rows_that_are_asked_for_in_pages_are_the_whole_table(client: FlaskClient) -> None:
    found, address = [], f"{ROWS}?limit=7"
    for _ in range(20):
        page = client.get(address).get_json()
        assert page["total"] == 40
        found += page["rows"]
        if page["next"] is None:
            break
        address = page["next"].removeprefix(BASE_URL)

    assert [row["id"] for row in found] == [f"b-{number}" for number in range(1, 41)]
