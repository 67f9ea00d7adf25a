"""People who may log in. A user is never deleted, only disabled: the log names them by id."""

import re
from datetime import datetime

from sqlalchemy import String, exists, false, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.accounts.actor import Actor, ActorKind
from portal.accounts.passwords import hash_password
from portal.accounts.permissions import Action, require
from portal.events.log import Kind, record
from portal.foundation.db import Record, UtcDateTime, add_if_new
from portal.foundation.errors import Conflict, InvalidInput, NotFound

_NAME = re.compile(r"[a-z0-9][a-z0-9._@-]{1,99}")


class User(Record):
    """A person with a login."""

    __tablename__ = "user_account"  # `user` is a keyword of PostgreSQL

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100), unique=True)
    """Login name, lower case."""
    display_name: Mapped[str] = mapped_column(String(200))
    password_hash: Mapped[str] = mapped_column(String(200))
    portal_admin: Mapped[bool] = mapped_column(default=False, server_default=false())
    disabled: Mapped[bool] = mapped_column(default=False, server_default=false())
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    @property
    def label(self) -> str:
        """What the log calls them."""
        return f"user:{self.id}"


def add_user(session: Session, *, name: str, display_name: str, password: str, by: Actor, at: datetime) -> User:
    """Make a user without any role.

    Raises:
        Forbidden: *by* is not portal administrator.
        InvalidInput: the name or the password does not do.
        Conflict: the name is taken.
    """
    require(by, Action.MANAGE_PORTAL, None)
    login_name = name.strip().casefold()
    if not is_login_name(login_name):
        raise InvalidInput(
            f"{name!r} is no login name: 2 to 100 of a-z, 0-9 and . _ @ -, beginning with a letter or digit.",
            detail_de=f"{name!r} ist kein Anmeldename: 2 bis 100 aus a-z, 0-9 und . _ @ -, vorn Buchstabe oder Ziffer.",
        )
    if session.scalar(select(exists().where(User.name == login_name))):
        raise _taken(login_name)
    shown = shown_name(display_name or login_name)
    user = User(
        name=login_name,
        display_name=shown,
        password_hash=hash_password(password, login_name=login_name),
        created_at=at,
    )
    if not add_if_new(session, user):
        raise _taken(login_name)
    record(session, Kind.USER_ADDED, at=at, actor=by.label, user=user.label)
    return user


def _taken(name: str) -> Conflict:
    return Conflict(f"There is a user {name!r} already.", detail_de=f"Den Nutzer {name!r} gibt es schon.")


def set_password(session: Session, user: User, *, password: str, by: Actor, at: datetime) -> None:
    """Give *user* another password: themselves, or the portal administrator who resets it.

    Raises:
        Forbidden: *by* is neither.
        InvalidInput: the password does not do.
    """
    if by.kind is not ActorKind.PERSON or by.user_id != user.id:
        require(by, Action.MANAGE_PORTAL, None)
    user.password_hash = hash_password(password, login_name=user.name)
    session.flush()
    record(session, Kind.PASSWORD_CHANGED, at=at, actor=by.label, user=user.label)


def disable_user(session: Session, user: User, *, by: Actor, at: datetime) -> None:
    """Let *user* in no more, neither with the password nor with any of their tokens.

    Raises:
        Forbidden: *by* is not portal administrator.
    """
    _switch(session, user, Kind.USER_DISABLED, disabled=True, by=by, at=at)


def enable_user(session: Session, user: User, *, by: Actor, at: datetime) -> None:
    """Let *user* in again.

    Raises:
        Forbidden: *by* is not portal administrator.
    """
    _switch(session, user, Kind.USER_ENABLED, disabled=False, by=by, at=at)


def name_portal_admin(session: Session, user: User, *, by: Actor, at: datetime) -> None:
    """Make *user* portal administrator.

    Raises:
        Forbidden: *by* is not one.
    """
    require(by, Action.MANAGE_PORTAL, None)
    if not user.portal_admin:
        user.portal_admin = True
        session.flush()
        record(session, Kind.PORTAL_ADMIN_NAMED, at=at, actor=by.label, user=user.label)


def dismiss_portal_admin(session: Session, user: User, *, by: Actor, at: datetime) -> None:
    """Let *user* be portal administrator no more; `portal admin` makes another one, whatever happens here.

    Raises:
        Forbidden: *by* is not one.
    """
    require(by, Action.MANAGE_PORTAL, None)
    if user.portal_admin:
        user.portal_admin = False
        session.flush()
        record(session, Kind.PORTAL_ADMIN_DISMISSED, at=at, actor=by.label, user=user.label)


def show_user(session: Session, name: str, *, by: Actor) -> User:
    """Give the user with a login name to those who look after users; others do not learn whether there is one.

    Raises:
        Forbidden: *by* is not portal administrator.
        NotFound: there is none.
    """
    require(by, Action.MANAGE_PORTAL, None)
    return find_user(session, name)


def find_user(session: Session, name: str) -> User:
    """Give the user with a login name.

    Raises:
        NotFound: there is none.
    """
    user = user_called(session, name)
    if user is None:
        raise NotFound(f"There is no user {name[:100]!r}.", detail_de=f"Es gibt keinen Nutzer {name[:100]!r}.")
    return user


def user_called(session: Session, name: str) -> User | None:
    """Give the user with a login name; None: there is none, or it is no login name."""
    login_name = name.strip().casefold()
    return session.scalar(select(User).where(User.name == login_name)) if is_login_name(login_name) else None


def is_login_name(text: str) -> bool:
    """Tell whether *text* could be a login name."""
    return _NAME.fullmatch(text) is not None


def list_users(session: Session, *, by: Actor) -> list[User]:
    """Give all users by name.

    Raises:
        Forbidden: *by* is not portal administrator.
    """
    require(by, Action.MANAGE_PORTAL, None)
    return list(session.scalars(select(User).order_by(User.name)))


def has_portal_admin(session: Session) -> bool:
    """Tell whether somebody who may log in is portal administrator."""
    return bool(session.scalar(select(exists().where(User.portal_admin, ~User.disabled))))


def _switch(session: Session, user: User, kind: Kind, *, disabled: bool, by: Actor, at: datetime) -> None:
    require(by, Action.MANAGE_PORTAL, None)
    if user.disabled is not disabled:
        user.disabled = disabled
        session.flush()
        record(session, kind, at=at, actor=by.label, user=user.label)


def shown_name(text: str) -> str:
    """Give a display name in one line.

    Raises:
        InvalidInput: it is too long.
    """
    shown = " ".join(text.split())
    if len(shown) > 200:
        raise InvalidInput(
            "A display name has at most 200 characters.",
            detail_de="Ein Anzeigename hat höchstens 200 Zeichen.",
        )
    return shown
