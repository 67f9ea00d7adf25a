"""A dataset folder is saved as a draft that is ready to be built: its sources lie in the drafts' store."""

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from mmap import ACCESS_READ, mmap
from pathlib import Path

from sqlalchemy import Engine, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.catalogue.dataset import Dataset, State, add_dataset
from portal.catalogue.draft import Draft, DraftState
from portal.catalogue.publisher import Publisher
from portal.catalogue.version import Version
from portal.foundation.db import reading, transaction
from portal.foundation.errors import (
    Conflict,
    NotFound,
)
from portal.publishing.folder import SourceDataset, content_digest
from portal.store.local import LocalStore


def save_draft(
    engine: Engine, source: SourceDataset, *, drafts: LocalStore, publisher: str, notes: str, actor: str, at: datetime
) -> int | None:
    """Save *source* as the dataset's draft, ready to be built; None if it is what is already public.

    Raises:
        NotFound: there is no publisher *publisher*.
        Conflict: the dataset belongs to another publisher, was withdrawn, or has a draft with other content.
    """
    with reading(engine) as session:  # what was released before may be the same, and need not be copied to know
        if has_version(session, source.slug) and is_public(session, source.slug, source.content_digest):
            return None
    with drafts.workshop() as workshop:
        copies = {table.name: workshop / f"{table.name}.csv" for table in source.tables}
        known = {copies[table.name]: _copy(table.path, copies[table.name]) for table in source.tables}
        digest = content_digest(source.descriptor, known.values())
        drafts.adopt(copies.values(), known)
    sources = {name: known[path] for name, path in copies.items()}
    save = partial(_save, engine, source, digest, sources, publisher=publisher, notes=notes, actor=actor, at=at)
    try:
        return save()
    except IntegrityError:  # another process has begun the dataset just now: with PostgreSQL it is seen from here on
        with raced(source.slug):
            return save()


def _save(
    engine: Engine,
    source: SourceDataset,
    digest: str,
    sources: dict[str, str],
    *,
    publisher: str,
    notes: str,
    actor: str,
    at: datetime,
) -> int | None:
    with transaction(engine) as session:
        dataset = _dataset(session, source.slug, publisher)
        if is_public(session, source.slug, digest):  # since we looked, another process has released the same
            return None
        draft = session.scalar(select(Draft).where(Draft.dataset_id == dataset.id))
        if draft is not None and draft.content_digest != digest:
            raise Conflict(
                f"{source.slug} has a draft with other content; release or discard it first.",
                detail_de=f"{source.slug} hat einen Entwurf mit anderem Inhalt; bitte zuerst freigeben oder verwerfen.",
            )
        wanted = DraftState.BUILDING, source.descriptor, sources, notes, actor
        if draft is not None and (draft.state, draft.descriptor, draft.sources, draft.notes, draft.actor) == wanted:
            return draft.id  # another process is loading the same: a change would take the draft from under it
        if draft is None:
            draft = Draft(dataset_id=dataset.id, created_at=at)
            session.add(draft)
        draft.state, draft.descriptor, draft.sources, draft.notes, draft.actor = wanted
        draft.content_digest, draft.updated_at = digest, at
        draft.submitted_by, draft.submitter_id, draft.submitted_at, draft.decided_by = actor, None, at, actor
        draft.decided_at = at
        session.flush()
        return draft.id


def _copy(source: Path, target: Path) -> str:
    """Copy a file and give the SHA-256 of what was copied, whatever becomes of *source* meanwhile.

    Each is one call, in which other threads run.
    """
    shutil.copyfile(source, target)
    with target.open("rb") as file:
        if not os.fstat(file.fileno()).st_size:
            return hashlib.sha256().hexdigest()
        with mmap(file.fileno(), 0, access=ACCESS_READ) as content:
            return hashlib.sha256(content).hexdigest()


@contextmanager
def raced(slug: str) -> Iterator[None]:
    """Say what it means that the database already has what was to be added: somebody else was faster."""
    try:
        yield
    except IntegrityError:
        raise Conflict(
            f"Another release of {slug} was faster.", detail_de=f"Eine andere Freigabe von {slug} war schneller."
        ) from None


def has_version(session: Session, slug: str) -> bool:
    return session.scalar(select(Dataset.current_version_id).where(Dataset.slug == slug)) is not None


def is_public(session: Session, slug: str, digest: str) -> bool:
    query = (
        select(Version.content_digest)
        .join(Dataset, Dataset.current_version_id == Version.id)
        .where(Dataset.slug == slug, Dataset.state == State.PUBLISHED)
    )
    return session.scalar(query) == digest


def _dataset(session: Session, slug: str, publisher_slug: str) -> Dataset:
    publisher = session.scalar(select(Publisher).where(Publisher.slug == publisher_slug))
    if publisher is None:
        raise NotFound(
            f"There is no publisher {publisher_slug!r}.", detail_de=f"Es gibt keinen Herausgeber {publisher_slug!r}."
        )
    dataset = session.scalar(select(Dataset).where(Dataset.slug == slug).with_for_update(of=Dataset))
    if dataset is None:
        dataset = add_dataset(session, slug=slug, publisher_id=publisher.id)
    elif dataset.state == State.WITHDRAWN:
        raise Conflict(
            f"{slug} was withdrawn; restore it first.",
            detail_de=f"{slug} wurde zurückgezogen; bitte zuerst wiederherstellen.",
            dataset=slug,
        )
    elif dataset.publisher_id != publisher.id:
        raise Conflict(
            f"{slug} belongs to another publisher.", detail_de=f"{slug} gehört einem anderen Herausgeber.", dataset=slug
        )
    return dataset
