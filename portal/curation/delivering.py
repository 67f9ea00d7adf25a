"""Files in, tables of a draft replaced: received, typed, checked against the published schema, looked through.

    upload ──receive──▶ plain CSV, findings ──type and check──▶ findings with row and column ──▶ the draft's new sources

With an error anywhere nothing is stored, and the answer names every finding with the remedy that would settle it. What
was chosen and accepted is kept for the next delivery of the table. `deliver` takes one table; `deliver_all` takes all
tables of a workbook, an archive or a Data Package, the last with its metadata.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from portal.accounts.actor import Actor
from portal.accounts.permissions import Action
from portal.catalogue.choices import remember, remembered
from portal.catalogue.dataset import Dataset
from portal.catalogue.draft import Draft, require_revision
from portal.catalogue.version import Version
from portal.curation.details import kept_details
from portal.curation.drafting import draft_or_public, find_draft, open_draft, require_editable, touch
from portal.curation.merging import Described, merged
from portal.curation.packages import metadata_of, resource_facts
from portal.curation.restoring import restored
from portal.events.log import Kind, record
from portal.foundation.db import reading, transaction
from portal.foundation.errors import InvalidDataset, InvalidInput, Outdated
from portal.foundation.tableschema import TableSchema, read_schema
from portal.ingest.engine import Engine as TableEngine
from portal.ingest.receive.accepting import receive_accepting, remedies
from portal.ingest.receive.archives import package_of
from portal.ingest.receive.delivery import ALL_SHEETS, Choices, DeliveredTable, Delivery
from portal.ingest.report import Report
from portal.ingest.typed import build_table
from portal.publishing.descriptor import check_unfinished
from portal.publishing.folder import is_name
from portal.publishing.privacy import undecided
from portal.publishing.proposing import proposed_resource
from portal.store.local import LocalStore

WHOLE = ""
"""Under this name stands what was chosen for a file with several tables."""


@dataclass(frozen=True, kw_only=True)
class Upload:
    """A file as somebody sent it, and what they said about it."""

    path: Path
    filename: str
    accepted: Collection[str] = ()
    """Codes of findings whose proposed remedies are accepted."""
    choices: Choices | None = None
    """None: what was chosen for the last delivery."""
    new_schema: bool = False
    """Take the columns as the file has them instead of those the table has."""
    dry_run: bool = False
    """Only say what would be."""


@dataclass(frozen=True, kw_only=True)
class Delivered:
    """What came of a delivery."""

    tables: Mapping[str, Described]
    """By table: file name, rows, columns, guesses, findings, questions on personal data; as the draft keeps it."""
    draft_id: int | None
    """None: it was a dry run."""


@dataclass(frozen=True, kw_only=True)
class _Checked:
    """A table that can be taken."""

    name: str
    resource: Described
    """What the descriptor will say of it, if it says nothing yet or is to say something else."""
    renews_schema: bool
    path: Path
    told: Described


@dataclass(frozen=True)
class _Target:
    """The draft that is delivered to, as it was when the file came."""

    descriptor: Described
    schemas: Mapping[str, TableSchema]
    """The columns that tables have and are to keep."""
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
    _require_name(table)
    with reading(engine) as session:
        target = _target(session, slug, upload, revision, remembered_for=table, by=by)
    with drafts.workshop() as workshop, TableEngine.open(workshop) as tables:
        schema = target.schemas.get(table)
        delivery, choices = _receive(upload, target, workshop, tables, schema=schema, table=table)
        received = _only_table(delivery)
        checked = _check(delivery, received, table, schema, None, target, choices, upload, workshop, tables, by, at)
        return _store(engine, store, drafts, slug, [checked], {}, {table: choices}, upload, revision, by=by, at=at)


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
) -> Delivered:
    """Replace or add every table that a file holds; a Data Package also brings its metadata and its own columns.

    Raises:
        As `deliver`.
    """
    with reading(engine) as session:
        target = _target(session, slug, upload, revision, remembered_for=WHOLE, by=by)
    with drafts.workshop() as workshop, TableEngine.open(workshop) as tables:
        delivery, choices = _receive(upload, _taking_all(target), workshop, tables, schemas=target.schemas)
        package = package_of(upload.path)
        resources = resource_facts(package) if package else {}
        checked = []
        for received in delivery.tables:
            _require_name(received.name)
            own = resources.get(received.name)
            schema = read_schema(own["schema"]) if own and "schema" in own else target.schemas.get(received.name)
            checked.append(
                _check(
                    delivery, received, received.name, schema, own, target, choices, upload, workshop, tables, by, at
                )
            )
        metadata = metadata_of(package) if package else {}
        return _store(engine, store, drafts, slug, checked, metadata, {WHOLE: choices}, upload, revision, by=by, at=at)


def _target(
    session: Session, slug: str, upload: Upload, revision: int | None, *, remembered_for: str, by: Actor
) -> _Target:
    dataset, basis = draft_or_public(session, slug, by=by)
    if isinstance(basis, Draft):
        _require_unchanged(basis, revision)
    elif revision is not None:
        raise Outdated(
            f"The draft of {slug} that you looked at is not there any more.",
            detail_de=f"Den angesehenen Entwurf von {slug} gibt es nicht mehr.",
        )
    kept = Choices.of(remembered(session, dataset.id, remembered_for))
    tables = [remembered_for] if remembered_for else [one["name"] for one in basis.descriptor["resources"]]
    descriptor = _with_own_columns(session, dataset, basis.descriptor, tables)
    resources = [] if upload.new_schema else descriptor["resources"]
    schemas = {one["name"]: read_schema(one["schema"]) for one in resources}
    return _Target(descriptor, schemas, upload.choices or kept)


def _with_own_columns(session: Session, dataset: Dataset, descriptor: Described, tables: Iterable[str]) -> Described:
    """Give the descriptor with the columns of *tables* as they are delivered, those that are withheld among them."""
    version = session.get(Version, dataset.current_version_id) if dataset.current_version_id else None
    for table in tables:
        descriptor = restored(descriptor, version.approved_descriptor if version else None, table)
    return descriptor


def _editable(session: Session, slug: str, revision: int | None, *, by: Actor) -> tuple[Dataset, Draft]:
    dataset, draft = find_draft(session, slug, by=by, action=Action.EDIT_DRAFT)
    _require_unchanged(draft, revision)
    return dataset, draft


def _require_unchanged(draft: Draft, revision: int | None) -> None:
    require_editable(draft)
    if revision is not None:
        require_revision(draft, revision)


def _taking_all(target: _Target) -> _Target:
    """Take every sheet of a workbook, unless some were chosen."""
    return target if target.choices.sheets else replace(target, choices=replace(target.choices, sheets=ALL_SHEETS))


def _receive(
    upload: Upload,
    target: _Target,
    workshop: Path,
    engine: TableEngine,
    *,
    schema: TableSchema | None = None,
    schemas: Mapping[str, TableSchema] | None = None,
    table: str | None = None,
) -> tuple[Delivery, Choices]:
    delivery, choices = receive_accepting(
        upload.path,
        filename=upload.filename,
        folder=workshop / "received",
        choices=target.choices,
        accepted=upload.accepted,
        schema=schema,
        schemas=schemas or {},
        engine=engine,
    )
    _refuse(delivery, delivery.report, table)
    return delivery, choices


def _check(
    delivery: Delivery,
    received: DeliveredTable,
    name: str,
    schema: TableSchema | None,
    own: Described | None,
    target: _Target,
    choices: Choices,
    upload: Upload,
    workshop: Path,
    engine: TableEngine,
    by: Actor,
    at: datetime,
) -> _Checked:
    """Type a received table, check it against its columns, and look for what may be personal."""
    typed, report = build_table(
        received.path, schema or received.schema, workshop / f"{name}.typed", table=name, engine=engine
    )
    _refuse(delivery, report, name)
    assert typed is not None  # a report without errors comes with a table
    asked = undecided(target.descriptor, {name: typed}, engine)
    both = delivery.report + report
    proposed = proposed_resource(name, schema or received.schema)
    return _Checked(
        name=name,
        resource={**proposed, **(own or {})},
        renews_schema=upload.new_schema or own is not None,
        path=received.path,
        told={
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
        },
    )


def _store(
    engine: Engine,
    store: LocalStore,
    drafts: LocalStore,
    slug: str,
    checked: list[_Checked],
    metadata: Described,
    choices: Mapping[str, Choices],
    upload: Upload,
    revision: int | None,
    *,
    by: Actor,
    at: datetime,
) -> Delivered:
    tables = {one.name: one.told for one in checked}
    if upload.dry_run:
        return Delivered(tables=tables, draft_id=None)
    blobs = drafts.adopt([one.path for one in checked])
    details = kept_details(drafts, tables)
    if revision is None:
        open_draft(engine, store, drafts, slug, by=by, at=at)
    with transaction(engine) as session:
        dataset, draft = _editable(session, slug, revision, by=by)
        before = dict(draft.sources)
        descriptor = _with_own_columns(session, dataset, draft.descriptor, tables)
        draft.descriptor = _with_tables(merged(descriptor, metadata), checked)
        check_unfinished(draft.descriptor)
        draft.sources = {**draft.sources, **{one.name: blobs[one.path].digest for one in checked}}
        draft.deliveries = {**draft.deliveries, **details}
        touch(draft, by=by, at=at)
        for name, chosen in choices.items():
            remember(session, draft.dataset_id, name, chosen.as_dict(), actor=by.label, at=at)
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
            accepted=sorted({remedy.code for chosen in choices.values() for remedy in chosen.accepted}),
        )
        session.flush()
        return Delivered(tables=tables, draft_id=draft.id)


def _with_tables(descriptor: Described, checked: list[_Checked]) -> Described:
    """Give the descriptor with every delivered table in it; what it says of a table stays unless it is to be renewed."""
    resources = {one["name"]: one for one in descriptor["resources"]}
    for one in checked:
        existing = resources.get(one.name)
        if existing is None:
            resources[one.name] = one.resource
        elif one.renews_schema:
            resources[one.name] = {**existing, **one.resource}
    return {**descriptor, "resources": list(resources.values())}


def _refuse(delivery: Delivery, report: Report, table: str | None) -> None:
    """Refuse a delivery whose *report* has errors; what could be accepted is among the facts."""
    if not report.has_errors:
        return
    named = [replace(finding, table=table or finding.table) for finding in report.findings]
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


def _require_name(table: str) -> None:
    if not is_name(table):
        raise InvalidInput(
            f"{table[:100]!r} cannot name a table: 1 to 100 of a-z, 0-9, - and _, a letter or digit first.",
            detail_de=f"{table[:100]!r} kann keine Tabelle heißen: 1 bis 100 aus a-z, 0-9, - und _, vorn Buchstabe oder Ziffer.",
        )


def _only_table(delivery: Delivery) -> DeliveredTable:
    if len(delivery.tables) == 1:
        return delivery.tables[0]
    names = [one.name for one in delivery.tables]
    raise InvalidDataset(
        f"The file holds {len(names)} tables ({', '.join(names)}); choose its sheet, or send it to …/draft/deliveries.",
        detail_de=f"Die Datei enthält {len(names)} Tabellen ({', '.join(names)}); bitte das Blatt wählen oder sie an …/draft/deliveries senden.",
        findings=[],
        tables=names,
    )
