"""A dataset: one address that stays, and behind it the version the public sees."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from portal.catalogue.publisher import Publisher
from portal.catalogue.version import Version
from portal.foundation.db import Record, UtcDateTime

SEGMENT_SIZE = 100
"""Datasets on one page of the catalogue document: what DCAT harvesters are used to."""


class State(StrEnum):
    """What the public sees of a dataset."""

    UNPUBLISHED = "unpublished"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class TermKind(StrEnum):
    """What a dataset can be found by."""

    THEME = "theme"
    KEYWORD = "keyword"
    LICENCE = "licence"
    PLACE = "place"


class Dataset(Record):
    """A dataset and the version of it that is public."""

    __tablename__ = "dataset"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(200), unique=True)
    publisher_id: Mapped[int] = mapped_column(ForeignKey("publisher.id"), index=True)
    state: Mapped[str] = mapped_column(String(20), default=State.UNPUBLISHED, index=True)
    current_version_id: Mapped[int | None] = mapped_column(
        ForeignKey("version.id", use_alter=True, name="fk_dataset_current_version_id_version")
    )
    issued_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the first version was released; None: never yet."""
    modified_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    """When what the public sees last changed; None: the public has never seen it."""
    withdrawal_reason_de: Mapped[str | None] = mapped_column(String(2000))
    withdrawal_reason_en: Mapped[str | None] = mapped_column(String(2000))
    title_de: Mapped[str] = mapped_column(String(1000), default="")
    title_en: Mapped[str] = mapped_column(String(1000), default="")
    segment: Mapped[int] = mapped_column(default=0, index=True)
    """Page of the catalogue document it stands on: given once, so that pages do not shift under a harvester."""
    changed_in: Mapped[int] = mapped_column(default=0, index=True)
    """Generation of the catalogue in which it last changed."""

    publisher: Mapped[Publisher] = relationship()
    current_version: Mapped[Version | None] = relationship(foreign_keys=[current_version_id], post_update=True)
    terms: Mapped[list["Term"]] = relationship(cascade="all, delete-orphan")


class Term(Record):
    """One thing a dataset can be found by."""

    __tablename__ = "term"
    __table_args__ = (
        UniqueConstraint("dataset_id", "kind", "language", "value"),
        Index("ix_term_kind_value", "kind", "value"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    dataset_id: Mapped[int] = mapped_column(ForeignKey("dataset.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(20))
    value: Mapped[str] = mapped_column(String(500))
    language: Mapped[str] = mapped_column(String(2), default="")
    """Of a keyword; empty: it is a code."""


def add_dataset(session: Session, *, slug: str, publisher_id: int) -> Dataset:
    """Make a dataset that the public does not see yet, on its page of the catalogue document."""
    dataset = Dataset(slug=slug, publisher_id=publisher_id, state=State.UNPUBLISHED)
    session.add(dataset)
    session.flush()
    dataset.segment = (dataset.id - 1) // SEGMENT_SIZE + 1
    return dataset
