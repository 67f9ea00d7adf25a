"""An event is written with the change it tells of, or not at all."""

from contextlib import suppress

from sqlalchemy import select

from portal.events.log import Event, Kind, record
from portal.foundation.db import reading, transaction
from portal.wiring import Portal
from tests.releases import NOON


def test_an_event_keeps_who_did_what_to_which_version(portal: Portal) -> None:
    with transaction(portal.engine) as session:
        record(session, Kind.VERSION_RELEASED, at=NOON, actor="test", dataset="ideen", version=2, notes="Zwei Zeilen")

    with reading(portal.engine) as session:
        event = session.scalars(select(Event)).one()
    assert (event.kind, event.at, event.actor) == (Kind.VERSION_RELEASED, NOON, "test")
    assert (event.dataset, event.version, event.facts) == ("ideen", 2, {"notes": "Zwei Zeilen"})


def test_events_stand_in_the_order_they_happened(portal: Portal) -> None:
    for kind in Kind:
        with transaction(portal.engine) as session:
            record(session, kind, at=NOON, actor="test", dataset="ideen")

    with reading(portal.engine) as session:
        assert list(session.scalars(select(Event.kind).order_by(Event.id))) == list(Kind)


def test_a_change_that_fails_leaves_no_event(portal: Portal) -> None:
    with suppress(ZeroDivisionError), transaction(portal.engine) as session:
        record(session, Kind.VERSION_RELEASED, at=NOON, actor="test", dataset="ideen")
        _ = 1 / 0

    with reading(portal.engine) as session:
        assert session.scalars(select(Event)).all() == []
