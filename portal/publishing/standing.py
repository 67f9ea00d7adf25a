"""Whether anything waits to be done; asked at every start, so it must cost next to nothing."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Engine, exists, or_, select

from portal.catalogue.draft import Draft, DraftState
from portal.catalogue.version import Version
from portal.foundation.config import Settings
from portal.foundation.db import reading
from portal.jobs.job import OPEN, Job, JobKind
from portal.publishing.builder import built_for


class Work(StrEnum):
    """What a worker does."""

    RELEASES = "releases"
    """What was approved and is due is built and published."""
    JOBS = "jobs"
    """All else that was ordered is carried out."""


def unfinished(engine: Engine, *, at: datetime) -> bool:
    """Tell whether a release was interrupted or is due."""
    with reading(engine) as session:
        due = or_(Draft.release_at.is_(None), Draft.release_at <= at)
        return bool(session.scalar(select(exists().where(Draft.state == DraftState.BUILDING, due))))


def jobs_wait(engine: Engine) -> bool:
    """Tell whether a job waits that is no release."""
    with reading(engine) as session:
        waiting = exists().where(Job.state.in_(OPEN), Job.kind != JobKind.RELEASE)
        return bool(session.scalar(select(waiting)))


def outdated(engine: Engine, settings: Settings) -> bool:
    """Tell whether files were made for another public address or by another builder."""
    with reading(engine) as session:
        return bool(session.scalar(select(exists().where(Version.built_for != built_for(settings)))))
