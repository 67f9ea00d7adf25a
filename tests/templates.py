"""Portals made once for a worker, and copied for every test that changes one.

settings of a test ── copy(fill) ──▶ first time: migrate, fill, put aside ──▶ a copy of folder and database, in milliseconds
"""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import make_url

from portal.foundation.config import Settings
from portal.publishing.migrate import upgrade
from portal.publishing.seed import ensure_operator
from portal.wiring import Portal, build
from tests.postgres import PostgresServer

BASE_URL = "https://daten.example"

Fill = Callable[[Portal, Path], object]
"""Puts into a new portal what the tests begin with; the folder is for its sources."""

PortalWith = Callable[[Fill], Portal]


def nothing(portal: Portal, folder: Path) -> None:
    """Leave a portal as it is new: the database at its newest shape, the operator a publisher."""


class Templates:
    """What was put aside, by what it was filled with."""

    def __init__(self, folder: Path, postgres_server: Callable[[], PostgresServer]) -> None:
        self._folder, self._postgres_server = folder, postgres_server
        self._made: dict[tuple[str, Fill], Settings] = {}

    @contextmanager
    def copy(self, fill: Fill, engine_name: str, folder: Path) -> Iterator[Settings]:
        """Give the settings of a portal of its own in *folder*, on `sqlite` or `postgresql`."""
        made = self._made.get((engine_name, fill)) or self._make(fill, engine_name)
        shutil.copytree(made.data, folder / "data")
        if engine_name == "sqlite":
            yield _settings(folder)
            return
        with self._postgres_server().database(template=str(make_url(made.database_url).database)) as address:
            yield _settings(folder, address)

    def _make(self, fill: Fill, engine_name: str) -> Settings:
        folder = self._folder / f"{len(self._made)}"
        address = "" if engine_name == "sqlite" else self._postgres_server().new_database()
        settings = self._made[engine_name, fill] = _settings(folder, address)
        portal = build(settings)
        upgrade(portal.engine)
        ensure_operator(portal.engine, settings)
        fill(portal, folder / "sources")
        portal.engine.dispose()
        return settings


def _settings(folder: Path, address: str = "") -> Settings:
    return Settings(data=folder / "data", base_url=BASE_URL, database_url=address)
