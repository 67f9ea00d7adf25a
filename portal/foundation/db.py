"""The database under the record: SQLite by default, PostgreSQL at scale, the same code on both.

SQLite runs in WAL mode, so that readers and one writer in several processes do not wait for each other, with
`synchronous=FULL`, so that a release that was answered survives a power cut, and `secure_delete`, so that what is
deleted is gone. Reading sessions begin deferred,
writing ones with `BEGIN IMMEDIATE`: a writer waits at its first line, never in the middle.
"""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, Dialect, Engine, MetaData, create_engine, event
from sqlalchemy.engine import Connection
from sqlalchemy.exc import ArgumentError, IntegrityError
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.orm.exc import StaleDataError
from sqlalchemy.types import TypeDecorator

from portal.foundation.errors import Conflict, Misconfigured
from portal.foundation.space import told_when_full

BUSY_TIMEOUT_MS = 30_000
"""A writer waits this long for another one; the longest write transaction (a release's last step) takes milliseconds."""

_PRAGMAS = (
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA mmap_size=0",
    "PRAGMA secure_delete=ON",  # a draft's report quotes data that may be withheld: gone means overwritten
)

_BETWEEN_TRIES_S = 0.005

_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Record(DeclarativeBase):
    """The mapped classes of all rooms; names of keys and indexes are fixed, so that migrations can name them."""

    metadata = MetaData(naming_convention=_NAMES)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware point in time, kept as UTC. SQLite has no zones: naive there, aware here."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def open_engine(url: str) -> Engine:
    """Open the database at *url*; connections are made when first used.

    Raises:
        Misconfigured: the address is none that we can open. It is not repeated, there may be a password in it.
    """
    try:
        engine = create_engine(url, pool_pre_ping=not url.startswith("sqlite"))
    except (ArgumentError, ImportError):
        raise Misconfigured(
            "PORTAL_DATABASE_URL is no address of a database: sqlite:///FILE or postgresql+psycopg://USER:PASSWORD@HOST/NAME.",
            detail_de="PORTAL_DATABASE_URL ist keine Adresse einer Datenbank: sqlite:///DATEI oder postgresql+psycopg://NAME:PASSWORT@HOST/NAME.",
        ) from None
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _: object) -> None:  # Any: the DBAPI connection has no type of its own
    connection.isolation_level = None  # we say BEGIN ourselves: the driver would say it late and deferred
    _to_wal(connection)
    for pragma in _PRAGMAS:
        connection.execute(pragma)


def _to_wal(connection: sqlite3.Connection) -> None:
    """Put a new database into WAL mode; an old one is in it.

    SQLite refuses this at once, without `busy_timeout`, while another process does the same.
    """
    give_up_at = time.monotonic() + BUSY_TIMEOUT_MS / 1000
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            is_busy = error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY  # or SQLITE_BUSY_RECOVERY
            if not is_busy or time.monotonic() > give_up_at:
                raise
            time.sleep(_BETWEEN_TRIES_S)
        else:
            return


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get("writes") else "BEGIN")


@contextmanager
def transaction(engine: Engine) -> Iterator[Session]:
    """Give a session that writes: committed at the end, rolled back on any error.

    Raises:
        Conflict: a row with a revision was changed by somebody else since this session read it.
        OutOfSpace: the disk of the database is full.
    """
    try:
        with (
            told_when_full(),
            Session(engine.execution_options(writes=True), expire_on_commit=False) as session,
            session.begin(),
        ):
            yield session
    except StaleDataError:
        raise Conflict(
            "Somebody else changed this at the same moment; please look at it again.",
            detail_de="Jemand anderes hat das im selben Augenblick geändert; bitte neu ansehen.",
        ) from None


def add_if_new(session: Session, row: Record) -> bool:
    """Add *row* now; tell whether it is new, or another transaction has added one of the same key since we looked.

    Only a unique key may stand against it. With SQLite none does: writers there come one after the other.
    """
    session.flush()  # what else is wrong is not to be taken for that
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        return False
    return True


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """Give a session that only reads, in one snapshot (SQLite's readers have one anyway)."""
    snapshot = (
        engine if engine.dialect.name == "sqlite" else engine.execution_options(isolation_level="REPEATABLE READ")
    )
    with Session(snapshot, expire_on_commit=False) as session:
        yield session
