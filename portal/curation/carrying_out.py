"""Jobs carried out, one after the other: deliveries, submissions, files of publishers, looks at drafts.

What changes and the end of its job are one transaction, so that a kill anywhere leaves either nothing done and the job
open, or all of it done and said. Whoever ordered it acts with the rights they have when it is done.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlalchemy import Engine, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from portal.accounts.tokens import actor_again
from portal.curation import looks
from portal.curation.bulk import Refusal
from portal.curation.comparing import draft_changes
from portal.curation.deciding import personal_data
from portal.curation.delivering import STEPS, Watch, deliver, deliver_all
from portal.curation.details import NAME, kept_details
from portal.curation.merging import Described
from portal.curation.ordering import DeliveryOrder
from portal.curation.previewing import preview
from portal.curation.submitting import submit_draft
from portal.curation.targets import WHOLE
from portal.foundation.clock import now
from portal.foundation.config import Settings
from portal.foundation.db import reading, transaction
from portal.foundation.errors import Conflict, OutOfSpace, PortalError
from portal.jobs.job import LOOKS, Job, JobKind, end_job, find_job, forget_blobs, report_step
from portal.publishing.publishers import renew_files
from portal.publishing.rebuild import draft_digests
from portal.publishing.told_problems import DETAILS, keep_problem, keep_told
from portal.store.local import LocalStore

ATTEMPTS = 5
"""A job that was begun so often and never ended has killed its worker each time."""

REFUSALS = "refusals"
"""Blob of a submission: why drafts were refused, with what quotes their data."""

TABLE = "table:"
"""Start of the names of a delivery's blobs: what is told of each table."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Shop:
    """Where the work is done."""

    engine: Engine
    store: LocalStore
    settings: Settings
    drafts: LocalStore


def carry_out(engine: Engine, store: LocalStore, settings: Settings, job: Job, *, drafts: LocalStore) -> None:
    """Do what a job says; what comes of it is told by the job. Only one worker may be at it (`only_worker`).

    Raises:
        OperationalError, OSError: the database or the disk does not do; the job waits.
    """
    shop = _Shop(engine, store, settings, drafts)
    try:
        _begin(engine, job)
        _WAYS[JobKind(job.kind)](shop, job)
    except OutOfSpace as error:
        _log.warning("job %s waits: %s", job.id, error.detail.en)
    except PortalError as error:
        _fail(shop, job, error)
    except (OperationalError, OSError):
        raise
    except Exception:  # whatever it is, it would happen again, and the others wait
        _log.exception("job %s cannot be done", job.id)
        _fail(shop, job, _unforeseen())


def tidy(engine: Engine, drafts: LocalStore, *, at: datetime) -> None:
    """Let go of what jobs that ended some time ago quoted, and of files nobody waits for any more."""
    with transaction(engine) as session:
        forget_blobs(session, at=at)
    drafts.sweep(draft_digests(engine))


def _begin(engine: Engine, job: Job) -> None:
    if job.attempts >= ATTEMPTS:
        raise _unforeseen()
    with transaction(engine) as session:
        session.execute(update(Job).where(Job.id == job.id).values(attempts=Job.attempts + 1))


def _deliver(shop: _Shop, job: Job) -> None:
    assert job.dataset is not None
    order, at = DeliveryOrder(**job.ordered), now()
    with reading(shop.engine) as session:
        by = actor_again(session, job.actor, at=at)

    def on_step(step: str, rows: int | None) -> None:
        done = STEPS.index(step)
        report_step(shop.engine, job.id, step, done=done, total=len(STEPS), rows=rows, at=now())

    watch = Watch(on_step, partial(_end_delivery, job=job))
    places = (shop.engine, shop.store, shop.drafts, job.dataset)
    upload = order.upload(shop.drafts, job.blobs)
    if order.table == WHOLE:
        done = deliver_all(*places, upload, revision=order.revision, by=by, at=at, watch=watch)
    else:
        done = deliver(*places, order.table, upload, revision=order.revision, by=by, at=at, watch=watch)
    if done.draft_id is None:  # a dry run
        kept = kept_details(shop.drafts, dict(done.tables))
        with transaction(shop.engine) as session:
            _end_delivery(session, done.tables, kept, job=job)


def _end_delivery(session: Session, told: Mapping[str, Described], kept: Mapping[str, Described], *, job: Job) -> None:
    """Say what was delivered: numbers in the row, what quotes the data by the digests that the draft has as well."""
    tables = [{"table": name, "rows": one["rows"], "counts": one["counts"]} for name, one in told.items()]
    result = {"dataset": job.dataset, "stored": not job.ordered["dry_run"], "tables": tables}
    blobs = {f"{TABLE}{name}": one[NAME] for name, one in kept.items()}
    end_job(session, find_job(session, job.id), result=result, blobs=blobs, at=now())


