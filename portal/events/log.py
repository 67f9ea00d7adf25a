"""The log of events and the one way to write into it.

Nothing here is ever changed or deleted. An event is written in the transaction of the change it tells of, so
the two cannot part.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.foundation.db import Record, UtcDateTime


class Kind(StrEnum):
    """What can happen."""

    VERSION_RELEASED = "version-released"
    VERSION_REBUILT = "version-rebuilt"
    DATASET_WITHDRAWN = "dataset-withdrawn"
    DATASET_RESTORED = "dataset-restored"


class Event(Record):
    """One thing that happened."""

    __tablename__ = "event"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    kind: Mapped[str] = mapped_column(String(40), index=True)
    actor: Mapped[str] = mapped_column(String(200))
    """Who did it: `command:load`, later a person's or token's id. Never a person's name."""
    dataset: Mapped[str | None] = mapped_column(String(200), index=True)
    """Slug of the dataset it concerns; None: the whole portal."""
    version: Mapped[int | None]
    facts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # Any: JSON, each kind has its own facts


def record(
    session: Session, kind: Kind, *, at: datetime, actor: str, dataset: str, version: int | None = None, **facts: object
) -> None:
    """Write down that *kind* happened to *dataset*."""
    session.add(Event(at=at, kind=kind, actor=actor, dataset=dataset, version=version, facts=facts))
