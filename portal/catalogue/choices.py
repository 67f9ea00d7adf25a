"""What a curator chose and accepted for the deliveries of a table: the next delivery repeats it."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.foundation.db import Record, UtcDateTime


class DeliveryChoices(Record):
    """The choices for one table of a dataset, as they were last used with success."""

    __tablename__ = "delivery_choices"
    __table_args__ = (UniqueConstraint("dataset_id", "table_name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    dataset_id: Mapped[int] = mapped_column(ForeignKey("dataset.id", ondelete="CASCADE"))
    table_name: Mapped[str] = mapped_column(String(200))
    choices: Mapped[dict[str, Any]] = mapped_column(JSON)  # Any: portal.ingest.receive.delivery.Choices as JSON
    actor: Mapped[str] = mapped_column(String(200))
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)


def remembered(session: Session, dataset_id: int, table: str) -> dict[str, Any]:  # Any: as the column
    """Give the choices kept for a table; empty: there are none."""
    found = session.scalar(_of(dataset_id, table))
    return dict(found.choices) if found else {}


def remember(
    session: Session,
    dataset_id: int,
    table: str,
    choices: dict[str, Any],  # Any: as the column
    *,
    actor: str,
    at: datetime,
) -> None:
    """Keep *choices* for the next delivery of a table."""
    found = session.scalar(_of(dataset_id, table))
    if found is None:
        session.add(
            DeliveryChoices(dataset_id=dataset_id, table_name=table, choices=choices, actor=actor, updated_at=at)
        )
    elif found.choices != choices:
        found.choices, found.actor, found.updated_at = choices, actor, at
    session.flush()


def _of(dataset_id: int, table: str) -> Any:  # Any: a select
    return select(DeliveryChoices).where(DeliveryChoices.dataset_id == dataset_id, DeliveryChoices.table_name == table)
