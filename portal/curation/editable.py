"""The metadata that somebody may edit, dataset by dataset: the draft's where there is one, else what is public.

A mark says on which state a line was read: `r3-0f9a2b7c` the third revision of a draft with that content, `v2` the
public version 2.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import JSON, ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from portal.accounts.actor import Actor
from portal.accounts.permissions import Action, may, may_anywhere, require
from portal.catalogue.dataset import Dataset, State, Term, TermKind
from portal.catalogue.draft import Draft
from portal.catalogue.publisher import Publisher
from portal.catalogue.publishers import find_publisher, publishers
from portal.catalogue.version import Version
from portal.curation.merging import Described

_BATCH = 200


@dataclass(frozen=True)
class Editable:
    """One dataset as its editors find it."""

    slug: str
    publisher: str
    descriptor: Described
    mark: str


@dataclass(frozen=True, kw_only=True)
class EditableFilter:
    """Which of them; None: whatever."""

    publisher: str | None = None
    theme: str | None = None
    licence: str | None = None
    keyword: str | None = None


def editable_datasets(session: Session, which: EditableFilter, *, by: Actor) -> Iterator[Editable]:
    """Give the datasets that *by* may edit and that meet every condition, by slug.

    Raises:
        NotFound: there is no such publisher.
        Unauthenticated, Forbidden: *by* edits for no publisher, or not for this one.
    """
    if which.publisher is not None and may_anywhere(by, Action.EDIT_DRAFT):
        require(by, Action.EDIT_DRAFT, find_publisher(session, which.publisher).id)
    require_editor(by)
    return (one for one in _read(session, _query(session, which, by)) if _meets(one.descriptor, which))


def editable_named(session: Session, slugs: Sequence[str], *, by: Actor) -> dict[str, Editable]:
    """Give those of the datasets with these *slugs* that *by* may edit, by slug.

    Raises:
        Unauthenticated, Forbidden: *by* edits for no publisher.
    """
    require_editor(by)
    found: dict[str, Editable] = {}
    query = _query(session, EditableFilter(), by)
    for start in range(0, len(slugs), _BATCH):
        part = query.where(Dataset.slug.in_(slugs[start : start + _BATCH]))
        found |= {one.slug: one for one in _read(session, part)}
    return found


def require_editor(by: Actor) -> None:
    """Refuse who edits nowhere, before they learn what there is.

    Raises:
        Unauthenticated, Forbidden: *by* edits for no publisher.
    """
    if not may_anywhere(by, Action.EDIT_DRAFT):
        require(by, Action.EDIT_DRAFT, None)


def mark_of(draft: Draft | None, version: Version | None) -> str:
    """Give the mark of the state that an edit would begin with."""
    if draft is not None:
        return _mark(draft.revision, draft.content_digest, None)
    return _mark(None, None, version.number if version else None)


def _mark(revision: int | None, content_digest: str | None, number: int | None) -> str:
    return f"v{number}" if content_digest is None else f"r{revision}-{content_digest[:8]}"


def _read(session: Session, query: Select[str, str, Described, int, str, int]) -> Iterator[Editable]:
    rows = session.execute(query, execution_options={"yield_per": _BATCH})
    for slug, publisher, descriptor, revision, digest, number in rows:
        yield Editable(slug, publisher, descriptor, _mark(revision, digest, number))


def _query(session: Session, which: EditableFilter, by: Actor) -> Select[str, str, Described, int, str, int]:
    own = [one.id for one in publishers(session) if may(by, Action.EDIT_DRAFT, one.id)]
    query: Select[str, str, Described, int, str, int] = (
        select(
            Dataset.slug,
            Publisher.slug,
            func.coalesce(Draft.descriptor, Version.descriptor, type_=JSON),
            Draft.revision,
            Draft.content_digest,
            Version.number,
        )
        .join(Publisher, Publisher.id == Dataset.publisher_id)
        .outerjoin(Draft, Draft.dataset_id == Dataset.id)
        .outerjoin(Version, Version.id == Dataset.current_version_id)
        .where(Dataset.publisher_id.in_(own), or_(Draft.id.is_not(None), Dataset.state == State.PUBLISHED))
        .order_by(Dataset.slug)
    )
    if which.publisher is not None:
        query = query.where(Publisher.slug == which.publisher)
    for condition in _public_terms(which):
        query = query.where(or_(Draft.id.is_not(None), condition))
    return query


def _public_terms(which: EditableFilter) -> list[ColumnElement[bool]]:
    """Give what narrows the search where there is no draft; a draft's own words are looked at one by one."""
    wanted = ((TermKind.THEME, which.theme), (TermKind.LICENCE, which.licence), (TermKind.KEYWORD, which.keyword))
    return [
        Dataset.id.in_(select(Term.dataset_id).where(and_(Term.kind == kind, Term.value == value)))
        for kind, value in wanted
        if value is not None
    ]


def _meets(descriptor: Described, which: EditableFilter) -> bool:
    english = descriptor.get("translations", {}).get("en", {})
    had = {
        "theme": descriptor.get("dcat", {}).get("theme", []),
        "licence": [one.get("name") for one in descriptor.get("licenses", [])],
        "keyword": [*descriptor.get("keywords", []), *english.get("keywords", [])],
    }
    asked = {"theme": which.theme, "licence": which.licence, "keyword": which.keyword}
    return all(value is None or value in had[name] for name, value in asked.items())
