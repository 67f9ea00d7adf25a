"""A release is whole or has not happened: refused, raced, killed or out of space, the public sees old or new."""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from portal.catalogue.dataset import Dataset
from portal.catalogue.draft import Draft
from portal.curation.working import take_up
from portal.events.log import Event, Kind
from portal.foundation.db import reading
from portal.foundation.errors import Conflict, InvalidDataset, NotFound, OutOfSpace
from portal.publishing.folder import read_folder
from portal.publishing.operator import ensure_operator
from portal.publishing.release import release_draft
from portal.publishing.saving import save_draft
from portal.wiring import Portal
from tests.disks import a_small_disk, fill
from tests.forked import start, timed
from tests.releases import NOON, Seen, content, damaged, publish, trees, versions
from tests.templates import an_empty_portal

KILLS = {"sqlite": 8, "postgresql": 4}
ROWS = 4000


def drafts(portal: Portal) -> list[str]:
    with reading(portal.engine) as session:
        return list(session.scalars(select(Draft.content_digest)))


def draft_of(portal: Portal, folder: Path) -> int:
    source = read_folder(folder)
    saved = save_draft(
        portal.engine, source, drafts=portal.drafts, publisher="datenwerkstatt", notes="", actor="t", at=NOON
    )
    assert saved is not None
    return saved


def test_a_release_puts_a_whole_version_before_the_public(portal: Portal, tmp_path: Path) -> None:
    assert publish(portal, trees(tmp_path / "b", "Linde", "Eiche"), notes="Erste Fassung") == [1]

    (version,) = versions(portal)
    assert (version.number, version.current, version.rows) == (1, True, {"trees": 2})
    assert {"trees.csv", "trees.excel.csv", "trees.parquet", "trees.xlsx", ".json", ".ttl", ".zip"} <= set(
        version.files
    )
    assert content(portal, "trees.csv") == b"id,name\r\nx-1,Linde\r\nx-2,Eiche\r\n"
    assert damaged(portal) == []
    assert drafts(portal) == []


def test_a_release_is_logged_with_who_and_what(portal: Portal, tmp_path: Path) -> None:
    publish(portal, trees(tmp_path / "b", "Linde"), notes="Erste Fassung")

    with reading(portal.engine) as session:
        event = session.scalars(select(Event)).one()
    assert (event.kind, event.actor, event.dataset, event.version) == (Kind.VERSION_RELEASED, "test", "baeume", 1)
    assert event.facts["notes"] == "Erste Fassung"


def test_the_first_date_of_issue_stays_and_the_date_of_change_moves(portal: Portal, tmp_path: Path) -> None:
    publish(portal, trees(tmp_path / "b", "Linde"))
    publish(portal, trees(tmp_path / "b", "Eiche"), at=NOON + timedelta(days=1))

    with reading(portal.engine) as session:
        dataset = session.scalars(select(Dataset)).one()
    assert (dataset.issued_at, dataset.modified_at) == (NOON, NOON + timedelta(days=1))


def test_a_broken_table_is_refused_with_its_place_and_what_was_public_stays(portal: Portal, tmp_path: Path) -> None:
    publish(portal, trees(tmp_path / "b", "Linde"))
    before = versions(portal)
    broken = trees(tmp_path / "b", "Linde", "Eiche")
    (broken / "trees.csv").write_text("id,name\nx-1,Linde\nx-1,Eiche\n")

    with pytest.raises(InvalidDataset) as caught:
        publish(portal, broken)

    finding = caught.value.facts["findings"][0]  # type: ignore[index]
    assert (finding["table"], finding["column"]) == ("trees", "id")
    assert versions(portal) == before
    assert drafts(portal) == []


def test_a_broken_first_version_leaves_nothing_public(portal: Portal, tmp_path: Path) -> None:
    broken = trees(tmp_path / "b")
    (broken / "trees.csv").write_text("id,wrong\nx-1,Linde\n")

    with pytest.raises(InvalidDataset):
        publish(portal, broken)

    assert versions(portal) == []
    assert take_up(portal.engine, portal.store, portal.settings, drafts=portal.drafts, at=NOON) == []


def test_metadata_that_cannot_be_stated_discard_the_draft_and_never_stop_a_start(
    portal: Portal, tmp_path: Path
) -> None:
    folder = trees(tmp_path / "b", "Linde")
    source = read_folder(folder)
    source.descriptor["dcat"]["spatial"] = ["atlantis"]  # as an older portal may have let in
    save_draft(portal.engine, source, drafts=portal.drafts, publisher="datenwerkstatt", notes="", actor="t", at=NOON)

    assert take_up(portal.engine, portal.store, portal.settings, drafts=portal.drafts, at=NOON) == ["baeume"]

    assert (drafts(portal), versions(portal)) == ([], [])


def test_a_draft_with_other_content_is_not_overwritten(portal: Portal, tmp_path: Path) -> None:
    draft_of(portal, trees(tmp_path / "b", "Linde"))

    with pytest.raises(Conflict, match="other content"):
        publish(portal, trees(tmp_path / "b", "Eiche"))

    assert take_up(portal.engine, portal.store, portal.settings, drafts=portal.drafts, at=NOON) == ["baeume"]
    assert content(portal, "trees.csv") == b"id,name\r\nx-1,Linde\r\n"


def test_a_dataset_belongs_to_its_publisher(portal: Portal, tmp_path: Path) -> None:
    publish(portal, trees(tmp_path / "b", "Linde"))
    ensure_operator(portal.engine, replace(portal.settings, operator="stadtwerke"))
    source = read_folder(trees(tmp_path / "b", "Eiche"))

    with pytest.raises(Conflict, match="another publisher"):
        save_draft(portal.engine, source, drafts=portal.drafts, publisher="stadtwerke", notes="", actor="t", at=NOON)
    with pytest.raises(NotFound, match="'nobody'"):
        save_draft(portal.engine, source, drafts=portal.drafts, publisher="nobody", notes="", actor="t", at=NOON)


