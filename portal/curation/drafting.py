"""Drafts: started for a new dataset or opened from what is public, edited, looked up.

A draft holds the whole of what the dataset is to become: a descriptor that may still have gaps, and for each table the
digest of its source in the drafts' store, which no reader reaches.
"""

import shutil
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.accounts.actor import Actor, ActorKind
from portal.accounts.permissions import Action, may, require
from portal.catalogue.dataset import Dataset, State, add_dataset
from portal.catalogue.draft import Draft, DraftState, require_revision
from portal.catalogue.publishers import find_publisher
from portal.catalogue.reading import files_of
from portal.catalogue.version import Version
from portal.curation.merging import Described, merged
from portal.events.changes import changes
from portal.events.log import Kind, record
from portal.foundation.db import reading, transaction
from portal.foundation.errors import Conflict, IllegalStep, InvalidDataset, InvalidInput, NotFound
from portal.foundation.tableschema import read_schema
from portal.publishing.descriptor import check_unfinished
from portal.publishing.folder import content_digest, is_name
from portal.store.local import LocalStore

PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"

MAX_NOTES_CHARS = 2_000

_DECIDED_ELSEWHERE = ("privacyDecisions", "withheld")
"""Keys of the descriptor that only a decision on personal data changes."""


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
        Conflict: the slug is taken.
    """
    owner = find_publisher(session, publisher)
    require(by, Action.EDIT_DRAFT, owner.id)
    if not is_name(slug):
        raise InvalidInput(
            f"{slug[:100]!r} cannot name a dataset: 1 to 100 of a-z, 0-9, - and _, a letter or digit first.",
            detail_de=f"{slug[:100]!r} kann kein Name sein: 1 bis 100 aus a-z, 0-9, - und _, vorn Buchstabe oder Ziffer.",
        )
    if session.scalar(select(Dataset.id).where(Dataset.slug == slug)) is not None:
        raise _taken(slug)
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


def draft_or_public(session: Session, slug: str, *, by: Actor) -> tuple[Dataset, Draft | Version]:
    """Give a dataset and what a change of it begins with: its draft, or the public version if it has none.

    Raises:
        NotFound: there is no such dataset, or nothing of it was ever released and it has no draft.
        Forbidden: *by* does not edit for its publisher.
    """
    dataset = curated_dataset(session, slug, Action.EDIT_DRAFT, by=by)
    draft = session.scalar(select(Draft).where(Draft.dataset_id == dataset.id))
    if draft is not None:
        return dataset, draft
    version = session.get(Version, dataset.current_version_id) if dataset.current_version_id else None
    if version is None:
        raise NotFound(
            f"Nothing of {slug} was released yet, and it has no draft.",
            detail_de=f"Von {slug} ist noch nichts erschienen, und es gibt keinen Entwurf.",
        )
    return dataset, version


def edit_draft(
    session: Session,
    draft: Draft,
    *,
    patch: Described,
    notes: str | None = None,
    revision: int,
    by: Actor,
    at: datetime,
) -> None:
    """Change the metadata of a draft by a merge patch on its descriptor, and what its version's notes will say.

    Raises:
        Forbidden: *by* does not edit for the dataset's publisher.
        IllegalStep: it was submitted; take it back first.
        Outdated: the draft has another revision than *revision*.
        InvalidDataset: the descriptor would break a rule; gaps are allowed.
    """
    dataset = session.get_one(Dataset, draft.dataset_id)
    require(by, Action.EDIT_DRAFT, dataset.publisher_id)
    after = edited(draft.descriptor, patch)
    if notes is not None:
        draft.notes = _short(notes)
    replace_descriptor(session, draft, after, revision=revision, by=by, at=at)


def replace_descriptor(
    session: Session,
    draft: Draft,
    after: Described,
    *,
    revision: int,
    by: Actor,
    at: datetime,
    bulk: str | None = None,
) -> None:
    """Put a descriptor that `edited` gave, or that the draft had before, into a draft; *bulk* is the change of many it is part of.

    Raises:
        Forbidden, IllegalStep, Outdated: as for `edit_draft`.
    """
    dataset = _writable(session, draft, revision, by=by)
    changed = changes(draft.descriptor, after)
    draft.descriptor = after
    touch(draft, by=by, at=at)
    record(session, Kind.DRAFT_EDITED, at=at, actor=by.label, dataset=dataset.slug, changes=changed, bulk=bulk)
    session.flush()


def remove_table(session: Session, draft: Draft, table: str, *, revision: int, by: Actor, at: datetime) -> None:
    """Take a table out of a draft.

    Raises:
        NotFound: the draft has no such table.
        Forbidden, IllegalStep, Outdated: as for `edit_draft`.
    """
    dataset = _writable(session, draft, revision, by=by)
    resource_of(draft, table)
    kept = [one for one in draft.descriptor["resources"] if one["name"] != table]
    draft.descriptor = {**draft.descriptor, "resources": kept}
    draft.sources = {name: digest for name, digest in draft.sources.items() if name != table}
    draft.deliveries = {name: told for name, told in draft.deliveries.items() if name != table}
    touch(draft, by=by, at=at)
    record(session, Kind.DRAFT_EDITED, at=at, actor=by.label, dataset=dataset.slug, removed_table=table)
    session.flush()


def _writable(session: Session, draft: Draft, revision: int, *, by: Actor) -> Dataset:
    """Give the dataset of a draft that *by* may change as it is."""
    dataset = session.get_one(Dataset, draft.dataset_id)
    require(by, Action.EDIT_DRAFT, dataset.publisher_id)
    require_editable(draft)
    require_revision(draft, revision)
    return dataset


def curated_dataset(session: Session, slug: str, action: Action, *, by: Actor) -> Dataset:
    """Give a dataset that *by* may do *action* with; whoever may not does not learn of one that was never public.

    Raises:
        NotFound: there is no such dataset.
        Unauthenticated, Forbidden: *by* may not.
    """
    dataset = session.scalar(select(Dataset).where(Dataset.slug == slug[:200]))
    if dataset is None or not _is_known(dataset, action, by=by):
        require_somebody(by, action)
        raise NotFound(f"There is no dataset {slug[:100]!r}.", detail_de=f"Es gibt keinen Datensatz {slug[:100]!r}.")
    require(by, action, dataset.publisher_id)
    return dataset


def find_draft(session: Session, slug: str, *, by: Actor, action: Action = Action.READ_DRAFT) -> tuple[Dataset, Draft]:
    """Give a dataset and its draft.

    Raises:
        NotFound: there is no such dataset, or it has no draft.
        Unauthenticated, Forbidden: *by* may not do *action* with it.
    """
    dataset = curated_dataset(session, slug, action, by=by)
    draft = session.scalar(select(Draft).where(Draft.dataset_id == dataset.id))
    if draft is None:
        raise NotFound(f"{slug} has no draft.", detail_de=f"{slug} hat keinen Entwurf.")
    return dataset, draft


def list_drafts(
    session: Session, *, state: DraftState | None, publisher: str | None, by: Actor
) -> list[tuple[Dataset, Draft]]:
    """Give the drafts *by* may see, last changed first.

    Raises:
        Unauthenticated: nobody asks.
        NotFound: there is no such publisher.
    """
    require_somebody(by, Action.READ_DRAFT)
    query = select(Dataset, Draft).join(Draft, Draft.dataset_id == Dataset.id).order_by(Draft.updated_at.desc())
    if state is not None:
        query = query.where(Draft.state == state)
    if publisher is not None:
        query = query.where(Dataset.publisher_id == find_publisher(session, publisher).id)
    found: Sequence[Any] = session.execute(query).all()  # Any: rows
    return [(dataset, draft) for dataset, draft in found if may(by, Action.READ_DRAFT, dataset.publisher_id)]


def require_somebody(by: Actor, action: Action) -> None:
    """Refuse nobody, before they learn what there is.

    Raises:
        Unauthenticated: nobody asks.
    """
    if by.kind is ActorKind.NOBODY:
        require(by, action, None)


def _is_known(dataset: Dataset, action: Action, *, by: Actor) -> bool:
    """Tell whether *by* may know that there is this dataset: it was public, or they have something to do with it."""
    if dataset.state != State.UNPUBLISHED:
        return True
    return any(may(by, one, dataset.publisher_id) for one in (action, Action.READ_DRAFT, Action.EDIT_DRAFT))


def require_editable(draft: Draft) -> None:
    """Refuse changes of a draft that others are looking at.

    Raises:
        IllegalStep: it was submitted.
    """
    if draft.state != DraftState.DRAFT:
        raise IllegalStep(
            f"The draft is in the state {draft.state!r} and cannot be changed; it has to be returned first.",
            detail_de=f"Der Entwurf ist im Zustand {draft.state!r} und nicht änderbar; er muss erst zurückgegeben werden.",
            state=draft.state,
            allowed=["return"],
        )


def resource_of(draft: Draft, table: str) -> Described:
    """Give the resource object of a table.

    Raises:
        NotFound: the draft has no such table; those it has are among the facts.
    """
    for resource in draft.descriptor["resources"]:
        if resource["name"] == table:
            return dict(resource)
    raise NotFound(
        f"The draft has no table {table[:100]!r}.",
        detail_de=f"Der Entwurf hat keine Tabelle {table[:100]!r}.",
        tables=[resource["name"] for resource in draft.descriptor["resources"]],
    )


def touch(draft: Draft, *, by: Actor, at: datetime) -> None:
    """Note that the content of a draft has changed: who, when, and that nobody has looked at it since."""
    known = [draft.sources[one["name"]] for one in draft.descriptor["resources"] if one["name"] in draft.sources]
    draft.content_digest = content_digest(draft.descriptor, known)
    draft.actor, draft.updated_at, draft.report = by.label, at, None


def edited(before: Described, patch: Described) -> Described:
    """Give the descriptor after a merge patch.

    Raises:
        InvalidDataset: it would break a rule, or change what this is not the way to change.
    """
    after: Described = merged(before, patch)
    after.setdefault("resources", [])
    for key in _DECIDED_ELSEWHERE:
        if after.get(key) != before.get(key):
            raise _not_here(f"/{key}", "a decision on personal data", "eine Entscheidung zum Datenschutz")
    if after.get("name") != before["name"]:
        raise _not_here("/name", "nothing, it stands in addresses", "nichts, er steht in Adressen")
    untouched = after.get("resources") is before["resources"]  # they were checked when they came; they are most of it
    check_unfinished({**after, "resources": []} if untouched else after)
    if [one.get("name") for one in after.get("resources", ())] != [one["name"] for one in before["resources"]]:
        raise _not_here("/resources", "delivering or removing a table", "das Liefern oder Entfernen einer Tabelle")
    after.setdefault("resources", before["resources"])  # a dataset without tables has an empty list of them
    if not untouched:
        _require_columns(after)
    return after


def _require_columns(descriptor: Described) -> None:
    """Refuse tables without readable columns: whatever looks at a draft later relies on them."""
    for number, resource in enumerate(descriptor["resources"]):
        try:
            read_schema(resource.get("schema", {}))
        except InvalidInput as error:
            pointer = f"/resources/{number}/schema"
            raise InvalidDataset(
                f"{pointer}: {error.detail.en}",
                detail_de=f"{pointer}: {error.detail.de}",
                findings=[{"pointer": pointer, "message": error.detail.as_dict()}],
            ) from None


def _taken(slug: str) -> Conflict:
    return Conflict(f"There is a dataset {slug!r} already.", detail_de=f"Den Datensatz {slug!r} gibt es schon.")


def _not_here(pointer: str, english: str, german: str) -> InvalidDataset:
    return InvalidDataset(
        f"{pointer} is not changed this way; what changes it is {english}.",
        detail_de=f"{pointer} wird nicht so geändert; das tut {german}.",
        findings=[{"pointer": pointer}],
    )


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


def _short(notes: str) -> str:
    if len(notes) > MAX_NOTES_CHARS:
        raise InvalidInput(
            f"Notes have at most {MAX_NOTES_CHARS} characters, not {len(notes)}.",
            detail_de=f"Anmerkungen haben höchstens {MAX_NOTES_CHARS} Zeichen, nicht {len(notes)}.",
        )
    return notes
