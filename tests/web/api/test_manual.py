"""A table's manual over HTTP: true for every type and for hostile names, for each version, in German and English."""

import json
from typing import Any

import pytest
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from portal.publishing.manual.snippets import NAMES as SNIPPETS
from portal.rows.parameters import OPS, RESERVED
from portal.web.app import create_app
from tests.asking import rows_of_format, unanswered
from tests.builders import a_field, a_folder, a_table
from tests.releases import a_decision, publish, trees
from tests.templates import an_empty_portal
from tests.ugly import NASTY, UGLY, write_nasty_folder, write_ugly_folder
from tests.web.problems import assert_problem

MARK = "Musterfrau-Zyxwv"
COLUMNS = (
    a_field("id", "integer", constraints={"required": True, "unique": True}),
    a_field("kind", constraints={"enum": ["park", "street, wide", 'say "x"'], "required": True}),
    a_field("code", constraints={"pattern": "[A-Z]{2}[0-9]+", "minLength": 3, "maxLength": 9}),
    a_field("odd", constraints={"pattern": "(?i)[a-z]+"}),
    a_field("size_m2", "number", unit="m²", constraints={"minimum": 0, "maximum": 1000}),
    a_field("exact", "number"),
    a_field("huge", "integer"),
    a_field("tiny", "number"),
    a_field("open", "boolean"),
    a_field("on", "date"),
    a_field("at", "datetime"),
    a_field("local", "datetime"),
    a_field("clock", "time"),
    a_field("year", "year", constraints={"minimum": "0987"}),
    a_field("month", "yearmonth"),
    a_field("limit", "integer"),
    a_field("id__lt", "integer"),
    a_field("on__year", "year"),
    a_field("empty"),
    a_field("long"),
    a_field("same"),
)
ROWS = [
    (1, "park", "AB1", "abc", "12.50", "1.2345678901234567", 2**70, "0.00001", "true", "2026-01-31", "2026-01-31T12:00:00+01:00",
     "2026-01-31T12:00:00.5", "10:00:00", "2026", "2026-01", 5, 7, "1999", "", "x" * 2000, "same"),
    (2, "street, wide", "", "DEF", "0.00", "", -(2**70), "", "", "2025-12-31", "2026-06-01T00:00:00Z", "", "23:59:59.25", "0987", "", "", "", "", "", "Wort " * 300, "same"),
    (3, 'say "x"', "ZZ9", "", "999.99", "-0.0000000000000001", "", "0.5", "false", "", "", "0001-01-01T00:00:00", "", "", "1999-12", 1, 1, "2000", "", "", "same"),
]  # fmt: skip


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    folder = tmp_path_factory.mktemp("manuals")
    portal = an_empty_portal(folder / "data")
    tables = {
        "typen": a_table(fields=COLUMNS, rows=ROWS, title="Alle Typen", translations={"en": {"title": "All types"}}),
        "leer": a_table(rows=()),
        "eine": a_table(rows=(("x-1", ""),), primary_key=()),
        "paar": a_table(
            fields=(a_field("a"), a_field("b", "integer")), rows=(("x/ü?", 1), ("y", 2)), primary_key=("a", "b")
        ),
    }
    fields = (
        a_field("id", constraints={"required": True, "unique": True}),
        a_field("name", title=f"Name {MARK}"),
        a_field("n", "integer"),
    )
    secret = a_folder(
        folder / "geheim",
        slug="geheim",
        tables={"trees": a_table(fields=fields, rows=[("x-1", f"Erika {MARK}", 1), ("x-2", f"Max {MARK}", 2)])},
        privacyDecisions=[a_decision("name", "name", decision="withhold")],
    )
    publish(
        portal, a_folder(folder / "typen", slug="typen", tables=tables), write_ugly_folder(folder / "ugly"),
        write_nasty_folder(folder / "nasty"), trees(folder / "a", "Linde"), secret,
    )  # fmt: skip
    publish(portal, trees(folder / "b", "Linde", "Eiche", "Buche"))
    return create_app(portal, refresh_s=0).test_client()


