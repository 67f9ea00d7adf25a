"""The wired parts: the only place that knows every part."""

from dataclasses import dataclass

from sqlalchemy import Engine

from portal.foundation.config import Settings
from portal.foundation.db import open_engine
from portal.publishing.answers import KeptAnswers
from portal.publishing.comparing.kept import KeptChanges
from portal.rows.engine import RowEngine
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


def build(settings: Settings) -> Portal:
    """Put the portal together; nothing is read or written but folders made."""
    settings.data.mkdir(parents=True, exist_ok=True)
    store, drafts = LocalStore(settings.blobs, settings.work), LocalStore.private(settings.drafts)
    changes, answers = KeptChanges(settings.changes), KeptAnswers(settings.queries)
    rows = RowEngine(settings.queries, timeout_s=settings.query_timeout_s, make_room=answers.make_room)
    return Portal(settings, open_engine(settings.sqlalchemy_url), store, drafts, changes, rows, answers)
