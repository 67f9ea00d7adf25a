"""The one pending change of a dataset, beside the public version."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.foundation.db import Record, UtcDateTime


class DraftState(StrEnum):
    """How far a draft is."""

    DRAFT = "draft"
    BUILDING = "building"


class Draft(Record):
    """What a dataset is to become. One that is `building` is taken up again by whoever starts next."""

    __tablename__ = "draft"

    id: Mapped[int] = mapped_column(primary_key=True)
    dataset_id: Mapped[int] = mapped_column(ForeignKey("dataset.id", ondelete="CASCADE"), unique=True)
    state: Mapped[str] = mapped_column(String(20), default=DraftState.DRAFT, index=True)
    descriptor: Mapped[dict[str, Any]] = mapped_column(JSON)  # Any: a Data Package descriptor, checked on entry
    sources: Mapped[dict[str, str]] = mapped_column(JSON)
    """Digest of the source file of each table, by table name; the bytes are in the store."""
    content_digest: Mapped[str] = mapped_column(String(64))
    notes: Mapped[str] = mapped_column(String(2000), default="")
    actor: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
