"""The workers: one builds what was approved and whose time has come, one carries out the other jobs, each one after the other.

For releases the draft's row is the truth: `building` and due means that it has to be built, whoever looks; for other jobs it is
the job's (portal.jobs.job). Of each kind of work only one worker is at it (a lock that the operating system or the database takes
back when its holder dies), so a crash loses nothing and blocks nothing: the next worker finds the row as it was. A release that is
due waits for other releases, not for a delivery that takes minutes; two workers, each within its gigabyte, are all there ever are.
"""

import fcntl
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError

from portal.catalogue.draft import Draft
from portal.foundation.clock import now
from portal.foundation.config import Settings
from portal.foundation.db import reading
from portal.foundation.errors import InvalidInput, PortalError
from portal.foundation.lazily import later
from portal.jobs.job import Job, job_of_draft, open_jobs, report_step
from portal.publishing.release import STEPS, due_drafts, give_up, release_draft
from portal.publishing.standing import Work
from portal.store.local import LocalStore

if TYPE_CHECKING:
    from portal.curation import carrying_out
else:
    carrying_out = later("portal.curation.carrying_out")

_KEYS = {Work.RELEASES: 7_014_158_216, Work.JOBS: 7_014_158_217}
"""Keys of PostgreSQL's advisory locks."""

_log = logging.getLogger(__name__)


def take_up(engine: Engine, store: LocalStore, settings: Settings, *, drafts: LocalStore, at: datetime) -> list[str]:
    """Release every draft that is due and give the slugs of the datasets; none if another worker is at it.

    A draft that cannot be built is told of in its job and the log; it does not keep the others, or a start, waiting.
    """
    with only_worker(engine, settings, Work.RELEASES) as alone:
        due = due_drafts(engine, at=at) if alone else []
        for draft_id, slug in due:
            _release(engine, store, settings, draft_id, slug, drafts=drafts, at=at)
    return [slug for _, slug in due]


def take_up_jobs(engine: Engine, store: LocalStore, settings: Settings, *, drafts: LocalStore) -> Iterator[Job]:
    """Carry out every job that waits, oldest first, and give each when it is over; none if another worker is at it.

    What cannot be done now, as the disk is full, is left for the next worker.
    """
    tried: set[str] = set()
    while True:
        with only_worker(engine, settings, Work.JOBS) as alone:
            with reading(engine) as session:
                waiting = [job for job in open_jobs(session, carrying_out.KINDS) if job.id not in tried]
            if not (alone and waiting):
                return
            tried.add(waiting[0].id)
            carrying_out.carry_out(engine, store, settings, waiting[0], drafts=drafts)
            carrying_out.tidy(engine, drafts, at=now())
        yield waiting[0]


def _release(
    engine: Engine, store: LocalStore, settings: Settings, draft_id: int, slug: str, *, drafts: LocalStore, at: datetime
) -> None:
    """Release one draft; what comes of it is told by the job, in the very transaction that makes it so."""
    with reading(engine) as session:
        job, draft = job_of_draft(session, draft_id), session.get(Draft, draft_id)
    on_step = partial(_tell, engine, job.id) if job else _keep_silent
    try:
        release_draft(engine, store, settings, draft_id, drafts=drafts, at=at, on_step=on_step)
    except PortalError as error:  # with a full disk the draft still waits, and the next worker tries again
        told = error.slug if isinstance(error, InvalidInput) else error.detail.en  # findings quote the data
        _log.warning("%s was not released: %s", slug, told)
    except (OperationalError, OSError):
        raise  # the database or the disk, not the draft: the next worker tries again
    except Exception:  # whatever it is, it would happen again, and the others wait
        _log.exception("%s cannot be built", slug)
        if draft is not None:
            give_up(engine, drafts, draft, _unforeseen(), at)


def _unforeseen() -> PortalError:
    return PortalError(
        "This should not have happened while the draft was built; the operator finds it in the log.",
        detail_de="Das hätte beim Bauen des Entwurfs nicht passieren dürfen; der Betreiber findet es im Protokoll.",
    )


def _keep_silent(_: str) -> None:
    """Tell nobody: a folder that is loaded has no job."""


def _tell(engine: Engine, job_id: str, step: str) -> None:
    report_step(engine, job_id, step, done=STEPS.index(step), total=len(STEPS), at=now())


@contextmanager
def only_worker(engine: Engine, settings: Settings, work: Work) -> Iterator[bool]:
    """Be the only one on this portal who does such work for the length of the block; give False if there is one."""
    if engine.dialect.name == "postgresql":
        with engine.connect() as connection:
            key = {"key": _KEYS[work]}
            alone = bool(connection.execute(text("SELECT pg_try_advisory_lock(:key)"), key).scalar())
            try:
                yield alone
            finally:
                if alone:
                    connection.execute(text("SELECT pg_advisory_unlock(:key)"), key)
        return
    with (settings.data / f"{work}.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True
