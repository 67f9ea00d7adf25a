"""One file in, one table of a draft replaced: received, typed, checked against the published schema, looked through.

    upload ──receive──▶ plain CSV, findings ──type and check──▶ findings with row and column ──▶ the draft's new source

With an error anywhere nothing is stored, and the answer names every finding with the remedy that would settle it. What
was chosen and accepted is kept for the next delivery of the table.
"""

from collections.abc import Collection
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from portal.accounts.actor import Actor
from portal.accounts.permissions import Action
from portal.catalogue.choices import remember, remembered
from portal.catalogue.draft import Draft, require_revision
from portal.curation.drafting import find_draft, open_draft, require_editable, touch
from portal.curation.merging import Described
from portal.events.log import Kind, record
from portal.foundation.db import reading, transaction
from portal.foundation.errors import InvalidDataset, InvalidInput
from portal.foundation.tableschema import TableSchema, read_schema
from portal.ingest.engine import Engine as TableEngine
from portal.ingest.receive.accepting import receive_accepting, remedies
from portal.ingest.receive.delivery import Choices, DeliveredTable, Delivery
from portal.ingest.report import Report
from portal.ingest.typed import TypedTable, build_table
from portal.publishing.folder import is_name
from portal.publishing.privacy import undecided
from portal.publishing.proposing import proposed_resource
from portal.store.local import LocalStore


@dataclass(frozen=True, kw_only=True)
class Upload:
    """A file as somebody sent it, and what they said about it."""

    path: Path
    filename: str
    accepted: Collection[str] = ()
    """Codes of findings whose proposed remedies are accepted."""
    choices: Choices | None = None
    """None: what was chosen for the last delivery of this table."""
    new_schema: bool = False
    """Take the columns as the file has them instead of those the table has."""
    dry_run: bool = False
    """Only say what would be."""


@dataclass(frozen=True, kw_only=True)
class Delivered:
    """What came of a delivery."""

    table: str
    told: Described
    """File name, rows, columns, guesses, findings, questions on personal data; as the draft keeps it."""
    draft_id: int | None
    """None: it was a dry run."""


@dataclass(frozen=True)
class _Target:
    """Where a delivery goes."""

    descriptor: Described
    schema: TableSchema | None
    """None: the table is new, or its columns are to be taken from the file."""
    choices: Choices


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
    if not is_name(table):
        raise InvalidInput(
            f"{table[:100]!r} cannot name a table: 1 to 100 of a-z, 0-9, - and _, a letter or digit first.",
            detail_de=f"{table[:100]!r} kann keine Tabelle heißen: 1 bis 100 aus a-z, 0-9, - und _, vorn Buchstabe oder Ziffer.",
        )
    open_draft(engine, store, drafts, slug, by=by, at=at)
    with reading(engine) as session:
        target = _target(session, slug, table, upload, revision, by=by)
    with drafts.workshop() as workshop, TableEngine.open(workshop) as tables:
        delivery, choices = receive_accepting(
            upload.path,
            filename=upload.filename,
            folder=workshop / "received",
            choices=target.choices,
            accepted=upload.accepted,
            schema=target.schema,
            engine=tables,
        )
        _refuse(delivery, delivery.report, table)
        received = _only_table(delivery)
        typed, report = build_table(
            received.path, target.schema or received.schema, workshop / "typed", table=table, engine=tables
        )
        _refuse(delivery, report, table)
        assert typed is not None  # a report without errors comes with a table
        asked = undecided(target.descriptor, {table: typed}, tables)
        told = _told(delivery, received, typed, report, asked, choices, upload, by=by, at=at)
        if upload.dry_run:
            return Delivered(table=table, told=told, draft_id=None)
        source = drafts.adopt([received.path])[received.path].digest
    with transaction(engine) as session:
        draft_id = _replace(session, slug, table, received, source, told, choices, revision, upload, by=by, at=at)
    return Delivered(table=table, told=told, draft_id=draft_id)


def _target(session: Session, slug: str, table: str, upload: Upload, revision: int | None, *, by: Actor) -> _Target:
    _, draft = _editable(session, slug, revision, by=by)
    schemas = [one["schema"] for one in draft.descriptor["resources"] if one["name"] == table and one.get("schema")]
    kept = Choices.of(remembered(session, draft.dataset_id, table))
    schema = read_schema(schemas[0]) if schemas and not upload.new_schema else None
    return _Target(draft.descriptor, schema, upload.choices or kept)


