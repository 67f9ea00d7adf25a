"""What the release of a draft would change, told to those who decide: against what is public, to the row."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine

from portal.accounts.actor import Actor
from portal.catalogue.version import Version
from portal.curation.finding import find_draft
from portal.curation.looking import Looked, looked_at
from portal.foundation.db import reading
from portal.foundation.errors import NotFound
from portal.publishing.comparing.difference import DatasetDifference, DatasetState, changes_file, draft_difference
from portal.publishing.comparing.listing import ChangePage, read_changes, write_changes_csv
from portal.publishing.comparing.metadata import public_metadata
from portal.publishing.comparing.pairs import TablePair
from portal.publishing.comparing.versions import version_state
from portal.store.local import LocalStore


@dataclass(frozen=True)
class DraftChanges:
    """A draft beside what is public; its files are gone when the block that gave it ends."""

    since: int | None
    """Number of the public version; None: nothing is public, so everything is added."""
    difference: DatasetDifference
    before: DatasetState
    after: DatasetState
    looked: Looked

    def page(self, table: str, *, after: int, limit: int) -> ChangePage:
        """Give up to *limit* changed rows of a table, after change number *after*.

        Raises:
            NotFound: neither side has such a table.
        """
        pair = self.tables(table)
        if not self.total(table):
            return ChangePage([], None)
        return read_changes(
            self.looked.engine, pair, changes_file(self.looked.workshop, table), after=after, limit=limit
        )

    def csv(self, table: str) -> Path:
        """Write all changed rows of a table as CSV and give the file.

        Raises:
            NotFound: neither side has such a table.
        """
        target = self.looked.workshop / f"{table}.changes.csv"
        listed = changes_file(self.looked.workshop, table)
        write_changes_csv(self.looked.engine, self.tables(table), listed, target, total=self.total(table))
        return target

    def tables(self, name: str) -> TablePair:
        """Give both sides of a table.

        Raises:
            NotFound: neither side has it.
        """
        old, new = self.before.tables.get(name), self.after.tables.get(name)
        if old is None and new is None:
            raise NotFound(
                f"Neither the draft nor what is public has a table {name[:100]!r}.",
                detail_de=f"Weder der Entwurf noch das Öffentliche hat eine Tabelle {name[:100]!r}.",
                tables=[one.name for one in self.difference.tables],
            )
        return TablePair.of(old, new)

    def total(self, table: str) -> int:
        """Tell how many rows of a table changed."""
        return next(one.rows.total for one in self.difference.tables if one.name == table)


@contextmanager
def draft_changes(
    engine: Engine, store: LocalStore, drafts: LocalStore, slug: str, *, by: Actor
) -> Iterator[DraftChanges]:
    """Compare the draft of a dataset with what is public, for as long as the block lasts.

    Raises:
        NotFound: there is no such dataset or draft.
        Forbidden: *by* may not read drafts of its publisher.
        InvalidDataset: the draft could not be released as it is.
    """
    with reading(engine) as session:
        dataset, draft = find_draft(session, slug, by=by)
        version = session.get(Version, dataset.current_version_id) if dataset.current_version_id else None
        before = version_state(session, store, version) if version else None
        publisher = dataset.publisher.name.de
    with looked_at(drafts, draft, publisher=publisher) as looked:
        after = DatasetState(descriptor=public_metadata(looked.descriptor), tables=looked.typed)
        difference = draft_difference(before, after, engine=looked.engine, folder=looked.workshop)
        yield DraftChanges(
            since=version.number if version else None,
            difference=difference,
            before=before or DatasetState(descriptor={}, tables={}),
            after=after,
            looked=looked,
        )
