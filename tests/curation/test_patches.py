"""A patch changes what it names and leaves a descriptor that everything else can work with."""

import pytest

from portal.curation.opening import start_dataset
from portal.foundation.db import transaction
from portal.foundation.errors import InvalidDataset
from tests.curation.conftest import City
from tests.people import NOON


def test_tables_are_not_taken_away_by_a_patch(city: City) -> None:
    city.open("baeume")

    with pytest.raises(InvalidDataset, match="/resources"):
        city.edit("baeume", {"resources": None})


def test_a_dataset_without_tables_keeps_its_empty_list_of_them(city: City) -> None:
    with transaction(city.portal.engine) as session:
        start_dataset(session, slug="neu", publisher="stadt", metadata={"resources": None}, by=city.editor, at=NOON)

    assert city.descriptor("neu")["resources"] == []


def test_a_column_that_a_patch_breaks_is_found(city: City) -> None:
    city.open("baeume")

    with pytest.raises(InvalidDataset):
        city.edit(
            "baeume", {"resources": [{"name": "trees", "schema": {"fields": [{"name": "id", "type": "colour"}]}}]}
        )
