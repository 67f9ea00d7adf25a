"""Every dataset that the readers' tests read: the shipped ones, one as ugly as real tables are, and one of hostile names."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.shipped import Served, serving, shipped
from tests.sources import SourceTable, shipped_folders, tables
from tests.ugly import NASTY, UGLY, write_nasty_folder, write_ugly_folder

__all__ = ["shipped"]

DATASET_NAMES = [*(folder.name for folder in shipped_folders()), UGLY]


@dataclass(frozen=True)
class ServedDataset:
    """A dataset as it is served, beside what its folder says."""

    name: str
    server: Served
    folder: Path

    @property
    def tables(self) -> tuple[SourceTable, ...]:
        return tables(self.folder)

    @property
    def url(self) -> str:
        return f"{self.server.url}/datasets/{self.name}"

    def address(self, table: SourceTable, suffix: str) -> str:
        return f"{self.url}/{table.name}{suffix}"

    def file(self, table: SourceTable, suffix: str) -> bytes:
        """Give a table's file as a reader downloads it (`.csv`, `.excel.csv`, `.parquet` …)."""
        return self.server.bytes_of(self.address(table, suffix))

    def document(self, suffix: str) -> bytes:
        """Give a file of the dataset itself (`.zip`, `.ttl` …)."""
        return self.server.bytes_of(self.url + suffix)


@pytest.fixture(scope="session")
def ugly(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedDataset]:
    folders = tmp_path_factory.mktemp("ugly")
    folder = write_ugly_folder(folders / UGLY)
    write_nasty_folder(folders / NASTY)
    with serving(tmp_path_factory.mktemp("ugly-portal") / "data", datasets=str(folders)) as server:
        yield ServedDataset(UGLY, server, folder)


@pytest.fixture(scope="session")
def nasty(ugly: ServedDataset) -> ServedDataset:
    return ServedDataset(NASTY, ugly.server, ugly.folder.parent / NASTY)


@pytest.fixture(params=DATASET_NAMES)
def dataset(request: pytest.FixtureRequest, shipped: Served, ugly: ServedDataset) -> ServedDataset:
    if request.param == UGLY:
        return ugly
    folder = next(folder for folder in shipped_folders() if folder.name == request.param)
    return ServedDataset(request.param, shipped, folder)
