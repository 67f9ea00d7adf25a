"""Actions that change the rows of tables: they go into the draft's table, which the next release makes public.

    datastore_create           a table from records, typed by `fields`; again on the same table: columns and rows added
    datastore_upsert           rows put in (`insert`), changed (`update`), or either (`upsert`), by the table's key
    datastore_records_delete   rows taken out; datastore_delete without filters takes the table out

Each makes a file of the whole table and delivers it (row_merging.py): no row is public that no file was checked for.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from portal.catalogue.draft import Draft
from portal.curation.delivering import deliver
from portal.curation.finding import draft_or_public
from portal.curation.opening import public_sources
from portal.curation.received import Upload
from portal.foundation.errors import Outdated
from portal.foundation.tableschema import TableSchema, read_schema
from portal.foundation.text import slugify
from portal.ingest.receive.delivery import Choices
from portal.web.ckan.arguments import refuse
from portal.web.ckan.calls import WritingCall
from portal.web.ckan.datastore_fields import asked_schema
from portal.web.ckan.drafts import find_name, find_table, table_id
from portal.web.ckan.finishing import finish, settle
from portal.web.ckan.incoming_lists import objects, plain
from portal.web.ckan.package_edits import edit
from portal.web.ckan.package_object import Shown
from portal.web.ckan.resource_writers import describe, refuse_unknown, told_by_file
from portal.web.ckan.row_merging import Cells, Merge, Watched, cells_of, meets, read_rows, write_rows

MAX_RECORDS = 250_000
"""Rows in one call; a body is no larger than the door takes, anyway."""

_METHODS = ("upsert", "insert", "update")
_TRIES = 3
_AS_WE_WRITE = Choices(encoding="utf-8", delimiter=",", quote='"', header_row=1)

Change = Callable[[TableSchema | None, Iterable[Cells]], tuple[TableSchema | None, Sequence[str], Iterable[Cells]]]
"""Given the columns and rows that a table has (None: it is new), those it is to have: columns that are new, names, rows."""


def datastore_create(call: WritingCall) -> Shown:
    """Make a table from records, or add columns and records to one."""
    arguments = call.arguments
    for name in ("aliases", "triggers"):
        if arguments.values.get(name):
            refuse(name, "There is nothing here that this could be", "dem entspricht hier nichts")
    slug, table = _created(call)
    records = _records(call)
    given = objects(arguments.values, "records", most=MAX_RECORDS)
    fields, key = objects(arguments.values, "fields"), arguments.items("primary_key")
    drops = arguments.flag("delete_fields", False)

    def change(
        schema: TableSchema | None, rows: Iterable[Cells]
    ) -> tuple[TableSchema | None, Sequence[str], Iterable[Cells]]:
        after = asked_schema(fields, records, given, key, schema, drops=drops)
        names = after.names if after else tuple(dict.fromkeys(name for one in records for name in one))
        _refuse_extra(records, names)
        merged = Merge(after, records, "upsert").rows(rows) if after else iter(records)
        return (None if after == schema else after), names, merged

    told = {"fields": arguments.values.get("fields") or [], "method": "insert"}
    return _changed(call, slug, table, change, told, arguments.mapping("resource"))


def datastore_upsert(call: WritingCall) -> Shown:
    """Put rows into a table by its key: `upsert`, `insert` or `update`."""
    method = call.arguments.text("method", "upsert")
    if method not in _METHODS:
        refuse("method", f"Must be one of {', '.join(_METHODS)}", "gibt es nicht")
    slug, table = _named(call)
    records = _records(call)

    def change(
        schema: TableSchema | None, rows: Iterable[Cells]
    ) -> tuple[TableSchema | None, Sequence[str], Iterable[Cells]]:
        assert schema is not None  # a table that was found has columns
        if method != "insert" and not schema.primary_key:
            refuse("table", "table does not have a unique key defined", "die Tabelle hat keinen Schlüssel")
        _refuse_extra(records, schema.names)
        return None, schema.names, Merge(schema, records, method).rows(rows)

    more = {"records": call.arguments.values.get("records")} if call.arguments.flag("include_records", False) else {}
    return _changed(call, slug, table, change, {"method": method, **more})


def datastore_records_delete(call: WritingCall) -> Shown:
    """Take the rows out of a table that meet `filters`."""
    if not isinstance(call.arguments.values.get("filters"), dict | str):
        refuse("filters", "Missing value", "fehlt")
    return _without(call)


def datastore_delete(call: WritingCall) -> Shown:
    """Take the rows that meet `filters` out of a table; without filters, the table out of its dataset."""
    if call.arguments.mapping("filters"):
        return _without(call)
    slug, table = _named(call)
    edit(call, slug, {}, [table])
    return finish(call, slug).as_dict({"resource_id": call.arguments.text("resource_id")})


def _without(call: WritingCall) -> Shown:
    slug, table = _named(call)
    filters = call.arguments.mapping("filters")

    def change(
        schema: TableSchema | None, rows: Iterable[Cells]
    ) -> tuple[TableSchema | None, Sequence[str], Iterable[Cells]]:
        assert schema is not None  # a table that was found has columns
        goes = meets(schema, filters)
        return None, schema.names, (row for number, row in enumerate(rows, start=1) if not goes(number, row))

    return _changed(call, slug, table, change, {"filters": filters})


def _created(call: WritingCall) -> tuple[str, str]:
    """Give the dataset and the table that is to be made, or made wider."""
    resource = call.arguments.mapping("resource")
    if not resource:
        return _named(call)
    if call.arguments.values.get("resource_id"):
        refuse("resource", "Give resource_id or resource, not both", "entweder resource_id oder resource")
    refuse_unknown(resource)
    package = plain(resource, "package_id") or refuse("package_id", "Missing value", "fehlt")
    with call.looking() as look:
        slug = find_name(look, package)
        _, basis = draft_or_public(look.session, slug, by=call.by)
    table = slugify(plain(resource, "name") or slug)[:100] or "table"
    if table in {one["name"] for one in basis.descriptor["resources"]}:
        refuse("resource", f"There is a table {table!r} already", f"die Tabelle {table!r} gibt es schon")
    return slug, table


def _named(call: WritingCall) -> tuple[str, str]:
    with call.looking() as look:
        return find_table(look, call.arguments.needed("resource_id", "id"))


def _records(call: WritingCall) -> list[Cells]:
    return [cells_of(one) for one in objects(call.arguments.values, "records", most=MAX_RECORDS)]


def _refuse_extra(records: Sequence[Cells], names: Sequence[str]) -> None:
    known = set(names)
    for number, record in enumerate(records, start=1):
        extra = record.keys() - known
        if extra:
            shown = ", ".join(sorted(extra))[:200]
            refuse(
                "records", f'row "{number}" has extra keys "{shown}"', f"Zeile {number} hat unbekannte Spalten: {shown}"
            )


def _changed(
    call: WritingCall, slug: str, table: str, change: Change, told: Shown, resource: Mapping[str, Any] | None = None
) -> Shown:
    """Change a table and finish; somebody else who changes it at the same moment makes it begin anew.

    *resource* says what a new table is called and is about.
    """
    dry_run = call.arguments.flag("dry_run", False)
    for left in reversed(range(_TRIES)):
        try:
            rows = _deliver(call, slug, table, change, dry_run=dry_run)
            break
        except Outdated:
            if not left:
                raise
    if not dry_run and resource:
        describe(call, slug, table, resource)
    with call.looking() as look:
        answer = {"resource_id": table_id(look, slug, table), "total": rows, **told}
    return answer if dry_run else finish(call, slug).as_dict(answer)


def _deliver(call: WritingCall, slug: str, table: str, change: Change, *, dry_run: bool) -> int:
    portal = call.portal
    settle(call, slug)
    with call.looking() as look:
        _, basis = draft_or_public(look.session, slug, by=call.by)
        found = next((one for one in basis.descriptor["resources"] if one["name"] == table), None)
        if isinstance(basis, Draft):
            digest, store = basis.sources.get(table), portal.drafts
        else:
            digest, store = public_sources(look.session, basis).get(table), portal.store
    schema = read_schema(found["schema"]) if found else None
    rows = read_rows(store.path(digest)) if digest else iter(())
    with portal.drafts.workshop() as workshop, told_by_file("records"):
        path = workshop / "merged.csv"
        watched = Watched(schema, rows)
        new_schema, names, merged = change(schema, watched.rows())
        number = write_rows(path, names, watched.passing(merged))
        if found and not watched.altered and new_schema is None:
            return number  # it is so already: nothing to deliver, no version to release
        upload = Upload(
            path=path, filename=f"{table}.csv", accepted=call.arguments.items("accept"), choices=_AS_WE_WRITE,
            schema=new_schema, once=True, merged_from=digest, dry_run=dry_run,
        )  # fmt: skip
        deliver(portal.engine, portal.store, portal.drafts, slug, table, upload, by=call.by, at=call.at)
    return number
