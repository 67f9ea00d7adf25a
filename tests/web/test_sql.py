"""Free SQL over HTTP: answers that say what they are made of, conditional requests, and refusals that name the place."""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import duckdb
import pandas as pd
import pytest
from flask.testing import FlaskClient
from sqlalchemy import update
from werkzeug.test import TestResponse

from portal.accounts.actor import command
from portal.catalogue.lookup import public_table
from portal.catalogue.publisher import Publisher
from portal.foundation.config import Settings
from portal.foundation.db import reading, transaction
from portal.foundation.text import LangString
from portal.publishing.withdrawal import withdraw
from portal.rows.sql.pool import SqlPool
from portal.rows.sql.process import SqlLimits
from portal.web.app import create_app
from portal.wiring import Portal
from tests.releases import NOON, publish, trees
from tests.rows.sql.conftest import in_a_hurry
from tests.templates import an_empty_portal
from tests.waiting import PATIENCE_S
from tests.web.problems import assert_problem

TREES = '"baeume/trees"'
JOIN = """SELECT t.id, t.height_m, o.height_m AS before FROM "baeume/trees" t
    LEFT JOIN "baeume/v/1/trees" o ON o.id = t.id ORDER BY t.height_m DESC, t.id LIMIT 5"""


def with_sql(portal: Portal, **settings: object) -> Portal:
    """Give *portal* with SQL switched on and processes of its own, which end what is honest however busy the machine is."""
    chosen = replace(portal.settings, sql=True, sql_timeout_s=PATIENCE_S, **settings)  # type: ignore[arg-type]  # each its type
    limits = SqlLimits(timeout_s=PATIENCE_S, memory_bytes=160 * 1024**2, max_bytes=chosen.sql_max_bytes, processes=1)
    return replace(portal, settings=chosen, sql=SqlPool(portal.settings.blobs, limits))


@pytest.fixture(scope="module")
def answering(portal: Portal) -> Iterator[Portal]:
    chosen = with_sql(portal, sql_max_rows=30)
    yield chosen
    chosen.sql.close()


@pytest.fixture(scope="module")
def sql(answering: Portal) -> FlaskClient:
    return create_app(answering, refresh_s=0).test_client()


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Portal]:
    """An empty portal with SQL switched on, for what changes it."""
    built = with_sql(an_empty_portal(tmp_path / "data", base_url=""))
    yield built
    built.sql.close()


def ask(client: FlaskClient, text: str, **headers: str) -> TestResponse:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.get("/api/v1/sql", query_string={"q": text}, headers=named)


def test_sql_is_switched_off_unless_the_operator_wants_it(client: FlaskClient) -> None:
    assert not Settings().sql
    assert_problem(ask(client, "SELECT 1"), 404)
    assert_problem(client.post("/api/v1/sql", json={"q": "SELECT 1"}), 404)
    assert "PORTAL_SQL" in ask(client, "SELECT 1").get_json()["detail"]


def test_versions_are_joined_as_another_engine_joins_them(sql: FlaskClient, portal: Portal) -> None:
    answer = ask(sql, JOIN).get_json()

    expected = duckdb.sql(_over_parquet(portal, JOIN)).fetchall()
    assert [(row["id"], row["height_m"], row["before"]) for row in answer["rows"]] == [
        (name, float(height), before if before is None else float(before)) for name, height, before in expected
    ]
    assert [column["type"] for column in answer["columns"]] == ["string", "number", "number"]
    assert answer["columns"][2]["from"] == {"table": "baeume/v/1/trees", "column": "height_m"}
    assert (answer["truncated"], answer["limit"]) == (False, 30)


def _over_parquet(portal: Portal, sql: str) -> str:
    with reading(portal.engine) as session:
        for name, number in (("baeume/trees", None), ("baeume/v/1/trees", 1)):
            _, table = public_table(session, "baeume", "trees", number)
            sql = sql.replace(f'"{name}"', f"read_parquet('{portal.store.path(table.parquet_digest)}')")
    return sql


def test_an_answer_says_what_it_is_made_of_and_how_to_ask_for_just_that(sql: FlaskClient) -> None:
    answer = ask(sql, JOIN)
    told = answer.get_json()

    assert [(one["name"], one["version"]) for one in told["lineage"]["datasets"]] == [("baeume", 2), ("baeume", 1)]
    assert told["lineage"]["answer"] == "yes"
    assert "Datenlizenz" in told["lineage"]["summary"]["de"]
    assert told["lineage"]["credit"]["line"]["de"]
    assert '"baeume/v/2/trees" t' in told["pinned"]
    pinned = ask(sql, told["pinned"]).get_json()
    assert (pinned["rows"], pinned["pinned"]) == (told["rows"], told["pinned"])
    assert 'rel="license"' in answer.headers.getlist("Link")[0]
    assert ask(sql, "SELECT 1").get_json()["lineage"] is None