TABLES = (("typen", "typen"), ("typen", "leer"), ("typen", "eine"), ("typen", "paar"), (UGLY, "haesslich"), (NASTY, "nasty"))  # fmt: skip


def manual(client: FlaskClient, dataset: str, table: str, what: str = "openapi.json", version: str = "") -> Any:
    answer = client.get(f"/api/v1/datasets/{dataset}{version}/tables/{table}/{what}")
    assert answer.status_code == 200, answer.text[:300]
    return answer.get_json()


@pytest.mark.parametrize(("dataset", "table"), TABLES)
def test_it_is_valid_and_its_examples_answer(client: FlaskClient, dataset: str, table: str) -> None:
    document = manual(client, dataset, table)

    OpenAPIV31SpecValidator(document).validate()
    assert unanswered(client, document) == ([] if table != "leer" else ["sort", "distinct", "group_by"])
    assert (rows_of_format(client, document) > 0) is (table != "leer")


@pytest.mark.parametrize(("dataset", "table"), TABLES)
def test_every_row_fits_and_every_file_is_of_a_type_it_names(client: FlaskClient, dataset: str, table: str) -> None:
    document = manual(client, dataset, table)
    schemas = document["components"]["schemas"]
    rows = Draft202012Validator({"$ref": "#/components/schemas/Row", "components": document["components"]})
    files = Draft202012Validator({"$ref": "#/components/schemas/File", "components": document["components"]})
    found = client.get(f"/api/v1/datasets/{dataset}/tables/{table}/rows?limit=10000").get_json()["rows"]

    assert [error.message for row in found for error in rows.iter_errors(row)] == []
    assert list(schemas["SomeColumns"]["properties"]) == list(found[0] if found else ("id", "name"))
    (path, whole), (_, chosen) = (
        (at, item["get"]) for at, item in document["paths"].items() if at.endswith("{suffix}")
    )
    path = next(at for at in document["paths"] if at.startswith("/datasets/"))
    for operation, at in ((chosen, path), (whole, path)):
        suffixes = next(one for one in operation["parameters"] if one.get("name") == "suffix")["schema"]["enum"]
        for suffix in suffixes:
            answer = client.get(at.replace("{suffix}", suffix))
            assert answer.status_code == 200, f"{at} {suffix}"
            assert answer.content_type.split(";")[0] in operation["responses"]["200"]["content"]
            if suffix == ".json":
                assert [error.message for error in files.iter_errors(answer.get_json())] == []


def test_one_parameter_stands_for_each_column_and_operator(client: FlaskClient) -> None:
    document = manual(client, "typen", "typen")
    names = [one["name"] for one in document["components"]["parameters"].values()]

    assert len(names) == len(set(names))
    for field in COLUMNS:
        for op in OPS[field["type"]]:
            name = field["name"] if op == "exact" and field["name"] not in RESERVED else f"{field['name']}__{op}"
            assert name in names, name
    assert "limit" not in names
    assert names.count("id__lt") == 1, "asks for the column of that name"


def test_constraints_are_told_where_json_schema_can_tell_them(client: FlaskClient) -> None:
    document = manual(client, "typen", "typen")
    columns, filters = (
        document["components"]["schemas"]["SomeColumns"]["properties"],
        document["components"]["parameters"],
    )

    assert columns["kind"]["type"] == "string"
    assert columns["kind"]["enum"] == filters["kind.exact"]["schema"]["enum"] == ["park", "street, wide", 'say "x"']
    assert columns["code"]["type"] == ["string", "null"]
    assert (columns["code"]["pattern"], columns["code"]["minLength"], columns["code"]["maxLength"]) == (
        "^(?:[A-Z]{2}[0-9]+)$",
        3,
        9,
    )
    assert "pattern" not in columns["odd"], "RE2 reads it, JavaScript does not"
    assert "(?i)[a-z]+" in columns["odd"]["description"]
    assert (columns["size_m2"]["minimum"], columns["size_m2"]["maximum"]) == (0, 1000)
    assert "m²" in columns["size_m2"]["description"]
    assert columns["at"]["format"] == "date-time"
    assert columns["local"]["format"] == "date-time-local"
    assert columns["huge"]["type"] == ["integer", "null"]
    assert filters["size_m2.gte"]["schema"] == {"type": "number", "format": "decimal"}
    assert filters["year.exact"]["schema"] == {"type": "string", "pattern": "^[0-9]{4}$"}
    assert filters["on.between"]["schema"]["items"] == {"type": "string", "format": "date"}


