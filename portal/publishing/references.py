"""Which tables refer to a table: by foreign keys in its own dataset, by external and by conditional keys in others.

    foreignKeys        a table of the same dataset (Table Schema)
    externalKeys       a table of another dataset, `reference.package`
    conditionalKeys    where a column names different tables row by row: the key holds for rows `where` other columns have
                       these values, such as {"to_dataset": "orte", "to_table": "places"}

What stands in one descriptor is asked for by those it names, so the external keys of all published datasets are kept in memory;
after a change of the catalogue only the datasets that changed are read again.
"""

import threading
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Text, cast, or_, select
from sqlalchemy.orm import Session

from portal.catalogue.dataset import Dataset, State
from portal.catalogue.reading import catalog_state, changed_after
from portal.catalogue.version import Version

KINDS = ("foreignKeys", "externalKeys", "conditionalKeys")
"""Members of a Table Schema that say to what a table refers."""


@dataclass(frozen=True, order=True)
class Reference:
    """Columns of a table that name rows of another."""

    dataset: str
    table: str
    columns: tuple[str, ...]
    target_dataset: str
    target_table: str
    referenced: tuple[str, ...]
    where: tuple[tuple[str, str], ...] = ()
    """Columns of the table and the values they must have for the key to hold; empty: it always does."""


class References:
    """Knows who refers to whom; safe for threads."""

    def __init__(self) -> None:
        self._generation = -1
        self._by_dataset: dict[str, list[Reference]] = {}
        self._lock = threading.Lock()

    def to(self, session: Session, version: Version, slug: str, table: str) -> list[Reference]:
        """Give what refers to a table of a dataset in its current *version*, by dataset, table and columns."""
        own = [one for one in references_of(slug, version.descriptor) if one.dataset == one.target_dataset]
        foreign = [one for name, found in self._current(session).items() if name != slug for one in found]
        return sorted(
            one
            for one in (*own, *foreign)
            if (one.target_dataset, one.target_table) == (slug, table) and one.referenced
        )

    def _current(self, session: Session) -> dict[str, list[Reference]]:
        generation, _ = catalog_state(session)
        with self._lock:
            if generation != self._generation:
                kept = {**self._by_dataset}
                for slug in changed_after(session, self._generation):
                    kept.pop(slug, None)
                kept.update(_external(session, self._generation))
                self._by_dataset, self._generation = kept, generation
            return self._by_dataset


def references_of(slug: str, descriptor: dict[str, Any]) -> list[Reference]:  # Any: a checked Data Package descriptor
    """Give what the tables of a dataset refer to."""
    found = []
    for resource in descriptor["resources"]:
        schema = resource["schema"]
        for key in (key for kind in KINDS for key in schema.get(kind, ())):
            reference = key["reference"]
            found.append(
                Reference(
                    dataset=slug,
                    table=resource["name"],
                    columns=_names(key["fields"]),
                    target_dataset=reference.get("package") or slug,
                    target_table=reference.get("resource") or resource["name"],
                    referenced=_names(reference["fields"]),
                    where=tuple(sorted(key.get("where", {}).items())),
                )
            )
    return [one for one in found if len(one.columns) == len(one.referenced)]


def _external(session: Session, after: int) -> dict[str, list[Reference]]:
    """Give the references into other datasets of those that changed after a generation."""
    query = (
        select(Dataset.slug, Version.descriptor)
        .join(Version, Version.id == Dataset.current_version_id)
        .where(
            Dataset.state == State.PUBLISHED,
            Dataset.changed_in > after,
            or_(*(cast(Version.descriptor, Text).contains(kind) for kind in KINDS[1:])),
        )
    )
    return {
        slug: [one for one in references_of(slug, descriptor) if one.target_dataset != slug]
        for slug, descriptor in session.execute(query)
    }


def _names(value: str | list[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)
