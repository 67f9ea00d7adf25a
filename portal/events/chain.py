"""The hash chain over all events: each carries the digest of the one before it.

    digest = SHA-256 of the canonical JSON of [previous, at, kind, actor, dataset, version, facts]

Changing, removing or slipping in an event breaks every link after it. Canonical JSON: UTF-8, keys sorted, no
spaces, everything beyond ASCII escaped, times in UTC as `2026-11-21T12:00:00.000000Z`. The id is not part of it:
engines count differently.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.foundation.db import Record

GENESIS = "0" * 64
"""What the first event has for a previous digest."""

THE_HEAD = 1
"""There is one chain; the row of its end has this id."""


class ChainHead(Record):
    """The end of the chain: one row, made by the migration, locked by whoever appends."""

    __tablename__ = "event_head"

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(String(64))


def link_digest(
    previous: str,
    *,
    at: datetime,
    kind: str,
    actor: str,
    dataset: str | None,
    version: int | None,
    facts: Mapping[str, object],
) -> str:
    """Give the digest of an event that follows *previous*."""
    moment = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    content = [previous, moment, kind, actor, dataset, version, facts]
    return hashlib.sha256(canonical_json(content).encode("ascii")).hexdigest()


def canonical_json(value: object) -> str:
    """Give the one JSON text of *value*.

    Raises:
        ValueError: it holds a number that JSON does not have (NaN, infinity).
    """
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


def locked_head(session: Session) -> ChainHead:
    """Give the end of the chain; who holds it appends next, everyone else waits until the transaction ends.

    A transaction that changes the catalogue takes the catalogue's row first and this one second.
    """
    return session.get_one(ChainHead, THE_HEAD, with_for_update=True, populate_existing=True)
