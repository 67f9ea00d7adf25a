"""`datastore_search_sql`: CKAN's shapes for answers and refusals; unknown unless the operator answers SQL."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from ckanapi import RemoteCKAN
from ckanapi.errors import NotAuthorized, ValidationError
from flask.testing import FlaskClient

from portal.rows.sql.pool import SqlPool
from portal.rows.sql.process import SqlLimits
from portal.web.app import create_app
from portal.wiring import Portal
from tests.rows.sql.conftest import in_a_hurry
from tests.waiting import PATIENCE_S

Sql = Callable[..., Any]


@pytest.fixture(scope="module")
def answering(ckan_portal: Portal) -> Iterator[Portal]:
    limits = SqlLimits(timeout_s=PATIENCE_S, memory_bytes=160 * 1024**2, max_bytes=10_000_000, processes=1)
    chosen = replace(
        ckan_portal, settings=replace(ckan_portal.settings, sql=True), sql=SqlPool(ckan_portal.settings.blobs, limits)
    )
    yield chosen
    chosen.sql.close()


@pytest.fixture(scope="module")
def asking(answering: Portal) -> FlaskClient:
    return create_app(answering, refresh_s=0).test_client()


@pytest.fixture(scope="module")
def sql(asking: FlaskClient) -> Sql:
    """Carry out a statement; give status and what is told."""

    def call(text: str) -> tuple[int, Any]:
        answer = asking.post("/api/3/action/datastore_search_sql", json={"sql": text})
        return answer.status_code, answer.get_json()

    return call


def test_without_sql_the_action_does_not_exist(client: FlaskClient) -> None:
    answer = client.get("/api/3/action/datastore_search_sql?sql=SELECT+1")

    assert (answer.status_code, answer.get_json()) == (400, "Bad request: Action name not known: datastore_search_sql")
    assert client.get("/api/3/action/help_show?name=datastore_search_sql").status_code == 404


def test_rows_are_those_of_datastore_search(sql: Sql, result: Callable[..., Any], trees: str) -> None:
    status, told = sql(f'SELECT * FROM "{trees}"')
    others = result("datastore_search", resource_id=trees)

    assert status == 200
    assert told["success"] is True
    assert set(told["result"]) == {"sql", "fields", "records"}
    assert told["result"]["records"] == others["records"]
    assert told["result"]["fields"] == [{"id": one["id"], "type": one["type"]} for one in others["fields"]]


def test_what_is_reckoned_has_a_type_too(sql: Sql, trees: str) -> None:
    _, told = sql(
        f"""SELECT species, count(*) AS n, avg(height_m) AS mean, _id FROM "{trees}" GROUP BY species ORDER BY n DESC, species"""
    )

    assert [field["type"] for field in told["result"]["fields"]] == ["text", "int8", "float8", "int"]
    assert told["result"]["records"][0] == {"species": "Ahorn, groß", "n": 1, "mean": None, "_id": 3}


def test_resources_can_be_joined(sql: Sql, result: Callable[..., Any], trees: str) -> None:
    streets = result("package_show", id="strassen")["resources"]
    other = next(one["id"] for one in streets if one["datastore_active"])

    _, told = sql(f'SELECT count(*) AS n FROM "{trees}" AS a CROSS JOIN "{other}" AS b')

    assert told["result"]["records"][0]["n"] > 0


def test_more_rows_than_ckan_gives_are_cut_and_said(sql: Sql) -> None:
    _, told = sql("WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 32001) SELECT n FROM c")

    assert len(told["result"]["records"]) == 32_000
    assert told["result"]["records_truncated"] is True


BAD = ("SELEC 1", "SELECT 1; SELECT 2", "DROP TABLE x", "SELECT nothing", 'SELECT * FROM "no-such-id"', "SELECT 'a", "SELECT 1::int",
       "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT count(*) FROM c")  # fmt: skip
FORBIDDEN = ("SELECT load_extension('x')", "SELECT * FROM sqlite_master", "SELECT random()")


@pytest.mark.parametrize("text", BAD)
def test_bad_sql_is_a_validation_error_with_a_message(sql: Sql, answering: Portal, text: str) -> None:
    with in_a_hurry(answering.sql):  # one of them would go on for ever
        status, told = sql(text)

    assert (status, told["error"]["__type"]) == (409, "Validation Error")
    assert told["error"]["message"] == told["error"]["query"][0]
    assert told["success"] is False


@pytest.mark.parametrize("text", FORBIDDEN)
def test_what_is_not_open_is_an_authorization_error(sql: Sql, text: str) -> None:
    status, told = sql(text)

    assert (status, told["error"]["__type"]) == (403, "Authorization Error")
    assert told["error"]["message"].startswith("Access denied: ")


@pytest.mark.parametrize(
    "sent", [{}, {"sql": ""}, {"sql": 5}, {"sql": ["SELECT 1"]}, {"sql": "x" * 10_001}, {"sql": None}]
)
def test_a_missing_or_odd_statement_is_a_validation_error(asking: FlaskClient, sent: dict[str, Any]) -> None:
    answer = asking.post("/api/action/datastore_search_sql", json=sent)

    assert (answer.status_code, answer.get_json()["error"]["__type"]) == (409, "Validation Error")


def test_ckanapi_asks_and_understands(asking: FlaskClient, trees: str) -> None:
    class Session:
        """ckanapi's HTTP, answered in this process."""

        def post(self, url: str, data: Any, headers: Any, **_: Any) -> Any:
            answer = asking.post(url.removeprefix("http://here"), data=data, headers=headers)
            return type("Answer", (), {"status_code": answer.status_code, "text": answer.text})

        def close(self) -> None: ...

    with RemoteCKAN("http://here", session=Session()) as ckan:
        found = ckan.action.datastore_search_sql(sql=f'SELECT id FROM "{trees}" WHERE old ORDER BY id')
        with pytest.raises(NotAuthorized):
            ckan.action.datastore_search_sql(sql="SELECT load_extension('x')")
        with pytest.raises(ValidationError):
            ckan.action.datastore_search_sql(sql="SELEC")

    assert [row["id"] for row in found["records"]] == ["b-1", "b-4"]
