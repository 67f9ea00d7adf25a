"""A DuckDB for the whole run, and what makes tables with it."""

from collections.abc import Iterator

import pytest

from portal.ingest.engine import Engine
from tests.publishing.comparing.tables import TableMaker


@pytest.fixture(scope="session")
def a_table(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TableMaker]:
    """Give what makes typed tables."""
    folder = tmp_path_factory.mktemp("comparing")
    with Engine.open(folder) as engine:
        yield TableMaker(folder, engine)
