"""A change of many drafts at once, kept so that it can be looked at and undone.

BulkChange ─1:n─ BulkItem     one draft: what it was before, what the change left
"""

import secrets
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from portal.foundation.db import Record, UtcDateTime
from portal.foundation.errors import NotFound


class Outcome(StrEnum):
    """What became of a draft when the change was undone."""

    RESTORED = "restored"
    """It is what it was."""
    DISCARDED = "discarded"
    """The change had opened it; it is gone again."""


class BulkChange(Record):
    """One change of many drafts. Its id is not to be guessed, but who may see it is asked all the same."""

    __tablename__ = "bulk_change"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    actor: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    undone_by: Mapped[str | None] = mapped_column(String(200))
    """Who undid it last; None: nobody."""
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    items: Mapped[list["BulkItem"]] = relationship(order_by="BulkItem.id", cascade="all, delete-orphan")


class BulkItem(Record):
    """What a change did to one draft."""

    __tablename__ = "bulk_item"
    __table_args__ = (UniqueConstraint("bulk_change_id", "dataset_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    bulk_change_id: Mapped[str] = mapped_column(ForeignKey("bulk_change.id", ondelete="CASCADE"))
    dataset_id: Mapped[int] = mapped_column(ForeignKey("dataset.id", ondelete="CASCADE"), index=True)
    draft_id: Mapped[int]
    """The draft may be gone by now."""
    opened: Mapped[bool]
    """The change opened the draft."""
    changes: Mapped[dict[str, Any]] = mapped_column(JSON)  # Any: pointer ↔ before and after, as the log has them
    before: Mapped[dict[str, Any]] = mapped_column(JSON)  # Any: `keys` in order, `values` of those that were changed
    """What is needed to put the descriptor back."""
    revision: Mapped[int]
    """Of the draft, as the change left it."""
    content_digest: Mapped[str] = mapped_column(String(64))
    """The same."""
    outcome: Mapped[str | None] = mapped_column(String(20))
    """None: it was not undone."""


def add_bulk_change(session: Session, *, actor: str, at: datetime) -> BulkChange:
    """Begin to write down a change of many drafts."""
    change = BulkChange(id=secrets.token_hex(16), actor=actor, created_at=at)
    session.add(change)
    session.flush()
    return change


def find_bulk_change(session: Session, change_id: str) -> BulkChange:
    """Give a change by its id.

    Raises:
        NotFound: there is none.
    """
    change = session.get(BulkChange, change_id[:32])
    if change is None:
        raise no_such_change(change_id)
    return change


def no_such_change(change_id: str) -> NotFound:
    """Give the error for a change that does not exist, or that the actor does not learn of."""
    return NotFound(
        f"There is no bulk change {change_id[:40]!r}.", detail_de=f"Es gibt keine Sammeländerung {change_id[:40]!r}."
    )