def test_what_no_value_of_the_table_can_do_has_no_example(client: FlaskClient) -> None:
    filters = manual(client, "typen", "typen")["components"]["parameters"]

    for key in ("same.not", "same.lt", "same.gt", "empty.exact", "exact.exact", "exact.gte"):
        assert "example" not in filters[key], key
    assert filters["empty.null"]["example"] is True
    assert filters["same.null"]["example"] is False
    assert "example" not in manual(client, "typen", "leer")["components"]["parameters"]["id.exact"]


def test_a_document_of_a_version_asks_for_that_version(client: FlaskClient) -> None:
    first, current = manual(client, "baeume", "trees", version="/versions/1"), manual(client, "baeume", "trees")
    rows = "/api/v1/datasets/baeume/tables/trees/rows"
    (version,) = (one for one in first["paths"][rows]["get"]["parameters"] if one.get("name") == "version")

    OpenAPIV31SpecValidator(first).validate()
    assert (version["required"], version["schema"]["enum"]) == (True, [1])
    assert unanswered(client, first) == []
    assert (first["info"]["version"], current["info"]["version"]) == ("1", "2")
    assert "/datasets/baeume/v/1/trees{suffix}" in first["paths"]
    assert f"{rows}/{{key}}" in current["paths"]
    assert f"{rows}/{{key}}" not in first["paths"], "a row by its key is always the current one"
    for item in manual(client, "baeume", "trees", "snippets", version="/versions/1")["items"]:
        assert "/datasets/baeume/trees." not in item["code"]
        assert (
            ("version" in item["code"])
            if item["query"] and item["language"] != "duckdb"
            else "/v/1/trees." in item["code"]
        )


def test_a_row_by_its_key_answers_as_described(client: FlaskClient) -> None:
    for table in ("typen", "paar"):
        document = manual(client, "typen", table)
        path = next(at for at in document["paths"] if at.endswith("/{key}"))
        (key,) = document["paths"][path]["get"]["parameters"]
        answer = client.get(path.replace("{key}", key["example"].replace("?", "%3F")))
        fits = Draft202012Validator({"$ref": "#/components/schemas/OneRow", "components": document["components"]})

        assert answer.status_code == 200, answer.text
        assert [error.message for error in fits.iter_errors(answer.get_json())] == []


def test_it_speaks_german_english_or_both(client: FlaskClient) -> None:
    both = manual(client, "typen", "typen")["components"]["schemas"]["SomeColumns"]["title"]
    german, english = (manual(client, "typen", "typen", f"openapi.json?lang={one}") for one in ("de", "en"))

    assert both == "Alle Typen · All types"
    assert german["components"]["schemas"]["SomeColumns"]["title"] == "Alle Typen"
    assert english["components"]["schemas"]["SomeColumns"]["title"] == "All types"
    assert "Lizenz:" in client.get("/api/v1/datasets/typen/tables/typen/snippets/r").text
    assert (
        "Licence:"
        in client.get("/api/v1/datasets/typen/tables/typen/snippets/r", headers={"Accept-Language": "en"}).text
    )
    assert_problem(client.get("/api/v1/datasets/typen/tables/typen/openapi.json?lang=fr"), 400)
    assert_problem(client.get("/api/v1/datasets/typen/tables/typen/snippets?language=de"), 400)


@pytest.mark.parametrize("what", ["openapi.json", "snippets", "snippets/python"])
def test_it_is_cached_conditional_compressed_and_found_where_it_is_linked(client: FlaskClient, what: str) -> None:
    address = f"/api/v1/datasets/typen/tables/typen/{what}"
    first = client.get(address)
    again = client.get(address, headers={"If-None-Match": first.headers["ETag"]})

    assert (again.status_code, again.data) == (304, b"")
    assert client.get(address, headers={"Accept-Encoding": "gzip"}).headers["Content-Encoding"] == "gzip"
    assert client.head(address).headers["ETag"] == first.headers["ETag"]
    assert first.headers["Cache-Control"] == "public, no-cache"
    assert first.headers["Access-Control-Allow-Origin"] == "*"
    assert 'rel="license"' in first.headers["Link"]
    assert '<https://daten.example/api/docs/typen/typen>; rel="service-doc"' in first.headers["Link"]


