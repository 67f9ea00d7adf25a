"""The tables whose rows are asked for, looked up once for each state of the catalogue: a lookup costs more than a page."""

import json
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path

from portal.catalogue.lookup import public_table
from portal.foundation.db import reading
from portal.publishing.chosen_files import published_source
from portal.publishing.joining.finding import Finder
from portal.publishing.joining.joined import Joined, joined_object
from portal.publishing.references import References
from portal.rows.engine import RowSource
from portal.web.links import description_link, licence_link, lineage_link
from portal.web.published import PublishedIndex
from portal.wiring import Portal

_MAX_KEPT = 2_000
"""Tables kept in memory: about 20 KB each."""

_NOWHERE = Path()


@dataclass(frozen=True, kw_only=True)
class ServedTable:
    """A table of a version, or several joined, as far as a question about its rows needs it."""

    dataset: str
    name: str
    version: int
    version_id: int | None
    """None: of a joined table."""
    released_at: datetime
    licence: str
    """Value of the `Link` header."""
    description: str | None
    """The same: what describes the rows for programs; None: of a joined table."""
    source: RowSource
    """Of a joined table without files: portal/web/row_answers.py has them made."""
    digest: str
    """Whatever is answered follows from it and from the question."""
    joined: Joined | None = None
    """None: a published table."""

    @property
    def links(self) -> tuple[str, ...]:
        """Give what answers say in `Link`."""
        return (self.licence,) if self.description is None else (self.licence, self.description)

    @property
    def versions(self) -> dict[str, int]:
        """Number of the version of each dataset that goes in."""
        return self.joined.versions if self.joined else {self.dataset: self.version}

    @cached_property
    def told_of_join(self) -> str:
        """What a page says of a joined table, as further members of its JSON object: the same for every page."""
        if self.joined is None:
            return ""
        return "," + json.dumps(joined_object(self.joined), ensure_ascii=False, separators=(",", ":"))[1:-1]


class ServedTables:
    """Finds tables; safe for threads."""

    def __init__(self, portal: Portal, index: PublishedIndex, references: References) -> None:
        self._portal, self._index, self._references = portal, index, references
        self._kept: OrderedDict[Hashable, tuple[int, ServedTable]] = OrderedDict()
        self._lock = threading.Lock()

    def find(self, slug: str, name: str, version: int | None) -> ServedTable:
        """Give a table of a public dataset, in its current version for None.

        Raises:
            NotFound: there is no such dataset, version or table.
            Gone: the dataset was withdrawn.
        """
        return self._once((slug, name, version), lambda: self._looked_up(slug, name, version))

    def find_joined(self, slug: str, name: str, join: str, versions: Mapping[str, int]) -> ServedTable:
        """Give a table joined with others; *versions* pins datasets, the others go in in their current version.

        Raises:
            NotFound: there is no such dataset, version or table.
            Gone: a dataset was withdrawn.
            InvalidInput: a join is none of those there are.
        """
        key = (slug, name, join, tuple(sorted(versions.items())))
        return self._once(key, lambda: self._joined(slug, name, join, versions))

    def _once(self, key: Hashable, look_up: Callable[[], ServedTable]) -> ServedTable:
        generation = self._index.generation
        kept = self._kept.get(key)
        if kept is not None and kept[0] == generation:
            return kept[1]
        found = look_up()
        with self._lock:
            self._kept[key] = (generation, found)
            if len(self._kept) > _MAX_KEPT:
                self._kept.popitem(last=False)
        return found

    def _looked_up(self, slug: str, name: str, number: int | None) -> ServedTable:
        with reading(self._portal.engine) as session:
            version, table = public_table(session, slug, name, number)
        return ServedTable(
            dataset=slug,
            name=name,
            version=version.number,
            version_id=version.id,
            released_at=version.released_at,
            licence=licence_link(version.descriptor),
            description=description_link(self._portal.settings.public_url, slug, name, number),
            source=published_source(self._portal.store, version, table),
            digest=table.row_file_digest,
        )

    def _joined(self, slug: str, name: str, join: str, versions: Mapping[str, int]) -> ServedTable:
        parts = self._portal
        with reading(parts.engine) as session:
            finder = Finder(session, parts.store, self._references, parts.settings, versions=versions)
            joined = finder.find(slug, name, join)
        return ServedTable(
            dataset=slug,
            name=name,
            version=joined.parts[0].version,
            version_id=None,
            released_at=joined.modified_at,
            licence=lineage_link(joined.lineage, parts.settings),
            description=None,
            source=RowSource(
                row_file=_NOWHERE, parquet=_NOWHERE, schema=joined.schema, physical=joined.physical, row_count=0
            ),
            digest=joined.tag,
            joined=joined,
        )
