"""Changing what is said about a publisher, together with every file that says it.

Documents, packages and attribution lines of its datasets name the publisher. They are marked as out of date in the
transaction of the change and made anew by a job; whoever looks next takes up what a crash left.
"""

from collections.abc import Callable, Mapping
from datetime import datetime

from sqlalchemy import Engine, Select, select, update
from sqlalchemy.orm import Session

from portal.accounts.actor import Actor
from portal.accounts.permissions import Action, require
from portal.catalogue.catalog import next_generation
from portal.catalogue.dataset import Dataset
from portal.catalogue.publisher import Publisher
from portal.catalogue.publishers import edit_publisher, switch_four_eyes
from portal.catalogue.reading import catalog_state
from portal.catalogue.version import Version
from portal.foundation.config import Settings
from portal.foundation.db import reading
from portal.foundation.errors import InvalidInput
from portal.jobs.job import Job, JobKind, add_job
from portal.publishing.rebuild import rebuild
from portal.store.local import LocalStore

BY_SETTINGS = ("name_de", "name_en", "type_code", "contact")
"""Facts of the operator that its settings decide (PORTAL_OPERATOR_…, PORTAL_CONTACT_EMAIL)."""

_IN_FILES = ("name_de", "name_en", "type_code", "homepage", "contact")
"""Facts that files of its datasets repeat."""

_OUT_OF_DATE = "publisher"
"""Stands in place of what a version was built for until its files are made anew."""


def change_publisher(
    session: Session,
    settings: Settings,
    publisher: Publisher,
    *,
    facts: Mapping[str, object],
    four_eyes: bool | None = None,
    by: Actor,
    at: datetime,
) -> Job | None:
    """Change facts of a publisher and, unless *four_eyes* is None, whether a second person has to approve.

    Gives the job that makes the files of its datasets anew; None: they say nothing of what changed.

    Raises:
        Forbidden: *by* does not administer it.
        InvalidInput: a value does not do, or settings decide about it.
    """
    require(by, Action.MANAGE_PUBLISHER, publisher.id)
    decided = [name for name in BY_SETTINGS if name in facts and facts[name] != getattr(publisher, name)]
    if publisher.slug == settings.operator and decided:
        raise InvalidInput(
            f"{', '.join(decided)} of the operator are settings (`portal settings`): PORTAL_OPERATOR_…, PORTAL_CONTACT_EMAIL.",
            detail_de=f"{', '.join(decided)} des Betreibers sind Einstellungen (`portal settings`).",
        )
    before = facts_in_files(publisher)
    if catalog_state(session)[0]:
        next_generation(session, at=at)  # lists of publishers are as new as the catalogue; its lock comes first
    edit_publisher(session, publisher, facts=facts, by=by, at=at)
    if four_eyes is not None:
        switch_four_eyes(session, publisher, four_eyes, by=by, at=at)
    if before != facts_in_files(publisher):
        marked = session.execute(
            update(Version).where(Version.id.in_(_current_versions(publisher.id))).values(built_for=_OUT_OF_DATE)
        )
        if marked.rowcount:  # type: ignore[attr-defined]  # an UPDATE has one
            return add_job(session, JobKind.RENEWAL, publisher_id=publisher.id, actor=by.label, at=at)
    return None


def facts_in_files(publisher: Publisher) -> dict[str, object]:
    """Give what files of a publisher's datasets say of it."""
    return {name: getattr(publisher, name) for name in _IN_FILES}


def renew_if_changed(session: Session, version: Version, planned: Publisher, *, actor: str, at: datetime) -> None:
    """Have the files of a new version made anew if what they say of their publisher was changed while they were built."""
    if facts_in_files(session.get_one(Publisher, planned.id)) != facts_in_files(planned):
        version.built_for = _OUT_OF_DATE
        add_job(session, JobKind.RENEWAL, publisher_id=planned.id, actor=actor, at=at)


def renew_files(
    engine: Engine,
    store: LocalStore,
    settings: Settings,
    publisher_id: int,
    *,
    actor: str,
    at: datetime,
    on_step: Callable[[str, int, int], None] = lambda _slug, _done, _total: None,
) -> int:
    """Make the files of a publisher's datasets anew where `change_publisher` has marked them; give of how many.

    *on_step* is told the dataset that was done, how many are, and of how many. Versions before the current one keep saying what was true then.
    """
    with reading(engine) as session:
        marked = Version.id.in_(_current_versions(publisher_id))
        stale = list(session.scalars(select(Version.id).where(marked, Version.built_for == _OUT_OF_DATE)))
    for number, (slug, _) in enumerate(rebuild(engine, store, settings, stale, actor=actor, at=at), 1):
        on_step(slug, number, len(stale))
    return len(stale)


def _current_versions(publisher_id: int) -> Select[int | None]:
    return select(Dataset.current_version_id).where(
        Dataset.publisher_id == publisher_id, Dataset.current_version_id.is_not(None)
    )
