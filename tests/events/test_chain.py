"""The chain of events: linear whoever writes, closed to change, and broken visibly by force."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from portal.events.chain import GENESIS, canonical_json, link_digest
from portal.events.log import Event, Kind, record
from portal.events.verifying import Verified, verify_chain
from portal.foundation.db import reading, transaction
from portal.wiring import Portal
from tests.people import NOON


def write(engine: Engine, number: int) -> list[str]:
    """Write *number* events, each in a transaction of its own; give their digests."""
    digests = []
    for one in range(number):
        with transaction(engine) as session:
            event = record(session, Kind.VERSION_RELEASED, at=NOON, actor="test", dataset="ideen", version=one, ü="ß")
            digests.append(event.digest)
    return digests


def verified(engine: Engine, *noted: str) -> Verified:
    with reading(engine) as session:
        return verify_chain(session, noted=noted)


def force(engine: Engine, *statements: str) -> None:
    """Do to the log what only somebody with all rights on the database can: without its triggers."""
    with transaction(engine) as session:
        if engine.dialect.name == "sqlite":
            session.execute(text("DROP TRIGGER IF EXISTS event_no_update"))
            session.execute(text("DROP TRIGGER IF EXISTS event_no_delete"))
        else:
            session.execute(text("ALTER TABLE event DISABLE TRIGGER ALL"))
        for statement in statements:
            session.execute(text(statement))


def test_an_empty_log_holds(portal: Portal) -> None:
    assert verified(portal.engine) == Verified(0, GENESIS, None)


def test_every_event_carries_the_digest_of_the_one_before(portal: Portal) -> None:
    digests = write(portal.engine, 5)

    with reading(portal.engine) as session:
        previous = list(session.scalars(select(Event.previous).order_by(Event.id)))
    assert previous == [GENESIS, *digests[:-1]]
    assert verified(portal.engine) == Verified(5, digests[-1], None)


def test_several_events_of_one_transaction_are_linked_and_of_a_failed_one_forgotten(portal: Portal) -> None:
    with Session(portal.engine) as session:
        record(session, Kind.DATASET_RESTORED, at=NOON, actor="test", dataset="a")
        session.rollback()
    with transaction(portal.engine) as session:
        for dataset in "abc":
            record(session, Kind.DATASET_RESTORED, at=NOON, actor="test", dataset=dataset)

    found = verified(portal.engine)
    assert (found.events, found.broken) == (3, None)


def test_writers_at_once_make_one_chain(portal: Portal) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: write(portal.engine, 5), range(8)))

    found = verified(portal.engine)
    assert (found.events, found.broken) == (40, None)


def test_a_look_while_others_write_finds_no_fault(portal: Portal) -> None:
    with ThreadPoolExecutor(4) as pool:
        writing = [pool.submit(write, portal.engine, 15) for _ in range(3)]
        faults = []
        while not all(one.done() for one in writing):
            faults.append(verified(portal.engine).broken)

    assert set(faults) <= {None}


@pytest.mark.parametrize(
    "statement",
    ["UPDATE event SET actor = 'other' WHERE id = 2", "DELETE FROM event WHERE id = 3", "DELETE FROM event"],
)
def test_the_database_refuses_to_change_or_remove_an_event(portal: Portal, statement: str) -> None:
    write(portal.engine, 3)

    with pytest.raises(DBAPIError, match="append-only"), transaction(portal.engine) as session:
        session.execute(text(statement))

    assert verified(portal.engine).events == 3


@pytest.mark.parametrize(
    "change",
    [
        "actor = 'other'",
        "kind = 'dataset-restored'",
        "dataset = 'orte'",
        "dataset = NULL",
        "version = 99",
        "facts = '{}'",
        "at = '2026-11-21 12:00:01.000000'",
        "digest = '" + "0" * 64 + "'",
        "previous = '" + "f" * 64 + "'",
    ],
)
def test_an_event_changed_by_force_is_found(portal: Portal, change: str) -> None:
    write(portal.engine, 4)

    force(portal.engine, f"UPDATE event SET {change} WHERE version = 2")

    broken = verified(portal.engine).broken
    assert broken is not None
    assert broken.event_id == 3


def test_an_event_removed_from_the_middle_is_found_at_the_next_one(portal: Portal) -> None:
    write(portal.engine, 4)

    force(portal.engine, "DELETE FROM event WHERE id = 2")

    found = verified(portal.engine)
    assert found.broken is not None
    assert (found.events, found.broken.event_id) == (1, 3)


def test_an_event_removed_from_the_end_is_found(portal: Portal) -> None:
    write(portal.engine, 4)

    force(portal.engine, "DELETE FROM event WHERE id >= 3")

    found = verified(portal.engine)
    assert found.broken is not None
    assert (found.events, found.broken.event_id) == (2, None)
    assert found.broken.reason.en == "Events are missing at the end."


def test_a_log_rewritten_to_its_end_is_found_by_a_noted_digest(portal: Portal) -> None:
    digests = write(portal.engine, 3)
    assert verified(portal.engine, *digests).broken is None

    force(
        portal.engine,
        "DELETE FROM event WHERE id = 3",
        f"UPDATE event_head SET digest = '{digests[1]}'",
    )

    assert verified(portal.engine).broken is None
    broken = verified(portal.engine, digests[2]).broken
    assert broken is not None
    assert digests[2] in broken.reason.en


def test_the_database_lets_no_chain_fork(portal: Portal) -> None:
    first, _ = write(portal.engine, 2)

    with pytest.raises(DBAPIError), transaction(portal.engine) as session:
        session.add(
            Event(at=NOON, kind="x", actor="x", dataset=None, version=None, facts={}, previous=first, digest="f" * 64)
        )


def test_a_fact_that_is_no_json_is_refused(portal: Portal) -> None:
    with pytest.raises((TypeError, ValueError)), transaction(portal.engine) as session:
        record(session, Kind.DATASET_RESTORED, at=NOON, actor="test", share=float("nan"))


_FACTS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(facts=st.dictionaries(st.text(max_size=5), _FACTS, max_size=4))
def test_the_digest_does_not_depend_on_the_order_of_facts(facts: dict[str, object]) -> None:
    told = {"at": NOON, "kind": "k", "actor": "a", "dataset": None, "version": None}
    turned = dict(reversed(facts.items()))

    assert link_digest(GENESIS, **told, facts=facts) == link_digest(GENESIS, **told, facts=turned)  # type: ignore[arg-type]


def test_the_digest_is_what_the_module_says_it_is() -> None:
    at = datetime(2026, 11, 21, 12, 0, 0, 5, tzinfo=UTC)
    said = (
        f'["{GENESIS}","2026-11-21T12:00:00.000005Z","version-released","user:1","ideen",2,{{"a":"\\u00fc","b":[1.5]}}]'
    )

    digest = link_digest(
        GENESIS,
        at=at,
        kind="version-released",
        actor="user:1",
        dataset="ideen",
        version=2,
        facts={"b": [1.5], "a": "ü"},
    )

    assert digest == hashlib.sha256(said.encode()).hexdigest()
    assert canonical_json({"b": 1, "a": None}) == '{"a":null,"b":1}'
