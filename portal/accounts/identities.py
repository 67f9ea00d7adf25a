"""Who people are elsewhere: a user logs in as the subject of an OpenID Connect provider.

Somebody is recognised by (issuer, subject) and nothing else; names and mail addresses can be taken over by others
(OpenID Connect Core 1.0, section 5.7). Who comes for the first time becomes a user without any role, if the operator
wants that, or is refused until an administrator links them (`portal user link`).
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.accounts.actor import Actor, command
from portal.accounts.passwords import NO_PASSWORD
from portal.accounts.permissions import Action, require
from portal.accounts.users import User, is_login_name, shown_name, user_called
from portal.events.log import Kind, record
from portal.foundation.db import Record
from portal.foundation.errors import Conflict, InvalidInput, Unauthenticated

_MAX_SUBJECT = 255
"""OpenID Connect Core 1.0, section 2: a subject has at most 255 ASCII characters."""


class Identity(Record):
    """A user as a provider knows them."""

    __tablename__ = "identity"
    __table_args__ = (UniqueConstraint("issuer", "subject"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), index=True)
    issuer: Mapped[str] = mapped_column(String(500))
    subject: Mapped[str] = mapped_column(String(_MAX_SUBJECT))


@dataclass(frozen=True, kw_only=True)
class Claims:
    """What a provider says of somebody, its signature checked."""

    issuer: str
    subject: str
    preferred_name: str = ""
    """A wish for a login name; nobody is recognised by it."""
    display_name: str = ""


def user_of(session: Session, claims: Claims, *, create: bool, at: datetime) -> User:
    """Give the user that a provider vouches for; *create*: make one without roles if there is none.

    Raises:
        Unauthenticated: there is none and none is to be made, or the user is disabled.
        InvalidInput: the subject is none that the standard allows.
    """
    _require_subject(claims.subject)
    query = select(User).join(Identity, Identity.user_id == User.id)
    user = session.scalar(query.where(Identity.issuer == claims.issuer, Identity.subject == claims.subject))
    if user is None and create:
        user = _new_user(session, claims, at=at)
    if user is None:
        raise Unauthenticated(
            f"Nobody here is linked with the subject {claims.subject!r} of that provider; an administrator can do that.",
            detail_de=f"Mit der Kennung {claims.subject!r} jenes Anbieters ist hier niemand verknüpft; das kann die Verwaltung tun.",
        )
    if user.disabled:
        raise Unauthenticated("This user may not log in.", detail_de="Dieser Nutzer darf sich nicht anmelden.")
    return user


def link_identity(session: Session, user: User, *, issuer: str, subject: str, by: Actor, at: datetime) -> None:
    """Let *user* log in as a provider's subject; being linked already changes nothing.

    Raises:
        Forbidden: *by* is not portal administrator.
        InvalidInput: the subject is none that the standard allows.
        Conflict: somebody else is that subject.
    """
    require(by, Action.MANAGE_PORTAL, None)
    _require_subject(subject)
    holder = session.scalar(select(Identity.user_id).where(Identity.issuer == issuer, Identity.subject == subject))
    if holder is None:
        session.add(Identity(user_id=user.id, issuer=issuer, subject=subject))
        session.flush()
        record(session, Kind.IDENTITY_LINKED, at=at, actor=by.label, user=user.label, issuer=issuer)
    elif holder != user.id:
        raise Conflict(
            "Another user is linked with this subject.",
            detail_de="Mit dieser Kennung ist ein anderer Nutzer verknüpft.",
        )


def _require_subject(subject: str) -> None:
    if not (subject.isascii() and subject.isprintable() and 0 < len(subject) <= _MAX_SUBJECT):
        raise InvalidInput(
            f"A subject has 1 to {_MAX_SUBJECT} ASCII characters.",
            detail_de=f"Eine Kennung hat 1 bis {_MAX_SUBJECT} ASCII-Zeichen.",
        )


def _new_user(session: Session, claims: Claims, *, at: datetime) -> User:
    """Make a user without password and roles; a name that is taken is nobody's to take over."""
    wished = claims.preferred_name.strip().casefold()
    free = is_login_name(wished) and user_called(session, wished) is None
    mark = hashlib.sha256(f"{claims.issuer} {claims.subject}".encode()).hexdigest()[:12]
    name = wished if free else f"oidc-{mark}"
    user = User(
        name=name,
        display_name=shown_name(claims.display_name[:200] or name),
        password_hash=NO_PASSWORD,
        created_at=at,
    )
    session.add(user)
    session.flush()
    by = command("oidc")
    record(session, Kind.USER_ADDED, at=at, actor=by.label, user=user.label)
    link_identity(session, user, issuer=claims.issuer, subject=claims.subject, by=by, at=at)
    return user
