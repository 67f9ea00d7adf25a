"""Every action × every role × own and foreign publisher × person and token, from one table written by hand."""

from itertools import product

import pytest

from portal.accounts.actor import NOBODY, Actor, ActorKind, Scope, command
from portal.accounts.permissions import Action, Role, may, require
from portal.foundation.errors import Forbidden, Unauthenticated

OWN, FOREIGN = 7, 8

TABLE = """
action            viewer  editor  approver  administrator  portal-admin  token
read_draft        yes     yes     yes       yes            yes           yes
edit_draft        no      yes     no        no             no            yes
submit            no      yes     no        no             no            yes
approve           no      no      yes       no             no            yes
return            no      no      yes       no             no            yes
discard           no      yes     no        yes            no            yes
withdraw          no      no      yes       yes            yes           yes
restore           no      no      yes       yes            no            yes
save_combination  no      yes     yes       no             no            yes
decide_privacy    no      yes     yes       no             no            yes
read_events       yes     yes     yes       yes            yes           yes
read_members      no      no      no        yes            yes           yes
manage_members    no      no      no        yes            yes           no
manage_publisher  no      no      no        yes            yes           yes
issue_token       yes     yes     yes       yes            yes           no
manage_portal     no      no      no        no             yes           no
"""
"""Who may do what for a publisher of their own; `token`: whether a token may do it at all, if its owner may."""

HEAD, *LINES = (line.split() for line in TABLE.strip().splitlines())
RIGHTS = {line[0]: dict(zip(HEAD[1:], (cell == "yes" for cell in line[1:]), strict=True)) for line in LINES}
HOLDERS = ("viewer", "editor", "approver", "administrator", "portal-admin")
CASES = list(product(RIGHTS, HOLDERS))


def _actor(holder: str, kind: ActorKind = ActorKind.PERSON, scope: Scope | None = None) -> Actor:
    admin = holder == "portal-admin"
    roles = {} if admin else {OWN: frozenset({Role(holder)})}
    return Actor(kind=kind, label="x", user_id=1, roles=roles, portal_admin=admin, scope=scope)


def test_the_table_names_every_action_and_every_role() -> None:
    assert set(RIGHTS) == {str(action) for action in Action}
    assert set(HOLDERS) == {str(role) for role in Role} | {"portal-admin"}


@pytest.mark.parametrize(("action", "holder"), CASES)
def test_a_person_may_do_for_their_publisher_what_the_table_says(action: str, holder: str) -> None:
    assert may(_actor(holder), Action(action), OWN) is RIGHTS[action][holder]


@pytest.mark.parametrize(("action", "holder"), CASES)
def test_for_a_foreign_publisher_only_the_portal_administrator_may_do_anything(action: str, holder: str) -> None:
    assert may(_actor(holder), Action(action), FOREIGN) is (holder == "portal-admin" and RIGHTS[action][holder])


@pytest.mark.parametrize(("action", "holder"), CASES)
def test_for_the_portal_itself_a_role_gives_nothing(action: str, holder: str) -> None:
    assert may(_actor(holder), Action(action), None) is (holder == "portal-admin" and RIGHTS[action][holder])


@pytest.mark.parametrize(("action", "holder"), CASES)
def test_a_token_only_narrows(action: str, holder: str) -> None:
    """Bound to its own, a foreign or no publisher; asked for each; with just this action, or with all others."""
    asked = Action(action)
    for bound_to, publisher, named in product((None, OWN, FOREIGN), (None, OWN, FOREIGN), (True, False)):
        scope = Scope(frozenset({asked}) if named else frozenset(Action) - {asked}, bound_to)
        of_owner = RIGHTS[action][holder] and (publisher == OWN or holder == "portal-admin")
        expected = of_owner and named and RIGHTS[action]["token"] and bound_to in (None, publisher)

        assert may(_actor(holder, ActorKind.TOKEN, scope), asked, publisher) is expected, (bound_to, publisher, named)


@pytest.mark.parametrize("action", Action)
@pytest.mark.parametrize("publisher", [OWN, None])
def test_nobody_may_nothing_and_is_asked_to_log_in(action: Action, publisher: int | None) -> None:
    with pytest.raises(Unauthenticated) as caught:
        require(NOBODY, action, publisher)

    assert caught.value.status == 401


@pytest.mark.parametrize("action", Action)
def test_a_person_without_roles_may_nothing(action: Action) -> None:
    with pytest.raises(Forbidden) as caught:
        require(Actor(kind=ActorKind.PERSON, label="user:1", user_id=1), action, OWN)

    assert (caught.value.status, caught.value.facts) == (403, {"action": str(action)})


@pytest.mark.parametrize("action", Action)
def test_a_token_without_scope_may_nothing(action: Action) -> None:
    assert not may(_actor("portal-admin", ActorKind.TOKEN), action, OWN)


@pytest.mark.parametrize("action", Action)
def test_a_command_of_the_operator_may_everything(action: Action) -> None:
    assert may(command("load"), action, OWN)
    assert may(command("load"), action, None)


def test_two_roles_add_up() -> None:
    both = Actor(kind=ActorKind.PERSON, label="x", roles={OWN: frozenset({Role.EDITOR, Role.APPROVER})})

    assert may(both, Action.SUBMIT, OWN)
    assert may(both, Action.APPROVE, OWN)
