"""The one way in: whatever is published goes through `release_draft`.

1. The draft is saved; its sources are blobs of the private store of drafts. From here on a crash loses nothing. A folder is `building` at once,
   as the operator's command stands for submission and approval; a person's draft gets there by catalogue.review.
2. Tables are typed, checked and protected (what is withheld ends here), files derived, hashed and synced; the record does
   not know of them yet.
3. One transaction writes the version, points the dataset to it, logs the event and removes the draft.

Readers see the version before or the version after step 3. The worker (portal.curation.working) does 2 and 3 for every
draft that is `building` and whose time has come, also for those that a crash left.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Engine, func, or_, select
from sqlalchemy.orm import Session

from portal.catalogue.dataset import Dataset
from portal.catalogue.draft import Draft, DraftState
from portal.catalogue.version import Version
from portal.catalogue.workflow import Step, next_state
from portal.events.log import Kind, record
from portal.foundation.config import Settings
from portal.foundation.db import reading, transaction
from portal.foundation.errors import (
    IllegalStep,
    InvalidDataset,
    InvalidInput,
    NotFound,
    OutOfSpace,
    PortalError,
)
from portal.foundation.lazily import later
from portal.ingest.engine import Engine as TableEngine
from portal.jobs.job import end_job_of_draft
from portal.publishing.documents import Release, describe_release
from portal.publishing.folder import source_dataset
from portal.publishing.rebuild import draft_digests
from portal.publishing.saving import raced
from portal.publishing.switching import switch
from portal.publishing.told_problems import DETAILS, keep_problem
from portal.store.local import LocalStore

if TYPE_CHECKING:
    from portal.publishing import build, protection
else:
    build, protection = later("portal.publishing.build"), later("portal.publishing.protection")

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
    with drafts.workshop() as workshop, TableEngine.open(workshop) as tables:
        try:
            on_step("check")
            typed = build.type_tables(source_dataset(draft.descriptor, source_paths(draft, drafts)), workshop, tables)
            by = None if draft.submitter_id is None else plan.publisher.name.de
            protected = protection.protect(draft.descriptor, typed, workshop, tables, decided_by=by)
            rows = {name: table.row_count for name, table in protected.tables.items()}
            plan = replace(plan, descriptor=protected.descriptor, rows=rows)
            on_step("build")
            derived = build.derive(
                plan, protected.tables, store=store, workshop=workshop, settings=settings, engine=tables
            )
        except InvalidInput as error:
            give_up(engine, drafts, draft, error, at)
            raise
    on_step("verify")
    _verify(store, derived)
    on_step("publish")
    with raced(plan.slug), transaction(engine) as session:
        switch(session, draft, plan, derived, settings)
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


def _require_due(draft: Draft, at: datetime) -> None:
    next_state(DraftState(draft.state), Step.RELEASE)
    if draft.release_at is not None and draft.release_at > at:
        raise IllegalStep(
            f"The draft is to be released on {draft.release_at:%Y-%m-%d %H:%M} UTC, not before.",
            detail_de=f"Der Entwurf soll am {draft.release_at:%d.%m.%Y um %H:%M} UTC erscheinen, nicht vorher.",
            release_at=draft.release_at,
        )


def source_paths(draft: Draft, drafts: LocalStore) -> dict[str, Path]:
    """Give the delivered files of a draft, by table.

    Raises:
        InvalidDataset: the store has lost some.
    """
    lost = sorted(name for name, digest in draft.sources.items() if not drafts.has(digest))
    if lost:
        raise InvalidDataset(
            f"The delivered files of {', '.join(lost)} are not there any more; please deliver them again.",
            detail_de=f"Die gelieferten Dateien von {', '.join(lost)} sind nicht mehr da; bitte noch einmal liefern.",
            tables=lost,
        )
    return {name: drafts.path(digest) for name, digest in draft.sources.items()}


def plan_release(session: Session, draft: Draft, settings: Settings, at: datetime) -> Release:
    """Give the release that a draft would become if it were built now; its rows are not counted yet."""
    dataset = session.get_one(Dataset, draft.dataset_id)
    highest = session.scalar(select(func.max(Version.number)).where(Version.dataset_id == dataset.id)) or 0
    return describe_release(
        dataset, draft.descriptor, number=highest + 1, released_at=at, notes=draft.notes, rows={}, settings=settings
    )


def _verify(store: LocalStore, derived: "build.Derived") -> None:
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


def give_up(engine: Engine, drafts: LocalStore, draft: Draft, error: PortalError, at: datetime) -> None:
    """Keep a draft that cannot be built from being tried again; what a person made is never thrown away."""
    problem = keep_problem(drafts, error)
    with transaction(engine) as session:
        pending = session.get(Draft, draft.id)
        if pending is None or pending.revision != draft.revision:
            return
        if pending.submitter_id is None:
            session.delete(pending)
            return
        pending.state = next_state(DraftState(pending.state), Step.FAIL)
        end_job_of_draft(session, draft.id, problem=problem, blobs={"problem": problem[DETAILS]}, at=at)
        pending.report = problem
        session.flush()
        slug = session.get_one(Dataset, pending.dataset_id).slug
        record(session, Kind.DRAFT_RETURNED, at=at, actor="job:release", dataset=slug, comment="It cannot be built.")
