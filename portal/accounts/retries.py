"""A request sent twice is done once: who sends a key along gets the first answer again, for a day.

    begin ──▶ begun ──finish──▶ kept: the same request gets the kept answer
                │
                ├──forget──▶ nothing was changed: the key is free again
                └──(crash)──▶ stays begun: whether it was done is not known, so it is not done again

Source: draft-ietf-httpapi-idempotency-key-header. Requests are compared by a keyed hash, because their bodies may hold
a password.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import JSON, Engine, LargeBinary, String, UniqueConstraint, delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from portal.foundation.db import Record, UtcDateTime, reading, transaction
from portal.foundation.errors import Conflict, KeyReused

KEPT_FOR = timedelta(hours=24)

_STILL_RUNNING = timedelta(minutes=5)
"""What began longer ago and has no answer was broken off."""


class IdempotencyKey(Record):
    """A request that came with a key, and what was answered."""

    __tablename__ = "idempotency_key"
    __table_args__ = (UniqueConstraint("actor", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    actor: Mapped[str] = mapped_column(String(200))
    """Label of who sent it; keys of different actors are different keys."""
    key: Mapped[str] = mapped_column(String(200))
    fingerprint: Mapped[str] = mapped_column(String(64))
    """Keyed hash of method, address and body."""
    begun_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    status: Mapped[int | None]
    """HTTP status of the answer; None: there is none yet."""
    headers: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    body: Mapped[bytes | None] = mapped_column(LargeBinary)
    """None: the answer holds a secret that is shown once, or there is no answer yet."""


@dataclass(frozen=True)
class KeptAnswer:
    """What was answered the first time."""

    status: int
    headers: dict[str, str]
    body: bytes | None
    """None: it held a secret and was not kept."""


def begin(engine: Engine, *, actor: str, key: str, fingerprint: str, at: datetime) -> KeptAnswer | None:
    """Take a key for a request, or give what the same request was answered before; None: it is to be done now.

    Raises:
        KeyReused: the key came with another request.
        Conflict: the same request is being done right now, or was broken off and nobody knows whether it was done.
    """
    taken = {"actor": actor, "key": key, "fingerprint": fingerprint, "begun_at": at, "headers": {}}
    try:
        with transaction(engine) as session:
            session.execute(delete(IdempotencyKey).where(IdempotencyKey.begun_at <= at - KEPT_FOR))
            session.execute(insert(IdempotencyKey).values(taken))
    except IntegrityError:
        return _before(engine, actor, key, fingerprint, at)
    return None


def finish(engine: Engine, *, actor: str, key: str, answer: KeptAnswer) -> None:
    """Keep the answer of the request that began with *key*."""
    with transaction(engine) as session:
        session.execute(
            update(IdempotencyKey)
            .where(IdempotencyKey.actor == actor, IdempotencyKey.key == key)
            .values(status=answer.status, headers=answer.headers, body=answer.body)
        )


def forget(engine: Engine, *, actor: str, key: str) -> None:
    """Let *key* be used again: the request was refused and has changed nothing."""
    with transaction(engine) as session:
        session.execute(delete(IdempotencyKey).where(IdempotencyKey.actor == actor, IdempotencyKey.key == key))


def _before(engine: Engine, actor: str, key: str, fingerprint: str, at: datetime) -> KeptAnswer:
    with reading(engine) as session:
        named = select(IdempotencyKey).where(IdempotencyKey.actor == actor, IdempotencyKey.key == key)
        found = session.scalar(named)
    if found is not None and found.fingerprint != fingerprint:
        raise KeyReused(
            "This Idempotency-Key came with another request; every request has a key of its own.",
            detail_de="Dieser Idempotency-Key kam schon mit einer anderen Anfrage; jede Anfrage hat ihren eigenen.",
        )
    if found is not None and found.status is not None:
        return KeptAnswer(found.status, found.headers, found.body)
    if found is None or at - found.begun_at < _STILL_RUNNING:
        raise Conflict(
            "The same request is being carried out; please ask again in a moment.",
            detail_de="Dieselbe Anfrage wird gerade ausgeführt; bitte gleich noch einmal fragen.",
            retry_after_s=1,
        )
    raise Conflict(
        "The same request was broken off. Please look whether it was carried out, and repeat it with a new key if not.",
        detail_de="Dieselbe Anfrage wurde abgebrochen. Bitte nachsehen, ob sie ausgeführt wurde, und sonst mit neuem Schlüssel wiederholen.",
    )
