"""What tests of several rooms share: an empty portal, once on SQLite and once on PostgreSQL."""

import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from sqlalchemy import Engine

from portal.foundation.config import Settings
from portal.foundation.db import open_engine
from portal.wiring import Portal, build
from tests import run
from tests.laws import hold_all_laws
from tests.passwords import hash_cheaply, hashing_as_a_portal
from tests.postgres import PostgresServer, running_server
from tests.shipped import stop_shipped
from tests.templates import Fill, PortalWith, Templates, nothing


def pytest_configure(config: pytest.Config) -> None:
    hold_all_laws()
    hash_cheaply()
    if not hasattr(config, "workerinput"):  # not in the workers of pytest-xdist: they are inside the run
        run.begin()


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        stop_shipped()
        run.end()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Give one worker more than there are cores, five at most: a worker often waits, for a process, a disk or a time to pass."""
    return min((os.cpu_count() or 1) + 1, 5)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    with running_server() as server:
        yield server


@pytest.fixture(scope="session")
def templates(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Templates:
    """Give the portals that tests begin with a copy of; PostgreSQL is started when the first one is wanted."""
    return Templates(tmp_path_factory.mktemp("templates"), lambda: request.getfixturevalue("postgres_server"))


@pytest.fixture(params=["sqlite", "postgresql"])
def engine_name(request: pytest.FixtureRequest) -> str:
    """Run a test once for each engine."""
    return str(request.param)


@pytest.fixture
def portal_with(templates: Templates, engine_name: str, tmp_path: Path) -> Iterator[PortalWith]:
    """Give what opens a portal of this test's own, filled as the function says; it is filled once, then copied."""
    with ExitStack() as open_until_the_end:

        def portal_with(fill: Fill) -> Portal:
            portal = build(open_until_the_end.enter_context(templates.copy(fill, engine_name, tmp_path)))
            open_until_the_end.callback(portal.engine.dispose)
            return portal

        yield portal_with


@pytest.fixture
def settings(engine_name: str, templates: Templates, tmp_path: Path) -> Iterator[Settings]:
    """Settings of an empty portal: database at its newest shape, the operator a publisher."""
    with templates.copy(nothing, engine_name, tmp_path) as settings:
        yield settings


@pytest.fixture
def portal(portal_with: PortalWith) -> Portal:
    """An empty portal, ready to publish."""
    return portal_with(nothing)


@pytest.fixture
def true_cost() -> Iterator[None]:
    """Hash passwords as slowly as a portal does."""
    with hashing_as_a_portal():
        yield


@pytest.fixture
def empty_database(engine_name: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A database without any table."""
    if engine_name == "sqlite":
        engine = open_engine(f"sqlite:///{tmp_path / 'empty.sqlite'}")
        yield engine
        engine.dispose()
        return
    with request.getfixturevalue("postgres_server").database(template="template0") as address:
        engine = open_engine(address)
        yield engine
        engine.dispose()
