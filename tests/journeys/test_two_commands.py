"""An operator changes a folder and loads it again; a stranger, who knows only addresses, sees exactly that.

portal serve ─▶ version 1 ─▶ folder changed ─▶ portal load ─▶ version 2
"""

import csv
import io
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from pathlib import Path

import pytest
import rdflib
import requests

from tests.commands import call_portal
from tests.releases import trees
from tests.shipped import Served, run_portal, serving

NUMBERS = count(1)
NEWS_S = 0.2
"""Readers look for news ten times a second."""

DCAT = rdflib.Namespace("http://www.w3.org/ns/dcat#")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A portal that was started with one dataset, `baeume`."""
    path = tmp_path_factory.mktemp("operator")
    with serving(path / "data", datasets=str(trees(path / "baeume", "Linde"))) as served:
        yield served


@dataclass(frozen=True)
class Stranger:
    """Somebody who asks for one dataset."""

    served: Served
    slug: str

    @property
    def csv(self) -> str:
        return f"/datasets/{self.slug}/trees.csv"

    @property
    def versions(self) -> str:
        return f"/api/v1/datasets/{self.slug}/versions"

    def get(self, address: str, **headers: str) -> requests.Response:
        return self.served.get(address, **headers)


@pytest.fixture
def slug() -> str:
    """Give each test a dataset of its own."""
    return f"baeume-{next(NUMBERS)}"


@pytest.fixture
def folder(slug: str, tmp_path: Path) -> Path:
    return trees(tmp_path / slug, "Linde", slug=slug)


@pytest.fixture
def stranger(served: Served, slug: str, folder: Path) -> Stranger:
    _load(served, folder)
    return Stranger(served, slug)


def test_what_the_first_command_found_is_public_and_what_the_second_loads_beside_it(
    served: Served, tmp_path: Path
) -> None:
    folder = trees(tmp_path / "baeume", "Linde", "Eiche")
    assert _names(served.get("/datasets/baeume/trees.csv").content) == ["Linde"]

    done = run_portal("load", str(folder), data=served.data, base_url=served.url)

    assert (done.returncode, done.stdout) == (0, "baeume: version 2\n")
    time.sleep(NEWS_S)
    assert _names(served.get("/datasets/baeume/trees.csv").content) == ["Linde", "Eiche"]


def test_a_changed_folder_becomes_a_version_that_a_stranger_sees(stranger: Stranger, folder: Path) -> None:
    current, fixed = stranger.csv, f"/datasets/{stranger.slug}/v/1/trees.csv"
    before, first = stranger.get(current), stranger.get(fixed)
    etag, moment = before.headers["ETag"], _catalogue_changed(stranger)
    catalogue_etag = stranger.get("/catalog.ttl").headers["ETag"]
    assert stranger.get(current, If_None_Match=etag).status_code == 304
    assert stranger.get("/catalog.ttl", If_None_Match=catalogue_etag).status_code == 304

    _load(stranger.served, trees(folder, "Linde", "Eiche", slug=stranger.slug))

    after = stranger.get(current, If_None_Match=etag)
    assert after.status_code == 200
    assert _names(after.content) == ["Linde", "Eiche"]
    assert after.headers["ETag"] != etag
    assert stranger.get(f"/api/v1/datasets/{stranger.slug}").json()["version"] == 2
    assert stranger.get("/catalog.ttl", If_None_Match=catalogue_etag).status_code == 200
    assert _catalogue_changed(stranger) >= moment  # seconds, and a load may take less than one

    again = stranger.get(fixed)
    assert again.content == first.content == before.content
    assert again.headers["ETag"] == first.headers["ETag"]
    assert "immutable" in again.headers["Cache-Control"]
    assert stranger.get(fixed, If_None_Match=first.headers["ETag"]).status_code == 304


def test_the_versions_are_listed_newest_first_with_what_is_new(stranger: Stranger, folder: Path) -> None:
    changed = trees(folder, "Linde", "Eiche", slug=stranger.slug)
    _load(stranger.served, changed, "--notes", "Eine Eiche ist dazugekommen.")

    listed = stranger.get(stranger.versions).json()

    assert [(one["number"], one["notes"]) for one in listed["items"]] == [(2, "Eine Eiche ist dazugekommen."), (1, "")]
    assert stranger.get(listed["items"][0]["url"], Accept="text/html").status_code == 200


def test_loading_the_same_folder_again_is_seen_by_nobody(stranger: Stranger, folder: Path) -> None:
    addresses = ("/catalog.ttl", f"/datasets/{stranger.slug}.ttl")
    etags = {address: stranger.get(address).headers["ETag"] for address in addresses}

    _load(stranger.served, folder)

    assert all(stranger.get(address, If_None_Match=etag).status_code == 304 for address, etag in etags.items())
    assert stranger.get(stranger.versions).json()["total"] == 1


def test_a_broken_change_is_refused_and_the_stranger_keeps_what_was_public(stranger: Stranger, folder: Path) -> None:
    (folder / "trees.csv").write_text("id,name\nx-1,Linde\nx-1,Eiche\n", encoding="utf-8")

    done = call_portal("load", str(folder), data=stranger.served.data, base_url=stranger.served.url)

    assert done.returncode == 1
    assert _names(stranger.get(stranger.csv).content) == ["Linde"]
    assert stranger.get(stranger.versions).json()["total"] == 1


def test_a_second_dataset_appears_in_lists_catalogue_and_feed_of_changes(stranger: Stranger, tmp_path: Path) -> None:
    moment = _catalogue_changed(stranger).isoformat()

    _load(stranger.served, trees(tmp_path / "birken", "Hängebirke", slug="birken"))

    listed = stranger.get("/api/v1/datasets?sort=name").json()
    changed = rdflib.Graph().parse(data=stranger.get(f"/catalog.ttl?modified_since={moment}").text, format="turtle")
    names = [item["name"] for item in listed["items"]]
    assert [name for name in names if name in (stranger.slug, "birken")] == [stranger.slug, "birken"]
    birken = rdflib.URIRef(f"{stranger.served.url}/id/dataset/birken")
    assert birken in set(changed.subjects(rdflib.RDF.type, DCAT.Dataset))
    assert "birken" in stranger.get("/", Accept="text/html").text.lower()


def _load(served: Served, folder: Path, *arguments: str) -> None:
    done = call_portal("load", str(folder), *arguments, data=served.data, base_url=served.url)
    assert done.returncode == 0, done.stderr
    time.sleep(NEWS_S)


def _names(content: bytes) -> list[str]:
    return [row["name"] for row in csv.DictReader(io.StringIO(content.decode(), newline=""))]


def _catalogue_changed(stranger: Stranger) -> datetime:
    graph = rdflib.Graph().parse(data=stranger.get("/catalog.ttl").content, format="turtle")
    catalogue = next(graph.subjects(rdflib.RDF.type, DCAT.Catalog))
    return datetime.fromisoformat(str(graph.value(catalogue, rdflib.DCTERMS.modified)))
