"""A table changed by rows: a file of the whole table is made and delivered, or a table is left that waits for rows.

Whoever changes the table at the same moment is not overwritten: the change is made again on what is there now.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from portal.catalogue.draft import Draft
from portal.curation.announcing import NO_COLUMNS, announce_table
from portal.curation.appending import append_rows
from portal.curation.delivering import deliver
from portal.curation.finding import draft_or_public
from portal.curation.opening import public_sources
from portal.curation.received import Upload
from portal.foundation.errors import NotFound, Outdated
from portal.foundation.tableschema import Column, TableSchema, columns_known, read_schema
from portal.ingest.receive.delivery import Choices
from portal.ingest.report import Remedy
from portal.store.local import LocalStore
from portal.web.ckan.calls import WritingCall
from portal.web.ckan.drafts import table_id
from portal.web.ckan.finishing import finish, settle
from portal.web.ckan.package_edits import describe
from portal.web.ckan.package_object import Shown
from portal.web.ckan.resource_writers import told_by_file
from portal.web.ckan.row_merging import Cells, Watched, read_rows, write_rows

_TRIES = 3
_AS_WE_WRITE = Choices(
    encoding="utf-8", delimiter=",", quote='"', header_row=1, accepted=(Remedy(code="keep-apostrophes"),)
)


@dataclass(frozen=True, kw_only=True)
class Standing:
    """A table as it stands before a change."""

    schema: TableSchema | None
    """None: it is new, or nobody has said its columns yet."""
    described: Mapping[str, Column]
    """What the public version of the table says of its columns."""
    source: str
    """Digest of its rows; empty: there are none."""
    store: LocalStore
    """Where the rows lie."""

    def require_columns(self) -> TableSchema:
        """Give its columns.

        Raises:
            NotFound: nobody has said them yet.
        """
        if self.schema is None:
            raise NotFound(
                "Table was not found in the DataStore: it has no columns yet, and datastore_create makes them.",
                detail_de="Die Tabelle hat noch keine Spalten; datastore_create macht sie.",
            )
        return self.schema

    def rows(self) -> Iterable[Cells]:
        """Give its rows."""
        return read_rows(self.store.path(self.source)) if self.source else iter(())


@dataclass(frozen=True, kw_only=True)
class Changed:
    """What a table is to have after a change."""

    schema: TableSchema | None
    """Columns that are new; None: they stay."""
    names: Sequence[str]
    """Of the columns."""
    rows: Callable[[Iterable[Cells]], Iterable[Cells]]
    """Makes of the rows that it has those that it is to have."""
    added: Sequence[Cells] = ()
    """Rows to put behind the others if none of them is there; empty: the change is something else."""


Change = Callable[[Standing], Changed]
"""Given a table, what it is to have."""


def change_table(
    call: WritingCall, slug: str, table: str, change: Change, told: Shown, resource: Mapping[str, Any] | None = None
) -> Shown:
    """Change a table and finish; *resource* says what a new table is called and is about, *told* goes into the answer."""
    dry_run = call.arguments.flag("dry_run", False)
    rows = _again_if_outdated(lambda: _delivered(call, slug, table, change, dry_run=dry_run))
    if not dry_run and resource:
        describe(call, slug, table, resource)
    with call.looking() as look:
        answer = {"resource_id": table_id(look, slug, table), "total": rows, **told}
    return answer if dry_run else finish(call, slug).as_dict(answer)


def drop_table(call: WritingCall, slug: str, table: str) -> Shown:
    """Forget the rows and columns of a table, whose place in its dataset stays: the next datastore_create fills it.

    Raises:
        NotFound: it has neither.
    """
    _again_if_outdated(lambda: _dropped(call, slug, table))
    return finish(call, slug).as_dict({"resource_id": call.arguments.text("resource_id")})


def standing_table(call: WritingCall, slug: str, table: str) -> Standing:
    """Give a table of the draft of *slug*, or of what is public if there is no draft; it may be new."""
    settle(call, slug)
    with call.looking() as look:
        dataset, basis = draft_or_public(look.session, slug, by=call.by)
        public = dataset.current_version
        if isinstance(basis, Draft):
            source, store = basis.sources.get(table), call.portal.drafts
        else:
            source, store = public_sources(look.session, basis).get(table), call.portal.store
        found, published = _resource(basis.descriptor, table), _resource(public.descriptor if public else {}, table)
    return Standing(
        schema=columns_known(found["schema"]) if found else None,
        described={one.name: one for one in read_schema(published["schema"]).columns} if published else {},
        source=source or "",
        store=store,
    )


def _resource(descriptor: Mapping[str, Any], table: str) -> Mapping[str, Any] | None:  # Any: JSON
    return next((one for one in descriptor.get("resources", ()) if one["name"] == table), None)


_Done = TypeVar("_Done")


def _again_if_outdated(change: Callable[[], _Done]) -> _Done:
    for _ in range(_TRIES - 1):
        try:
            return change()
        except (Outdated, FileNotFoundError):  # other rows are there by now, and those we looked at may be gone
            continue
    return change()


def _dropped(call: WritingCall, slug: str, table: str) -> None:
    before = standing_table(call, slug, table)
    before.require_columns()
    _announce(call, slug, table, NO_COLUMNS, before)


def _delivered(call: WritingCall, slug: str, table: str, change: Change, *, dry_run: bool) -> int:
    """Give the number of rows that the table has after the change."""
    portal, before = call.portal, standing_table(call, slug, table)
    with portal.drafts.workshop() as workshop, told_by_file("records"):
        changed = change(before)
        number = None if dry_run else _appended(call, slug, table, changed, before, workshop)
        if number is not None:
            return number
        path, watched = workshop / "merged.csv", Watched(before.schema, before.rows())
        number = write_rows(path, changed.names, watched.passing(changed.rows(watched.rows())))
        if before.schema and not watched.altered and changed.schema is None:
            return number  # it is so already: nothing to deliver, no version to release
        if number == 0:
            if not dry_run:
                _announce(call, slug, table, changed.schema, before)
            return 0
        upload = replace(_upload(call, table, path, before), schema=changed.schema, dry_run=dry_run)
        deliver(portal.engine, portal.store, portal.drafts, slug, table, upload, by=call.by, at=call.at)
    return number


def _appended(
    call: WritingCall, slug: str, table: str, changed: Changed, before: Standing, workshop: Path
) -> int | None:
    """Put rows behind those of a table, if that is all there is to do; None: it is not, and nothing was done."""
    if not changed.added or changed.schema or not before.source or before.store is not call.portal.drafts:
        return None
    path = workshop / "added.csv"
    rows = write_rows(path, changed.names, changed.added)
    upload = _upload(call, table, path, before)
    return append_rows(call.portal.engine, call.portal.drafts, slug, table, upload, rows, by=call.by, at=call.at)


def _upload(call: WritingCall, table: str, path: Path, before: Standing) -> Upload:
    return Upload(
        path=path, filename=f"{table}.csv", accepted=call.arguments.items("accept"), choices=_AS_WE_WRITE, once=True,
        merged_from=before.source,
    )  # fmt: skip


def _announce(call: WritingCall, slug: str, table: str, schema: TableSchema | None, before: Standing) -> None:
    portal, source = call.portal, before.source
    announce_table(
        portal.engine, portal.store, portal.drafts, slug, table, schema=schema, source=source, by=call.by, at=call.at
    )
