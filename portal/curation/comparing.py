"""What the release of a draft would change, told to those who decide: against what is public, to the row.

Changed rows lie in the drafts' store, a Parquet file for pages and a CSV file for the whole of each table.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from portal.accounts.actor import Actor
from portal.catalogue.version import Version
from portal.curation.looking import Looked, looked_at
from portal.curation.looks import OnStep, asked, keep, told_to, unwatched
from portal.curation.merging import Described
from portal.foundation.db import reading
from portal.foundation.errors import NotFound
from portal.foundation.tableschema import read_schema
from portal.ingest.engine import Engine as TableEngine
from portal.ingest.typed import TypedTable
from portal.jobs.job import JobKind
from portal.publishing.comparing.difference import DatasetDifference, DatasetState, changes_file, draft_difference
from portal.publishing.comparing.listing import ChangePage, read_changes, write_changes_csv
from portal.publishing.comparing.metadata import public_metadata
from portal.publishing.comparing.pairs import TablePair
from portal.publishing.comparing.versions import version_state
from portal.store.local import LocalStore


@dataclass(frozen=True)
class DraftChanges:
    """A draft beside what is public, as it is kept."""

    drafts: LocalStore
    since: int | None
    """Number of the public version; None: nothing is public, so everything is added."""
    difference: Described
    """As `DatasetDifference.as_dict` gives it."""
    tables: dict[str, Described]
    """By name: `total` of the changed rows, digests of the files that list them, and what the table was and is."""

    def pair(self, table: str) -> TablePair:
        """Give both sides of a table, of which only the columns are looked at any more.

        Raises:
            NotFound: neither side has it.
        """
        kept = self._kept(table)
        return TablePair.of(*(_side_again(kept[side], self._listed(kept)) for side in ("before", "after")))

    def total(self, table: str) -> int:
        """Tell how many rows of a table changed.

        Raises:
            NotFound: neither side has such a table.
        """
        return int(self._kept(table)["total"])

    def page(self, table: str, *, after: int, limit: int) -> ChangePage:
        """Give up to *limit* changed rows of a table, after change number *after*.

        Raises:
            NotFound: neither side has such a table.
        """
        kept = self._kept(table)
        if not kept["total"]:
            return ChangePage([], None)
        with self.drafts.workshop() as workshop, TableEngine.open(workshop) as engine:
            return read_changes(engine, self.pair(table), self._listed(kept), after=after, limit=limit)

    def csv(self, table: str) -> str:
        """Give the digest of the CSV file of all changed rows of a table.

        Raises:
            NotFound: neither side has such a table.
        """
        return str(self._kept(table)["csv"])

    def _listed(self, kept: Described) -> Path:
        return self.drafts.path(kept["listed"])

    def _kept(self, table: str) -> Described:
        if table in self.tables:
            return self.tables[table]
        raise NotFound(
            f"Neither the draft nor what is public has a table {table[:100]!r}.",
            detail_de=f"Weder der Entwurf noch das Öffentliche hat eine Tabelle {table[:100]!r}.",
            tables=list(self.tables),
        )


def draft_changes(
    engine: Engine, store: LocalStore, drafts: LocalStore, slug: str, *, by: Actor, on_step: OnStep = unwatched
) -> DraftChanges:
    """Compare the draft of a dataset with what is public.

    Raises:
        NotFound: there is no such dataset or draft.
        Forbidden: *by* may not read drafts of its publisher.
        InvalidDataset: the draft could not be released as it is.
    """
    with reading(engine) as session:
        look = asked(session, drafts, slug, JobKind.COMPARISON, by=by)
        if look.told is not None:
            return DraftChanges(drafts, **look.told)
        current = look.dataset.current_version_id
        version = session.get(Version, current) if current else None
        before = version_state(session, store, version) if version else None
    on_step("check", None)
    with told_to(by, look.dataset.publisher_id), looked_at(drafts, look.draft, publisher=look.publisher) as looked:
        on_step("compare", sum(table.row_count for table in looked.typed.values()))
        after = DatasetState(descriptor=public_metadata(looked.descriptor), tables=looked.typed)
        difference = draft_difference(before, after, engine=looked.engine, folder=looked.workshop)
        on_step("keep", None)
        schemas = (_schemas(version.descriptor if version else None), _schemas(looked.descriptor))
        states = (before or DatasetState(descriptor={}, tables={}), after)
        tables = _kept_tables(drafts, looked, difference, states, schemas)
    told: Described = {"since": version and version.number, "difference": difference.as_dict(), "tables": tables}
    keep(engine, drafts, look, told, [one[file] for one in tables.values() for file in ("listed", "csv")])
    return DraftChanges(drafts, **told)


Schemas = dict[str, Described]


def _schemas(descriptor: Described | None) -> Schemas:
    return {one["name"]: one["schema"] for one in descriptor["resources"]} if descriptor else {}


def _kept_tables(
    drafts: LocalStore,
    looked: Looked,
    difference: DatasetDifference,
    states: tuple[DatasetState, DatasetState],
    schemas: tuple[Schemas, Schemas],
) -> dict[str, Described]:
    """Put the changed rows of every table into the store, and say what has to be known to read them."""
    kept: dict[str, Described] = {}
    for one in difference.tables:
        old, new = (state.tables.get(one.name) for state in states)
        listed, csv = changes_file(looked.workshop, one.name), looked.workshop / f"{one.name}.changes.csv"
        write_changes_csv(looked.engine, TablePair.of(old, new), listed, csv, total=one.rows.total)
        blobs = drafts.adopt([listed, csv])
        kept[one.name] = {
            "total": one.rows.total,
            "listed": blobs[listed].digest,
            "csv": blobs[csv].digest,
            "before": _side(old, schemas[0].get(one.name)),
            "after": _side(new, schemas[1].get(one.name)),
        }
    return kept


def _side(table: TypedTable | None, schema: Described | None) -> Described | None:
    return {"schema": schema, "physical": table.physical, "rows": table.row_count} if table else None


def _side_again(side: dict[str, Any] | None, listed: Path) -> TypedTable | None:  # Any: what _side gave
    if side is None:
        return None
    schema = read_schema(side["schema"])
    return TypedTable(
        path=listed, schema=schema, row_count=side["rows"], physical=tuple(side["physical"]), statistics=()
    )
