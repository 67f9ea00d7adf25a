"""Datasets whose tables name each other, and combinations of them.

orte       places                                         cc-by/4.0
baeume     species ◀─ trees ─▶ orte/places                dl-zero-de/2.0
pflege     visits ─▶ baeume/trees                         cc-by-sa/4.0      a tree has several visits, or none
zaehlung   counts ─▶ baeume/trees                         odbl              goes with pflege under no licence
notizen    notes ─▶ trees or places, row by row           dl-zero-de/2.0
gaben      trees ─▶ baeume/trees                          dl-zero-de/2.0    the column `name` is withheld
weg        logs ─▶ baeume/trees                           dl-zero-de/2.0    withdrawn
"""

from pathlib import Path
from typing import Any

from portal.accounts.actor import command
from portal.catalogue.combination import SavedCombination
from portal.catalogue.publisher import Publisher
from portal.foundation.text import LangString
from portal.publishing.withdrawal import withdraw
from portal.wiring import Portal
from tests.builders import a_field, a_folder, a_table
from tests.people import NOON
from tests.releases import a_decision, publish

KEY = a_field("id", constraints={"required": True, "unique": True})
TREE = a_field("tree_id")
PLACES = [("o-1", "Krefeld"), ("o-2", "Köln, Süd")]
SPECIES = [("s-1", "Linde"), ("s-2", "Eiche; groß")]
TREES = [("b-1", "Alte Linde", "s-1", "o-1"), ("b-2", "Eiche „am Tor“", "s-2", "o-2"), ("b-3", "=Buche", None, "o-1")]
VISITS = [
    ("v-1", "b-1", "2024-05-01", "12.50"), ("v-2", "b-1", "2025-05-01", None), ("v-3", "b-2", "2025-06-01", "0.07"),
    ("v-4", "b-9", "2025-07-01", "1.00"),
]  # fmt: skip
"""The last one names a tree that is not there."""
NOTES = [("n-1", "baeume", "trees", "b-1"), ("n-2", "orte", "places", "o-1"), ("n-3", "orte", "places", "b-1")]


def key_to(columns: str, table: str, *, dataset: str = "", **facts: Any) -> dict[str, Any]:
    """Give a key of a Table Schema that names the column `id` of *table*."""
    reference = {"resource": table, "fields": ["id"], **({"package": dataset} if dataset else {})}
    return {"fields": [columns], "reference": reference, **facts}


def a_wood(portal: Portal, folder: Path) -> None:
    """Publish the datasets of this module's first lines."""
    to_tree = {"externalKeys": [key_to("tree_id", "trees", dataset="baeume")]}
    publish(
        portal,
        _folder(folder, "orte", "cc-by/4.0", places=((KEY, a_field("name")), PLACES, {})),
        _folder(
            folder, "baeume", "dl-zero-de/2.0",
            species=((KEY, a_field("label")), SPECIES, {}),
            trees=(
                (KEY, a_field("name"), a_field("species_id"), a_field("place_id")), TREES,
                {"foreignKeys": [key_to("species_id", "species")], "externalKeys": [key_to("place_id", "places", dataset="orte")]},
            ),
        ),
        _folder(
            folder, "pflege", "cc-by-sa/4.0",
            visits=((KEY, TREE, a_field("on", "date"), a_field("cost", "number")), VISITS, to_tree),
        ),
        _folder(folder, "zaehlung", "odbl", counts=((KEY, TREE), [("c-1", "b-1")], to_tree)),
        _folder(
            folder, "notizen", "dl-zero-de/2.0",
            notes=(
                (KEY, a_field("dataset"), a_field("table"), a_field("row")), NOTES,
                {"conditionalKeys": [
                    key_to("row", "trees", dataset="baeume", where={"dataset": "baeume", "table": "trees"}),
                    key_to("row", "places", dataset="orte", where={"dataset": "orte", "table": "places"}),
                ]},
            ),
        ),
        _folder(
            folder, "gaben", "dl-zero-de/2.0",
            privacyDecisions=[a_decision("name", "name", decision="withhold")],
            trees=((KEY, a_field("name"), TREE), [("g-1", "Erika Musterfrau", "b-1")], to_tree),
        ),
        _folder(folder, "weg", "dl-zero-de/2.0", logs=((KEY, TREE), [("l-1", "b-1")], to_tree)),
    )  # fmt: skip
    withdraw(portal.engine, "weg", reason=LangString("Falsche Zeilen", "Wrong rows"), by=command("withdraw"), at=NOON)


def _folder(folder: Path, slug: str, licence: str, privacyDecisions: Any = (), **tables: Any) -> Path:  # noqa: N803 - JSON's
    """Write a dataset folder; a table is its columns, its rows, and its keys."""
    named = {}
    for name, (fields, rows, keys) in tables.items():
        schema = {"fields": list(fields), "primaryKey": ["id"], **keys}
        named[name] = a_table(fields=fields, rows=rows, schema=schema)
    return a_folder(
        folder / slug, slug=slug, tables=named, licenses=[{"name": licence}], privacyDecisions=list(privacyDecisions)
    )


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
