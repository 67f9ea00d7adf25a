"""The points of a draft agree with an independent scorer on what a release would say of it, whatever is missing."""

import importlib
import os
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from portal.curation.opening import start_dataset
from portal.curation.quality import draft_quality, draft_statements
from portal.dcat.quality import MAX_POINTS
from portal.dcat.subject import graph_of
from portal.foundation.db import reading, transaction
from portal.foundation.errors import Forbidden, InvalidDataset, NotFound
from tests.curation.conftest import City
from tests.people import NOON

PROJECT = Path(__file__).resolve().parents[2]

MISSING: dict[str, dict[str, Any]] = {
    "nothing": {},
    "licence": {"licenses": []},
    "licence and rights": {"licenses": [], "dcat": {"rights": None}},
    "licence, theme and title": {"licenses": [], "dcat": {"theme": None}, "title": "", "translations": None},
    "all of dcat": {"dcat": None},
    "keywords": {"keywords": [], "translations": None},
}


@pytest.fixture
def scorer(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    folder = Path(os.environ.get("STANDARDS_FOLDER") or PROJECT.parent / "shared" / "standards")
    if not (folder / "mqa_score.py").exists():
        pytest.skip("the official shapes are not at hand (STANDARDS_FOLDER)")
    monkeypatch.syspath_prepend(str(folder))
    return importlib.import_module("mqa_score")


@pytest.mark.parametrize("what", MISSING)
def test_what_a_draft_lacks_costs_what_the_other_scorer_says(what: str, city: City, scorer: ModuleType) -> None:
    city.open("baeume")
    city.edit("baeume", MISSING[what])

    with reading(city.portal.engine) as session:
        settings = city.portal.settings
        draft, quality = draft_quality(session, "baeume", settings, by=city.viewer, at=NOON)
        statements = draft_statements(session, draft, settings, NOON)

    (row,) = scorer.score(graph_of(statements), assume=True)
    assert quality.points == row["points"]
    assert (quality.points == MAX_POINTS) is (what == "nothing")


def test_a_dataset_of_which_only_the_name_is_known_has_its_points_too(city: City, scorer: ModuleType) -> None:
    with transaction(city.portal.engine) as session:
        start_dataset(session, slug="neu", publisher="stadt", metadata={}, by=city.editor, at=NOON)

    with reading(city.portal.engine) as session:
        draft, quality = draft_quality(session, "neu", city.portal.settings, by=city.editor, at=NOON)
        statements = draft_statements(session, draft, city.portal.settings, NOON)

    (row,) = scorer.score(graph_of(statements), assume=True)
    assert quality.points == row["points"]


def test_quality_is_for_those_who_may_read_drafts(city: City) -> None:
    with reading(city.portal.engine) as session:
        with pytest.raises(NotFound):
            draft_quality(session, "baeume", city.portal.settings, by=city.viewer, at=NOON)
        with pytest.raises(Forbidden):
            draft_quality(session, "baeume", city.portal.settings, by=city.neighbour, at=NOON)


def test_metadata_that_cannot_be_stated_are_told(city: City) -> None:
    city.open("baeume")
    city.edit("baeume", {"dcat": {"conformsTo": "keine Adresse"}})

    with reading(city.portal.engine) as session, pytest.raises(InvalidDataset, match="conformsTo"):
        draft_quality(session, "baeume", city.portal.settings, by=city.editor, at=NOON)