def test_tables_that_are_named_but_not_read_are_no_part_of_the_answer(sql: FlaskClient) -> None:
    answer = ask(sql, 'SELECT count(*) AS "baeume/counts" FROM "archiv/scans"').get_json()

    assert [one["name"] for one in answer["lineage"]["datasets"]] == ["archiv"]


def test_licences_that_do_not_combine_are_said_loudly(own: Portal, tmp_path: Path) -> None:
    publish(own, trees(tmp_path / "a", "Eiche", slug="frei", licenses=[{"name": "odbl"}]))
    publish(own, trees(tmp_path / "b", "Linde", slug="geteilt", licenses=[{"name": "cc-by-sa/4.0"}]))

    answer = ask(create_app(own, refresh_s=0).test_client(), 'SELECT 1 FROM "frei/trees", "geteilt/trees"')

    assert answer.status_code == 200, answer.text
    assert answer.get_json()["lineage"]["answer"] == "no"
    assert [link for link in answer.headers.getlist("Link") if 'rel="license"' in link] == []
    assert "licences/combine?datasets=frei,geteilt" in answer.headers.getlist("Link")[0]


def test_the_same_question_gets_the_same_tag_until_a_version_comes(own: Portal, tmp_path: Path) -> None:
    publish(own, trees(tmp_path / "first", "Linde"))
    client = create_app(own, refresh_s=0).test_client()
    current, pinned = f"SELECT count(*) n FROM {TREES}", 'SELECT count(*) n FROM "baeume/v/1/trees"'
    tags = {text: ask(client, text).headers["ETag"] for text in (current, pinned)}
    for text, tag in tags.items():
        assert ask(client, text, If_None_Match=tag).status_code == 304

    publish(own, trees(tmp_path / "second", "Linde", "Eiche"))

    assert ask(client, current, If_None_Match=tags[current]).get_json()["rows"] == [{"n": 2}]
    assert ask(client, pinned, If_None_Match=tags[pinned]).status_code == 304


def test_another_name_of_the_publisher_is_another_answer(own: Portal, tmp_path: Path) -> None:
    publish(own, trees(tmp_path / "first", "Linde", licenses=[{"name": "cc-by/4.0"}]))
    client = create_app(own, refresh_s=0).test_client()
    before = ask(client, f"SELECT id FROM {TREES}")

    with transaction(own.engine) as session:
        session.execute(update(Publisher).values(name_de="Grünflächenamt"))

    after = ask(client, f"SELECT id FROM {TREES}", If_None_Match=before.headers["ETag"])
    assert after.status_code == 200
    assert "Grünflächenamt" in after.get_json()["lineage"]["credit"]["line"]["de"]


def test_what_asks_for_the_time_is_tagged_by_what_it_gave(sql: FlaskClient) -> None:
    answers = [ask(sql, "SELECT strftime('%f') AS now") for _ in range(5)]

    assert len({answer.headers["ETag"] for answer in answers}) == len({answer.text for answer in answers}) > 1


