"""The log of events and the one way to write into it.

Nothing here is ever changed or deleted: the database refuses it, and the chain of digests would show it. An event
is written in the transaction of the change it tells of, so the two cannot part.
"""

import json
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.events.chain import canonical_json, link_digest, locked_head
from portal.foundation.db import Record, UtcDateTime


class Kind(StrEnum):
    """What can happen."""

    VERSION_RELEASED = "version-released"
    VERSION_REBUILT = "version-rebuilt"
    DATASET_WITHDRAWN = "dataset-withdrawn"
    DATASET_RESTORED = "dataset-restored"

    DRAFT_SUBMITTED = "draft-submitted"
    DRAFT_APPROVED = "draft-approved"
    DRAFT_RETURNED = "draft-returned"
    DRAFT_DISCARDED = "draft-discarded"
    DRAFT_EDITED = "draft-edited"
    PRIVACY_DECIDED = "privacy-decided"

    COMBINATION_SAVED = "combination-saved"
    COMBINATION_REMOVED = "combination-removed"

    PUBLISHER_ADDED = "publisher-added"
    PUBLISHER_EDITED = "publisher-edited"
    FOUR_EYES_SWITCHED = "four-eyes-switched"

    USER_ADDED = "user-added"
    USER_DISABLED = "user-disabled"
    USER_ENABLED = "user-enabled"
    PASSWORD_CHANGED = "password-changed"  # noqa: S105 - the name of an event
    PORTAL_ADMIN_NAMED = "portal-admin-named"
    PORTAL_ADMIN_DISMISSED = "portal-admin-dismissed"
    IDENTITY_LINKED = "identity-linked"
    MEMBER_ADDED = "member-added"
    MEMBER_REMOVED = "member-removed"
    TOKEN_ISSUED = "token-issued"  # noqa: S105 - the same
    TOKEN_REVOKED = "token-revoked"  # noqa: S105 - the same


class Event(Record):
    """One thing that happened."""

    __tablename__ = "event"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    kind: Mapped[str] = mapped_column(String(40), index=True)
    actor: Mapped[str] = mapped_column(String(200))
    """Who did it: `user:12`, `token:3f9a0c11de`, `command:load`. Never a person's name."""
    dataset: Mapped[str | None] = mapped_column(String(200), index=True)
    """Slug of the dataset it concerns; None: a publisher, a user, the whole portal."""
    version: Mapped[int | None]
    facts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # Any: JSON, each kind has its own facts
    previous: Mapped[str] = mapped_column(String(64), unique=True)
    """Digest of the event before; unique, so that the chain cannot fork whatever a writer does."""
    digest: Mapped[str] = mapped_column(String(64))


def record(
    session: Session,
    kind: Kind,
    *,
    at: datetime,
    actor: str,
    dataset: str | None = None,
    version: int | None = None,
    **facts: object,
) -> Event:
    """Write down that *kind* happened, at the end of the chain.

    Raises:
        TypeError, ValueError: a fact is not JSON.
    """
    plain = json.loads(canonical_json(facts))  # as it will come back from the database: lists, strings as keys
    head = locked_head(session)
    told: dict[str, Any] = {"at": at, "kind": str(kind), "actor": actor, "dataset": dataset, "version": version}
    event = Event(**told, facts=plain, previous=head.digest, digest=link_digest(head.digest, **told, facts=plain))
    head.digest = event.digest
    session.add(event)
    session.flush()
    return event
