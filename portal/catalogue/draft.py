"""The one pending change of a dataset, beside the public version."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.accounts.users import User
from portal.foundation.db import Record, UtcDateTime
from portal.foundation.errors import Outdated


class DraftState(StrEnum):
    """How far a draft is."""

    DRAFT = "draft"
    """Its editors work on it."""
    REVIEW = "review"
    """Submitted; an approver releases or returns it."""
    BUILDING = "building"
    """Approved: it is built and put before the public, at once or from `release_at` on."""
    DISCARDED = "discarded"
    """Thrown away; no row has this state, it is gone."""


class Draft(Record):
    """What a dataset is to become. One that is `building` is taken up again by whoever starts next."""

    __tablename__ = "draft"

    id: Mapped[int] = mapped_column(primary_key=True)
    dataset_id: Mapped[int] = mapped_column(ForeignKey("dataset.id", ondelete="CASCADE"), unique=True)
    state: Mapped[str] = mapped_column(String(20), default=DraftState.DRAFT, index=True)
    revision: Mapped[int] = mapped_column()
    """Counts every change of the row: what `ETag` and `If-Match` speak of; who writes on an old one gets a Conflict."""
    descriptor: Mapped[dict[str, Any]] = mapped_column(JSON)  # Any: a Data Package descriptor, checked on entry
    sources: Mapped[dict[str, str]] = mapped_column(JSON)
    """Digest of the source file of each table, by table name; the bytes are in the store of drafts."""
    content_digest: Mapped[str] = mapped_column(String(64))
    notes: Mapped[str] = mapped_column(String(2000), default="")
    report: Mapped[dict[str, Any] | None] = mapped_column(JSON)  # Any: a Report as JSON
    """What ingest found in it; None: it was not looked at yet."""
    deliveries: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # Any: one object a table, as the report
    """How each table came, by name: file name, rows, by whom, when, and the digest of the details in the drafts' store."""
    privacy_decisions: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)  # Any: as the report
    """What was decided about personal data, by whom and when."""
    actor: Mapped[str] = mapped_column(String(200))
    """Who changed it last."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    submitted_by: Mapped[str | None] = mapped_column(String(200))
    submitter_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    """The person behind the submission, also when a token sent it; None: a command, or nobody yet."""
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by: Mapped[str | None] = mapped_column(String(200))
    """Who approved or returned it; None: nobody yet."""
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    comment: Mapped[str | None] = mapped_column(String(2000))
    """Why it was returned."""
    release_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Not before this moment; None: at once."""

    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012 - SQLAlchemy's way to say it


def require_revision(draft: Draft, revision: int) -> None:
    """Refuse a change that was made looking at another revision (RFC 9110, section 13.1.1: If-Match).

    Raises:
        Outdated: somebody changed the draft meanwhile; the facts say which revision it has now.
    """
    if draft.revision != revision:
        raise Outdated(
            f"The draft was changed meanwhile: it has revision {draft.revision}, not {revision}.",
            detail_de=f"Der Entwurf wurde inzwischen geändert: er hat Revision {draft.revision}, nicht {revision}.",
            revision=draft.revision,
        )
