"""Drafts begin: for a new dataset, or as what is public.

A draft holds the whole of what the dataset is to become: a descriptor that may still have gaps, and for each table the
digest of its source in the drafts' store, which no reader reaches.
"""

import shutil
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Engine, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.accounts.actor import Actor
from portal.accounts.permissions import Action, require
from portal.catalogue.dataset import Dataset, State, add_dataset
from portal.catalogue.draft import Draft, DraftState
from portal.catalogue.publishers import find_publisher
from portal.catalogue.reading import files_of
from portal.catalogue.version import Version
from portal.curation.editing import edited, touch
from portal.curation.finding import curated_dataset, draft_or_public, find_draft
from portal.curation.merging import Described
from portal.events.changes import changes
from portal.events.log import Kind, record
from portal.foundation.db import reading, transaction
from portal.foundation.errors import Conflict, InvalidInput
from portal.publishing.folder import is_name
from portal.store.local import LocalStore

PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"


def start_dataset(
    session: Session, *, slug: str, publisher: str, metadata: Described, by: Actor, at: datetime
) -> Draft:
    """Make a dataset that the public does not see yet, and its first draft.

    The publisher's default licence is filled in; *metadata* is a descriptor, as far as it is known.

    Raises:
        NotFound: there is no such publisher.
        Forbidden: *by* does not edit for it.
        InvalidInput: the slug does not do.
        InvalidDataset: what is there of the metadata is wrong.
        Conflict: the slug is taken: by a dataset, a draft, or what another publisher began and discarded.
    """
    owner = find_publisher(session, publisher)
    require(by, Action.EDIT_DRAFT, owner.id)
    if not is_name(slug):
        raise InvalidInput(
            f"{slug[:100]!r} cannot name a dataset: 1 to 100 of a-z, 0-9, - and _, a letter or digit first.",
            detail_de=f"{slug[:100]!r} kann kein Name sein: 1 bis 100 aus a-z, 0-9, - und _, vorn Buchstabe oder Ziffer.",
        )
    _clear(session, slug, owner.id)
    licences = [{"name": owner.default_licence}] if owner.default_licence else []
    blank: Described = {
        "$schema": PROFILE, "name": slug, "title": "", "description": "",
        "keywords": [], "licenses": licences, "dcat": {}, "resources": [],
    }  # fmt: skip
    descriptor = edited(blank, metadata)
    try:
        dataset = add_dataset(session, slug=slug, publisher_id=owner.id)
    except IntegrityError:  # since we looked, somebody else has begun it
        raise _taken(slug) from None
    draft = _add_draft(session, dataset, descriptor, {}, by=by, at=at)
    record(session, Kind.DRAFT_EDITED, at=at, actor=by.label, dataset=slug, opened="new", changes=changes({}, metadata))
    return draft


def open_draft(engine: Engine, store: LocalStore, drafts: LocalStore, slug: str, *, by: Actor, at: datetime) -> int:
    """Open a draft that begins as what is public, and give its id; the one there is, if there is one.

    Raises:
        NotFound: there is no such dataset, or nothing of it was ever released.
        Forbidden: *by* does not edit for its publisher.
    """
    with reading(engine) as session:
        _, basis = draft_or_public(session, slug, by=by)
        if isinstance(basis, Draft):
            return basis.id
        version, sources = basis, public_sources(session, basis)
    copy_sources(store, drafts, sources.values())
    try:
        with transaction(engine) as session:
            dataset = curated_dataset(session, slug, Action.EDIT_DRAFT, by=by)
            return begin_draft(session, dataset, version, sources, by=by, at=at).id
    except Conflict:  # since we looked, somebody else has opened one
        with reading(engine) as session:
            return find_draft(session, slug, by=by, action=Action.EDIT_DRAFT)[1].id


def begin_draft(
    session: Session,
    dataset: Dataset,
    version: Version,
    sources: dict[str, str],
    *,
    by: Actor,
    at: datetime,
    bulk: str | None = None,
) -> Draft:
    """Make a draft that begins as *version*; its *sources* have been copied; *bulk* is the change of many it is part of.

    Raises:
        Forbidden: *by* does not edit for the dataset's publisher.
        Conflict: somebody else has just begun one.
    """
    require(by, Action.EDIT_DRAFT, dataset.publisher_id)
    draft = _add_draft(session, dataset, version.descriptor, sources, by=by, at=at)
    opened = f"version {version.number}"
    record(session, Kind.DRAFT_EDITED, at=at, actor=by.label, dataset=dataset.slug, opened=opened, bulk=bulk)
    return draft


def public_sources(session: Session, version: Version) -> dict[str, str]:
    """Give the digest of the published CSV file of each table of *version*."""
    files = files_of(session, version.id)
    return {file.table_name: file.digest for file in files if file.format == "csv" and file.table_name}


def _clear(session: Session, slug: str, publisher_id: int) -> None:
    """Make way for a new dataset where the publisher began one of this name and discarded it before anybody saw it.

    To other publishers the name stays taken: the log, which nobody changes, and jobs tell of datasets by their names, and
    whoever looks after the new one would read what was said of the old one.

    Raises:
        Conflict: there is one.
    """
    known = session.scalar(select(Dataset).where(Dataset.slug == slug).with_for_update())
    if known is None:
        return
    drafted = session.scalar(select(Draft.id).where(Draft.dataset_id == known.id))
    if known.publisher_id != publisher_id or known.state != State.UNPUBLISHED or drafted is not None:
        raise _taken(slug)
    session.delete(known)
    session.flush()


def _taken(slug: str) -> Conflict:
    return Conflict(f"There is a dataset {slug!r} already.", detail_de=f"Den Datensatz {slug!r} gibt es schon.")


def _add_draft(
    session: Session, dataset: Dataset, descriptor: Described, sources: dict[str, str], *, by: Actor, at: datetime
) -> Draft:
    draft = Draft(dataset_id=dataset.id, state=DraftState.DRAFT, descriptor=descriptor, sources=sources, created_at=at)
    draft.deliveries = {}
    slug = dataset.slug  # cannot be read any more once the database has refused
    touch(draft, by=by, at=at)
    session.add(draft)
    try:
        session.flush()
    except IntegrityError:
        raise Conflict(
            f"Somebody else has just begun a draft of {slug}.",
            detail_de=f"Jemand anderes hat gerade einen Entwurf von {slug} begonnen.",
        ) from None
    return draft


def copy_sources(store: LocalStore, drafts: LocalStore, digests: Iterable[str]) -> None:
    """Copy published files to where drafts keep their sources; the bytes are the same, so are the digests."""
    with drafts.workshop() as workshop:
        copies = {digest: workshop / digest for digest in digests}
        for digest, copy in copies.items():
            shutil.copyfile(store.path(digest), copy)
        drafts.adopt(copies.values())
