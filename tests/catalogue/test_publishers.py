"""Publishers are made by the portal administrator and edited by their own; the log has before and after."""

import pytest
from sqlalchemy import select

from portal.accounts.roles import Role
from portal.catalogue.publishers import add_publisher, edit_publisher, find_publisher, switch_four_eyes
from portal.events.log import Event, Kind
from portal.foundation.db import transaction
from portal.foundation.errors import Conflict, Forbidden, InvalidInput, NotFound
from portal.wiring import Portal
from tests.people import NOON, OPERATOR, a_publisher, someone


def test_a_new_publisher_is_seen_by_four_eyes(portal: Portal) -> None:
    with transaction(portal.engine) as session:
        add_publisher(session, slug="stadtwerke", name_de="Stadtwerke", by=OPERATOR, at=NOON)

        assert find_publisher(session, "stadtwerke").four_eyes


@pytest.mark.parametrize("slug", ["", "Stadt", "a--b", "-a", "a/b", "ä", "x" * 101])
def test_what_is_no_slug_is_refused(portal: Portal, slug: str) -> None:
    with transaction(portal.engine) as session, pytest.raises(InvalidInput):
        add_publisher(session, slug=slug, name_de="Stadt", by=OPERATOR, at=NOON)


def test_a_slug_is_given_once(portal: Portal) -> None:
    with transaction(portal.engine) as session:
        a_publisher(session, "stadt")

        with pytest.raises(Conflict):
            add_publisher(session, slug="stadt", name_de="Stadt", by=OPERATOR, at=NOON)
        with pytest.raises(NotFound):
            find_publisher(session, "land")


def test_the_log_keeps_every_fact_before_and_after(portal: Portal) -> None:
    with transaction(portal.engine) as session:
        city = a_publisher(session)
        edit_publisher(
            session, city, facts={"homepage": "https://stadt.example", "contact": {"email": "daten@stadt.example"}},
            by=OPERATOR, at=NOON,
        )  # fmt: skip
        edit_publisher(session, city, facts={"homepage": "https://stadt.example"}, by=OPERATOR, at=NOON)

        events = session.scalars(select(Event).where(Event.kind == Kind.PUBLISHER_EDITED)).all()

    assert [event.facts for event in events] == [
        {
            "publisher": "stadt",
            "changes": {
                "/contact/email": {"after": "daten@stadt.example"},
                "/homepage": {"before": None, "after": "https://stadt.example"},
            },
        }
    ]


@pytest.mark.parametrize(
    "facts",
    [
        {"slug": "anders"},
        {"four_eyes": False},
        {"name_de": " "},
        {"name_de": None},
        {"name_en": "x" * 501},
        {"type_code": "Verein"},
        {"homepage": "stadt.example"},
        {"homepage": "javascript:alert(1)"},
        {"logo_url": "https://stadt.example/a b.svg"},
        {"logo_url": 'https://stadt.example/"><script>'},
        {"default_licence": "do-what-you-want"},
        {"contact": {"telephone": "1"}},
        {"contact": {"email": "keine Mail"}},
        {"contact": "Rathaus"},
    ],
)
def test_a_value_that_does_not_do_is_refused(portal: Portal, facts: dict[str, object]) -> None:
    with transaction(portal.engine) as session, pytest.raises(InvalidInput):
        edit_publisher(session, a_publisher(session), facts=facts, by=OPERATOR, at=NOON)


def test_switching_four_eyes_off_is_recorded_once(portal: Portal) -> None:
    with transaction(portal.engine) as session:
        city = a_publisher(session)
        for _ in range(2):
            switch_four_eyes(session, city, False, by=OPERATOR, at=NOON)

        events = session.scalars(select(Event).where(Event.kind == Kind.FOUR_EYES_SWITCHED)).all()

    assert [event.facts for event in events] == [{"publisher": "stadt", "four_eyes": False}]


def test_an_administrator_edits_their_own_publisher_only(portal: Portal) -> None:
    with transaction(portal.engine) as session:
        city, works = a_publisher(session, "stadt"), a_publisher(session, "stadtwerke")
        chief = someone(1, {city.id: {Role.ADMINISTRATOR}})

        edit_publisher(session, city, facts={"name_en": "City"}, by=chief, at=NOON)
        for act in (
            lambda: edit_publisher(session, works, facts={"name_en": "Works"}, by=chief, at=NOON),
            lambda: switch_four_eyes(session, works, False, by=chief, at=NOON),
            lambda: add_publisher(session, slug="neu", name_de="Neu", by=chief, at=NOON),
        ):
            with pytest.raises(Forbidden):
                act()
