"""Named reads of what is public: for lists, for the published files, for one dataset.

Hot reads select columns, not mapped objects: an ORM load with a relation costs more than all the rest of a request.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from portal.catalogue.catalog import THE_CATALOG, Catalog
from portal.catalogue.dataset import Dataset, State, Term, TermKind
from portal.catalogue.publisher import Publisher
from portal.catalogue.version import StoredFile, Table, Version

SORTS: dict[str, tuple[Any, ...]] = {  # Any: SQLAlchemy's ordering expressions
    "title": (Dataset.title_de, Dataset.slug),
    "-title": (Dataset.title_de.desc(), Dataset.slug.desc()),
    "modified": (Dataset.modified_at, Dataset.slug),
    "-modified": (Dataset.modified_at.desc(), Dataset.slug.desc()),
    "issued": (Dataset.issued_at, Dataset.slug),
    "-issued": (Dataset.issued_at.desc(), Dataset.slug.desc()),
    "name": (Dataset.slug,),
    "-name": (Dataset.slug.desc(),),
}
"""What lists can be sorted by; the slug breaks ties, so that pages are stable."""


@dataclass(frozen=True, kw_only=True)
class DatasetFilter:
    """Which datasets a list holds; None: whatever."""

    publisher: str | None = None
    theme: str | None = None
    keyword: str | None = None
    licence: str | None = None
    place: str | None = None


@dataclass(frozen=True)
class DatasetPage:
    """A page of a list: ready-made JSON lines, and how many there are in all."""

    summaries: Sequence[str]
    total: int


def list_datasets(session: Session, which: DatasetFilter, *, sort: str, limit: int, offset: int) -> DatasetPage:
    """Give published datasets that meet every filter, *limit* of them from *offset*."""
    conditions = _conditions(which)
    total = session.scalar(select(func.count()).select_from(Dataset).join(Publisher).where(*conditions)) or 0
    query = (
        select(Version.summary)
        .join(Dataset, Dataset.current_version_id == Version.id)
        .join(Publisher, Publisher.id == Dataset.publisher_id)
        .where(*conditions)
        .order_by(*SORTS[sort])
        .limit(limit)
        .offset(offset)
    )
    return DatasetPage(list(session.scalars(query)), total)


def _conditions(which: DatasetFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [Dataset.state == State.PUBLISHED]
    if which.publisher is not None:
        conditions.append(Publisher.slug == which.publisher)
    for kind, value in (
        (TermKind.THEME, which.theme),
        (TermKind.KEYWORD, which.keyword),
        (TermKind.LICENCE, which.licence),
        (TermKind.PLACE, which.place),
    ):
        if value is not None:
            having = select(Term.dataset_id).where(Term.kind == kind, Term.value == value)
            conditions.append(Dataset.id.in_(having))
    return conditions


def term_counts(session: Session, kind: TermKind) -> list[tuple[str, str, int]]:
    """Give (value, language, number of published datasets) of every term of *kind*, most used first."""
    number = func.count(Term.dataset_id.distinct())
    query = (
        select(Term.value, Term.language, number)
        .join(Dataset, Dataset.id == Term.dataset_id)
        .where(Term.kind == kind, Dataset.state == State.PUBLISHED)
        .group_by(Term.value, Term.language)
        .order_by(number.desc(), Term.value, Term.language)
    )
    return [(value, language, count) for value, language, count in session.execute(query)]


def publisher_counts(session: Session) -> list[tuple[Publisher, int]]:
    """Give every publisher with the number of its published datasets, by slug."""
    number = (
        select(func.count())
        .where(Dataset.publisher_id == Publisher.id, Dataset.state == State.PUBLISHED)
        .scalar_subquery()
    )
    return [
        (publisher, count) for publisher, count in session.execute(select(Publisher, number).order_by(Publisher.slug))
    ]


def catalog_state(session: Session) -> tuple[int, datetime | None]:
    """Give the catalogue's generation and when it last changed; (0, None) before the first release."""
    row = session.execute(select(Catalog.generation, Catalog.modified_at).where(Catalog.id == THE_CATALOG)).first()
    return (row.generation, row.modified_at) if row else (0, None)


def changed_after(session: Session, generation: int) -> list[str]:
    """Give the slugs of datasets that changed after *generation*."""
    return list(session.scalars(select(Dataset.slug).where(Dataset.changed_in > generation)))


@dataclass(frozen=True)
class DatasetStanding:
    """Where a dataset stands: what the public may know of it before any version is looked at."""

    id: int
    state: State
    current: int | None
    """Number of the public version; None: it has none."""
    reason_de: str | None
    reason_en: str | None
    modified_at: datetime | None


def standing(session: Session, slug: str) -> DatasetStanding | None:
    """Give where the dataset *slug* stands; None: there is none, or the public has never seen it."""
    query = (
        select(
            Dataset.id,
            Dataset.state,
            Version.number,
            Dataset.withdrawal_reason_de,
            Dataset.withdrawal_reason_en,
            Dataset.modified_at,
        )
        .outerjoin(Version, Version.id == Dataset.current_version_id)
        .where(Dataset.slug == slug, Dataset.state != State.UNPUBLISHED)
    )
    row = session.execute(query).first()
    return DatasetStanding(row[0], State(row[1]), *row[2:]) if row else None


def version_of(session: Session, dataset_id: int, number: int) -> Version | None:
    """Give the version *number* of a dataset."""
    return session.scalar(select(Version).where(Version.dataset_id == dataset_id, Version.number == number))


def version_lines(session: Session, dataset_id: int) -> list[tuple[int, datetime, str]]:
    """Give (number, released at, notes) of every version, newest first."""
    query = (
        select(Version.number, Version.released_at, Version.notes)
        .where(Version.dataset_id == dataset_id)
        .order_by(Version.number.desc())
    )
    return [(number, released_at, notes) for number, released_at, notes in session.execute(query)]


def files_of(session: Session, version_id: int) -> list[StoredFile]:
    """Give the files of a version by name."""
    return list(
        session.scalars(select(StoredFile).where(StoredFile.version_id == version_id).order_by(StoredFile.name))
    )


def tables_of(session: Session, version_id: int) -> list[Table]:
    """Give the tables of a version in order."""
    return list(session.scalars(select(Table).where(Table.version_id == version_id).order_by(Table.position)))


def published_slugs() -> Select[str]:
    """Select the slugs of all published datasets, in the order they came."""
    return select(Dataset.slug).where(Dataset.state == State.PUBLISHED).order_by(Dataset.id)