def _submit(shop: _Shop, job: Job) -> None:
    """Submit the drafts that are left; each that is handed over is written down in the transaction that does so."""
    at, slugs = now(), job.ordered["datasets"]
    with reading(shop.engine) as session:
        by = actor_again(session, job.actor, at=at)
    submitted: list[str] = list((job.result or {}).get("submitted", ()))
    refusals: list[Refusal] = []
    for number, slug in enumerate(slugs):
        if slug in submitted:
            continue
        report_step(shop.engine, job.id, slug[:100], done=number, total=len(slugs), at=now())
        try:
            at_end = partial(_note_submitted, job_id=job.id, submitted=[*submitted, slug])
            revision = job.ordered["revision"]
            submit_draft(shop.engine, shop.drafts, slug, revision=revision, by=by, at=at, at_end=at_end)
        except OutOfSpace:
            raise
        except PortalError as error:
            if job.dataset is not None:
                raise
            refusals.append(Refusal(slug, error))
        else:
            submitted.append(slug)
    digest = keep_told(shop.drafts, {REFUSALS: [one.as_dict() for one in refusals]})
    refused = [{"dataset": one.slug, "problem": one.error.slug} for one in refusals]
    with transaction(shop.engine) as session:
        result = {"submitted": submitted, "refused": refused}
        end_job(session, find_job(session, job.id), result=result, blobs={REFUSALS: digest}, at=now())


def _note_submitted(session: Session, *, job_id: str, submitted: list[str]) -> None:
    job = find_job(session, job_id)
    session.refresh(job, with_for_update=True)
    job.result = {"submitted": submitted}


def _renew(shop: _Shop, job: Job) -> None:
    assert job.publisher_id is not None

    def on_step(slug: str, done: int, total: int) -> None:
        report_step(shop.engine, job.id, slug[:100], done=done, total=total, at=now())

    parts = (shop.engine, shop.store, shop.settings, job.publisher_id)
    renewed = renew_files(*parts, actor=job.actor, at=now(), on_step=on_step)
    with transaction(shop.engine) as session:
        end_job(session, find_job(session, job.id), result={"datasets": renewed}, at=now())


def _look(shop: _Shop, job: Job) -> None:
    """Look at a draft as its address would; what is kept of it answers there from then on."""
    assert job.dataset is not None
    slug, kind, at = job.dataset, JobKind(job.kind), now()
    with reading(shop.engine) as session:
        by = actor_again(session, job.actor, at=at)

    def on_step(step: str, rows: int | None) -> None:
        steps = looks.STEPS[kind]
        report_step(shop.engine, job.id, step, done=steps.index(step), total=len(steps), rows=rows, at=now())

    if kind is JobKind.PREVIEW:
        preview(shop.engine, shop.drafts, shop.settings, slug, by=by, at=at, on_step=on_step)
    elif kind is JobKind.COMPARISON:
        draft_changes(shop.engine, shop.store, shop.drafts, slug, by=by, on_step=on_step)
    else:
        personal_data(shop.engine, shop.drafts, slug, by=by, on_step=on_step)
    url = f"{shop.settings.public_url}/api/v1/datasets/{slug}/draft/{looks.ADDRESSES[kind]}"
    with transaction(shop.engine) as session:
        end_job(session, find_job(session, job.id), result={"dataset": slug, "url": url}, at=now())


_WAYS = {
    JobKind.DELIVERY: _deliver,
    JobKind.SUBMISSION: _submit,
    JobKind.RENEWAL: _renew,
    **dict.fromkeys(LOOKS, _look),
}
"""Kind ↔ how it is done. A release is done by its draft's row (portal.curation.working)."""

KINDS = tuple(_WAYS)


def _fail(shop: _Shop, job: Job, error: PortalError) -> None:
    """Say why a job failed; one that was cancelled meanwhile stays so."""
    problem = keep_problem(shop.drafts, error)
    try:
        with transaction(shop.engine) as session:
            end_job(session, find_job(session, job.id), problem=problem, blobs={"problem": problem[DETAILS]}, at=now())
    except Conflict:
        _log.info("job %s was cancelled", job.id)


def _unforeseen() -> PortalError:
    return PortalError(
        "This should not have happened; nothing was changed, and the operator finds it in the log.",
        detail_de="Das hätte nicht passieren dürfen; es wurde nichts geändert, und der Betreiber findet es im Protokoll.",
    )
