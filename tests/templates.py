"""Portals made once for a worker, and copied for every test that changes one.

settings of a test ── copy(fill) ──▶ first time: migrate, fill, put aside ──▶ a copy of folder and database, in milliseconds
an_empty_portal(data)                on SQLite, for what many tests share or a test fills in a way of its own
"""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import make_url

from portal.foundation.config import Settings
from portal.publishing.migrate import upgrade
from portal.publishing.operator import ensure_operator
from portal.wiring import Portal, build
from tests import run
from tests.postgres import PostgresServer

BASE_URL = "https://daten.example"

Fill = Callable[[Portal, Path], object]
"""Puts into a new portal what the tests begin with; the folder is for its sources."""

PortalWith = Callable[[Fill], Portal]


def nothing(portal: Portal, folder: Path) -> None:
    """Leave a portal as it is new: the database at its newest shape, the operator a publisher."""


def an_empty_portal(data: Path, **settings: Any) -> Portal:
    """Give a portal with its data in *data*, as `nothing` leaves it, on SQLite or a database at its newest shape; *settings* are those that are not as in most tests."""
    chosen = Settings(**{"data": data, "base_url": BASE_URL, "datasets": "-", "access_log": False, **settings})
    if not chosen.database_url:
        data.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(_newest_shape(), data / "portal.sqlite")
    portal = build(chosen)
    ensure_operator(portal.engine, chosen)
    return portal


def _newest_shape() -> Path:
    """Give a SQLite database at its newest shape; migrating takes longer than most tests, so one worker does it for all."""
    with run.once("sqlite") as folder:
        if not (folder / "portal.sqlite").exists():
            portal = build(Settings(data=folder))
            upgrade(portal.engine)
            portal.engine.dispose()
    return folder / "portal.sqlite"


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
        portal = an_empty_portal(folder / "data", database_url=address)
        self._made[engine_name, fill] = settings = _settings(folder, address)
        fill(portal, folder / "sources")
        portal.engine.dispose()
        return settings


def _settings(folder: Path, address: str = "") -> Settings:
    return Settings(data=folder / "data", base_url=BASE_URL, database_url=address)
