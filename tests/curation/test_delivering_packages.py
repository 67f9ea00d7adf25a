"""What goes out can come back in: a dataset's ZIP, a workbook with several sheets, delivered into a draft."""

from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlalchemy import select

from portal.accounts.roles import Role
from portal.catalogue.dataset import Dataset
from portal.catalogue.draft import Draft
from portal.catalogue.version import Version
from portal.curation.delivering import deliver, deliver_all
from portal.curation.looking import draft_findings
from portal.curation.received import Upload
from portal.foundation.db import reading
from portal.foundation.errors import InvalidDataset
from portal.wiring import Portal
from tests.people import NOON, someone
from tests.releases import content, publish, trees
from tests.templates import PortalWith


@pytest.fixture
def published(portal_with: PortalWith) -> Portal:
    """A portal with the dataset `baeume`, whose table `trees` has two rows."""
    return portal_with(two_trees)


def two_trees(portal: Portal, folder: Path) -> None:
    publish(portal, trees(folder, "Linde", "Eiche"))


def test_a_package_comes_back_as_it_went_out(published: Portal, tmp_path: Path) -> None:
    package = tmp_path / "baeume.zip"
    package.write_bytes(content(published, ".zip"))

    _deliver_all(published, package)

    with reading(published.engine) as session:
        draft, version = session.scalars(select(Draft)).one(), session.scalars(select(Version)).one()
    assert _without_portal_keys(draft.descriptor) == _without_portal_keys(version.descriptor)
    assert published.drafts.read(draft.sources["trees"]) == content(published, "trees.csv")
    assert draft_findings(draft) == []


def test_every_sheet_of_a_workbook_becomes_a_table(published: Portal, tmp_path: Path) -> None:
    workbook = openpyxl.Workbook()
    for name in ("Parks", "Wege"):
        sheet = workbook.create_sheet(name)
        sheet.append(["id", "laenge"])
        sheet.append([f"{name}-1", 12.5])
    del workbook["Sheet"]
    workbook.save(tmp_path / "gruen.xlsx")

    done = _deliver_all(published, tmp_path / "gruen.xlsx")

    assert sorted(done.tables) == ["gruen-parks", "gruen-wege"]
    with reading(published.engine) as session:
        draft = session.scalars(select(Draft)).one()
    assert [one["name"] for one in draft.descriptor["resources"]] == ["trees", "gruen-parks", "gruen-wege"]


def test_which_of_several_sheets_is_meant_is_asked(published: Portal, tmp_path: Path) -> None:
    workbook = openpyxl.Workbook()
    for name in ("neu", "alt"):
        sheet = workbook.create_sheet(name)
        sheet.append(["id", "name"])
        sheet.append(["x-1", name])
    del workbook["Sheet"]
    workbook.save(tmp_path / "zwei.xlsx")

    with pytest.raises(InvalidDataset) as refused:
        deliver(*_places(published), "baeume", "trees", _upload(tmp_path / "zwei.xlsx"), by=_editor(published), at=NOON)

    assert [one["code"] for one in refused.value.facts["remedies"]] == ["take-sheet"]  # type: ignore[attr-defined]  # facts are objects


def _deliver_all(portal: Portal, path: Path) -> Any:
    return deliver_all(*_places(portal), "baeume", _upload(path), by=_editor(portal), at=NOON)


def _upload(path: Path) -> Upload:
    return Upload(path=path, filename=path.name)


def _places(portal: Portal) -> tuple[Any, Any, Any]:
    return portal.engine, portal.store, portal.drafts


def _editor(portal: Portal) -> Any:
    with reading(portal.engine) as session:
        publisher_id = session.scalars(select(Dataset.publisher_id)).one()
    return someone(roles={publisher_id: {Role.EDITOR}})


def _without_portal_keys(descriptor: dict[str, Any]) -> dict[str, Any]:
    """Leave out what the portal writes into a package itself."""
    ours = ("created", "version", "$schema")
    kept = {key: value for key, value in descriptor.items() if key not in ours}
    return kept | {
        "resources": [
            {key: one[key] for key in ("name", "path", "title", "description", "translations", "schema")}
            for one in descriptor["resources"]
        ]
    }
