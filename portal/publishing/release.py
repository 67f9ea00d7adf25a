"""The one way in: whatever is published goes through `release_draft`.

1. The draft is saved; its sources are blobs of the private store of drafts. From here on a crash loses nothing. A folder is `building` at once,
   as the operator's command stands for submission and approval; a person's draft gets there by catalogue.review.
2. Tables are typed, checked and protected (what is withheld ends here), files derived, hashed and synced; the record does
   not know of them yet.
3. One transaction writes the version, points the dataset to it, logs the event and removes the draft.

Readers see the version before or the version after step 3. The worker (portal.curation.working) does 2 and 3 for every
draft that is `building` and whose time has come, also for those that a crash left.
"""

import hashlib
import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Engine, func, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.catalogue.catalog import next_generation
from portal.catalogue.dataset import Dataset, State, Term, TermKind, add_dataset
from portal.catalogue.draft import Draft, DraftState
from portal.catalogue.publisher import Publisher
from portal.catalogue.version import Version
from portal.catalogue.workflow import Step, next_state
from portal.events.log import Kind, record
from portal.foundation.config import Settings
from portal.foundation.db import reading, transaction
from portal.foundation.errors import (
    Conflict,
    IllegalStep,
    InvalidDataset,
    InvalidInput,
    NotFound,
    OutOfSpace,
    PortalError,
)
from portal.foundation.text import LangString
from portal.ingest.engine import Engine as TableEngine
from portal.jobs.job import end_job_of_draft, problem_of
from portal.publishing.build import Derived, derive, type_tables
from portal.publishing.builder import built_for
from portal.publishing.documents import Release, describe_release, summary_document
from portal.publishing.folder import SourceDataset, source_dataset
from portal.publishing.privacy import public_decisions
from portal.publishing.protection import protect
from portal.publishing.rebuild import draft_digests
from portal.store.local import LocalStore


def save_draft(
    engine: Engine, source: SourceDataset, *, drafts: LocalStore, publisher: str, notes: str, actor: str, at: datetime
) -> int | None:
    """Save *source* as the dataset's draft, ready to be built; None if it is what is already public.

    Raises:
        NotFound: there is no publisher *publisher*.
        Conflict: the dataset belongs to another publisher, was withdrawn, or has a draft with other content.
    """
    digest = source.content_digest
    with reading(engine) as session:
        if _is_public(session, source.slug, digest):
            return None
    with drafts.workshop() as workshop:
        copies = {table.name: workshop / f"{table.name}.csv" for table in source.tables}
        for table in source.tables:
            shutil.copyfile(table.path, copies[table.name])
        blobs = drafts.adopt(copies.values())
    sources = {name: blobs[path].digest for name, path in copies.items()}
    with _raced(source.slug), transaction(engine) as session:
        dataset = _dataset(session, source.slug, publisher)
        if _is_public(session, source.slug, digest):  # since we looked, another process has released the same
            return None
        draft = session.scalar(select(Draft).where(Draft.dataset_id == dataset.id))
        if draft is not None and draft.content_digest != digest:
            raise Conflict(
                f"{source.slug} has a draft with other content; release or discard it first.",
                detail_de=f"{source.slug} hat einen Entwurf mit anderem Inhalt; bitte zuerst freigeben oder verwerfen.",
            )
        if draft is None:
            draft = Draft(dataset_id=dataset.id, created_at=at)
            session.add(draft)
        draft.state, draft.descriptor, draft.sources = DraftState.BUILDING, source.descriptor, sources
        draft.content_digest, draft.notes, draft.actor, draft.updated_at = digest, notes, actor, at
        draft.submitted_by, draft.submitter_id, draft.submitted_at, draft.decided_by = actor, None, at, actor
        draft.decided_at = at
        session.flush()
        return draft.id


STEPS = ("check", "build", "verify", "publish")
"""What a release goes through; *on_step* of `release_draft` is told each as it begins."""


