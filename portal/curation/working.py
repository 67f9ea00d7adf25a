"""The worker: builds what was approved and whose time has come, one after the other, and keeps the jobs told.

The draft's row is the truth: `building` and due means that it has to be built, whoever looks. Only one worker works at
a time (a lock that the operating system or the database takes back when its holder dies), so a crash loses nothing and
blocks nothing: the next worker finds the row as it was.
"""

import fcntl
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import Engine, text

from portal.foundation.config import Settings
from portal.foundation.db import transaction
from portal.foundation.errors import PortalError
from portal.jobs.job import end_job, job_of_draft, report_step
from portal.publishing.catalog_documents import refresh
from portal.publishing.release import STEPS, due_drafts, release_draft
from portal.store.local import LocalStore

_ONE_WORKER = 7_014_158_216
"""Key of PostgreSQL's advisory lock."""

_log = logging.getLogger(__name__)

Clock = Callable[[], datetime]


def work(engine: Engine, store: LocalStore, drafts: LocalStore, settings: Settings, clock: Clock) -> int:
    """Release every draft that is due and give how many; 0 at once if another worker is at it."""
    released = 0
    with only_worker(engine, settings) as alone:
        while alone and (due := due_drafts(engine, at=clock())):
            for draft_id, slug in due:
                released += _release(engine, store, drafts, settings, draft_id, slug, clock)
        if released:
            refresh(engine, store, settings)
    return released


def _release(
    engine: Engine, store: LocalStore, drafts: LocalStore, settings: Settings, draft_id: int, slug: str, clock: Clock
) -> bool:
    with transaction(engine) as session:
        job = job_of_draft(session, draft_id)

    def on_step(step: str) -> None:
        if job is not None:
            report_step(engine, job.id, step, done=STEPS.index(step), total=len(STEPS), at=clock())

    number, problem = None, None
    try:
        number = release_draft(engine, store, drafts, settings, draft_id, at=clock(), on_step=on_step)
    except PortalError as error:
        _log.warning("%s was not released: %s", slug, error.detail.en)
        problem = {"slug": error.slug, "detail": error.detail.as_dict(), "facts": error.facts}
    if job is not None:
        with transaction(engine) as session:
            session.add(job)
            result = {"dataset": slug, "version": number, "url": f"{settings.public_url}/datasets/{slug}/v/{number}"}
            end_job(session, job, result=None if problem else result, problem=problem, at=clock())
    return number is not None


@contextmanager
def only_worker(engine: Engine, settings: Settings) -> Iterator[bool]:
    """Be the only worker on this portal for the length of the block; give False if there is one."""
    if engine.dialect.name == "postgresql":
        with engine.connect() as connection:
            key = {"key": _ONE_WORKER}
            alone = bool(connection.execute(text("SELECT pg_try_advisory_lock(:key)"), key).scalar())
            try:
                yield alone
            finally:
                if alone:
                    connection.execute(text("SELECT pg_advisory_unlock(:key)"), key)
        return
    with (settings.data / "worker.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True
