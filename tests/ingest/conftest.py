"""A DuckDB for all tests of what comes in."""

from collections.abc import Iterator

import pytest

from portal.ingest.engine import Engine


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with Engine.open(tmp_path_factory.mktemp("spill")) as engine:
        yield engine
