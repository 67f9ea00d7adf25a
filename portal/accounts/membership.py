"""Who is what for which publisher."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.accounts.actor import Actor, ActorKind
from portal.accounts.permissions import Action, require
from portal.accounts.roles import Role
from portal.accounts.users import User, find_user
from portal.events.log import Kind, record
from portal.foundation.db import Record, add_if_new
from portal.foundation.errors import NotFound


class Membership(Record):
    """One role of one user for one publisher."""

    __tablename__ = "membership"
    __table_args__ = (UniqueConstraint("user_id", "publisher_id", "role"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"))
    publisher_id: Mapped[int] = mapped_column(ForeignKey("publisher.id", ondelete="CASCADE"), index=True)
    role: Mapped[str] = mapped_column(String(20))


def add_member(session: Session, user: User, *, publisher_id: int, role: Role, by: Actor, at: datetime) -> None:
    """Give *user* a role; having it already changes nothing.

    Raises:
        Forbidden: *by* does not manage the publisher's members.
    """
    require(by, Action.MANAGE_MEMBERS, publisher_id)
    missing = _membership(session, user, publisher_id, role) is None
    if missing and add_if_new(session, Membership(user_id=user.id, publisher_id=publisher_id, role=role)):
        record(
            session,
            Kind.MEMBER_ADDED,
            at=at,
            actor=by.label,
            user=user.label,
            publisher_id=publisher_id,
            role=str(role),
        )


def remove_member(session: Session, user: User, *, publisher_id: int, role: Role, by: Actor, at: datetime) -> None:
    """Take a role from *user*; not having it changes nothing.

    Raises:
        Forbidden: *by* does not manage the publisher's members.
    """
    require(by, Action.MANAGE_MEMBERS, publisher_id)
    membership = _membership(session, user, publisher_id, role)
    if membership is not None:
        session.delete(membership)
        session.flush()
        record(
            session,
            Kind.MEMBER_REMOVED,
            at=at,
            actor=by.label,
            user=user.label,
            publisher_id=publisher_id,
            role=str(role),
        )


def set_roles(
    session: Session, name: str, *, publisher_id: int, roles: Collection[Role], by: Actor, at: datetime
) -> User:
    """Let the user with a login name have exactly these roles for a publisher; none: they are no member any more.

    Raises:
        Forbidden: *by* does not manage the publisher's members, and does not learn whether there is such a user.
        NotFound: there is no such user.
    """
    require(by, Action.MANAGE_MEMBERS, publisher_id)
    user = find_user(session, name)
    for role in Role:
        change = add_member if role in roles else remove_member
        change(session, user, publisher_id=publisher_id, role=role, by=by, at=at)
    return user


def find_member(session: Session, name: str, *, publisher_id: int, by: Actor) -> tuple[User, frozenset[Role]]:
    """Give a member of a publisher with their roles.

    Raises:
        Forbidden: *by* may not see the members.
        NotFound: there is no such user, or they are no member.
    """
    require(by, Action.READ_MEMBERS, publisher_id)
    user = find_user(session, name)
    roles = roles_of(session, user.id).get(publisher_id)
    if roles is None:
        raise NotFound(
            f"{user.name!r} is no member of this publisher.",
            detail_de=f"{user.name!r} ist kein Mitglied dieses Herausgebers.",
        )
    return user, roles


def list_members(session: Session, publisher_id: int, *, by: Actor) -> list[tuple[User, Role]]:
    """Give the members of a publisher with their roles, by login name.

    Raises:
        Forbidden: *by* may not see them.
    """
    require(by, Action.READ_MEMBERS, publisher_id)
    query = (
        select(User, Membership.role)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.publisher_id == publisher_id)
        .order_by(User.name, Membership.role)
    )
    return [(user, Role(role)) for user, role in session.execute(query)]


def roles_of(session: Session, user_id: int) -> dict[int, frozenset[Role]]:
    """Give the roles of a user by publisher id."""
    query = select(Membership.publisher_id, Membership.role).where(Membership.user_id == user_id)
    found: dict[int, frozenset[Role]] = {}
    for publisher_id, role in session.execute(query):
        found[publisher_id] = found.get(publisher_id, frozenset()) | {Role(role)}
    return found


def person(session: Session, user: User) -> Actor:
    """Give *user* as somebody who acts."""
    return Actor(
        kind=ActorKind.PERSON,
        label=user.label,
        user_id=user.id,
        roles=roles_of(session, user.id),
        portal_admin=user.portal_admin,
    )


def _membership(session: Session, user: User, publisher_id: int, role: Role) -> Membership | None:
    query = select(Membership).where(
        Membership.user_id == user.id, Membership.publisher_id == publisher_id, Membership.role == role
    )
    return session.scalar(query)
