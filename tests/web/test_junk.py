"""Junk in addresses, parameters, headers and bodies: a problem document, never a crash, and the next request is answered."""

from dataclasses import replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from portal.foundation.db import open_engine
from portal.web.app import create_app
from portal.wiring import Portal
from tests.conftest import PostgresServer
from tests.templates import an_empty_portal
from tests.web.problems import assert_problem

ROWS = "/api/v1/datasets/baeume/tables/trees/rows"
BIG = "9" * 30

NOWHERE = (
    "/nothing", "/%00", "/%ff%fe", "/%ed%a0%80", "/%", "/%zz", "/..", "/../../etc/passwd", "/DATASETS", "/api/v2/",
    "/" + "a" * 5000, "/datasets/%00", "/datasets/%ff", "/datasets/%ed%a0%80", "/datasets/BAEUME", "/datasets/b%C3%A4ume",
    "/datasets/none", "/datasets/" + "a" * 3000, "/datasets/a%0d%0aSet-Cookie:%20x=1", "/datasets/..%2f..%2fetc%2fpasswd",
    "/datasets/baeume.exe", "/datasets/baeume.CSV", "/datasets/baeume/none.csv", "/datasets/baeume/trees.csv%00",
    "/datasets/baeume/..%2f..%2fportal.sqlite", "/datasets/baeume/v/3", "/datasets/baeume/v/0", "/datasets/baeume/v/-1",
    "/datasets/baeume/v/1.5", f"/datasets/baeume/v/{2**63}", f"/datasets/baeume/v/{BIG}", f"/datasets/baeume/v/{BIG}/trees.csv",
    "/datasets/baeume/v/" + "9" * 5000, "/datasets/baeume/v/3/trees.csv", "/api/v1/nothing", "/api/v1/datasets/none",
    "/api/v1/datasets/baeume/versions/0", f"/api/v1/datasets/baeume/versions/{BIG}", "/api/v1/datasets/baeume/versions/x",
    "/api/v1/datasets/baeume/tables/none", "/api/v1/datasets/baeume/tables/%00/rows", "/api/v1/datasets/%ff/versions",
    "/api/v1/publishers/%00", "/api/v1/licences/..%2f..", f"{ROWS}/none", f"{ROWS}/%00", f"{ROWS}/a,b", f"{ROWS}/a/b/c",
    "/static/..%2fapp.py", "/static/%00", "/static/none", "/static/" + "a" * 5000, "/catalog.xyz", "/catalog.ttl?page=2",
    "/catalog.ttl?page=999999999", "/problems/none", "/id/x", "/id/baeume",
)  # fmt: skip

REFUSED = (
    "/api/v1/datasets?unknown=1", "/api/v1/datasets?LIMIT=1", "/api/v1/datasets?limit=", "/api/v1/datasets?limit=0",
    "/api/v1/datasets?limit=-1", "/api/v1/datasets?limit=1001", "/api/v1/datasets?limit=NaN", "/api/v1/datasets?limit=1e3",
    "/api/v1/datasets?limit=1&limit=2", "/api/v1/datasets?limit[]=1", "/api/v1/datasets?limit=" + "9" * 5000,
    "/api/v1/datasets?limit=%D9%A1", "/api/v1/datasets?limit=%EF%BC%91", "/api/v1/datasets?limit=1_0",
    "/api/v1/datasets?limit=1%0a", "/api/v1/datasets?limit=1%00", f"/api/v1/datasets?offset={BIG}", "/api/v1/datasets?sort=x",
    "/api/v1/datasets?sort=title;drop%20table%20dataset", "/api/v1/datasets?keyword=", "/api/v1/datasets?keyword=%00",
    "/api/v1/datasets?keyword=%0a", "/api/v1/datasets?keyword=" + "x" * 501, "/api/v1/datasets?%00=1", "/api/v1/datasets??",
    "/api/v1/publishers?x=1", "/api/v1/licences?recommended=perhaps", "/api/v1/?x=1", f"{ROWS}?limit=10001",
    f"{ROWS}?after=-1", f"{ROWS}?after={BIG}", f"{ROWS}?after=NaN", f"{ROWS}?version=0", f"{ROWS}?columns=no", f"{ROWS}/b-1?x=1",
    "/catalog.ttl?x=1", "/catalog.ttl?page=x", "/catalog.ttl?page=-1", "/catalog.ttl?page=1&page=2", "/catalog.ttl?page=",
    "/catalog.ttl?modified_since=junk", "/catalog.ttl?modified_since=", "/catalog.ttl?page=1&modified_since=2020-01-01",
    "/catalog.ttl?modified_since=2020-01-01&modified_since=2021-01-01", "/catalog.zip?page=1", "/catalog.zip?x=1",
    "/datasets?offset=%00", "/datasets?offset=%D9%A1", "/datasets?offset=-1", f"/datasets?offset={BIG}",
)  # fmt: skip

