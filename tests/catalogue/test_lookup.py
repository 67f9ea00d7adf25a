"""What an address names is found, or it is said in words why it cannot be had."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from portal.catalogue.dataset import Dataset, State
from portal.catalogue.lookup import public_dataset, public_table, public_version
from portal.foundation.db import reading, transaction
from portal.foundation.errors import Gone, NotFound
from portal.wiring import Portal
from tests.releases import NOON, publish, trees
from tests.templates import PortalWith


@pytest.fixture
def catalogue(portal_with: PortalWith) -> Portal:
    return portal_with(two_versions)


def two_versions(portal: Portal, folder: Path) -> None:
    """Publish the dataset `baeume` in two versions."""
    publish(portal, trees(folder / "b", "Linde"))
    publish(portal, trees(folder / "b", "Linde", "Eiche"), at=NOON + timedelta(days=1))


def test_without_a_number_the_current_version_is_meant(catalogue: Portal) -> None:
    with reading(catalogue.engine) as session:
        assert [public_version(session, "baeume", number).number for number in (None, 1, 2)] == [2, 1, 2]


def test_a_table_is_found_in_the_version_it_is_asked_from(catalogue: Portal) -> None:
    with reading(catalogue.engine) as session:
        rows = [public_table(session, "baeume", "trees", number)[1].row_count for number in (None, 1, 2)]

    assert rows == [2, 1, 2]


def test_a_misspelt_dataset_is_answered_with_similar_ones(catalogue: Portal) -> None:
    with reading(catalogue.engine) as session, pytest.raises(NotFound, match="'baueme'") as caught:
        public_dataset(session, "baueme")

    assert caught.value.facts == {"similar": ["baeume"]}


def test_an_absurd_name_is_cut_in_the_answer(catalogue: Portal) -> None:
    with reading(catalogue.engine) as session, pytest.raises(NotFound) as caught:
        public_dataset(session, "x" * 100_000)

    assert len(caught.value.detail.en) < 200


@pytest.mark.parametrize("number", [3, 99, -1])
def test_a_version_that_does_not_exist_is_not_found(catalogue: Portal, number: int) -> None:
    with reading(catalogue.engine) as session, pytest.raises(NotFound, match=f"no version {number}"):
        public_version(session, "baeume", number)


def test_a_table_that_does_not_exist_is_answered_with_those_that_do(catalogue: Portal) -> None:
    with reading(catalogue.engine) as session, pytest.raises(NotFound, match="'leaves'") as caught:
        public_table(session, "baeume", "leaves")

    assert caught.value.facts == {"tables": ["trees"]}


def test_a_withdrawn_dataset_is_gone_with_its_reason_in_every_version(catalogue: Portal) -> None:
    reasons = {"withdrawal_reason_de": "Irrtum der Quelle", "withdrawal_reason_en": "Error in the source"}
    with transaction(catalogue.engine) as session:
        session.execute(update(Dataset).values(state=State.WITHDRAWN, **reasons))

    for number in (None, 1, 7):
        with reading(catalogue.engine) as session, pytest.raises(Gone) as caught:
            public_version(session, "baeume", number)
        assert "Error in the source" in caught.value.detail.in_language("en")
        assert "Irrtum der Quelle" in caught.value.detail.de


def test_a_dataset_that_was_never_released_is_not_found(catalogue: Portal) -> None:
    with transaction(catalogue.engine) as session:
        session.execute(update(Dataset).values(state=State.UNPUBLISHED, current_version_id=None))

    with reading(catalogue.engine) as session, pytest.raises(NotFound):
        public_dataset(session, "baeume")
