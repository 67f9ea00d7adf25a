"""A portal with three datasets behind CKAN's door, a client in the process, and a server for real clients.

baeume   two versions; `trees` has a column of every type     strassen, archiv   one small table each
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.serving import make_server

from portal.web.app import create_app
from portal.wiring import Portal
from tests.builders import a_field, a_folder, a_table
from tests.releases import NOON, publish
from tests.templates import an_empty_portal
from tests.web.ckan.writing import Writers, a_portal_of_writers, with_baeume

FIELDS = (
    a_field("id", constraints={"required": True, "unique": True}),
    a_field("species"),
    a_field("height_m", "number"),
    a_field("exact", "number"),
    a_field("count", "integer"),
    a_field("old", "boolean"),
    a_field("planted_on", "date"),
    a_field("seen", "year"),
    a_field('odd "name", ä'),
)
ROWS = [
    ("b-1", "Straßenlinde", "12.50", "12345678901234567890.5", 3, "true", "2020-05-01", "2020", "x"),
    ("b-2", "Eiche", "9.25", "9.5", 30, "false", "2019-05-01", "1999", None),
    ("b-3", "Ahorn, groß", None, "-1", None, None, None, None, 'sagt "ja"'),
    ("b-4", "Linde", "100.00", "100", 4, "true", "2021-12-31", "2021", ""),
]


@pytest.fixture(scope="session")
def ckan_portal(tmp_path_factory: pytest.TempPathFactory) -> Portal:
    folder = tmp_path_factory.mktemp("ckan")
    portal = an_empty_portal(folder / "data")
    fill(portal, folder)
    return portal


def fill(portal: Portal, folder: Path) -> None:
    """Publish the three datasets."""
    table = a_table(fields=FIELDS, rows=ROWS)
    publish(portal, a_folder(folder / "first", slug="baeume", tables={"trees": a_table(fields=FIELDS, rows=ROWS[:1])}))
    publish(portal, a_folder(folder / "second", slug="baeume", tables={"trees": table, "more": a_table()}))
    publish(portal, a_folder(folder / "streets", slug="strassen", title="Straßen und Verkehrslenkung"))
    archive = a_folder(
        folder / "archive", slug="archiv", licenses=[{"name": "cc-by/4.0"}], keywords=["a/b: c", "Grünfläche"]
    )
    publish(portal, archive, at=NOON + timedelta(hours=1))


@pytest.fixture(scope="session")
def client(ckan_portal: Portal) -> FlaskClient:
    return create_app(ckan_portal, refresh_s=0).test_client()


@pytest.fixture(scope="session")
def result(client: FlaskClient) -> Callable[..., Any]:
    """Call an action and give its result."""

    def call(name: str, **arguments: Any) -> Any:
        answer = client.post(f"/api/action/{name}", json=arguments)
        told = answer.get_json()
        assert (answer.status_code, told["success"]) == (200, True), told
        return told["result"]

    return call


@pytest.fixture(scope="session")
def trees(result: Callable[..., Any]) -> str:
    """Id of the resource that is the table `trees`."""
    resources = result("package_show", id="baeume")["resources"]
    return next(one["id"] for one in resources if one["datastore_active"] and one["table"] == "trees")


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a server on loopback, for clients in processes of their own."""
    folder = tmp_path_factory.mktemp("served")
    portal = an_empty_portal(folder / "data", base_url="http://127.0.0.1:1")
    fill(portal, folder)
    with served(create_app(portal, refresh_s=0)) as address:
        yield address


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """Serve an application on loopback; give its address."""
    serving = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=serving.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{serving.server_port}"
    serving.shutdown()
    thread.join()


@pytest.fixture(scope="session")
def writers(tmp_path_factory: pytest.TempPathFactory) -> Writers:
    """A portal whose people write through CKAN's door; each test has a dataset of its own."""
    folder = tmp_path_factory.mktemp("writers")
    return with_baeume(a_portal_of_writers(folder), folder)


@pytest.fixture(scope="session")
def writers_server(writers: Writers) -> Iterator[str]:
    """Address of the portal of the writers, for real clients."""
    with served(writers.app) as address:
        yield address
