"""Loading a folder again changes nothing, loading a changed one makes the next version, the old one stays."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, event, func, select

from portal.catalogue.catalog import Catalog, CatalogDocument
from portal.catalogue.dataset import Dataset, Term
from portal.catalogue.publisher import Publisher
from portal.catalogue.version import StoredFile, Version
from portal.curation.working import take_up
from portal.events.log import Event
from portal.foundation.config import Settings
from portal.foundation.db import reading
from portal.foundation.errors import InvalidDataset, InvalidInput
from portal.foundation.resources import shipped
from portal.publishing.folder_list import dataset_folders, fingerprint, folder_to_load
from portal.publishing.operator import ensure_operator
from portal.publishing.seed import load
from portal.wiring import Portal, build
from tests.commands import call_portal
from tests.forked import start
from tests.releases import NOON, content, damaged, publish, trees, versions

RECORD = (Catalog, CatalogDocument, Dataset, Term, Version, StoredFile, Event)


def blobs(portal: Portal) -> set[str]:
    return {path.name for path in portal.store.root.glob("??/*")}


def test_loading_the_same_folder_again_changes_nothing(portal: Portal, tmp_path: Path) -> None:
    folder = trees(tmp_path / "b", "Linde")
    publish(portal, folder)
    before = counted(portal), versions(portal), blobs(portal)

    assert publish(portal, folder, at=NOON + timedelta(days=1)) == [None]

    assert (counted(portal), versions(portal), blobs(portal)) == before


def counted(portal: Portal) -> list[object]:
    with reading(portal.engine) as session:
        counts = [session.scalar(select(func.count()).select_from(kind)) for kind in RECORD]
        return [*counts, session.scalar(select(Catalog.generation)), session.scalar(select(Dataset.modified_at))]


def test_a_changed_folder_makes_version_2_and_version_1_keeps_its_bytes(portal: Portal, tmp_path: Path) -> None:
    publish(portal, trees(tmp_path / "b", "Linde"))
    (first,) = versions(portal)
    kept = {name: portal.store.read(digest) for name, digest in first.files.items()}

    assert publish(portal, trees(tmp_path / "b", "Linde", "Eiche"), at=NOON + timedelta(days=1)) == [2]

    old, new = versions(portal)
    assert (old.files, old.tables, old.current) == (first.files, first.tables, False)
    assert {name: portal.store.read(digest) for name, digest in old.files.items()} == kept
    assert (new.rows, new.current) == ({"trees": 2}, True)
    assert damaged(portal) == []


def test_a_draft_that_a_servers_worker_released_first_counts_as_loaded(portal: Portal, tmp_path: Path) -> None:
    folder = trees(tmp_path / "b", "Linde")

    worker = build(portal.settings)
    released: list[str] = []

    @event.listens_for(portal.engine, "checkin")  # after each transaction of the load
    def a_worker_looks(*_: object) -> None:
        released.extend(take_up(worker.engine, worker.store, worker.settings, drafts=worker.drafts, at=NOON))

    assert publish(portal, folder) == [1]

    assert released == ["baeume"]
    assert [version.number for version in versions(portal)] == [1]
    assert damaged(portal) == []


def test_a_changed_word_in_the_metadata_is_a_new_version_too(portal: Portal, tmp_path: Path) -> None:
    publish(portal, trees(tmp_path / "b", "Linde"))

    assert publish(portal, trees(tmp_path / "b", "Linde", title="Andere Bäume")) == [2]

    assert "Andere Bäume" in content(portal, ".json", number=2).decode()


def test_going_back_to_old_content_is_a_third_version(portal: Portal, tmp_path: Path) -> None:
    numbers = [publish(portal, trees(tmp_path / "b", name)) for name in ("Linde", "Eiche", "Linde")]

    assert numbers == [[1], [2], [3]]
    assert content(portal, "trees.csv", number=3) == content(portal, "trees.csv", number=1)


def test_a_broken_folder_stops_the_load_and_those_before_it_are_public(portal: Portal, tmp_path: Path) -> None:
    good, broken = trees(tmp_path / "a", "Linde", slug="linden"), trees(tmp_path / "b", "Eiche", slug="eichen")
    (broken / "trees.csv").unlink()

    with pytest.raises(InvalidDataset):
        publish(portal, good, broken)

    assert [len(versions(portal, slug)) for slug in ("linden", "eichen")] == [1, 0]


def test_folders_loaded_side_by_side_are_all_there_with_numbers_of_their_own(portal: Portal, tmp_path: Path) -> None:
    folders = [trees(tmp_path / f"f{number}", "Linde", slug=f"f{number}") for number in range(3)]

    done = load(
        portal.engine, portal.store, portal.settings, folders, drafts=portal.drafts, actor="t", at=NOON, processes=2
    )

    assert [(one.slug, one.version) for one in done] == [(f"f{number}", 1) for number in range(3)]
    with reading(portal.engine) as session:
        assert sorted(session.scalars(select(Dataset.changed_in))) == [1, 2, 3]
    assert damaged(portal) == []


def test_two_commands_at_once_on_an_empty_machine_both_load(empty_database: Engine, tmp_path: Path) -> None:
    folders = {slug: trees(tmp_path / slug, "Linde", slug=slug) for slug in ("linden", "eichen")}
    url = empty_database.url.render_as_string(hide_password=False)
    settings = Settings(data=tmp_path / "data", base_url="https://daten.example", database_url=url)

    both = [start(settings, "load", str(folder)) for folder in folders.values()]
    ends = [process.end() for process in both]

    assert [code for _, code in ends] == [0, 0], ends
    around = {"data": settings.data, "base_url": settings.base_url, "database_url": url}
    assert call_portal("load", str(folders["linden"]), **around).stdout == ""


def test_the_operator_follows_the_settings(portal: Portal) -> None:
    ensure_operator(portal.engine, replace(portal.settings, operator_name_de="Stadt", contact_email="od@stadt.example"))

    with reading(portal.engine) as session:
        (operator,) = session.scalars(select(Publisher)).all()
    assert (operator.slug, operator.name_de, operator.contact["email"]) == (
        "datenwerkstatt",
        "Stadt",
        "od@stadt.example",
    )


def test_a_folder_is_a_dataset_or_holds_datasets(tmp_path: Path) -> None:
    first, second = trees(tmp_path / "a", "Linde"), trees(tmp_path / "b", "Linde")
    (tmp_path / "notes").mkdir()

    assert dataset_folders(tmp_path) == [first, second]
    assert dataset_folders(second) == [second]
    with pytest.raises(InvalidInput, match="datapackage"):
        dataset_folders(tmp_path / "notes")


def test_the_operator_chooses_what_is_loaded_at_start(portal: Portal, tmp_path: Path) -> None:
    chosen = [folder_to_load(replace(portal.settings, datasets=named)) for named in ("", "-", str(tmp_path))]

    assert chosen == [shipped("datasets"), None, tmp_path]


@pytest.mark.parametrize(
    "change",
    [
        lambda folder: trees(folder, "Linde", "Eiche"),
        lambda folder: (folder / "more.csv").write_text("id\n"),
        lambda folder: (folder / "trees.csv").unlink(),
    ],
)
def test_the_mark_of_a_folder_changes_with_its_files(tmp_path: Path, change: Callable[[Path], object]) -> None:
    folder = trees(tmp_path / "b", "Linde")
    before = fingerprint([folder])
    assert fingerprint([folder]) == before

    change(folder)

    assert fingerprint([folder]) != before
