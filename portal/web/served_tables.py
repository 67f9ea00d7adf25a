"""The tables whose rows are asked for, looked up once for each state of the catalogue: a lookup costs more than a page."""

import threading
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.catalogue.lookup import public_table
from portal.catalogue.version import Table
from portal.foundation.db import reading
from portal.foundation.tableschema import read_schema
from portal.rows.engine import RowSource
from portal.store.local import LocalStore
from portal.web.links import description_link, licence_link
from portal.web.published import PublishedIndex
from portal.wiring import Portal

_MAX_KEPT = 2_000
"""Tables kept in memory: about 20 KB each."""


@dataclass(frozen=True, kw_only=True)
class ServedTable:
    """A table of a version, as far as a question about its rows needs it."""

    dataset: str
    name: str
    version: int
    version_id: int
    released_at: datetime
    licence: str
    """Value of the `Link` header."""
    description: str
    """The same: what describes the rows for programs."""
    source: RowSource
    digest: str
    """SHA-256 of the row file: whatever is answered follows from it and from the question."""


class ServedTables:
    """Finds tables; safe for threads."""

    def __init__(self, portal: Portal, index: PublishedIndex) -> None:
        self._portal, self._index = portal, index
        self._kept: OrderedDict[tuple[str, str, int | None], tuple[int, ServedTable]] = OrderedDict()
        self._lock = threading.Lock()

    def find(self, slug: str, name: str, version: int | None) -> ServedTable:
        """Give a table of a public dataset, in its current version for None.

        Raises:
            NotFound: there is no such dataset, version or table.
            Gone: the dataset was withdrawn.
        """
        key, generation = (slug, name, version), self._index.generation
        kept = self._kept.get(key)
        if kept is not None and kept[0] == generation:
            return kept[1]
        found = self._looked_up(slug, name, version)
        with self._lock:
            self._kept[key] = (generation, found)
            if len(self._kept) > _MAX_KEPT:
                self._kept.popitem(last=False)
        return found

    def _looked_up(self, slug: str, name: str, number: int | None) -> ServedTable:
        with reading(self._portal.engine) as session:
            version, table = public_table(session, slug, name, number)
        schema = next(one["schema"] for one in version.descriptor["resources"] if one["name"] == name)
        return ServedTable(
            dataset=slug,
            name=name,
            version=version.number,
            version_id=version.id,
            released_at=version.released_at,
            licence=licence_link(version.descriptor),
            description=description_link(self._portal.settings.public_url, slug, name, number),
            source=row_source(self._portal.store, table, schema),
            digest=table.row_file_digest,
        )


def row_source(store: LocalStore, table: Table, schema: dict[str, Any]) -> RowSource:  # Any: JSON of a Table Schema
    """Give a table of the record, whose files lie in *store*, as the engines see it."""
    return RowSource(
        row_file=store.path(table.row_file_digest),
        parquet=store.path(table.parquet_digest),
        schema=read_schema(schema),
        physical=tuple(table.physical),
        row_count=table.row_count,
    )