def test_head_and_compression_are_as_everywhere(sql: FlaskClient) -> None:
    whole = ask(sql, f"SELECT * FROM {TREES}", Accept_Encoding="gzip")
    head = sql.head("/api/v1/sql", query_string={"q": f"SELECT * FROM {TREES}"})

    assert whole.headers["Content-Encoding"] == "gzip"
    assert (head.status_code, head.data, head.headers["Row-Count"]) == (200, b"", "30")
    assert whole.headers["Access-Control-Allow-Origin"] == "*"
    assert sql.options("/api/v1/sql").headers["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS, POST"


def test_csv_holds_the_same_rows(sql: FlaskClient) -> None:
    by_name = sql.get("/api/v1/sql", query_string={"q": JOIN, "format": "csv"})
    by_type = ask(sql, JOIN, Accept="text/csv")

    rows = list(csv.reader(io.StringIO(by_name.text)))
    assert by_name.data == by_type.data
    assert by_name.content_type == "text/csv; charset=utf-8"
    assert rows[0] == ["id", "height_m", "before"]
    frame = pd.read_csv(io.StringIO(by_name.text))
    assert frame["id"].tolist() == [row["id"] for row in ask(sql, JOIN).get_json()["rows"]]
    assert by_name.headers["Row-Count"] == "5"


def test_an_answer_with_too_many_rows_says_so_and_a_file_is_refused(sql: FlaskClient) -> None:
    answer = ask(sql, f"SELECT id FROM {TREES}")
    file = sql.get("/api/v1/sql", query_string={"q": f"SELECT id FROM {TREES}", "format": "csv"})

    assert (answer.get_json()["truncated"], len(answer.get_json()["rows"])) == (True, 30)
    assert_problem(file, 422)


def test_a_statement_can_be_sent_in_the_body(sql: FlaskClient) -> None:
    long = f"SELECT id /* {'x' * 9_000} */ FROM {TREES} ORDER BY id DESC LIMIT 2"

    answer = sql.post("/api/v1/sql", json={"q": long})

    assert [row["id"] for row in answer.get_json()["rows"]] == ["b-9", "b-8"]
    assert sql.post("/api/v1/sql", json={"q": long, "format": "csv"}).text == "id\r\nb-9\r\nb-8\r\n"


REFUSED = {
    "SELECT": (400, {}),
    "SELECT nix FROM " + TREES: (400, {"line": 1, "column": 8, "near": "nix"}),
    "SELECT hight_m FROM " + TREES: (400, {"similar": ["height_m"]}),
    "SELECT *\nFRM " + TREES: (400, {"line": 2, "column": 1}),
    'SELECT * FROM "baeume/tree"': (400, {"tables": ["trees", "counts"]}),
    'SELECT * FROM "baume/trees"': (400, {"similar": ["baeume"]}),
    'SELECT * FROM "baeume/v/9/trees"': (400, {"near": "baeume/v/9/trees"}),
    "SELECT * FROM baeume.trees": (400, {"near": "baeume.trees"}),
    "SELECT 1; SELECT 2": (400, {"column": 11}),
    "DELETE FROM " + TREES: (400, {}),
    "SELECT load_extension('x')": (403, {"function": "load_extension"}),
    "SELECT * FROM sqlite_master": (403, {"table": "sqlite_master"}),
    "SELECT " + ", ".join(f'"a/t{number}".x' for number in range(11)): (400, {"parameter": "q"}),
}  # fmt: skip


@pytest.mark.parametrize("text", REFUSED, ids=lambda text: text[:40])
def test_a_refusal_names_the_place_in_both_languages(sql: FlaskClient, text: str) -> None:
    status, facts = REFUSED[text]

    assert_refused(sql, text, status, facts)
    assert ask(sql, "SELECT 1").status_code == 200


def test_what_takes_too_long_is_told_so_and_the_next_question_gets_its_answer(
    sql: FlaskClient, answering: Portal
) -> None:
    names = ", ".join(f"{TREES} {name}" for name in "abcdef")

    with in_a_hurry(answering.sql):
        assert_refused(sql, f"SELECT count(*) FROM {names} WHERE a.id > f.id", 422, {"limit": "time"})

    assert ask(sql, "SELECT 1").status_code == 200


def assert_refused(sql: FlaskClient, text: str, status: int, facts: Mapping[str, object]) -> None:
    for answer in (ask(sql, text), sql.post("/api/v1/sql", json={"q": text, "format": "csv"})):
        assert_problem(answer, status)
        told = answer.get_json()
        assert {name: told[name] for name in facts} == facts
        assert told["translations"]["de"]["detail"] != told["translations"]["en"]["detail"]


def test_a_withdrawn_dataset_is_gone_here_too(own: Portal, tmp_path: Path) -> None:
    publish(own, trees(tmp_path / "weg", "Eiche", slug="weg"))
    client = create_app(own, refresh_s=0).test_client()
    assert ask(client, 'SELECT * FROM "weg/trees"').status_code == 200

    withdraw(own.engine, "weg", reason=LangString("Falsch.", "Wrong."), by=command("withdraw"), at=NOON)

    for text in ('SELECT * FROM "weg/trees"', 'SELECT * FROM "weg/v/1/trees"'):
        answer = ask(client, text)
        assert_problem(answer, 410)
        assert "Falsch." in answer.get_json()["detail"]


ODD = (
    "/api/v1/sql", "/api/v1/sql?q=", "/api/v1/sql?q=%00", "/api/v1/sql?q=%ff", "/api/v1/sql?q=SELECT+1&q=SELECT+2", "/api/v1/sql?q=SELECT+1&x=1",
    "/api/v1/sql?q=SELECT+1&format=exe", "/api/v1/sql?sql=SELECT+1", "/api/v1/sql?q=" + "x" * 10_001, "/api/v1/sql?q=%ed%a0%80",
)  # fmt: skip


@pytest.mark.parametrize("address", ODD, ids=lambda address: address[:40])
def test_parameters_that_do_not_fit_are_refused(sql: FlaskClient, address: str) -> None:
    assert_problem(sql.get(address), 400)


BODIES = (
    "",
    "[]",
    "SELECT 1",
    '{"q": 1}',
    '{"q": null}',
    '{"q": "SELECT 1", "x": 1}',
    '{"q": "SELECT 1", "q": "SELECT 2"}',
    '{"q": "\\u0000"}',
)


@pytest.mark.parametrize("body", BODIES)
def test_bodies_that_do_not_fit_are_refused(sql: FlaskClient, body: str) -> None:
    assert_problem(sql.post("/api/v1/sql", data=body, content_type="application/json"), 400)
