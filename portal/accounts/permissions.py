"""Who may do what: the one table, and the question every service asks in its first line.

A membership gives roles for one publisher; for every other one there is nothing. The portal administrator keeps
house (members, publishers, users, a withdrawal in an emergency) but neither edits nor releases: for that they need
a role like everyone, and giving it to themselves stands in the log. What is not in the table is forbidden.
"""

from portal.accounts.actor import Actor, ActorKind
from portal.accounts.roles import Action, Role
from portal.foundation.errors import Forbidden, Unauthenticated

__all__ = ["ALLOWED", "BY_PORTAL_ADMIN", "NEVER_BY_TOKEN", "Action", "Role", "may", "may_anywhere", "require"]

V, E, A, M = Role.VIEWER, Role.EDITOR, Role.APPROVER, Role.ADMINISTRATOR

ALLOWED: dict[Action, frozenset[Role]] = {
    Action.READ_DRAFT: frozenset({V, E, A, M}),
    Action.READ_EVENTS: frozenset({V, E, A, M}),
    Action.EDIT_DRAFT: frozenset({E}),
    Action.SUBMIT: frozenset({E}),
    Action.DISCARD: frozenset({E, M}),
    Action.DECIDE_PRIVACY: frozenset({E, A}),
    Action.APPROVE: frozenset({A}),
    Action.RETURN: frozenset({A}),
    Action.WITHDRAW: frozenset({A, M}),
    Action.RESTORE: frozenset({A, M}),
    Action.SAVE_COMBINATION: frozenset({E, A}),
    Action.READ_MEMBERS: frozenset({M}),
    Action.MANAGE_MEMBERS: frozenset({M}),
    Action.MANAGE_PUBLISHER: frozenset({M}),
    Action.ISSUE_TOKEN: frozenset({V, E, A, M}),
    Action.MANAGE_PORTAL: frozenset(),
}
"""Action ↔ the roles that may do it for their publisher."""

BY_PORTAL_ADMIN = frozenset(
    {
        Action.READ_DRAFT,
        Action.READ_EVENTS,
        Action.WITHDRAW,
        Action.READ_MEMBERS,
        Action.MANAGE_MEMBERS,
        Action.MANAGE_PUBLISHER,
        Action.ISSUE_TOKEN,
        Action.MANAGE_PORTAL,
    }
)
"""What the portal administrator may do for every publisher, and for the portal itself."""

NEVER_BY_TOKEN = frozenset({Action.ISSUE_TOKEN, Action.MANAGE_MEMBERS, Action.MANAGE_PORTAL})
"""A token carries data; it never hands out power, or a stolen one could make itself a better one."""


def require(actor: Actor, action: Action, publisher_id: int | None) -> None:
    """Let *actor* do *action* for a publisher (None: for the portal itself), or refuse.

    Raises:
        Unauthenticated: nobody asks.
        Forbidden: the actor may not.
    """
    if may(actor, action, publisher_id):
        return
    if actor.kind is ActorKind.NOBODY:
        raise Unauthenticated(
            "This is not for everyone; please log in or send a token.",
            detail_de="Das darf nicht jeder; bitte anmelden oder ein Token senden.",
            action=str(action),
        )
    raise Forbidden(
        f"{actor.label} may not do {str(action)!r} here.",
        detail_de=f"{actor.label} darf {str(action)!r} hier nicht.",
        action=str(action),
    )


def may(actor: Actor, action: Action, publisher_id: int | None) -> bool:
    """Tell whether *actor* may do *action* for a publisher (None: for the portal itself)."""
    match actor.kind:
        case ActorKind.JOB:
            return True
        case ActorKind.PERSON:
            return _holds(actor, action, publisher_id)
        case ActorKind.TOKEN:
            return _in_scope(actor, action, publisher_id) and _holds(actor, action, publisher_id)
        case _:
            return False


def may_anywhere(actor: Actor, action: Action) -> bool:
    """Tell whether there is a publisher for which *actor* may do *action*, or the portal itself."""
    return any(may(actor, action, publisher_id) for publisher_id in (None, *actor.roles))


def _holds(actor: Actor, action: Action, publisher_id: int | None) -> bool:
    if actor.portal_admin and action in BY_PORTAL_ADMIN:
        return True
    return publisher_id is not None and bool(ALLOWED[action] & actor.roles.get(publisher_id, frozenset()))


def _in_scope(actor: Actor, action: Action, publisher_id: int | None) -> bool:
    scope = actor.scope
    if scope is None or action in NEVER_BY_TOKEN or action not in scope.actions:
        return False
    return scope.publisher_id is None or scope.publisher_id == publisher_id