HARMLESS = (
    "/api/v1/datasets?keyword='%20OR%201=1--", "/api/v1/datasets?keyword=%ff", "/api/v1/datasets?place=%F0%9F%92%A9",
    "/api/v1/datasets?offset=9007199254740992", f"{ROWS}?after=9007199254740992", "/datasets?publisher=%00",
    "/datasets?keyword=" + "x" * 5000, "/datasets?theme=%ed%a0%80", "/?lang=%00", "/datasets/baeume/trees.csv?x=1",
    "/catalog.ttl?modified_since=0001-01-01T00:00:00%2B14:00", "/catalog.ttl?modified_since=9999-12-31T23:59:59-14:00",
    "/catalog.ttl?modified_since=0001-01-01", "/id/baeume/counts/--5", "/api/v1/datasets/baeume/tables/counts/rows/--5",
    "/api/v1/datasets/baeume/tables/counts/rows/-", "/api/v1/datasets/baeume/tables/counts/rows/" + "9" * 400,
    "/api/v1/datasets/baeume/tables/counts/rows/%D9%A1", "/id/none/%00/%ff", "/id/baeume/trees/" + "a" * 5000,
)  # fmt: skip
"""Odd, but a 2xx, 3xx or 4xx may answer: only a crash is forbidden."""

HEADERS = {
    "Accept": ("junk", "/", "text/turtle;q=nan", "a/b," * 2000, 'text/html;x="', "\xff\xfe", "*/*;q=0", ",;=" * 300),
    "Accept-Language": ("junk", "de;q=nan", "xx-" * 2000, "*;q=0", "\xff"),
    "Accept-Encoding": ("identity;q=0", "*;q=0", "gzip;q=x", "gzip," * 500, "\xff"),
    "Range": (
        "bytes",
        "bytes=",
        "bytes=a-b",
        "bytes=--1",
        "bytes=5-4",
        "rows=0-1",
        "bytes=0-1," * 200,
        "bytes=-" + BIG,
    ),
    "If-Range": ("junk", "", '"', "W/"),
    "If-None-Match": ("junk", '"' * 3000, "W/", '",' * 999, "\xff"),
    "If-Modified-Since": ("junk", "Thu, 99 Jan 99999 00:00:00 GMT", "Sat, 01 Jan 0001 00:00:00 +2359", "\xff"),
    "Host": ("a b", "[::1", "evil:99999", "<script>", "\xff"),
    "Content-Type": ("junk", "application/json; charset=\xff", "multipart/form-data"),
    "Content-Length": ("-1", "junk", "1e9"),
    "Cookie": ("a=b;" * 500, "\xff"),
    "Authorization": ("Basic !!!", "Bearer " + "x" * 5000),
    "Upgrade": ("websocket", "h2c"),
    "X-Forwarded-Host": ("evil.example",),
}
JUNK_HEADERS = [(name, value) for name, values in HEADERS.items() for value in values]
PLACES = ("/", "/datasets/baeume", "/datasets/baeume/trees.csv", ROWS, "/catalog.ttl", "/nothing")


@pytest.mark.parametrize("address", NOWHERE, ids=lambda address: address[:60])
def test_an_address_that_names_nothing_is_told_so(client: FlaskClient, address: str) -> None:
    assert_problem(client.get(address), 404)


@pytest.mark.parametrize("address", REFUSED, ids=lambda address: address[:60])
def test_a_parameter_that_does_not_fit_is_refused(client: FlaskClient, address: str) -> None:
    assert_problem(client.get(address), 400)


@pytest.mark.parametrize("address", HARMLESS, ids=lambda address: address[:60])
def test_an_odd_address_never_crashes_the_portal(client: FlaskClient, address: str) -> None:
    response = client.get(address)

    assert response.status_code < 500
    if response.status_code >= 400:
        assert_problem(response, 400, 404)


