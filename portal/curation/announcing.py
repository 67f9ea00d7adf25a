"""Tables of a draft without rows: announced before their rows come, or emptied when the last one has gone.

Such a table stands in the descriptor with its columns, or with none as long as nobody has said them, and has no source in
the drafts' store. To whoever looks it is a table that was not delivered (looking.py), so no release goes through with it.
"""

from datetime import datetime

from sqlalchemy import Engine

from portal.accounts.actor import Actor
from portal.accounts.permissions import Action
from portal.catalogue.draft import require_source
from portal.curation.editing import forget_rows, touch
from portal.curation.finding import find_draft, require_editable
from portal.curation.opening import open_draft
from portal.curation.received import require_table_name
from portal.events.log import Kind, record
from portal.foundation.db import transaction
from portal.foundation.tableschema import TableSchema
from portal.publishing.descriptor import check_unfinished
from portal.publishing.proposing import proposed_resource, schema_as_dict
from portal.store.local import LocalStore

NO_COLUMNS = TableSchema(columns=())
"""Of a table whose columns nobody has said yet."""


def announce_table(
    engine: Engine,
    store: LocalStore,
    drafts: LocalStore,
    slug: str,
    table: str,
    *,
    schema: TableSchema | None,
    source: str,
    by: Actor,
    at: datetime,
) -> None:
    """Put a table without rows into the draft of *slug*, or take all rows out of one it has; without a draft one is opened.

    *schema* are its columns from now on; None: those it has, or none yet. *source* is the digest of the rows that it is
    believed to have, empty if it has none.

    Raises:
        NotFound: there is no such dataset.
        Forbidden: *by* does not edit for its publisher.
        IllegalStep: the draft was submitted.
        Outdated: the table has other rows by now.
        InvalidInput, InvalidDataset: the table's name or its columns do not do.
    """
    require_table_name(table)
    open_draft(engine, store, drafts, slug, by=by, at=at)
    with transaction(engine) as session:
        dataset, draft = find_draft(session, slug, by=by, action=Action.EDIT_DRAFT)
        require_editable(draft)
        require_source(draft, table, source)
        before = {one["name"]: one for one in draft.descriptor["resources"]}
        resource = before.get(table) or proposed_resource(table, NO_COLUMNS)
        if schema is not None:
            resource = {**resource, "schema": schema_as_dict(schema)}
        draft.descriptor = {**draft.descriptor, "resources": [*{**before, table: resource}.values()]}
        check_unfinished(draft.descriptor)
        forget_rows(draft, table)
        touch(draft, by=by, at=at)
        told = {"rows": 0, "source": {"before": source or None, "after": None}}
        record(session, Kind.DRAFT_EDITED, at=at, actor=by.label, dataset=dataset.slug, tables={table: told})
        session.flush()
