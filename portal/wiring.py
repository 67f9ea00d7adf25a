"""The wired parts: the only place that knows every part."""

from dataclasses import dataclass

from sqlalchemy import Engine

from portal.foundation.config import Settings
from portal.foundation.db import open_engine
from portal.publishing.answers import KeptAnswers
from portal.publishing.comparing.kept import KeptChanges
from portal.publishing.joining.kept import KeptJoins, for_files, for_pages
from portal.rows.engine import RowEngine
from portal.rows.sql.pool import SqlPool
from portal.rows.sql.process import SqlLimits
from portal.store.local import LocalStore


@dataclass(frozen=True)
class Portal:
    """What the portal is made of; web and command line get it from `build`, tests swap parts with `dataclasses.replace`."""

    settings: Settings
    engine: Engine
    store: LocalStore
    """What is published."""
    drafts: LocalStore
    """Sources of drafts: they may hold what is withheld, so they never lie among what is published (docs/adr/0021)."""
    changes: KeptChanges
    rows: RowEngine
    answers: KeptAnswers
    joins: KeptJoins
    sql: SqlPool
    """Starts no process before somebody asks."""


def build(settings: Settings) -> Portal:
    """Put the portal together; nothing is read or written but folders made."""
    settings.data.mkdir(parents=True, exist_ok=True)
    store, drafts = LocalStore(settings.blobs, settings.work), LocalStore.private(settings.drafts)
    changes, answers = KeptChanges(settings.changes), KeptAnswers(settings.queries)
    joins = KeptJoins(
        settings.joins, pages=for_pages(settings.query_timeout_s), files=for_files(settings.query_file_timeout_s)
    )
    rows = RowEngine(settings.queries, timeout_s=settings.query_timeout_s, make_room=answers.make_room)
    sql = SqlPool(settings.blobs, _sql_limits(settings))
    return Portal(settings, open_engine(settings.sqlalchemy_url), store, drafts, changes, rows, answers, joins, sql)


def _sql_limits(settings: Settings) -> SqlLimits:
    return SqlLimits(
        timeout_s=settings.sql_timeout_s,
        memory_bytes=settings.sql_memory_bytes,
        max_bytes=settings.sql_max_bytes,
        processes=settings.sql_processes,
    )