def release_draft(
    engine: Engine,
    store: LocalStore,
    settings: Settings,
    draft_id: int,
    *,
    drafts: LocalStore,
    at: datetime,
    on_step: Callable[[str], None] = lambda _: None,
) -> int:
    """Build a draft and put it before the public; give the number of the new version.

    Raises:
        NotFound: the draft is gone: somebody released or discarded it.
        IllegalStep: nobody has approved the draft, or its time has not come.
        InvalidInput: the tables break their schema, or the metadata cannot be stated. What was public stays; a
            folder's draft is discarded, a person's is a draft again, with the findings in its report.
        OutOfSpace: the disk is full; the draft waits.
        Conflict: another release of the same dataset was faster, or the draft was taken back meanwhile.
    """
    with reading(engine) as session:
        draft = session.get(Draft, draft_id)
        if draft is None:
            raise NotFound(f"There is no draft {draft_id}.", detail_de=f"Es gibt keinen Entwurf {draft_id}.")
        _require_due(draft, at)
        plan = plan_release(session, draft, settings, at)
    paths = {name: drafts.path(digest) for name, digest in draft.sources.items()}
    with drafts.workshop() as workshop, TableEngine.open(workshop) as tables:
        try:
            on_step("check")
            _require_sources(draft, drafts)
            typed = type_tables(source_dataset(draft.descriptor, paths), workshop, tables)
            by = None if draft.submitter_id is None else plan.publisher.name.de
            protected = protect(draft.descriptor, typed, workshop, tables, decided_by=by)
            rows = {name: table.row_count for name, table in protected.tables.items()}
            plan = replace(plan, descriptor=protected.descriptor, rows=rows)
            on_step("build")
            derived = derive(plan, protected.tables, store=store, workshop=workshop, settings=settings, engine=tables)
        except InvalidInput as error:
            give_up(engine, draft, error, at)
            raise
    on_step("verify")
    _verify(store, derived)
    on_step("publish")
    with _raced(plan.slug), transaction(engine) as session:
        _switch(session, draft, plan, derived, settings)
    drafts.sweep(draft_digests(engine))
    return plan.number


def due_drafts(engine: Engine, *, at: datetime) -> list[tuple[int, str]]:
    """Give the drafts that are approved and whose time has come, with the slugs of their datasets, oldest first."""
    query = (
        select(Draft.id, Dataset.slug)
        .join(Dataset, Dataset.id == Draft.dataset_id)
        .where(Draft.state == DraftState.BUILDING, or_(Draft.release_at.is_(None), Draft.release_at <= at))
        .order_by(Draft.id)
    )
    with reading(engine) as session:
        return [(draft_id, slug) for draft_id, slug in session.execute(query)]


@contextmanager
def _raced(slug: str) -> Iterator[None]:
    """Say what it means that the database already has what was to be added: somebody else was faster."""
    try:
        yield
    except IntegrityError:
        raise Conflict(
            f"Another release of {slug} was faster.", detail_de=f"Eine andere Freigabe von {slug} war schneller."
        ) from None


def _is_public(session: Session, slug: str, digest: str) -> bool:
    query = (
        select(Version.content_digest)
        .join(Dataset, Dataset.current_version_id == Version.id)
        .where(Dataset.slug == slug, Dataset.state == State.PUBLISHED)
    )
    return session.scalar(query) == digest


def _dataset(session: Session, slug: str, publisher_slug: str) -> Dataset:
    publisher = session.scalar(select(Publisher).where(Publisher.slug == publisher_slug))
    if publisher is None:
        raise NotFound(
            f"There is no publisher {publisher_slug!r}.", detail_de=f"Es gibt keinen Herausgeber {publisher_slug!r}."
        )
    dataset = session.scalar(select(Dataset).where(Dataset.slug == slug).with_for_update(of=Dataset))
    if dataset is None:
        dataset = add_dataset(session, slug=slug, publisher_id=publisher.id)
    elif dataset.state == State.WITHDRAWN:
        raise Conflict(
            f"{slug} was withdrawn; restore it first.",
            detail_de=f"{slug} wurde zurückgezogen; bitte zuerst wiederherstellen.",
            dataset=slug,
        )
    elif dataset.publisher_id != publisher.id:
        raise Conflict(
            f"{slug} belongs to another publisher.", detail_de=f"{slug} gehört einem anderen Herausgeber.", dataset=slug
        )
    return dataset


def _require_due(draft: Draft, at: datetime) -> None:
    next_state(DraftState(draft.state), Step.RELEASE)
    if draft.release_at is not None and draft.release_at > at:
        raise IllegalStep(
            f"The draft is to be released on {draft.release_at:%Y-%m-%d %H:%M} UTC, not before.",
            detail_de=f"Der Entwurf soll am {draft.release_at:%d.%m.%Y um %H:%M} UTC erscheinen, nicht vorher.",
            release_at=draft.release_at,
        )


def _require_sources(draft: Draft, drafts: LocalStore) -> None:
    lost = sorted(name for name, digest in draft.sources.items() if not drafts.has(digest))
    if lost:
        raise InvalidDataset(
            f"The delivered files of {', '.join(lost)} are not there any more; please deliver them again.",
            detail_de=f"Die gelieferten Dateien von {', '.join(lost)} sind nicht mehr da; bitte noch einmal liefern.",
            tables=lost,
        )


def plan_release(session: Session, draft: Draft, settings: Settings, at: datetime) -> Release:
    """Give the release that a draft would become if it were built now; its rows are not counted yet."""
    dataset = session.get_one(Dataset, draft.dataset_id)
    highest = session.scalar(select(func.max(Version.number)).where(Version.dataset_id == dataset.id)) or 0
    return describe_release(
        dataset, draft.descriptor, number=highest + 1, released_at=at, notes=draft.notes, rows={}, settings=settings
    )


