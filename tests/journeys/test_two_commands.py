"""An operator changes a folder and loads it again; a stranger, who knows only addresses, sees exactly that.

portal serve ─▶ version 1 ─▶ folder changed ─▶ portal load ─▶ version 2
"""

import csv
import io
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
import rdflib

from tests.releases import trees
from tests.shipped import Served, run_portal, serving

DCAT = rdflib.Namespace("http://www.w3.org/ns/dcat#")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return trees(tmp_path / "baeume", "Linde")


@pytest.fixture
def stranger(folder: Path, tmp_path: Path) -> Iterator[Served]:
    with serving(tmp_path / "data", datasets=str(folder)) as served:
        yield served


def test_a_changed_folder_becomes_a_version_that_a_stranger_sees(stranger: Served, folder: Path) -> None:
    current, fixed = "/datasets/baeume/trees.csv", "/datasets/baeume/v/1/trees.csv"
    before, first = stranger.get(current), stranger.get(fixed)
    etag, moment = before.headers["ETag"], _catalogue_changed(stranger)
    catalogue_etag = stranger.get("/catalog.ttl").headers["ETag"]
    assert stranger.get(current, If_None_Match=etag).status_code == 304
    assert stranger.get("/catalog.ttl", If_None_Match=catalogue_etag).status_code == 304

    _load(stranger, trees(folder, "Linde", "Eiche"))

    after = stranger.get(current, If_None_Match=etag)
    assert after.status_code == 200
    assert _names(after.content) == ["Linde", "Eiche"]
    assert after.headers["ETag"] != etag
    assert stranger.get("/api/v1/datasets/baeume").json()["version"] == 2
    assert stranger.get("/catalog.ttl", If_None_Match=catalogue_etag).status_code == 200
    assert _catalogue_changed(stranger) > moment

    again = stranger.get(fixed)
    assert again.content == first.content == before.content
    assert again.headers["ETag"] == first.headers["ETag"]
    assert "immutable" in again.headers["Cache-Control"]
    assert stranger.get(fixed, If_None_Match=first.headers["ETag"]).status_code == 304


def test_the_versions_are_listed_newest_first_with_what_is_new(stranger: Served, folder: Path) -> None:
    _load(stranger, trees(folder, "Linde", "Eiche"), "--notes", "Eine Eiche ist dazugekommen.")

    listed = stranger.get("/api/v1/datasets/baeume/versions").json()

    assert [(one["number"], one["notes"]) for one in listed["items"]] == [(2, "Eine Eiche ist dazugekommen."), (1, "")]
    assert stranger.get(listed["items"][0]["url"], Accept="text/html").status_code == 200


def test_loading_the_same_folder_again_is_seen_by_nobody(stranger: Served, folder: Path) -> None:
    etags = {address: stranger.get(address).headers["ETag"] for address in ("/catalog.ttl", "/datasets/baeume.ttl")}

    _load(stranger, folder)

    assert all(stranger.get(address, If_None_Match=etag).status_code == 304 for address, etag in etags.items())
    assert stranger.get("/api/v1/datasets/baeume/versions").json()["total"] == 1


def test_a_broken_change_is_refused_and_the_stranger_keeps_what_was_public(stranger: Served, folder: Path) -> None:
    (folder / "trees.csv").write_text("id,name\nx-1,Linde\nx-1,Eiche\n", encoding="utf-8")

    done = run_portal("load", str(folder), data=stranger.data, base_url=stranger.url)

    assert done.returncode == 1
    assert _names(stranger.bytes_of("/datasets/baeume/trees.csv")) == ["Linde"]
    assert stranger.get("/api/v1/datasets/baeume/versions").json()["total"] == 1


def test_a_second_dataset_appears_in_lists_catalogue_and_feed_of_changes(stranger: Served, tmp_path: Path) -> None:
    moment = _catalogue_changed(stranger).isoformat()

    _load(stranger, trees(tmp_path / "birken", "Hängebirke", slug="birken"))

    listed = stranger.get("/api/v1/datasets?sort=name").json()
    changed = rdflib.Graph().parse(data=stranger.get(f"/catalog.ttl?modified_since={moment}").text, format="turtle")
    assert [item["name"] for item in listed["items"]] == ["baeume", "birken"]
    assert rdflib.URIRef(f"{stranger.url}/id/dataset/birken") in set(changed.subjects(rdflib.RDF.type, DCAT.Dataset))
    assert "birken" in stranger.get("/", Accept="text/html").text.lower()


def _load(stranger: Served, folder: Path, *arguments: str) -> None:
    done = run_portal("load", str(folder), *arguments, data=stranger.data, base_url=stranger.url)
    assert done.returncode == 0, done.stderr


def _names(content: bytes) -> list[str]:
    return [row["name"] for row in csv.DictReader(io.StringIO(content.decode(), newline=""))]


def _catalogue_changed(stranger: Served) -> datetime:
    graph = rdflib.Graph().parse(data=stranger.get("/catalog.ttl").content, format="turtle")
    catalogue = next(graph.subjects(rdflib.RDF.type, DCAT.Catalog))
    return datetime.fromisoformat(str(graph.value(catalogue, rdflib.DCTERMS.modified)))
