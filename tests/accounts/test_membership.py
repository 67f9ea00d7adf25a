"""Roles are given and taken by those who manage a publisher's members, and by nobody else."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import select

from portal.accounts.membership import add_member, list_members, person, remove_member, roles_of
from portal.accounts.roles import Role
from portal.events.log import Event, Kind
from portal.foundation.db import reading, transaction
from portal.foundation.errors import Forbidden
from portal.wiring import Portal
from tests.people import NOON, OPERATOR, a_member, a_publisher, a_user


def test_a_person_acts_with_the_roles_they_have_for_each_publisher(portal: Portal) -> None:
    with transaction(portal.engine) as session:
        city, works = a_publisher(session, "stadt"), a_publisher(session, "stadtwerke")
        user = a_member(session, "anna", city, Role.EDITOR, Role.APPROVER)
        add_member(session, user, publisher_id=works.id, role=Role.VIEWER, by=OPERATOR, at=NOON)

        actor = person(session, user)

    assert actor.roles == {city.id: {Role.EDITOR, Role.APPROVER}, works.id: {Role.VIEWER}}
    assert (actor.label, actor.portal_admin) == (f"user:{user.id}", False)


def test_a_role_given_twice_is_there_and_logged_once(portal: Portal) -> None:
    with transaction(portal.engine) as session:
        city = a_publisher(session)
        user = a_member(session, "anna", city, Role.EDITOR, Role.EDITOR)

        events = session.scalars(select(Event).where(Event.kind == Kind.MEMBER_ADDED)).all()

    assert [event.facts for event in events] == [{"user": user.label, "publisher_id": city.id, "role": "editor"}]


def test_a_role_given_by_two_at_once_is_there_and_logged_once(portal: Portal) -> None:
    with transaction(portal.engine) as session:
        publisher_id, user = a_publisher(session).id, a_user(session, "anna")

    def give(ready: Barrier) -> None:
        ready.wait()
        with transaction(portal.engine) as session:
            add_member(session, user, publisher_id=publisher_id, role=Role.EDITOR, by=OPERATOR, at=NOON)

    ready = Barrier(4)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(give, [ready] * 4))

    with reading(portal.engine) as session:
        assert roles_of(session, user.id) == {publisher_id: {Role.EDITOR}}
        assert len(session.scalars(select(Event).where(Event.kind == Kind.MEMBER_ADDED)).all()) == 1


def test_a_role_taken_is_gone(portal: Portal) -> None:
    with transaction(portal.engine) as session:
        city = a_publisher(session)
        user = a_member(session, "anna", city, Role.EDITOR)
        remove_member(session, user, publisher_id=city.id, role=Role.EDITOR, by=OPERATOR, at=NOON)

    with reading(portal.engine) as session:
        assert roles_of(session, user.id) == {}


def test_an_administrator_gives_roles_for_their_publisher_only(portal: Portal) -> None:
    with transaction(portal.engine) as session:
        city, works = a_publisher(session, "stadt"), a_publisher(session, "stadtwerke")
        chief = person(session, a_member(session, "chief", city, Role.ADMINISTRATOR))
        ben = a_user(session, "ben")

        add_member(session, ben, publisher_id=city.id, role=Role.EDITOR, by=chief, at=NOON)
        with pytest.raises(Forbidden):
            add_member(session, ben, publisher_id=works.id, role=Role.EDITOR, by=chief, at=NOON)

        assert [(user.name, role) for user, role in list_members(session, city.id, by=chief)] == [
            ("ben", Role.EDITOR),
            ("chief", Role.ADMINISTRATOR),
        ]


@pytest.mark.parametrize("role", [Role.VIEWER, Role.EDITOR, Role.APPROVER])
def test_nobody_else_makes_themselves_more(portal: Portal, role: Role) -> None:
    with transaction(portal.engine) as session:
        city = a_publisher(session)
        user = a_member(session, "anna", city, role)

        with pytest.raises(Forbidden):
            add_member(session, user, publisher_id=city.id, role=Role.ADMINISTRATOR, by=person(session, user), at=NOON)
