"""What promises are held against: the running server with the shipped catalogue, and a portal that has to refuse."""

import os
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from portal.catalogue.catalog import next_generation
from portal.catalogue.dataset import Dataset, State
from portal.catalogue.publisher import Publisher
from portal.foundation.db import transaction
from portal.web.app import create_app
from tests.combining import a_combination
from tests.releases import NOON, publish, trees
from tests.shipped import PROJECT, shipped
from tests.templates import an_empty_portal

__all__ = ["shipped"]


@pytest.fixture(scope="session")
def refusing(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """Give a client of a portal with one dataset, `baeume`, and one that was withdrawn, `weg`; combinations are called so too,
    and `streit` does not fit the dataset."""
    folder = tmp_path_factory.mktemp("refusing")
    portal = an_empty_portal(folder / "data", base_url="", sql=True, sql_timeout_s=0.3)
    publish(portal, trees(folder / "a", "Linde"), trees(folder / "b", "Eiche", slug="weg"))
    with transaction(portal.engine) as session:
        publisher = session.scalars(select(Publisher)).one()
        session.add_all(
            a_combination(slug, publisher, removed_at=removed, join=join)
            for slug, removed, join in (("baeume", None, ""), ("weg", NOON, ""), ("streit", None, "none"))
        )
        generation = next_generation(session, at=NOON)
        session.execute(
            update(Dataset)
            .where(Dataset.slug == "weg")
            .values(state=State.WITHDRAWN, withdrawal_reason_de="Falsch.", changed_in=generation)
        )
    return create_app(portal).test_client()


@pytest.fixture(scope="session")
def standards() -> Path:
    """Give the folder with the official shapes and their checkers: STANDARDS_FOLDER, or beside the project."""
    folder = Path(os.environ.get("STANDARDS_FOLDER") or PROJECT.parent / "shared" / "standards")
    if not (folder / "validate.py").exists():
        pytest.skip("the official shapes are not at hand (STANDARDS_FOLDER)")
    return folder