@pytest.mark.parametrize("place", PLACES)
def test_no_header_can_crash_the_portal(client: FlaskClient, place: str) -> None:
    crashed = [
        (name, value[:40])
        for name, value in JUNK_HEADERS
        if client.get(place, headers={name: value}).status_code >= 500
    ]

    assert not crashed


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "TRACE", "PROPFIND", "FOO"])
@pytest.mark.parametrize("place", [*PLACES[:-1], "/api/v1/licences", "/static/portal.css", "/api/v1/openapi.json"])
def test_a_method_that_does_not_exist_is_refused_with_those_that_do(
    client: FlaskClient, method: str, place: str
) -> None:
    response = client.open(place, method=method, data=b'{"title": "x"}', content_type="application/json")

    assert_problem(response, 405)
    assert response.headers["Allow"] in response.json["translations"]["en"]["detail"]
    assert {"GET", "HEAD"} <= set(response.headers["Allow"].replace(" ", "").split(","))


@pytest.mark.parametrize("place", [*PLACES[:-1], "/api/v1/datasets"])
def test_a_body_on_a_read_changes_nothing(client: FlaskClient, place: str) -> None:
    plain = client.get(place)

    with_body = client.get(place, data=b"\x00\xff" * 500, content_type="application/json")

    assert with_body.status_code == plain.status_code == 200
    assert with_body.get_data() == plain.get_data()


def test_a_person_sees_a_page_where_a_machine_gets_a_problem_document(client: FlaskClient) -> None:
    browser = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "Accept-Language": "de"}

    page = client.get("/datasets/none", headers=browser)

    assert client.get("/api/docs/none/none", headers=browser).mimetype == "text/html"
    assert client.get("/api/v1/datasets/none", headers=browser).mimetype == "application/problem+json"
    assert page.status_code == 404
    assert page.mimetype == "text/html"
    assert "Es gibt keinen Datensatz" in page.get_data(as_text=True)


def test_an_error_page_escapes_what_came_in(client: FlaskClient) -> None:
    page = client.get("/datasets/<script>alert(1)</script>", headers={"Accept": "text/html"})

    assert page.status_code == 404
    assert "<script" not in page.get_data(as_text=True)


@pytest.mark.parametrize("given", ["a b", "<x>", "a" * 65, "a;b", "../"])
def test_a_request_id_that_is_none_is_replaced(client: FlaskClient, given: str) -> None:
    response = client.get("/nothing", headers={"X-Request-Id": given})

    assert response.headers.getlist("X-Request-Id") != [given]
    assert len(response.headers.getlist("X-Request-Id")) == 1


def test_a_request_id_of_the_caller_is_kept(client: FlaskClient) -> None:
    response = client.get("/nothing", headers={"X-Request-Id": "trace-17.A_b"})

    assert response.headers["X-Request-Id"] == response.get_json()["request_id"] == "trace-17.A_b"


@pytest.mark.parametrize("place", ["/datasets//baeume", "/id/dataset/baeume", "/id/baeume/trees/b-1", "/catalog"])
def test_no_redirect_leads_to_a_host_the_caller_named(client: FlaskClient, place: str) -> None:
    response = client.get(place, headers={"Host": "evil.example"})

    assert "evil.example" not in response.headers.get("Location", "")


@pytest.mark.parametrize("place", ["/datasets/baeume/trees.csv", "/api/v1/datasets", "/", "/health"])
def test_a_database_that_is_away_is_a_503_with_a_time_to_come_back(portal: Portal, tmp_path: Path, place: str) -> None:
    away = open_engine(f"sqlite:///{tmp_path}/none/portal.sqlite")
    client = create_app(replace(portal, engine=away), refresh_s=0).test_client()

    response = client.get(place)

    assert_problem(response, 503)
    assert response.headers["Retry-After"].isdigit()


def test_what_sqlite_bears_does_not_crash_postgresql(
    postgres_server: PostgresServer, portal: Portal, tmp_path: Path
) -> None:
    with postgres_server.database() as address:
        on_postgresql = an_empty_portal(tmp_path, database_url=address)
        client = create_app(on_postgresql, refresh_s=0).test_client()

        crashed = [address for address in (*NOWHERE, *REFUSED, *HARMLESS) if client.get(address).status_code >= 500]
        on_postgresql.engine.dispose()

    assert not crashed


def test_a_file_that_the_store_has_lost_is_told_as_a_problem(client: FlaskClient, portal: Portal) -> None:
    address = "/datasets/archiv/scans.ods"
    digest = client.head(address).headers["ETag"].strip('"')
    for blob in portal.settings.blobs.rglob(f"{digest}*"):
        blob.unlink()

    assert_problem(client.get(address), 500, 503)
