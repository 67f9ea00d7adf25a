"""Rows put behind those that a table of a draft has, without a look at the whole table.

Rows that come in many calls would otherwise cost a pass over the growing table each time. The new rows go the way of every
file: received, typed, checked against the columns of the table. What only the whole table can tell is asked of both files
(ingest/adding.py). Wherever the answer is not plainly yes, nothing is done, and whoever asked delivers the whole table.

    rows ──receive, check──▶ plain CSV ──they add up──▶ behind the source: the draft's new source
"""

import shutil
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine

from portal.accounts.actor import Actor
from portal.accounts.permissions import Action
from portal.catalogue.draft import require_source
from portal.curation.details import details_of, kept_details, with_more
from portal.curation.editing import touch
from portal.curation.finding import find_draft, require_editable
from portal.curation.merging import Described
from portal.curation.received import CheckedTable, Upload, check_table, only_table, receive_upload
from portal.curation.targets import target_of
from portal.events.log import Kind, record
from portal.foundation.db import reading, transaction
from portal.foundation.errors import InvalidDataset
from portal.foundation.tableschema import ColumnType, TableSchema
from portal.ingest.adding import adds_up
from portal.ingest.engine import Engine as TableEngine
from portal.ingest.receive.delivery import Choices, ColumnChoice
from portal.publishing.rebuild import draft_digests
from portal.store.local import LocalStore

_EARLIER = "earlier"
"""Where the row of a delivery keeps the digests of what the table was before its last rows came."""

_KEPT_EARLIER = 3
"""So many of them stay for whoever has just begun to read one; older ones go, or a thousand calls fill the disk. None goes within
seconds: another dataset whose rows come in the same order may be about to have the very same file."""

_PLAIN = {
    ColumnType.INTEGER: "plain",
    ColumnType.NUMBER: "point",
    ColumnType.BOOLEAN: "words",
    ColumnType.DATE: "iso",
    ColumnType.TIME: "clock",
    ColumnType.DATETIME: "iso",
    ColumnType.YEAR: "plain",
    ColumnType.YEARMONTH: "iso",
}
"""Type ↔ the notation whose canonical form is itself (ingest/receive/readings.py)."""


def append_rows(
    engine: Engine, drafts: LocalStore, slug: str, table: str, upload: Upload, rows: int, *, by: Actor, at: datetime
) -> int | None:
    """Put the *rows* rows of a plain CSV file behind those of a table of a draft; give how many it has then.

    None: that cannot be done without the whole table, and nothing was changed. `merged_from` of *upload* is the digest of
    the rows that are there.

    Raises:
        NotFound, Forbidden, IllegalStep: as `delivering.deliver`.
        Outdated: the table has other rows by now.
    """
    with reading(engine) as session:
        _, draft = find_draft(session, slug, by=by, action=Action.EDIT_DRAFT)
        require_editable(draft)
        told, source = details_of(drafts, draft, table), draft.sources.get(table, "")
        target = target_of(session, drafts, slug, table, upload, None, by=by)
    schema = target.schemas.get(table)
    if told is None or schema is None or source != upload.merged_from:
        return None
    target = replace(target, choices=_plainly(target.choices, schema))
    with drafts.workshop() as workshop, TableEngine.open(workshop) as tables:
        try:
            delivery, choices = receive_upload(upload, target, workshop, tables, schema=schema, table=table)
            received = only_table(delivery)
            checked = check_table(
                delivery, received, table, schema, None, target, choices, upload, workshop, tables, by, at
            )
        except InvalidDataset:
            return None  # the whole table says better what is wrong, or that nothing is
        before = drafts.path(source)
        plain = checked.told["rows"] == rows and not any(one["unit"] for one in checked.told["columns"])
        if not (plain and adds_up(tables, schema, before, checked.path)):
            return None
        after = workshop / "appended.csv"
        _join(before, checked.path, after)
        return _store(engine, drafts, slug, checked, after, source, told, by=by, at=at)


def _plainly(choices: Choices, schema: TableSchema) -> Choices:
    """Read every column as it is written in files that were received: what would be another notation is refused."""
    notations = {one.name: ColumnChoice(notation=_PLAIN[one.type]) for one in schema.columns if one.type in _PLAIN}
    return replace(choices, columns=notations)


def _join(before: Path, added: Path, target: Path) -> None:
    shutil.copyfile(before, target)
    with added.open("rb") as rows, target.open("ab") as file:
        rows.readline()  # the names of the columns, none of which has a line end in it
        shutil.copyfileobj(rows, file)


def _store(
    engine: Engine,
    drafts: LocalStore,
    slug: str,
    checked: CheckedTable,
    after: Path,
    source: str,
    told: Described,
    *,
    by: Actor,
    at: datetime,
) -> int:
    table, more = checked.name, with_more(told, checked.told)
    digest = drafts.adopt([after])[after].digest
    details = kept_details(drafts, {table: more})[table]
    with transaction(engine) as session:
        dataset, draft = find_draft(session, slug, by=by, action=Action.EDIT_DRAFT)
        require_editable(draft)
        require_source(draft, table, source)
        earlier = [*draft.deliveries[table].get(_EARLIER, ()), source]
        gone = set(drafts.settled(earlier[:-_KEPT_EARLIER]))
        kept = [one for one in earlier if one not in gone]
        draft.sources = {**draft.sources, table: digest}
        draft.deliveries = {**draft.deliveries, table: {**details, _EARLIER: kept}}
        touch(draft, by=by, at=at)
        changed = {"rows": more["rows"], "source": {"before": source, "after": digest}}
        record(session, Kind.DRAFT_EDITED, at=at, actor=by.label, dataset=dataset.slug, tables={table: changed})
        session.flush()
    if gone:
        drafts.discard(gone - draft_digests(engine))
    return int(more["rows"])
