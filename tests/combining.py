"""Datasets whose tables name each other, and combinations of them."""

from typing import Any

from portal.catalogue.combination import SavedCombination
from portal.catalogue.publisher import Publisher
from tests.people import NOON


def a_combination(slug: str, publisher: Publisher, **facts: Any) -> SavedCombination:
    """Give a saved combination of the table `trees` of `baeume` with nothing; *facts* replace columns."""
    usual = {
        "revision": 1,
        "title_de": "Bäume",
        "dataset": "baeume",
        "table_name": "trees",
        "join": "",
        "query": {},
        "versions": {"baeume": 1},
        "uses": " baeume ",
        "saved_at": NOON,
        "saved_by": "test",
    }
    return SavedCombination(slug=slug, publisher_id=publisher.id, **{**usual, **facts})