def _verify(store: LocalStore, derived: Derived) -> None:
    """Make sure that all of the release lies in the store, at its length.

    The bytes were hashed after they were written and synced before they were renamed, so reading them once more could
    only show what the system keeps in memory of them. `portal db verify` reads them when that is over.
    """
    lost = store.lost(derived.blobs)
    if lost:
        raise OutOfSpace(
            f"{len(lost)} stored files are not there at their length; the release was stopped.",
            detail_de=f"{len(lost)} gespeicherte Dateien liegen nicht in ihrer Länge vor; die Freigabe wurde abgebrochen.",
        )


def _switch(session: Session, draft: Draft, plan: Release, derived: Derived, settings: Settings) -> None:
    generation = next_generation(session, at=plan.released_at)
    pending = session.get(Draft, draft.id)
    if pending is None or (pending.revision, pending.content_digest) != (draft.revision, draft.content_digest):
        raise Conflict(
            f"The draft of {plan.slug} was changed, released or taken back while it was built.",
            detail_de=f"Der Entwurf von {plan.slug} wurde beim Bauen geändert, freigegeben oder zurückgenommen.",
        )
    dataset = session.get_one(Dataset, draft.dataset_id)
    is_protected = plan.descriptor != draft.descriptor
    version = Version(
        dataset_id=dataset.id,
        number=plan.number,
        released_at=plan.released_at,
        descriptor=plan.descriptor,
        approved_descriptor=draft.descriptor if is_protected else None,
        content_digest=draft.content_digest,
        licence=plan.licence.code,
        notes=plan.notes,
        built_for=built_for(settings),
        summary=summary_document(plan, settings),
        tables=derived.tables,
        files=derived.files,
    )
    session.add(version)
    session.flush()
    dataset.current_version_id = version.id
    dataset.state = next_state(DraftState(pending.state), Step.RELEASE)
    dataset.withdrawal_reason_de = dataset.withdrawal_reason_en = None
    dataset.issued_at, dataset.modified_at = plan.issued_at, plan.released_at
    title = LangString.of(plan.descriptor, "title")
    dataset.title_de, dataset.title_en = title.de, title.in_language("en")
    dataset.changed_in = generation
    dataset.terms.clear()
    session.flush()
    dataset.terms.extend(_terms(plan))
    session.delete(pending)
    url = f"{settings.public_url}/datasets/{plan.slug}/v/{plan.number}"
    result = {"dataset": plan.slug, "version": plan.number, "url": url}
    end_job_of_draft(session, draft.id, result=result, at=plan.released_at)
    record(
        session,
        Kind.VERSION_RELEASED,
        at=plan.released_at,
        actor=draft.actor,
        dataset=plan.slug,
        version=plan.number,
        notes=plan.notes,
        content_digest=_public_digest(plan, derived) if is_protected else draft.content_digest,
        privacy_decisions=public_decisions(plan.descriptor),
    )


def _public_digest(plan: Release, derived: Derived) -> str:
    """Give a digest of what is public: one of the source would let people guess at what was withheld, and be sure."""
    told = json.dumps([plan.descriptor, [table.parquet_digest for table in derived.tables]], sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()


def _terms(plan: Release) -> list[Term]:
    dcat = plan.descriptor["dcat"]
    english = plan.descriptor.get("translations", {}).get("en", {}).get("keywords", ())
    found = {
        *((TermKind.THEME, code, "") for code in dcat["theme"]),
        *((TermKind.PLACE, place, "") for place in dcat["spatial"]),
        *((TermKind.KEYWORD, word, "de") for word in plan.descriptor["keywords"]),
        *((TermKind.KEYWORD, word, "en") for word in english),
        (TermKind.LICENCE, plan.licence.code, ""),
    }
    return [Term(kind=kind, value=value, language=language) for kind, value, language in sorted(found)]


def give_up(engine: Engine, draft: Draft, error: PortalError, at: datetime) -> None:
    """Keep a draft that cannot be built from being tried again; what a person made is never thrown away."""
    with transaction(engine) as session:
        pending = session.get(Draft, draft.id)
        if pending is None or pending.revision != draft.revision:
            return
        if pending.submitter_id is None:
            session.delete(pending)
            return
        pending.state = next_state(DraftState(pending.state), Step.FAIL)
        end_job_of_draft(session, draft.id, problem=problem_of(error), at=at)
        pending.report = {"findings": error.facts.get("findings", []), "detail": error.detail.as_dict()}
        session.flush()
        slug = session.get_one(Dataset, pending.dataset_id).slug
        # The findings quote the data, so they stay in the draft and out of the log.
        record(session, Kind.DRAFT_RETURNED, at=at, actor="job:release", dataset=slug, comment="It cannot be built.")