def _editable(session: Session, slug: str, revision: int | None, *, by: Actor) -> tuple[Any, Draft]:  # Any: Dataset
    dataset, draft = find_draft(session, slug, by=by, action=Action.EDIT_DRAFT)
    require_editable(draft)
    if revision is not None:
        require_revision(draft, revision)
    return dataset, draft


def _refuse(delivery: Delivery, report: Report, table: str) -> None:
    """Refuse a delivery whose *report* has errors; what could be accepted is among the facts."""
    if not report.has_errors:
        return
    named = [replace(finding, table=table) for finding in report.findings]
    first = next(finding for finding in named if finding.severity == "error")
    place = {"de": f"Zeile {first.row}, Spalte {first.column}: ", "en": f"row {first.row}, column {first.column}: "}
    shown = {language: text if first.row and first.column else "" for language, text in place.items()}
    more = report.errors - 1
    raise InvalidDataset(
        f"The file was not taken: {shown['en']}{first.message.in_language('en')}{f' (and {more} more)' if more else ''}",
        detail_de=f"Die Datei wurde nicht übernommen: {shown['de']}{first.message.de}{f' (und {more} weitere)' if more else ''}",
        counts=dict(report.counts),
        findings=[finding.as_dict() for finding in named],
        guesses=[guess.as_dict() for one in delivery.tables for guess in one.guesses],
        remedies=[remedy.as_dict() for remedy in remedies(delivery)],
    )


def _only_table(delivery: Delivery) -> DeliveredTable:
    if len(delivery.tables) == 1:
        return delivery.tables[0]
    names = [one.name for one in delivery.tables]
    raise InvalidDataset(
        f"The file holds {len(names)} tables ({', '.join(names)}); deliver one at a time, or choose its sheet.",
        detail_de=f"Die Datei enthält {len(names)} Tabellen ({', '.join(names)}); bitte einzeln liefern oder das Blatt wählen.",
        findings=[],
        tables=names,
    )


def _told(
    delivery: Delivery,
    received: DeliveredTable,
    typed: TypedTable,
    report: Report,
    asked: Report,
    choices: Choices,
    upload: Upload,
    *,
    by: Actor,
    at: datetime,
) -> Described:
    both = delivery.report + report
    return {
        "filename": upload.filename[:300],
        "size_bytes": upload.path.stat().st_size,
        "rows": typed.row_count,
        "columns": [{**asdict(one), "type": str(one.type)} for one in received.columns],
        "guesses": [guess.as_dict() for guess in received.guesses],
        "counts": dict(both.counts),
        "findings": [finding.as_dict() for finding in both.findings],
        "choices": choices.as_dict(),
        "remedies": [remedy.as_dict() for remedy in remedies(delivery)],
        "personal": [finding.as_dict() for finding in asked.findings],
        "by": by.label,
        "at": at.isoformat(),
    }


def _replace(
    session: Session,
    slug: str,
    table: str,
    received: DeliveredTable,
    source: str,
    told: Described,
    choices: Choices,
    revision: int | None,
    upload: Upload,
    *,
    by: Actor,
    at: datetime,
) -> int:
    dataset, draft = _editable(session, slug, revision, by=by)
    before = draft.sources.get(table)
    proposed = proposed_resource(table, received.schema)
    resources = [dict(one) for one in draft.descriptor["resources"]]
    existing = next((one for one in resources if one["name"] == table), None)
    if existing is None:
        resources.append(proposed)
    elif upload.new_schema or not existing.get("schema"):
        existing["schema"] = proposed["schema"]
    draft.descriptor = {**draft.descriptor, "resources": resources}
    draft.sources = {**draft.sources, table: source}
    draft.deliveries = {**draft.deliveries, table: told}
    touch(draft, by=by, at=at)
    remember(session, draft.dataset_id, table, choices.as_dict(), actor=by.label, at=at)
    record(
        session,
        Kind.DRAFT_EDITED,
        at=at,
        actor=by.label,
        dataset=dataset.slug,
        table=table,
        rows=told["rows"],
        source={"before": before, "after": source},
        accepted=[remedy.code for remedy in choices.accepted],
    )
    session.flush()
    return draft.id
