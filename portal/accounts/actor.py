"""Whoever acts: a person, a token, a job, nobody. A value; where it came from is the door's affair."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from portal.accounts.roles import Action, Role


class ActorKind(StrEnum):
    """What kind of being acts."""

    PERSON = "person"
    TOKEN = "token"  # noqa: S105 - a kind, not a secret
    JOB = "job"
    """A command of the operator, or the portal itself: whoever starts it owns machine and database."""
    NOBODY = "nobody"


@dataclass(frozen=True)
class Scope:
    """What a token is narrowed to."""

    actions: frozenset[Action]
    publisher_id: int | None = None
    """None: every publisher its owner has a role for."""


@dataclass(frozen=True, kw_only=True)
class Actor:
    """Whoever acts, with what is needed to say whether they may."""

    kind: ActorKind
    label: str
    """What the log says: `user:12`, `token:3f9a0c11de`, `command:load`. Never a person's name."""
    user_id: int | None = None
    """The person behind it; None: there is none. Two actors with the same person are the same person."""
    roles: Mapping[int, frozenset[Role]] = field(default_factory=dict)
    """By publisher id; a publisher that is missing is a foreign one."""
    portal_admin: bool = False
    scope: Scope | None = None
    """None: nothing narrows the roles."""


NOBODY = Actor(kind=ActorKind.NOBODY, label="nobody")


def command(name: str) -> Actor:
    """Give the actor of `portal name`."""
    return Actor(kind=ActorKind.JOB, label=f"command:{name}")
