"""People, publishers and drafts that tests begin with; each builder takes only what a test is about."""

from datetime import UTC, datetime
from functools import cache
from typing import Any

from sqlalchemy.orm import Session

from portal.accounts.actor import Actor, ActorKind, command
from portal.accounts.membership import add_member
from portal.accounts.passwords import hash_password
from portal.accounts.roles import Role
from portal.accounts.users import User
from portal.catalogue.dataset import Dataset, State
from portal.catalogue.draft import Draft, DraftState
from portal.catalogue.publisher import Publisher
from portal.events.log import Kind, record

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
PASSWORD = "korrekt pferd batterie"
OPERATOR = command("test")


def a_user(session: Session, name: str = "anna", *, password: str = PASSWORD) -> User:
    """Make a user as `add_user` does; the hash of the one password they all have is made once, for it is made to be slow."""
    user = User(name=name, display_name=name, password_hash=_hash(password), created_at=NOON)
    session.add(user)
    session.flush()
    record(session, Kind.USER_ADDED, at=NOON, actor=OPERATOR.label, user=user.label)
    return user


@cache
def _hash(password: str) -> str:
    return hash_password(password, login_name="nobody")


def a_publisher(session: Session, slug: str = "stadt", *, four_eyes: bool = True) -> Publisher:
    publisher = Publisher(slug=slug, name_de=slug.capitalize(), contact={}, four_eyes=four_eyes)
    session.add(publisher)
    session.flush()
    return publisher


def a_member(session: Session, name: str, publisher: Publisher, *roles: Role) -> User:
    """Make a user with *roles* for a publisher."""
    user = a_user(session, name)
    for role in roles:
        add_member(session, user, publisher_id=publisher.id, role=role, by=OPERATOR, at=NOON)
    return user


def a_dataset(
    session: Session, publisher: Publisher, slug: str = "baeume", *, state: State = State.UNPUBLISHED
) -> Dataset:
    dataset = Dataset(slug=slug, publisher_id=publisher.id, state=state)
    session.add(dataset)
    session.flush()
    return dataset


def a_draft(session: Session, dataset: Dataset, *, state: DraftState = DraftState.DRAFT, **facts: Any) -> Draft:
    """Make a draft; *facts* are columns by name."""
    draft = Draft(
        dataset_id=dataset.id,
        state=state,
        **{
            "descriptor": {},
            "sources": {},
            "content_digest": "d" * 64,
            "actor": "test",
            "created_at": NOON,
            "updated_at": NOON,
            **facts,
        },
    )
    session.add(draft)
    session.flush()
    return draft


def someone(user_id: int = 1, roles: dict[int, set[Role]] | None = None, *, portal_admin: bool = False) -> Actor:
    """Give a person who acts, without a database."""
    return Actor(
        kind=ActorKind.PERSON,
        label=f"user:{user_id}",
        user_id=user_id,
        roles={publisher: frozenset(held) for publisher, held in (roles or {}).items()},
        portal_admin=portal_admin,
    )
