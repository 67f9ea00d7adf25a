"""What a curator chose and accepted for the deliveries of a table: the next delivery repeats it.

An accepted remedy may quote a cell (“leave out the row that begins with …”), so the row only names what lies in the
drafts' store (docs/adr/0029).
"""

from datetime import datetime

from sqlalchemy import ForeignKey, Select, String, UniqueConstraint, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.foundation.db import Record, UtcDateTime


class DeliveryChoices(Record):
    """The choices for one table of a dataset, as they were last used with success."""

    __tablename__ = "delivery_choices"
    __table_args__ = (UniqueConstraint("dataset_id", "table_name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    dataset_id: Mapped[int] = mapped_column(ForeignKey("dataset.id", ondelete="CASCADE"))
    table_name: Mapped[str] = mapped_column(String(200))
    details: Mapped[str | None] = mapped_column(String(64))
    """Digest of portal.ingest.receive.delivery.Choices as JSON; None: that there is the row says all."""
    actor: Mapped[str] = mapped_column(String(200))
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)


def remembered(session: Session, dataset_id: int, table: str) -> DeliveryChoices | None:
    """Give what is remembered for a table; None: nothing."""
    return session.scalar(_of(dataset_id, table))


def remember(session: Session, dataset_id: int, table: str, details: str | None, *, actor: str, at: datetime) -> None:
    """Remember choices for the next delivery of a table by their digest."""
    found = remembered(session, dataset_id, table)
    if found is None:
        session.add(
            DeliveryChoices(dataset_id=dataset_id, table_name=table, details=details, actor=actor, updated_at=at)
        )
    elif found.details != details:
        found.details, found.actor, found.updated_at = details, actor, at
    session.flush()


def forget(session: Session, dataset_id: int, table: str) -> None:
    """Remember nothing for a table any more."""
    session.execute(
        delete(DeliveryChoices).where(DeliveryChoices.dataset_id == dataset_id, DeliveryChoices.table_name == table)
    )


def _of(dataset_id: int, table: str) -> Select[DeliveryChoices]:
    return select(DeliveryChoices).where(DeliveryChoices.dataset_id == dataset_id, DeliveryChoices.table_name == table)
