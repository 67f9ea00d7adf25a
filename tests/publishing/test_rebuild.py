"""What is derived can be thrown away and made again: another address changes documents, never the data."""

import os
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from portal.catalogue.reading import catalog_state, standing
from portal.curation.working import take_up
from portal.events.log import Event, Kind
from portal.foundation.db import reading
from portal.publishing.catalog_documents import whole
from portal.publishing.folder import read_folder
from portal.publishing.rebuild import all_versions, draft_digests, rebuild, referred_digests, stale_versions
from portal.publishing.saving import save_draft
from portal.publishing.standing import outdated
from portal.wiring import Portal
from tests.releases import NOON, content, damaged, publish, trees, versions

LATER = NOON + timedelta(days=1)
MOVED = "https://offene-daten.example"
SAYS_ADDRESSES = ("json", "ttl", "rdf", "jsonld", "nt", "zip", "xlsx", "ods", "datapackage.json")
"""Ends of the names of files in which the portal's address stands."""


def moved(portal: Portal) -> Portal:
    return replace(portal, settings=replace(portal.settings, base_url=MOVED))


def rebuilt(portal: Portal) -> list[tuple[str, int]]:
    stale = stale_versions(portal.engine, portal.settings)
    return list(rebuild(portal.engine, portal.store, portal.settings, stale, actor="test", at=LATER))


def two_versions(portal: Portal, tmp_path: Path) -> None:
    publish(portal, trees(tmp_path / "b", "Linde"))
    publish(portal, trees(tmp_path / "b", "Linde", "Eiche"))


def test_nothing_is_stale_after_a_release(portal: Portal, tmp_path: Path) -> None:
    two_versions(portal, tmp_path)

    assert stale_versions(portal.engine, portal.settings) == []
    assert not outdated(portal.engine, portal.settings)


def test_another_address_makes_every_version_stale_the_current_one_first(portal: Portal, tmp_path: Path) -> None:
    two_versions(portal, tmp_path)

    assert outdated(portal.engine, moved(portal).settings)
    assert rebuilt(moved(portal)) == [("baeume", 2), ("baeume", 1)]

    assert stale_versions(portal.engine, moved(portal).settings) == []
    assert not outdated(portal.engine, moved(portal).settings)


def test_another_address_changes_all_that_says_it_and_nothing_else(portal: Portal, tmp_path: Path) -> None:
    two_versions(portal, tmp_path)
    before = versions(portal)
    dates = standing_of(portal)

    rebuilt(moved(portal))

    after = versions(portal)
    for old, new in zip(before, after, strict=True):
        assert (new.number, new.current, new.rows, new.tables) == (old.number, old.current, old.rows, old.tables)
        assert set(new.files) == set(old.files)
        for name, digest in new.files.items():
            said = portal.store.read(digest)
            assert b"https://daten.example" not in said, name
            if b"https://daten.example" not in portal.store.read(old.files[name]) and not name.endswith(SAYS_ADDRESSES):
                assert digest == old.files[name], name
    assert MOVED.encode() in content(portal, ".ttl")
    assert standing_of(portal) == dates
    assert damaged(portal) == []


def standing_of(portal: Portal) -> object:
    with reading(portal.engine) as session:
        return standing(session, "baeume")


def test_a_rebuild_without_a_reason_gives_the_same_bytes(portal: Portal, tmp_path: Path) -> None:
    two_versions(portal, tmp_path)
    before = versions(portal)

    list(rebuild(portal.engine, portal.store, portal.settings, all_versions(portal.engine), actor="test", at=LATER))

    assert versions(portal) == before


def test_a_rebuild_is_logged_and_counts_as_a_change_of_the_catalogue(portal: Portal, tmp_path: Path) -> None:
    publish(portal, trees(tmp_path / "b", "Linde"))

    rebuilt(moved(portal))

    with reading(portal.engine) as session:
        assert [event.kind for event in session.query(Event).order_by(Event.id)] == [
            Kind.VERSION_RELEASED,
            Kind.VERSION_REBUILT,
        ]
        assert catalog_state(session) == (2, LATER)


def test_damaged_and_lost_derived_files_are_healed_by_a_rebuild(portal: Portal, tmp_path: Path) -> None:
    publish(portal, trees(tmp_path / "b", "Linde"))
    (version,) = versions(portal)
    csv, turtle = portal.store.path(version.files["trees.csv"]), portal.store.path(version.files[".ttl"])
    csv.write_bytes(csv.read_bytes().replace(b"Linde", b"Lunde"))
    turtle.unlink()
    assert damaged(portal) == sorted([csv.name, turtle.name])

    list(rebuild(portal.engine, portal.store, portal.settings, all_versions(portal.engine), actor="test", at=LATER))

    assert damaged(portal) == []


def test_a_sweep_spares_everything_the_record_refers_to(portal: Portal, tmp_path: Path) -> None:
    two_versions(portal, tmp_path)
    whole(portal.engine, portal.store, portal.settings, ".ttl")
    with portal.store.workshop() as workshop:
        (workshop / "orphan").write_bytes(b"nobody's")
        orphan = portal.store.adopt([workshop / "orphan"])[workshop / "orphan"].digest
    make_all_old(portal)

    portal.store.sweep(referred_digests(portal.engine))

    assert damaged(portal) == []
    assert not portal.store.has(orphan)
    assert {path.name for path in portal.store.root.glob("??/*")} == referred_digests(portal.engine)


def test_a_sweep_spares_the_sources_of_a_draft_that_waits(portal: Portal, tmp_path: Path) -> None:
    source = read_folder(trees(tmp_path / "b", "Linde"))
    save_draft(portal.engine, source, drafts=portal.drafts, publisher="datenwerkstatt", notes="", actor="test", at=NOON)
    make_all_old(portal)

    portal.drafts.sweep(draft_digests(portal.engine))

    assert take_up(portal.engine, portal.store, portal.settings, drafts=portal.drafts, at=NOON) == ["baeume"]
    assert content(portal, "trees.csv") == b"id,name\r\nx-1,Linde\r\n"


def make_all_old(portal: Portal) -> None:
    long_ago = time.time() - 7200
    for path in (*portal.store.root.glob("??/*"), *portal.drafts.root.glob("??/*")):
        os.utime(path, (long_ago, long_ago))
