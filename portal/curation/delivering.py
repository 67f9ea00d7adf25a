"""Files in, tables of a draft replaced: received, typed, checked against the published schema, looked through.

    upload ──receive──▶ plain CSV, findings ──type and check──▶ findings with row and column ──▶ the draft's new sources

With an error anywhere nothing is stored, and the answer names every finding with the remedy that would settle it. What
was chosen and accepted is kept for the next delivery of the table. `deliver` takes one table; `deliver_all` takes all
tables of a workbook, an archive or a Data Package, the last with its metadata.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from portal.accounts.actor import Actor
from portal.accounts.permissions import Action
from portal.catalogue.choices import remember
from portal.catalogue.dataset import Dataset
from portal.catalogue.draft import Draft
from portal.curation.choosing import kept_choices
from portal.curation.details import kept_details
from portal.curation.editing import touch
from portal.curation.finding import find_draft
from portal.curation.merging import Described, merged
from portal.curation.opening import open_draft
from portal.curation.packages import metadata_of, resource_facts
from portal.curation.received import (
    CheckedTable,
    Upload,
    check_table,
    only_table,
    receive_upload,
    require_table_name,
    taking_all,
)
from portal.curation.targets import WHOLE, require_unchanged, target_of, with_own_columns
from portal.events.log import Kind, record
from portal.foundation.db import reading, transaction
from portal.foundation.errors import Outdated
from portal.foundation.tableschema import read_schema
from portal.ingest.engine import Engine as TableEngine
from portal.ingest.receive.archives import package_of
from portal.ingest.receive.delivery import Choices
from portal.publishing.descriptor import check_unfinished
from portal.publishing.proposing import schema_as_dict
from portal.store.local import LocalStore


@dataclass(frozen=True, kw_only=True)
class Delivered:
    """What came of a delivery."""

    tables: Mapping[str, Described]
    """By table: file name, rows, columns, guesses, findings, questions on personal data; as the draft keeps it."""
    draft_id: int | None
    """None: it was a dry run."""


@dataclass(frozen=True)
class Watch:
    """Who wants to know how far a delivery is."""

    on_step: Callable[[str, int | None], None] = lambda _step, _rows: None
    """Told each of `STEPS` as it begins, and the rows that were read by then."""
    at_end: Callable[[Session, Mapping[str, Described], Mapping[str, Described]], None] = (
        lambda _session, _told, _kept: None
    )
    """Called in the transaction that stores the tables, with what is told and kept of each: what it raises undoes it."""


STEPS = ("receive", "check", "store")
"""What a delivery goes through."""

UNWATCHED = Watch()


@dataclass(frozen=True)
class _Parts:
    """What a file comes to."""

    checked: list[CheckedTable]
    metadata: Described
    choices: Mapping[str, Choices]


def deliver(
    engine: Engine,
    store: LocalStore,
    drafts: LocalStore,
    slug: str,
    table: str,
    upload: Upload,
    *,
    revision: int | None = None,
    by: Actor,
    at: datetime,
    watch: Watch = UNWATCHED,
) -> Delivered:
    """Replace a table of the draft of *slug*, or add one; without a draft one is opened from what is public.

    Raises:
        NotFound: there is no such dataset.
        Forbidden: *by* does not edit for its publisher.
        IllegalStep: the draft was submitted.
        Outdated: *revision* is given, and the draft has another one.
        InvalidInput: the table's name does not do.
        InvalidDataset: the file cannot be taken as it is; every finding is among the facts, and nothing was stored.
    """
    require_table_name(table)
    with reading(engine) as session:
        target = target_of(session, drafts, slug, table, upload, revision, by=by)
    watch.on_step("receive", None)
    with drafts.workshop() as workshop, TableEngine.open(workshop) as tables:
        schema = upload.schema or target.schemas.get(table)
        own = {"schema": schema_as_dict(upload.schema)} if upload.schema else None
        delivery, choices = receive_upload(upload, target, workshop, tables, schema=schema, table=table)
        received = only_table(delivery)
        watch.on_step("check", received.row_count)
        checked = check_table(delivery, received, table, schema, own, target, choices, upload, workshop, tables, by, at)
        watch.on_step("store", received.row_count)
        parts = _Parts([checked], {}, {table: choices})
        return _store(engine, store, drafts, slug, parts, upload, revision, watch, by=by, at=at)


def deliver_all(
    engine: Engine,
    store: LocalStore,
    drafts: LocalStore,
    slug: str,
    upload: Upload,
    *,
    revision: int | None = None,
    by: Actor,
    at: datetime,
    watch: Watch = UNWATCHED,
) -> Delivered:
    """Replace or add every table that a file holds; a Data Package also brings its metadata and its own columns.

    Raises:
        As `deliver`.
    """
    with reading(engine) as session:
        target = target_of(session, drafts, slug, WHOLE, upload, revision, by=by)
    watch.on_step("receive", None)
    with drafts.workshop() as workshop, TableEngine.open(workshop) as tables:
        delivery, choices = receive_upload(upload, taking_all(target), workshop, tables, schemas=target.schemas)
        package = package_of(upload.path)
        resources = resource_facts(package) if package else {}
        watch.on_step("check", sum(one.row_count for one in delivery.tables))
        checked = []
        for received in delivery.tables:
            require_table_name(received.name)
            own = resources.get(received.name)
            schema = read_schema(own["schema"]) if own and "schema" in own else target.schemas.get(received.name)
            checked.append(
                check_table(
                    delivery, received, received.name, schema, own, target, choices, upload, workshop, tables, by, at
                )
            )
        metadata = metadata_of(package) if package else {}
        watch.on_step("store", sum(one.row_count for one in delivery.tables))
        parts = _Parts(checked, metadata, {WHOLE: choices})
        return _store(engine, store, drafts, slug, parts, upload, revision, watch, by=by, at=at)


def _editable(session: Session, slug: str, revision: int | None, *, by: Actor) -> tuple[Dataset, Draft]:
    dataset, draft = find_draft(session, slug, by=by, action=Action.EDIT_DRAFT)
    require_unchanged(draft, revision)
    return dataset, draft


def _require_source(draft: Draft, tables: Iterable[str], upload: Upload) -> None:
    """Refuse a file that was made from rows which are not there any more."""
    if upload.merged_from and any(draft.sources.get(name) != upload.merged_from for name in tables):
        raise Outdated(
            "Somebody else changed the table at the same moment; please try again.",
            detail_de="Jemand anderes hat die Tabelle im selben Augenblick geändert; bitte noch einmal.",
        )


def _store(
    engine: Engine,
    store: LocalStore,
    drafts: LocalStore,
    slug: str,
    parts: _Parts,
    upload: Upload,
    revision: int | None,
    watch: Watch,
    *,
    by: Actor,
    at: datetime,
) -> Delivered:
    checked = parts.checked
    tables = {one.name: one.told for one in checked}
    if upload.dry_run:
        return Delivered(tables=tables, draft_id=None)
    blobs = drafts.adopt([one.path for one in checked])
    details = kept_details(drafts, tables)
    choices = {} if upload.once else {name: kept_choices(drafts, one) for name, one in parts.choices.items()}
    if revision is None:
        open_draft(engine, store, drafts, slug, by=by, at=at)
    with transaction(engine) as session:
        dataset, draft = _editable(session, slug, revision, by=by)
        before = dict(draft.sources)
        _require_source(draft, [one.name for one in checked], upload)
        descriptor = with_own_columns(session, dataset, draft.descriptor, tables)
        draft.descriptor = _with_tables(merged(descriptor, parts.metadata), checked)
        check_unfinished(draft.descriptor)
        draft.sources = {**draft.sources, **{one.name: blobs[one.path].digest for one in checked}}
        draft.deliveries = {**draft.deliveries, **details}
        touch(draft, by=by, at=at)
        for name, digest in choices.items():
            remember(session, draft.dataset_id, name, digest, actor=by.label, at=at)
        record(
            session,
            Kind.DRAFT_EDITED,
            at=at,
            actor=by.label,
            dataset=dataset.slug,
            tables={
                one.name: {
                    "rows": one.told["rows"],
                    "source": {"before": before.get(one.name), "after": draft.sources[one.name]},
                }
                for one in checked
            },
            accepted=sorted({remedy.code for chosen in parts.choices.values() for remedy in chosen.accepted}),
        )
        session.flush()
        watch.at_end(session, tables, details)
        return Delivered(tables=tables, draft_id=draft.id)


def _with_tables(descriptor: Described, checked: list[CheckedTable]) -> Described:
    """Give the descriptor with every delivered table in it; what it says of a table stays unless it is to be renewed."""
    resources = {one["name"]: one for one in descriptor["resources"]}
    for one in checked:
        existing = resources.get(one.name)
        if existing is None:
            resources[one.name] = one.resource
        elif one.renews_schema:
            resources[one.name] = {**existing, **one.resource}
    return {**descriptor, "resources": list(resources.values())}
