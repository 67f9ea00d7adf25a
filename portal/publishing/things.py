"""One row as a thing: what it says, what it refers to, and what refers to it.

    ideas/i-7 ──topic_table_id──▶ workshops/groups/g-2          refers_to
    poster_ideas/… ──idea_id──▶ ideas/i-7                       referring

Rows are those of the current versions; a row that is named but not there (any more) is said to be missing.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, islice, pairwise

from sqlalchemy.orm import Session

from portal.catalogue.lookup import no_such_table, public_version
from portal.catalogue.reading import tables_of
from portal.catalogue.version import Table, Version
from portal.exports.one_row import Row, canonical_text, read_row_text, target_iri, thing_iri
from portal.exports.table import TableExport
from portal.foundation.config import Settings
from portal.foundation.errors import Gone, InvalidInput, NotFound
from portal.foundation.tableschema import ColumnType
from portal.publishing.chosen_files import published_export, published_source
from portal.publishing.references import Reference
from portal.rows.engine import RowEngine, RowSource
from portal.rows.matching import NOTHING, Matches, matching_rows
from portal.store.local import LocalStore

_MAX_READINGS = 50
"""Ways to read a key of several columns whose values hold commas."""


@dataclass(frozen=True)
class Thing:
    """A row of a published table."""

    version: Version
    export: TableExport
    """The table, as the files that hold the row were written."""
    number: int
    """Of the row in its table, from 1."""
    text: str
    """The row as a JSON object."""
    row: Row

    @property
    def iri(self) -> str:
        return thing_iri(self.export, self.row, self.number)

    @property
    def label(self) -> str:
        """What a person may know it by: its first text that is neither key nor reference, else its key."""
        schema = self.export.schema
        keys = {*schema.primary_key, *(name for key in schema.foreign_keys for name in key.columns)}
        texts = (
            self.row[column.name]
            for column in schema.columns
            if column.type is ColumnType.STRING and column.name not in keys
        )
        return str(next((text for text in texts if text), self.iri.rsplit("/", 1)[-1]))


@dataclass(frozen=True)
class Referred:
    """A row that another names."""

    columns: tuple[str, ...]
    iri: str
    thing: Thing | None
    """None: there is no such row in the current version of what is public."""


@dataclass(frozen=True)
class Referring:
    """Rows of one table that name a row by the same columns."""

    reference: Reference
    things: Sequence[Thing]
    total: int
    last: int | None
    """Number of the last row if more follow."""


@dataclass(frozen=True)
class _Current:
    """What the public sees of a dataset."""

    version: Version
    tables: dict[str, Table]


class Things:
    """Finds rows within one session; what it has looked up it keeps."""

    def __init__(self, session: Session, store: LocalStore, rows: RowEngine, settings: Settings) -> None:
        self._session = session
        self._store = store
        self._rows = rows
        self._settings = settings
        self._versions: dict[str, _Current] = {}
        self._tables: dict[tuple[str, str], tuple[Version, RowSource, TableExport]] = {}

    def find(self, slug: str, table: str, key: str) -> Thing:
        """Give the row whose primary key is *key*, the values of several columns joined by commas.

        Raises:
            NotFound: there is no such dataset, table or row.
            Gone: the dataset was withdrawn.
        """
        columns = self._table(slug, table)[2].schema.primary_key
        for values in islice(_readings(key, len(columns)), _MAX_READINGS):
            found = self._matching(slug, table, dict(zip(columns, values, strict=True)), after=0, limit=1)
            if found.rows:
                return self._thing(slug, table, *found.rows[0])
        raise NotFound(
            f"The table {slug}/{table} has no row {key[:100]!r}.",
            detail_de=f"Die Tabelle {slug}/{table} hat keine Zeile {key[:100]!r}.",
            key=list(columns),
        )

    def refers_to(self, thing: Thing) -> list[Referred]:
        """Give the rows that *thing* names, in the order of its keys."""
        found = []
        for key in thing.export.schema.foreign_keys:
            iri = target_iri(thing.export, key, thing.row)
            if iri is not None and len(key.columns) == len(key.referenced):
                wanted = dict(zip(key.referenced, self._texts(thing, key.columns), strict=True))
                target = (key.dataset or thing.export.dataset, key.table or thing.export.table)
                matches = self._public(*target, wanted, after=0, limit=1)
                named = self._thing(*target, *matches.rows[0]) if matches.rows else None
                found.append(Referred(key.columns, named.iri if named else iri, named))
        return found

    def referring(self, thing: Thing, reference: Reference, *, after: int, limit: int) -> Referring:
        """Give up to *limit* rows behind number *after* that name *thing* by *reference*, and how many there are."""
        texts = self._texts(thing, reference.referenced)
        wanted = dict(zip(reference.columns, texts, strict=True)) | dict(reference.where)
        source = (reference.dataset, reference.table)
        matches = NOTHING if "" in texts else self._public(*source, wanted, after=after, limit=limit)
        return Referring(reference, [self._thing(*source, *row) for row in matches.rows], matches.total, matches.last)

    def _texts(self, thing: Thing, names: Sequence[str]) -> list[str]:
        schema = thing.export.schema
        return [
            canonical_text(schema.column(name), thing.row[name]) or "" if name in schema.names else "" for name in names
        ]

    def _public(self, slug: str, table: str, wanted: dict[str, str], *, after: int, limit: int) -> Matches:
        """Give matching rows; none where the table is not public or has other columns now."""
        try:
            return self._matching(slug, table, wanted, after=after, limit=limit)
        except (NotFound, Gone, InvalidInput):
            return NOTHING

    def _matching(self, slug: str, table: str, wanted: dict[str, str], *, after: int, limit: int) -> Matches:
        _, source, _ = self._table(slug, table)
        return matching_rows(self._rows, source, wanted, after=after, limit=limit)

    def _thing(self, slug: str, table: str, number: int, text: str) -> Thing:
        version, _, export = self._table(slug, table)
        return Thing(version, export, number, text, read_row_text(text))

    def _table(self, slug: str, name: str) -> tuple[Version, RowSource, TableExport]:
        known = self._tables.get((slug, name))
        if known is None:
            current = self._version(slug)
            if name not in current.tables:
                raise no_such_table(slug, name, list(current.tables))
            source = published_source(self._store, current.version, current.tables[name])
            export = published_export(self._session, current.version.id, name, source, self._settings)
            known = self._tables[slug, name] = (current.version, source, export)
        return known

    def _version(self, slug: str) -> _Current:
        known = self._versions.get(slug)
        if known is None:
            version = public_version(self._session, slug, None)
            tables = {table.name: table for table in tables_of(self._session, version.id)}
            known = self._versions[slug] = _Current(version, tables)
        return known


def _readings(key: str, columns: int) -> Iterator[list[str]]:
    """Give the ways to cut *key* at its commas into as many values as there are key columns."""
    pieces = key.split(",")
    if columns == 0:
        return
    for cuts in combinations(range(1, len(pieces)), columns - 1):
        edges = (0, *cuts, len(pieces))
        yield [",".join(pieces[start:stop]) for start, stop in pairwise(edges)]
