"""Whether anything waits to be done before serving; asked at every start, so it must cost next to nothing."""

from datetime import datetime

from sqlalchemy import Engine, exists, or_, select

from portal.catalogue.draft import Draft, DraftState
from portal.catalogue.version import Version
from portal.foundation.config import Settings
from portal.foundation.db import reading
from portal.publishing.builder import built_for
from portal.publishing.migrate import HEAD, current_revision


def needs_work(engine: Engine, settings: Settings, *, at: datetime) -> bool:
    """Tell whether the database is old, a release was interrupted, or files were made for another address."""
    if current_revision(engine) != HEAD:
        return True
    with reading(engine) as session:
        due = or_(Draft.release_at.is_(None), Draft.release_at <= at)
        waiting = select(exists().where(Draft.state == DraftState.BUILDING, due))
        stale = select(exists().where(Version.built_for != built_for(settings)))
        return bool(session.scalar(waiting) or session.scalar(stale))
