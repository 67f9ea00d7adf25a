"""A town of its own for each test, once on SQLite and once on PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.foundation.config import Settings
from portal.publishing.migrate import upgrade
from portal.publishing.seed import ensure_operator
from portal.wiring import Portal, build
from tests.web.callers import Town, a_town


@pytest.fixture
def portal(settings: Settings) -> Iterator[Portal]:
    built = build(settings)
    upgrade(built.engine)
    ensure_operator(built.engine, settings)
    yield built
    built.engine.dispose()


@pytest.fixture
def town(portal: Portal, tmp_path: Path) -> Town:
    return a_town(portal, tmp_path / "folders")
