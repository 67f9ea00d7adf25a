"""Actions that change the rows of tables: they go into the draft's table, which the next release makes public.

    datastore_create           a table from `fields` or records, with or without rows; again on it: columns and rows added
    datastore_upsert           rows put in (`insert`), changed (`update`), or either (`upsert`), by the table's key
    datastore_records_delete   rows taken out, all of them by empty `filters`; the table stays
    datastore_delete           the same with `filters`; without them columns and rows go, and the resource waits for new ones

Each makes a file of the whole table and delivers it (table_changes.py): no row is public that no file was checked for.
"""

from collections.abc import Iterable, Sequence

from portal.curation.finding import draft_or_public
from portal.web.ckan.arguments import refuse
from portal.web.ckan.calls import WritingCall
from portal.web.ckan.datastore_fields import asked_schema
from portal.web.ckan.drafts import find_name, find_table
from portal.web.ckan.incoming_lists import objects, plain
from portal.web.ckan.package_edits import table_name
from portal.web.ckan.package_object import Shown
from portal.web.ckan.resource_writers import refuse_unknown
from portal.web.ckan.row_merging import Cells, Merge, cells_of, meets
from portal.web.ckan.table_changes import Changed, Standing, change_table, drop_table

MAX_RECORDS = 250_000
"""Rows in one call; a body is no larger than the door takes, anyway."""

_METHODS = ("upsert", "insert", "update")


def datastore_create(call: WritingCall) -> Shown:
    """Make a table by its fields or of records, or add columns and records to one."""
    arguments = call.arguments
    for name in ("aliases", "triggers"):
        if arguments.values.get(name):
            refuse(name, "There is nothing here that this could be", "dem entspricht hier nichts")
    slug, table = _created(call)
    records = _records(call)
    given = objects(arguments.values, "records", most=MAX_RECORDS)
    fields, key = objects(arguments.values, "fields"), arguments.items("primary_key")
    drops = arguments.flag("delete_fields", False)

    def change(before: Standing) -> Changed:
        after = asked_schema(fields, records, given, key, before.schema, before.described, drops=drops)
        names = after.names if after else tuple(dict.fromkeys(name for one in records for name in one))
        _refuse_extra(records, names)
        merged = Merge(after, records, "upsert").rows if after else lambda _: records
        return Changed(schema=None if after == before.schema else after, names=names, rows=merged, added=records)

    told = {"fields": arguments.values.get("fields") or [], "method": "insert"}
    return change_table(call, slug, table, change, told, arguments.mapping("resource"))


def datastore_upsert(call: WritingCall) -> Shown:
    """Put rows into a table by its key: `upsert`, `insert` or `update`."""
    method = call.arguments.text("method", "upsert")
    if method not in _METHODS:
        refuse("method", f"Must be one of {', '.join(_METHODS)}", "gibt es nicht")
    slug, table = _named(call)
    records = _records(call)

    def change(before: Standing) -> Changed:
        schema = before.require_columns()
        if method != "insert" and not schema.primary_key:
            refuse("table", "table does not have a unique key defined", "die Tabelle hat keinen Schlüssel")
        _refuse_extra(records, schema.names)
        merged = Merge(schema, records, method).rows
        return Changed(schema=None, names=schema.names, rows=merged, added=() if method == "update" else records)

    more = {"records": call.arguments.values.get("records")} if call.arguments.flag("include_records", False) else {}
    return change_table(call, slug, table, change, {"method": method, **more})


def datastore_records_delete(call: WritingCall) -> Shown:
    """Take the rows out of a table that meet `filters`; empty filters take out all of them."""
    if not isinstance(call.arguments.values.get("filters"), dict | str):
        refuse("filters", "Missing value", "fehlt")
    return _without(call)


def datastore_delete(call: WritingCall) -> Shown:
    """Take the rows that meet `filters` out of a table; without filters forget its columns, too: the resource stays."""
    if call.arguments.values.get("filters") not in (None, ""):
        return _without(call)
    slug, table = _named(call)
    return drop_table(call, slug, table)


def _without(call: WritingCall) -> Shown:
    slug, table = _named(call)
    filters = call.arguments.mapping("filters")

    def change(before: Standing) -> Changed:
        schema = before.require_columns()
        goes = meets(schema, filters)

        def left(rows: Iterable[Cells]) -> Iterable[Cells]:
            return (row for number, row in enumerate(rows, start=1) if not goes(number, row))

        return Changed(schema=None, names=schema.names, rows=left)

    return change_table(call, slug, table, change, {"filters": filters})


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
    table = table_name(resource, slug)
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