def test_a_draft_is_released_once(portal: Portal, tmp_path: Path) -> None:
    draft_id = draft_of(portal, trees(tmp_path / "b", "Linde"))

    assert release_draft(portal.engine, portal.store, portal.settings, draft_id, drafts=portal.drafts, at=NOON) == 1

    with pytest.raises(NotFound):
        release_draft(portal.engine, portal.store, portal.settings, draft_id, drafts=portal.drafts, at=NOON)


def test_two_releases_of_a_dataset_at_once_give_whole_versions_one_after_the_other(
    portal: Portal, tmp_path: Path
) -> None:
    folders = [trees(tmp_path / name, name) for name in ("Linde", "Eiche")]

    racing = [start(portal.settings, "load", str(folder)) for folder in folders]
    ends = [process.end() for process in racing]

    found = versions(portal)
    assert [one.number for one in found] == list(range(1, 1 + sum(code == 0 for _, code in ends)))
    assert [one.current for one in found] == [False] * (len(found) - 1) + [True]
    assert all(code == 0 or said.splitlines()[-1].startswith("Error: ") for said, code in ends), ends
    assert {content(portal, "trees.csv", number=one.number) for one in found} <= {
        f"id,name\r\nx-1,{name}\r\n".encode() for name in ("Linde", "Eiche")
    }
    assert (damaged(portal), drafts(portal)) == ([], [])


def test_the_same_folder_loaded_by_two_processes_at_once_is_one_version(portal: Portal, tmp_path: Path) -> None:
    folder = trees(tmp_path / "b", "Linde")

    racing = [start(portal.settings, "load", str(folder)) for _ in range(2)]
    ends = [process.end() for process in racing]

    assert [code for _, code in ends] == [0, 0], ends
    assert [one.number for one in versions(portal)] == [1]
    assert (damaged(portal), drafts(portal)) == ([], [])


def test_a_release_killed_anywhere_is_old_or_new_and_the_next_start_finishes_it(
    portal: Portal, engine_name: str, tmp_path: Path
) -> None:
    chance = random.Random(20261121)
    publish(portal, trees(tmp_path / "b", "version 1"))
    whole_s = timed(portal.settings, "load", str(trees(tmp_path / "b", "version 2")))

    for kill in range(KILLS[engine_name]):
        old, changed = versions(portal), trees(tmp_path / "b", f"kill {kill}", "Eiche")
        after_s = whole_s * (kill + chance.random()) / KILLS[engine_name]
        # The victim first finishes what the one before it left, so that repairs are killed too.
        start(portal.settings, "load", "--at-start", str(changed)).kill_after(after_s)
        assert_old_or_new(portal, old, f"after {after_s:.3f} s")
        if kill % 4 == 3:
            timed(portal.settings, "load", "--at-start", str(changed))
            assert_old_or_new(portal, old, "after a calm start")
            assert f"kill {kill}".encode() in exported(portal)["trees.csv"]
            assert drafts(portal) == []

    assert exported(portal) == exported_undisturbed(portal, tmp_path)


def assert_old_or_new(portal: Portal, old: list[Seen], when: str) -> None:
    """Hold that the versions in *old* are as they were and that what came after them is whole."""
    seen = versions(portal)
    assert [(one.number, one.files, one.tables) for one in seen[: len(old)]] == [
        (one.number, one.files, one.tables) for one in old
    ], when
    assert [one.number for one in seen] == list(range(1, len(seen) + 1)), when
    assert [one.current for one in seen] == [False] * (len(seen) - 1) + [True], when
    assert len({(frozenset(one.files), frozenset(one.rows)) for one in seen}) == 1, when
    assert damaged(portal) == [], when


def exported(portal: Portal) -> dict[str, bytes]:
    """Give what the public gets of the current version's table, apart from dates and numbers."""
    last = versions(portal)[-1]
    return {name: portal.store.read(last.files[name]) for name in ("trees.csv", "trees.excel.csv", "trees.jsonl")}


def exported_undisturbed(portal: Portal, tmp_path: Path) -> dict[str, bytes]:
    calm = an_empty_portal(tmp_path / "calm")
    publish(calm, tmp_path / "b")
    return exported(calm)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    with a_small_disk(tmp_path / "disk") as disk:
        yield disk


@pytest.mark.parametrize("free_kib", [0, 64, 1200, 2400, 4000])
def test_a_full_disk_stops_a_release_and_nothing_else(small_disk: Path, tmp_path: Path, free_kib: int) -> None:
    portal = an_empty_portal(small_disk / "data")
    publish(portal, trees(tmp_path / "b", "Linde"))
    before = versions(portal)
    noise = random.Random(2018)
    larger = trees(tmp_path / "b", *("".join(noise.choices("abcdefghijklmnop", k=400)) for _ in range(ROWS)))
    fill(small_disk, free_bytes=free_kib * 1024)

    with pytest.raises(OutOfSpace):
        publish(portal, larger)

    assert versions(portal) == before
    assert content(portal, "trees.csv") == b"id,name\r\nx-1,Linde\r\n"
    assert damaged(portal) == []

    (small_disk / "filler").unlink()
    take_up(portal.engine, portal.store, portal.settings, drafts=portal.drafts, at=NOON)
    publish(portal, larger)
    assert [one.rows for one in versions(portal)] == [{"trees": 1}, {"trees": ROWS}]
    assert (damaged(portal), drafts(portal), list(portal.drafts.work.iterdir())) == ([], [], [])
