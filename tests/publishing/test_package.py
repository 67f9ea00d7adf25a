"""The package is whole in itself: descriptor, tables, dictionary, licence and checksums that fit."""

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import frictionless
import pytest

from portal.wiring import Portal, build
from tests.builders import a_field, a_folder, a_table
from tests.releases import content, publish
from tests.templates import Templates

TABLES = {
    "trees": a_table(
        fields=(a_field("id"), a_field("height", "number", description="Höhe | über\nGrund")),
        rows=[("x-1", 12.5), ("x-2", None)],
    ),
    "places": a_table(rows=[("p-1", "Stadtgarten, „Süd“")]),
}
WITHHELD = [{"resource": "trees", "column": "owner", "reason": {"de": "Personen.", "en": "Persons."}}]


@pytest.fixture
def published(templates: Templates, tmp_path: Path) -> Iterator[Portal]:
    with templates.copy(two_tables, "sqlite", tmp_path) as settings:
        portal = build(settings)
        yield portal
        portal.engine.dispose()


def two_tables(portal: Portal, folder: Path) -> None:
    publish(portal, a_folder(folder / "b", tables=TABLES, sources=[{"title": "Kataster"}], withheld=WITHHELD))


@pytest.fixture
def archive(published: Portal) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(content(published, ".zip")))


def test_the_package_holds_everything_and_is_sound(archive: zipfile.ZipFile) -> None:
    assert archive.testzip() is None
    assert archive.namelist() == ["datapackage.json", "README.md", "trees.csv", "places.csv", "checksums.sha256"]


def test_the_checksums_fit_as_sha256sum_reads_them(archive: zipfile.ZipFile) -> None:
    lines = archive.read("checksums.sha256").decode().splitlines()

    assert len(lines) == len(archive.namelist()) - 1
    for line in lines:
        digest, name = line.split("  ")
        assert hashlib.sha256(archive.read(name)).hexdigest() == digest


def test_the_tables_are_those_that_are_served(archive: zipfile.ZipFile, published: Portal) -> None:
    assert {name: archive.read(name) for name in ("trees.csv", "places.csv", "datapackage.json")} == {
        name: content(published, name) for name in ("trees.csv", "places.csv", "datapackage.json")
    }


def test_the_descriptor_tells_size_digest_version_and_home(archive: zipfile.ZipFile) -> None:
    package: dict[str, Any] = json.loads(archive.read("datapackage.json"))

    assert (package["version"], package["homepage"]) == ("1", "https://daten.example/datasets/baeume")
    assert package["created"] == "2026-11-21T12:00:00Z"
    for resource in package["resources"]:
        table = archive.read(resource["path"])
        assert resource["bytes"] == len(table)
        assert resource["hash"] == f"sha256:{hashlib.sha256(table).hexdigest()}"


def test_frictionless_finds_the_unpacked_package_valid(archive: zipfile.ZipFile, tmp_path: Path) -> None:
    archive.extractall(tmp_path / "unpacked")

    report = frictionless.validate(str(tmp_path / "unpacked" / "datapackage.json"))

    assert report.valid, report.to_summary()


@pytest.mark.parametrize(
    "said",
    [
        "Datenlizenz Deutschland – Zero – Version 2.0",
        "Source: Kataster",
        "Nicht veröffentlicht: trees.owner: Personen.",
        "Not published: trees.owner: Persons.",
        "## trees.csv: Trees (2 Zeilen)",
        "## places.csv: Places (1 rows)",
        "| height | number | Height: Höhe \\| über Grund |",
        "https://daten.example/datasets/baeume",
    ],
)
def test_the_readme_says_licence_source_columns_and_what_is_missing(archive: zipfile.ZipFile, said: str) -> None:
    assert said in archive.read("README.md").decode()
