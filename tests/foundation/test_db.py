"""The same code on SQLite and PostgreSQL: times, transactions, snapshots, and writers that wait for each other."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from portal.catalogue.catalog import Catalog, next_generation
from portal.foundation.db import open_engine, reading, transaction
from portal.wiring import Portal
from tests.releases import NOON

CET = timezone(timedelta(hours=1))


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2026, 11, 21, 13, 0, tzinfo=CET),
        datetime(1899, 12, 31, 23, 59, 59, tzinfo=UTC),
        datetime(2026, 3, 29, 2, 30, 0, 123456, tzinfo=CET),
    ],
)
def test_a_time_comes_back_as_the_same_moment_in_utc(portal: Portal, moment: datetime) -> None:
    with transaction(portal.engine) as session:
        session.add(Catalog(id=1, generation=0, issued_at=moment, modified_at=moment))

    with reading(portal.engine) as session:
        kept = session.query(Catalog).one().issued_at

    assert kept == moment
    assert kept.utcoffset() == timedelta(0)


def test_a_time_without_a_zone_is_refused(portal: Portal) -> None:
    with pytest.raises(Exception, match="no time zone"), transaction(portal.engine) as session:
        session.add(Catalog(id=1, generation=0, issued_at=datetime(2026, 11, 21), modified_at=NOON))  # noqa: DTZ001 - the point


def test_an_error_takes_everything_back(portal: Portal) -> None:
    with suppress(ZeroDivisionError), transaction(portal.engine) as session:
        next_generation(session, at=NOON)
        _ = 1 / 0

    with reading(portal.engine) as session:
        assert session.query(Catalog).all() == []


def test_a_reader_sees_one_snapshot_while_another_writes(portal: Portal) -> None:
    with transaction(portal.engine) as session:
        next_generation(session, at=NOON)

    with reading(portal.engine) as session:
        before = session.scalar(text("SELECT generation FROM catalog"))
        with transaction(portal.engine) as writer:
            next_generation(writer, at=NOON)
        after = session.scalar(text("SELECT generation FROM catalog"))

    assert (before, after) == (1, 1)


def test_writers_at_once_wait_for_each_other_and_none_is_lost(portal: Portal) -> None:
    with transaction(portal.engine) as session:
        next_generation(session, at=NOON)
    numbers: list[int] = []

    def write() -> None:
        for _ in range(5):
            with transaction(portal.engine) as session:
                numbers.append(next_generation(session, at=NOON))

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(numbers) == list(range(2, 22))


def test_the_catalogue_never_grows_younger(portal: Portal) -> None:
    with transaction(portal.engine) as session:
        next_generation(session, at=NOON)
        next_generation(session, at=NOON - timedelta(days=1))

    with reading(portal.engine) as session:
        assert session.query(Catalog).one().modified_at == NOON


def test_sqlite_keeps_a_journal_that_survives_a_power_cut(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'a b%.sqlite'}")

    with engine.connect() as connection:
        facts = [
            connection.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        ]

    assert facts == ["wal", 2, 1]


@pytest.mark.parametrize("given", ["postgresql://db.example/portal", "postgresql+psycopg://db.example/portal"])
def test_a_plain_postgresql_address_is_opened_with_the_driver_that_is_there(given: str) -> None:
    assert open_engine(given).dialect.driver == "psycopg"


def test_a_new_sqlite_file_is_opened_by_two_at_once(tmp_path: Path) -> None:
    for attempt in range(120):
        ready = threading.Barrier(2)
        url = f"sqlite:///{tmp_path / str(attempt)}"

        def journal_mode(engine: Engine, ready: threading.Barrier = ready) -> str | None:
            ready.wait()
            with engine.connect() as connection:
                return connection.execute(text("PRAGMA journal_mode")).scalar()

        with ThreadPoolExecutor(2) as threads:
            modes = list(threads.map(journal_mode, [open_engine(url), open_engine(url)]))

        assert modes == ["wal", "wal"]
