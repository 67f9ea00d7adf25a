"""The Data Package: frictionless accepts it over HTTP and from the ZIP, and every checksum that is told is true."""

import base64
import csv
import hashlib
import io
import zipfile
from pathlib import Path

import frictionless
import pytest

from tests.readers.conftest import ServedDataset


@pytest.fixture
def unpacked(dataset: ServedDataset, tmp_path: Path) -> Path:
    """Give the folder into which a reader has unpacked the dataset's ZIP."""
    with zipfile.ZipFile(io.BytesIO(dataset.document(".zip"))) as package:
        assert package.testzip() is None
        package.extractall(tmp_path)
    return tmp_path


def test_frictionless_accepts_the_downloaded_package(unpacked: Path) -> None:
    report = frictionless.Package(str(unpacked / "datapackage.json")).validate()

    assert report.valid, report.to_summary()


def test_frictionless_accepts_the_package_at_its_address(dataset: ServedDataset) -> None:
    package = frictionless.Package(f"{dataset.url}/datapackage.json")

    report = package.validate()

    assert report.valid, report.to_summary()
    assert [resource.name for resource in package.resources] == [table.name for table in dataset.tables]


def test_the_package_holds_the_files_that_are_served(dataset: ServedDataset, unpacked: Path) -> None:
    expected = {"datapackage.json", "README.md", "checksums.sha256", *(f"{table.name}.csv" for table in dataset.tables)}

    assert {path.name for path in unpacked.iterdir()} == expected
    assert (unpacked / "datapackage.json").read_bytes() == dataset.document("/datapackage.json")
    for table in dataset.tables:
        assert (unpacked / f"{table.name}.csv").read_bytes() == dataset.file(table, ".csv")


def test_checksums_descriptor_and_headers_name_the_same_digests(dataset: ServedDataset, unpacked: Path) -> None:
    sums = dict(reversed(line.split("  ", 1)) for line in (unpacked / "checksums.sha256").read_text().splitlines())
    described = dataset.server.get(f"{dataset.url}/datapackage.json").json()

    for resource in described["resources"]:
        content = dataset.server.bytes_of(f"{dataset.url}/{resource['path']}")
        response = dataset.server.get(f"{dataset.url}/{resource['path']}", Accept_Encoding="identity")
        digest = hashlib.sha256(content)
        told = response.headers["Repr-Digest"].removeprefix("sha-256=:").removesuffix(":")
        assert resource["hash"] == f"sha256:{digest.hexdigest()}"
        assert resource["bytes"] == len(content) == int(response.headers["Content-Length"])
        assert sums[resource["path"]] == digest.hexdigest()
        assert base64.b64decode(told) == digest.digest()
    assert set(sums) == {path.name for path in unpacked.iterdir()} - {"checksums.sha256"}


def test_the_digests_of_all_files_in_the_json_document_are_true(dataset: ServedDataset) -> None:
    document = dataset.server.get(dataset.url + ".json").json()

    files = [*document["files"], *(file for resource in document["resources"] for file in resource["files"])]
    for file in files:
        content = dataset.server.bytes_of(file["url"])
        assert file["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}", file["url"]
        assert file["bytes"] == len(content)


def test_the_row_counts_told_are_those_of_the_tables(dataset: ServedDataset) -> None:
    for table in dataset.tables:
        response = dataset.server.get(dataset.address(table, ".csv"))

        assert int(response.headers["Row-Count"]) == len(table.rows)
        assert len(list(csv.reader(io.StringIO(response.content.decode(), newline="")))) == len(table.rows) + 1


def test_the_readme_names_every_column_in_both_languages_and_the_licence(
    unpacked: Path, dataset: ServedDataset
) -> None:
    readme = (unpacked / "README.md").read_text("utf-8")

    german, english = readme.split("\n---\n", 1)
    for table in dataset.tables:
        for column in table.columns:
            assert f"| {column} |" in german
            assert f"| {column} |" in english
    assert "Datenlizenz Deutschland" in german
    assert "https://www.govdata.de/dl-de/zero-2-0" in english
