"""Two released versions of a dataset, found for whoever asks and put side by side."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session

from portal.catalogue.lookup import public_version
from portal.catalogue.reading import tables_of
from portal.catalogue.version import Version
from portal.foundation.errors import InvalidInput, NotFound
from portal.foundation.lazily import later
from portal.foundation.tableschema import read_schema
from portal.publishing.comparing.difference import DatasetDifference, DatasetState, compare_datasets
from portal.publishing.comparing.kept import KeptChanges
from portal.publishing.comparing.metadata import public_metadata
from portal.publishing.comparing.pairs import TablePair
from portal.store.local import LocalStore

if TYPE_CHECKING:
    from portal.publishing import build
else:
    build = later("portal.publishing.build")


@dataclass(frozen=True, kw_only=True)
class VersionPair:
    """Two versions of one dataset, the older first; they may be the same."""

    slug: str
    since: Version
    until: Version
    before: DatasetState
    after: DatasetState

    def difference(self, kept: KeptChanges) -> DatasetDifference:
        """Compare the two.

        Raises:
            Busy: too many comparisons are waiting.
        """
        return compare_datasets(self.before, self.after, lambda _, tables: kept.counts(tables))

    def table(self, name: str) -> TablePair:
        """Give a table that at least one of the two has.

        Raises:
            NotFound: neither has it; the tables there are stand among the facts.
        """
        old, new = self.before.tables.get(name), self.after.tables.get(name)
        if old is None and new is None:
            known = [*self.after.tables, *(one for one in self.before.tables if one not in self.after.tables)]
            raise NotFound(
                f"Neither version of {self.slug!r} has a table {name[:100]!r}.",
                detail_de=f"Keine der beiden Versionen von {self.slug!r} hat eine Tabelle {name[:100]!r}.",
                tables=known,
            )
        return TablePair.of(old, new)


def public_pair(session: Session, store: LocalStore, slug: str, *, since: int, until: int | None) -> VersionPair:
    """Give two versions of a public dataset; without *until* the later one is the current one.

    Raises:
        InvalidInput: *since* is later than *until*.
        NotFound: there is no such dataset or version.
        Gone: the dataset was withdrawn.
    """
    after = public_version(session, slug, until)
    before = after if since == after.number else public_version(session, slug, since)
    if before.number > after.number:
        raise InvalidInput(
            f"since={since} is later than until={after.number}.",
            detail_de=f"since={since} liegt hinter until={after.number}.",
            since=since,
            until=after.number,
        )
    return VersionPair(
        slug=slug,
        since=before,
        until=after,
        before=version_state(session, store, before),
        after=version_state(session, store, after),
    )


def version_state(session: Session, store: LocalStore, version: Version) -> DatasetState:
    """Give a version as everyone may see it: what is not for the public is left out of its descriptor."""
    described: Mapping[str, Any] = {one["name"]: one for one in version.descriptor["resources"]}  # Any: JSON
    tables = {
        table.name: build.typed_again(
            table, read_schema(described[table.name]["schema"]), store.path(table.parquet_digest)
        )
        for table in tables_of(session, version.id)
    }
    return DatasetState(descriptor=public_metadata(version.descriptor), tables=tables)
