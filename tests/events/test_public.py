"""What everyone may see of the log: releases and withdrawals, never a person, never a draft."""

import pytest

from portal.events.log import Kind, record
from portal.events.public import PUBLIC_FACTS, public_events, public_face
from portal.events.reading import list_events
from portal.foundation.db import reading, transaction
from portal.wiring import Portal
from tests.people import NOON

PUBLIC = {
    "combination-saved",
    "combination-removed",
    "version-released",
    "dataset-withdrawn",
    "dataset-restored",
    "publisher-added",
    "four-eyes-switched",
}


@pytest.mark.parametrize("kind", Kind)
def test_only_public_kinds_have_a_public_face_and_it_shows_no_person(portal: Portal, kind: Kind) -> None:
    with transaction(portal.engine) as session:
        event = record(
            session, kind, at=NOON, actor="user:12", dataset="ideen",
            notes="Neu", user="user:12", submitted_by="user:12", comment="Bitte ändern", token="token:ab",
        )  # fmt: skip
        face = public_face(event)

    assert (face is not None) is (str(kind) in PUBLIC)
    assert "user:12" not in str(face)
    assert "Bitte" not in str(face)


def test_no_public_fact_names_a_person() -> None:
    persons = {"actor", "user", "submitted_by", "decided_by", "token", "comment"}

    assert not persons & {fact for facts in PUBLIC_FACTS.values() for fact in facts}


def test_public_events_come_newest_first_and_in_pages(portal: Portal) -> None:
    with transaction(portal.engine) as session:
        for number in range(1, 5):
            record(session, Kind.VERSION_RELEASED, at=NOON, actor="user:1", dataset="ideen", version=number)
            record(session, Kind.DRAFT_SUBMITTED, at=NOON, actor="user:1", dataset="ideen")
            record(session, Kind.VERSION_RELEASED, at=NOON, actor="user:1", dataset="orte", version=number)

    with reading(portal.engine) as session:
        first = public_events(session, dataset="ideen", limit=3)
        rest = public_events(session, dataset="ideen", limit=3, before=first[-1].id)
        every = list_events(session, dataset="ideen")
    assert [event.version for event in (*first, *rest)] == [4, 3, 2, 1]
    assert len(every) == 8
