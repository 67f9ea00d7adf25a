"""Tokens: what a script sends instead of a password.

    dwt_3f9a0c11de_wBq…43 characters      prefix, by which it is found and shown, and 256 random bits

Only the SHA-256 of the whole is kept (random bits need no slow hash), and the secret is shown once. A token acts
with the roles its owner has at that moment, narrowed to its actions and its publisher; it ends with its owner.
"""

import hashlib
import hmac
import re
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import JSON, Date, Engine, ForeignKey, String, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.accounts.actor import Actor, ActorKind, Scope, command
from portal.accounts.membership import person, roles_of
from portal.accounts.permissions import NEVER_BY_TOKEN, Action, may_anywhere, require
from portal.accounts.users import User
from portal.events.log import Kind, record
from portal.foundation.db import Record, UtcDateTime, reading, transaction
from portal.foundation.errors import Forbidden, InvalidInput, NotFound, Unauthenticated

_SECRET = re.compile(r"(dwt_[0-9a-f]{10})_[A-Za-z0-9_-]{43}")

_NO_DIGEST = "0" * 64
"""Compared with when there is no such token, so that the answer takes as long."""


class Token(Record):
    """A token without its secret."""

    __tablename__ = "token"

    id: Mapped[int] = mapped_column(primary_key=True)
    prefix: Mapped[str] = mapped_column(String(20), unique=True)
    digest: Mapped[str] = mapped_column(String(64))
    note: Mapped[str] = mapped_column(String(200), default="")
    """What it is for, in its owner's words."""
    owner_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), index=True)
    publisher_id: Mapped[int | None] = mapped_column(ForeignKey("publisher.id", ondelete="CASCADE"))
    """None: every publisher its owner has a role for."""
    actions: Mapped[list[str]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_used_on: Mapped[date | None] = mapped_column(Date)
    """The day only: when exactly somebody worked is nobody's business."""
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @property
    def label(self) -> str:
        """What the log calls it."""
        return f"token:{self.prefix.removeprefix('dwt_')}"


@dataclass(frozen=True)
class Issued:
    """A new token and, for the only time, its secret."""

    token: Token
    secret: str


def issue(
    session: Session,
    owner: User,
    *,
    publisher_id: int | None,
    actions: Collection[Action],
    expires_at: datetime,
    note: str = "",
    by: Actor,
    at: datetime,
) -> Issued:
    """Make a token for *owner*.

    Raises:
        Forbidden: *by* is neither the owner in person nor a command of the operator, or has no role there.
        InvalidInput: there is no action, one that no token may do, or no future.
    """
    _require_own(by, owner, publisher_id)
    _check(actions, expires_at, at)
    prefix = f"dwt_{secrets.token_hex(5)}"
    secret = f"{prefix}_{secrets.token_urlsafe(32)}"
    token = Token(
        prefix=prefix,
        digest=_digest(secret),
        note=note[:200],
        owner_id=owner.id,
        publisher_id=publisher_id,
        actions=sorted(str(action) for action in actions),
        created_at=at,
        expires_at=expires_at,
    )
    session.add(token)
    session.flush()
    record(
        session,
        Kind.TOKEN_ISSUED,
        at=at,
        actor=by.label,
        token=token.label,
        user=owner.label,
        publisher_id=publisher_id,
        actions=token.actions,
        expires_at=expires_at.isoformat(),
    )
    return Issued(token, secret)


def revoke(session: Session, token: Token, *, by: Actor, at: datetime) -> None:
    """End a token; it stays ended. Its owner may, the administrator of its publisher, and the portal's.

    Raises:
        Forbidden: *by* is none of them.
    """
    if not _is_person(by, token.owner_id):
        require(by, Action.MANAGE_MEMBERS if token.publisher_id else Action.MANAGE_PORTAL, token.publisher_id)
    if token.revoked_at is None:
        token.revoked_at = at
        session.flush()
        record(session, Kind.TOKEN_REVOKED, at=at, actor=by.label, token=token.label)


def actor_of(engine: Engine, secret: str, *, at: datetime) -> Actor:
    """Give who acts with *secret*, and note the day.

    Raises:
        Unauthenticated: it is no token, or one that was revoked, has expired, or whose owner may not log in.
    """
    with reading(engine) as session:
        token = _token_of(session, secret)
        actor = _actor(session, token, at)
    if token.last_used_on != at.date():
        with transaction(engine) as session:
            session.execute(update(Token).where(Token.id == token.id).values(last_used_on=at.date()))
    return actor


def actor_again(session: Session, label: str, *, at: datetime) -> Actor:
    """Give who ordered something, with the rights they have now: whoever lost them meanwhile gets nothing done.

    Raises:
        Unauthenticated: the token was revoked or has expired, or the user may not log in any more.
    """
    kind, _, name = label.partition(":")
    if kind == ActorKind.TOKEN:
        token = session.scalar(select(Token).where(Token.prefix == f"dwt_{name}"))
        if token is None:
            raise Unauthenticated(f"There is no {label} any more.", detail_de=f"Es gibt {label} nicht mehr.")
        return _actor(session, token, at)
    if kind == "user":
        user = session.get(User, int(name))
        if user is None or user.disabled:
            raise Unauthenticated(f"{label} may not log in any more.", detail_de=f"{label} ist gesperrt.")
        return person(session, user)
    return command(name)


def _actor(session: Session, token: Token, at: datetime) -> Actor:
    owner = session.get_one(User, token.owner_id)
    _require_valid(token, owner, at)
    return Actor(
        kind=ActorKind.TOKEN,
        label=token.label,
        user_id=owner.id,
        roles=roles_of(session, owner.id),
        portal_admin=owner.portal_admin,
        scope=Scope(frozenset(Action(name) for name in token.actions), token.publisher_id),
    )


def find_token(session: Session, prefix: str) -> Token:
    """Give the token with a prefix, as lists show it.

    Raises:
        NotFound: there is none.
    """
    token = session.scalar(select(Token).where(Token.prefix == prefix))
    if token is None:
        raise NotFound(f"There is no token {prefix[:100]!r}.", detail_de=f"Es gibt kein Token {prefix[:100]!r}.")
    return token


def list_tokens(session: Session, owner: User | None = None, *, by: Actor) -> list[tuple[Token, User]]:
    """Give the tokens of *owner* (None: all), newest first, with who they belong to.

    Raises:
        Forbidden: *by* is neither *owner* in person nor portal administrator.
    """
    if owner is None or not _is_person(by, owner.id):
        require(by, Action.MANAGE_PORTAL, None)
    query = select(Token, User).join(User, User.id == Token.owner_id).order_by(Token.id.desc())
    if owner is not None:
        query = query.where(Token.owner_id == owner.id)
    return [(token, user) for token, user in session.execute(query)]


def _require_own(by: Actor, owner: User, publisher_id: int | None) -> None:
    if by.kind is ActorKind.JOB:
        return
    if publisher_id is not None or not may_anywhere(by, Action.ISSUE_TOKEN):
        require(by, Action.ISSUE_TOKEN, publisher_id)
    if by.user_id != owner.id:
        raise Forbidden(
            "A token is issued by its owner: with it one acts in the owner's name.",
            detail_de="Ein Token stellt sein Besitzer aus: damit handelt man in dessen Namen.",
        )


def _is_person(by: Actor, user_id: int) -> bool:
    return by.kind is ActorKind.PERSON and by.user_id == user_id


def _check(actions: Collection[Action], expires_at: datetime, at: datetime) -> None:
    forbidden = sorted(str(action) for action in NEVER_BY_TOKEN.intersection(actions))
    if forbidden or not actions:
        raise InvalidInput(
            f"A token may not do {', '.join(forbidden)}." if forbidden else "A token needs an action it may do.",
            detail_de=f"Ein Token darf nicht {', '.join(forbidden)}."
            if forbidden
            else "Ein Token braucht eine Handlung, die es darf.",
        )
    if expires_at <= at:
        raise InvalidInput("A token expires in the future.", detail_de="Ein Token läuft in der Zukunft ab.")


def _token_of(session: Session, secret: str) -> Token:
    found = _SECRET.fullmatch(secret)
    token = session.scalar(select(Token).where(Token.prefix == found[1])) if found else None
    kept = token.digest if token else _NO_DIGEST
    if not hmac.compare_digest(kept, _digest(secret)) or token is None:
        raise Unauthenticated("This is no token of this portal.", detail_de="Das ist kein Token dieses Portals.")
    return token


def _require_valid(token: Token, owner: User, at: datetime) -> None:
    if token.revoked_at is not None or owner.disabled:
        raise Unauthenticated(
            f"The token {token.prefix} was revoked.", detail_de=f"Das Token {token.prefix} wurde widerrufen."
        )
    if token.expires_at <= at:
        raise Unauthenticated(
            f"The token {token.prefix} expired on {token.expires_at:%Y-%m-%d}.",
            detail_de=f"Das Token {token.prefix} ist am {token.expires_at:%d.%m.%Y} abgelaufen.",
        )


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
