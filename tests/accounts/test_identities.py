"""Who people are at a provider: recognised by issuer and subject, and by nothing else."""

from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session

from portal.accounts.identities import Claims, link_identity, user_of
from portal.accounts.membership import person
from portal.accounts.users import disable_user
from portal.events.reading import list_events
from portal.foundation.db import transaction
from portal.foundation.errors import Conflict, Forbidden, InvalidInput, Unauthenticated
from portal.wiring import Portal
from tests.people import NOON, OPERATOR, a_user, someone

HERE, ELSEWHERE = "https://login.example", "https://other.example"


@pytest.fixture
def session(portal: Portal) -> Iterator[Session]:
    with transaction(portal.engine) as opened:
        yield opened


def claims(subject: str = "s-1", issuer: str = HERE, name: str = "") -> Claims:
    return Claims(issuer=issuer, subject=subject, preferred_name=name, display_name=name)


def test_a_linked_user_is_found_by_issuer_and_subject(session: Session) -> None:
    user = a_user(session)
    link_identity(session, user, issuer=HERE, subject="s-1", by=OPERATOR, at=NOON)
    link_identity(session, user, issuer=HERE, subject="s-1", by=OPERATOR, at=NOON)

    assert user_of(session, claims(), create=False, at=NOON).id == user.id
    for stranger in (claims("s-2"), claims(issuer=ELSEWHERE), claims("S-1"), claims("s-2", name="anna")):
        with pytest.raises(Unauthenticated):
            user_of(session, stranger, create=False, at=NOON)


def test_a_new_user_has_no_role_and_no_power(session: Session) -> None:
    user = user_of(session, claims(name="Bodo"), create=True, at=NOON)

    actor = person(session, user)
    assert (user.name, actor.roles, actor.portal_admin) == ("bodo", {}, False)
    assert user_of(session, claims(name="Anders"), create=True, at=NOON).id == user.id


def test_a_name_that_is_taken_is_not_taken_over(session: Session) -> None:
    anna = a_user(session)

    user = user_of(session, claims(name="anna"), create=True, at=NOON)

    assert user.id != anna.id
    assert user.name.startswith("oidc-")


def test_the_log_says_who_was_linked_and_not_as_whom(session: Session) -> None:
    user = a_user(session)
    link_identity(session, user, issuer=HERE, subject="wer-genau", by=OPERATOR, at=NOON)

    event = list_events(session)[0]
    assert (event.kind, event.facts) == ("identity-linked", {"user": user.label, "issuer": HERE})


def test_a_subject_is_one_person(session: Session) -> None:
    link_identity(session, a_user(session), issuer=HERE, subject="s-1", by=OPERATOR, at=NOON)

    with pytest.raises(Conflict):
        link_identity(session, a_user(session, "ben"), issuer=HERE, subject="s-1", by=OPERATOR, at=NOON)


def test_a_disabled_user_is_refused(session: Session) -> None:
    user = a_user(session)
    link_identity(session, user, issuer=HERE, subject="s-1", by=OPERATOR, at=NOON)
    disable_user(session, user, by=OPERATOR, at=NOON)

    with pytest.raises(Unauthenticated):
        user_of(session, claims(), create=True, at=NOON)


def test_only_the_portal_administrator_links_people(session: Session) -> None:
    user = a_user(session)

    with pytest.raises(Forbidden):
        link_identity(session, user, issuer=HERE, subject="s-1", by=someone(user.id), at=NOON)


@pytest.mark.parametrize("subject", ["", "x" * 256, "ü", "a\nb", "\x00"])
def test_a_subject_that_the_standard_does_not_allow_is_refused(session: Session, subject: str) -> None:
    with pytest.raises(InvalidInput):
        user_of(session, claims(subject), create=True, at=NOON)