def test_rows_the_table_and_the_page_lead_to_it(client: FlaskClient) -> None:
    described = "https://daten.example/api/v1/datasets/typen/tables/typen/openapi.json"
    rows = "/api/v1/datasets/typen/tables/typen/rows"
    table = client.get("/api/v1/datasets/typen/tables/typen").get_json()

    for address in (rows, f"{rows}?format=csv", f"{rows}.xlsx", f"{rows}?group_by=kind"):
        assert f'<{described}>; rel="service-desc"; type="application/json"' in client.get(address).headers["Link"]
    pinned = client.get("/api/v1/datasets/baeume/tables/trees/rows?version=1").headers["Link"]
    assert "/api/v1/datasets/baeume/versions/1/tables/trees/openapi.json" in pinned
    assert table["openapiUrl"] == described
    assert client.get(table["snippetsUrl"].removeprefix("https://daten.example")).get_json()["total"] == len(SNIPPETS)
    assert client.get(table["docsUrl"].removeprefix("https://daten.example")).status_code == 200
    assert 'href="/api/docs/typen/typen"' in client.get("/datasets/typen").text
    assert 'href="/api/docs/baeume/v/1/trees"' in client.get("/datasets/baeume/v/1").text


@pytest.mark.parametrize("language", ["de", "en"])
def test_a_page_shows_code_and_columns_and_its_links_answer(client: FlaskClient, language: str) -> None:
    page = client.get(f"/api/docs/typen/typen?lang={language}")
    links = [part.split('"')[0] for part in page.text.split('href="')[1:]]
    asked = [link.replace("&amp;", "&") for link in links if "/rows?" in link]

    assert page.status_code == 200
    assert ("Für Programme" if language == "de" else "For programs") in page.text
    assert "size_m2__between" in page.text
    assert len(asked) > 100
    for link in asked[::7]:
        assert client.get(link).status_code == 200, link


def test_pages_escape_what_is_hostile(client: FlaskClient) -> None:
    for address in (f"/datasets/{NASTY}", f"/api/docs/{NASTY}/nasty", f"/api/docs/{NASTY}/v/1/nasty"):
        page = client.get(address).text
        assert "<script" not in page
        assert "&lt;/code&gt;&lt;/pre&gt;" in page
        assert page.count("<pre") == page.count("</pre>")


def test_nothing_that_was_withheld_is_told(client: FlaskClient) -> None:
    for address in ("tables/trees/openapi.json", "tables/trees/snippets", "versions/1/tables/trees/openapi.json"):
        told = client.get(f"/api/v1/datasets/geheim/{address}").text
        assert MARK not in told
        assert '"name' not in json.dumps(
            json.loads(told).get("components", {}).get("parameters", {}).get("name.exact", "")
        )
    for address in ("/datasets/geheim", "/api/docs/geheim/trees"):
        assert MARK not in client.get(address).text


@pytest.mark.parametrize(
    "address",
    ["typen/tables/none/openapi.json", "none/tables/x/snippets", "typen/tables/typen/snippets/perl", "typen/versions/2/tables/typen/snippets",
     "typen/tables/%00/openapi.json", "typen/versions/999999999/tables/typen/openapi.json"],
)  # fmt: skip
def test_what_is_not_there_is_said_so(client: FlaskClient, address: str) -> None:
    assert_problem(client.get(f"/api/v1/datasets/{address}"), 404)


@pytest.mark.parametrize("address", ["typen/none", "none/none", "typen/v/2/typen", "typen/v/0/typen", "typen/%00"])
def test_a_page_that_is_not_there_is_said_so(client: FlaskClient, address: str) -> None:
    assert client.get(f"/api/docs/{address}", headers={"Accept": "text/html"}).status_code == 404
