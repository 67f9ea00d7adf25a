"""Dataset folders into the catalogue: the shipped ones at start, any with `portal load`.

Loading a folder again changes nothing; loading a changed one makes the next version.
"""

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from sqlalchemy import Engine, exists, or_, select
from sqlalchemy.orm import Session

from portal.catalogue.dataset import Dataset, State
from portal.catalogue.draft import Draft
from portal.catalogue.version import Version
from portal.foundation.config import Settings
from portal.foundation.db import open_engine, reading
from portal.foundation.errors import Conflict, InvalidInput, NotFound
from portal.foundation.lazily import meanwhile
from portal.publishing.folder import SourceDataset, read_folder
from portal.publishing.release import release_draft
from portal.publishing.saving import save_draft
from portal.store.local import LocalStore

_WHAT_RELEASES = ("duckdb", "portal.publishing.build", "portal.publishing.protection")
"""What a release will need, slow to load, and needed by nothing before."""


@dataclass(frozen=True)
class Loaded:
    """What became of one folder."""

    slug: str
    version: int | None
    """Number of the new version; None: nothing had changed, or the dataset was withdrawn."""
    withdrawn: bool = False
    """Loading does not undo a withdrawal; only `portal restore` does."""


def news(engine: Engine, folders: list[Path]) -> list[Path]:
    """Give those *folders* that a start should load: new content, and no person has the dataset in hand.

    A start must not undo what people decided: a folder whose content was released before stays as it is (a later
    version may come from a person), so does a dataset that was withdrawn or has a draft.
    """
    with reading(engine) as session:
        return [folder for folder in folders if _is_news(session, folder)]


def _is_news(session: Session, folder: Path) -> bool:
    try:
        source = read_folder(folder)
    except InvalidInput:
        return True  # loading it says what is wrong
    dataset = session.scalar(select(Dataset).where(Dataset.slug == source.slug))
    if dataset is None:
        return True
    drafted = exists().where(Draft.dataset_id == dataset.id)
    released = exists().where(Version.dataset_id == dataset.id, Version.content_digest == source.content_digest)
    return dataset.state != State.WITHDRAWN and not session.scalar(select(or_(drafted, released)))


def load(
    engine: Engine,
    store: LocalStore,
    settings: Settings,
    folders: list[Path],
    *,
    drafts: LocalStore,
    actor: str,
    at: datetime,
    notes: str = "",
    processes: int = 1,
) -> Iterator[Loaded]:
    """Release every folder that is not public as it is; say what became of each as it happens, in order.

    With several *processes* folders are released side by side: typing and writing keep one core busy each.

    Raises:
        Conflict: a dataset belongs to another publisher or has a draft; others may be released.
        InvalidDataset: a folder breaks the rules; others may be released.
    """
    if processes == 1 or len(folders) <= 1:
        for folder in folders:
            yield _load(engine, store, settings, folder, drafts=drafts, actor=actor, at=at, notes=notes)
        return
    work = partial(_load_in_process, settings, actor=actor, at=at, notes=notes)
    with ProcessPoolExecutor(min(processes, len(folders)), mp_context=get_context("spawn")) as pool:
        yield from pool.map(work, folders)


def _load_in_process(settings: Settings, folder: Path, *, actor: str, at: datetime, notes: str) -> Loaded:
    engine = open_engine(settings.sqlalchemy_url)
    try:
        store, drafts = LocalStore(settings.blobs, settings.work), LocalStore.private(settings.drafts)
        return _load(engine, store, settings, folder, drafts=drafts, actor=actor, at=at, notes=notes)
    finally:
        engine.dispose()


def _load(
    engine: Engine,
    store: LocalStore,
    settings: Settings,
    folder: Path,
    *,
    drafts: LocalStore,
    actor: str,
    at: datetime,
    notes: str,
) -> Loaded:
    source = read_folder(folder)
    if _is_withdrawn(engine, source.slug):
        return Loaded(source.slug, None, withdrawn=True)
    with meanwhile(*_WHAT_RELEASES):
        draft_id = save_draft(
            engine, source, drafts=drafts, publisher=settings.operator, notes=notes, actor=actor, at=at
        )
    if draft_id is None:
        return Loaded(source.slug, None)
    try:
        return Loaded(source.slug, release_draft(engine, store, settings, draft_id, drafts=drafts, at=at))
    except (NotFound, Conflict):
        released = _released(engine, source)
        if released is None:
            raise
        return Loaded(source.slug, released)  # by a server's worker, who found the draft as well and was faster


def _released(engine: Engine, source: SourceDataset) -> int | None:
    """Give the number of the version in which just this content is public; None: in none."""
    public = (
        select(Version.number)
        .join(Dataset, Dataset.current_version_id == Version.id)
        .where(Dataset.slug == source.slug, Version.content_digest == source.content_digest)
    )
    with reading(engine) as session:
        return session.scalar(public)


def _is_withdrawn(engine: Engine, slug: str) -> bool:
    with reading(engine) as session:
        return bool(session.scalar(select(exists().where(Dataset.slug == slug, Dataset.state == State.WITHDRAWN))))
