"""A portal with two small datasets, loaded once, and a client that walks through its doors.

baeume   two versions: `trees` (string key) and `counts` (integer key), 40 rows
archiv   one version: `scans`, about 7 MB of text, so that a download takes long enough to be broken off
"""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from portal.publishing.seed import load
from portal.web.app import create_app
from portal.wiring import Portal
from tests.builders import a_field, a_folder, a_table
from tests.templates import an_empty_portal

BASE_URL = "https://daten.example"
FIRST_AT = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
SECOND_AT = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Portal:
    folder = tmp_path_factory.mktemp("portal")
    portal = an_empty_portal(folder / "data")
    _release(portal, _trees(folder / "first", rows=3), at=FIRST_AT)
    _release(portal, _trees(folder / "second", rows=40), at=SECOND_AT)
    _release(portal, _scans(folder / "scans"), at=FIRST_AT)
    return portal


@pytest.fixture(scope="session")
def client(portal: Portal) -> FlaskClient:
    return create_app(portal, refresh_s=0).test_client()


def _release(portal: Portal, folder: Path, *, at: datetime) -> None:
    for _ in load(portal.engine, portal.store, portal.settings, [folder], drafts=portal.drafts, actor="test", at=at):
        pass


def _trees(path: Path, *, rows: int) -> Path:
    key = a_field("id", constraints={"required": True, "unique": True})
    trees = a_table(
        fields=(key, a_field("species"), a_field("height_m", "number"), a_field("planted_on", "date")),
        rows=[
            (f"b-{number}", f"Linde Nr. {number}, „groß“", number / 4, "2020-05-01") for number in range(1, rows + 1)
        ],
    )
    counts = a_table(
        fields=(
            a_field("year", "integer", constraints={"required": True, "unique": True}),
            a_field("trees", "integer"),
        ),
        rows=[(2019 + number, number * 100) for number in range(1, 4)],
        primary_key=("year",),
    )
    return a_folder(path, slug="baeume", tables={"trees": trees, "counts": counts})


def _scans(path: Path) -> Path:
    page = " ".join(("laub", "ast", "rinde", "wurzel", "krone") * 1_000)
    scans = a_table(rows=[(f"s-{number}", page) for number in range(250)])
    return a_folder(path, slug="archiv", tables={"scans": scans})
