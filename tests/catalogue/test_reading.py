"""Named reads show what is public, in stable pages, and nothing else."""

import itertools
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from portal.catalogue.dataset import Dataset, State, TermKind
from portal.catalogue.reading import (
    SORTS,
    DatasetFilter,
    catalog_state,
    changed_after,
    files_of,
    list_datasets,
    published_slugs,
    publisher_counts,
    standing,
    tables_of,
    term_counts,
    version_lines,
    version_of,
)
from portal.foundation.db import reading, transaction
from portal.wiring import Portal
from tests.builders import a_folder, a_table
from tests.releases import NOON, publish, trees
from tests.templates import PortalWith

SLUGS = ("ahorn", "birke", "eiche", "linde")
EVERYTHING = DatasetFilter()


@pytest.fixture
def catalogue(portal_with: PortalWith) -> Portal:
    return portal_with(four_datasets)


def four_datasets(portal: Portal, folder: Path) -> None:
    """Publish four datasets, an hour apart, one after another."""
    for hours, slug in enumerate(SLUGS):
        source = trees(folder / slug, "Stamm", slug=slug, keywords=["Baum", slug.capitalize()])
        publish(portal, source, at=NOON + timedelta(hours=hours))


def listed(portal: Portal, which: DatasetFilter = EVERYTHING, **paging: Any) -> list[str]:
    asked = {"sort": "name", "limit": 10, "offset": 0} | paging
    with reading(portal.engine) as session:
        return [json.loads(one)["name"] for one in list_datasets(session, which, **asked).summaries]


def hide(portal: Portal, slug: str, state: State) -> None:
    with transaction(portal.engine) as session:
        session.execute(update(Dataset).where(Dataset.slug == slug).values(state=state, withdrawal_reason_de="Irrtum"))


def test_every_order_has_its_reverse(catalogue: Portal) -> None:
    orders = {sort: listed(catalogue, sort=sort) for sort in SORTS}

    assert orders == {sort: sorted(SLUGS, reverse=sort.startswith("-")) for sort in SORTS}


def test_a_page_plus_the_rest_is_the_whole_in_every_order(catalogue: Portal) -> None:
    for sort, limit in itertools.product(SORTS, (1, 3, 4, 5)):
        pages = [listed(catalogue, sort=sort, limit=limit, offset=offset) for offset in range(0, len(SLUGS), limit)]

        assert [slug for one in pages for slug in one] == listed(catalogue, sort=sort)


FILTERS = {
    DatasetFilter(): 4,
    DatasetFilter(keyword="Birke"): 1,
    DatasetFilter(keyword="Baum"): 4,
    DatasetFilter(keyword="green"): 4,
    DatasetFilter(theme="ENVI", licence="dl-zero-de/2.0", place="krefeld", publisher="datenwerkstatt"): 4,
    DatasetFilter(theme="ENVI", keyword="Birke", place="duisburg"): 0,
    DatasetFilter(publisher="nobody"): 0,
    DatasetFilter(licence="cc-by/4.0"): 0,
    DatasetFilter(keyword="' OR 1=1 --"): 0,
}


def test_a_dataset_is_listed_if_it_meets_every_filter(catalogue: Portal) -> None:
    with reading(catalogue.engine) as session:
        found = {which: list_datasets(session, which, sort="name", limit=2, offset=0) for which in FILTERS}

    assert {which: one.total for which, one in found.items()} == FILTERS
    assert {which: len(one.summaries) for which, one in found.items()} == {
        which: min(2, total) for which, total in FILTERS.items()
    }


@pytest.mark.parametrize("state", [State.WITHDRAWN, State.UNPUBLISHED])
def test_what_is_not_public_is_in_no_list_and_no_count(catalogue: Portal, state: State) -> None:
    hide(catalogue, "birke", state)

    assert listed(catalogue) == ["ahorn", "eiche", "linde"]
    with reading(catalogue.engine) as session:
        assert list(session.scalars(published_slugs())) == ["ahorn", "eiche", "linde"]
        assert ("ENVI", "", 3) in term_counts(session, TermKind.THEME)
        assert [(publisher.slug, count) for publisher, count in publisher_counts(session)] == [("datenwerkstatt", 3)]


def test_terms_are_counted_most_used_first_with_their_language(catalogue: Portal) -> None:
    with reading(catalogue.engine) as session:
        keywords = term_counts(session, TermKind.KEYWORD)

    assert keywords[:2] == [("Baum", "de", 4), ("green", "en", 4)]
    assert ("Ahorn", "de", 1) in keywords


def test_the_state_of_the_catalogue_counts_its_changes(portal: Portal, tmp_path: Path) -> None:
    with reading(portal.engine) as session:
        assert catalog_state(session) == (0, None)

    publish(portal, trees(tmp_path / "a", "Ahorn", slug="ahorn"))
    publish(portal, trees(tmp_path / "b", "Birke", slug="birke"), at=NOON + timedelta(hours=1))

    with reading(portal.engine) as session:
        assert catalog_state(session) == (2, NOON + timedelta(hours=1))
        assert changed_after(session, 1) == ["birke"]
        assert changed_after(session, 2) == []


def test_a_dataset_stands_where_the_public_sees_it(catalogue: Portal) -> None:
    hide(catalogue, "birke", State.WITHDRAWN)
    hide(catalogue, "eiche", State.UNPUBLISHED)

    with reading(catalogue.engine) as session:
        public, gone = standing(session, "ahorn"), standing(session, "birke")
        assert standing(session, "eiche") is None
        assert standing(session, "missing") is None
    assert public is not None
    assert (public.state, public.current, public.modified_at) == (State.PUBLISHED, 1, NOON)
    assert gone is not None
    assert (gone.state, gone.reason_de) == (State.WITHDRAWN, "Irrtum")


def test_the_versions_of_a_dataset_are_told_newest_first(portal: Portal, tmp_path: Path) -> None:
    publish(portal, trees(tmp_path / "b", "Linde"), notes="Erste")
    publish(portal, trees(tmp_path / "b", "Eiche"), at=NOON + timedelta(days=1), notes="Zweite")

    with reading(portal.engine) as session:
        stands = standing(session, "baeume")
        assert stands is not None
        assert version_lines(session, stands.id) == [(2, NOON + timedelta(days=1), "Zweite"), (1, NOON, "Erste")]
        assert version_of(session, stands.id, 3) is None


def test_tables_come_in_their_order_and_files_by_name(portal: Portal, tmp_path: Path) -> None:
    publish(portal, a_folder(tmp_path / "b", tables={name: a_table() for name in ("zweige", "blaetter")}))

    with reading(portal.engine) as session:
        stands = standing(session, "baeume")
        version = stands and version_of(session, stands.id, 1)
        assert version
        assert [table.name for table in tables_of(session, version.id)] == ["zweige", "blaetter"]
        names = [file.name for file in files_of(session, version.id)]
    assert set(names) >= {"zweige.csv", "blaetter.parquet", ".ttl"}
    assert len(names) == len(set(names))
