"""The processes that carry out statements: started when first needed, one question at a time each, stopped when late.

A process that answers in time is kept for the next question; one that is late, breaks, or runs out of memory is killed and
another takes its place. Who comes while all are at work waits a little; who comes when many wait already is sent away, so
that SQL never holds the threads that all other readers need.
"""

import logging
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from portal.foundation.errors import Busy
from portal.foundation.lazily import later
from portal.rows.index import FORMAT_VERSION
from portal.rows.sql.process import CONFINEMENTS, WORN_OUT, Broken, SqlLimits, SqlProcess
from portal.rows.sql.tables import SqlTable, described

if TYPE_CHECKING:
    from portal.rows.sql import refusals
    from portal.rows.sql.statement import Statement
else:
    refusals = later("portal.rows.sql.refusals")

MAX_TABLES = 10
"""Tables in one statement: SQLite attaches no more."""
MAX_WAITING = 8
"""Questions that wait for a process."""

_GRACE_S = 0.5
"""A process stops by itself at the time limit; what holds it up within one step of SQLite's ends so much later."""
_log = logging.getLogger(__name__)

Json = dict[str, Any]  # Any: JSON


@dataclass(frozen=True, kw_only=True)
class SqlAnswer:
    """What a statement gave."""

    columns: Sequence[Json]
    """Name, type, and `from`: table and column, where it comes from one as it is."""
    rows: str
    """JSON objects with commas between them, or lines of CSV without a head."""
    row_count: int
    truncated: bool
    read: Sequence[str]
    """Names of the tables that were read."""


class SqlPool:
    """Answers statements; safe for threads. Row files lie below *folder*."""

    def __init__(self, folder: Path, limits: SqlLimits) -> None:
        self.limits = limits
        self._folder = folder
        self._idle: list[SqlProcess] = []
        self._is_told = False
        self._lock = threading.Lock()
        self._free = threading.BoundedSemaphore(limits.processes)
        self._waiting = threading.BoundedSemaphore(limits.processes + MAX_WAITING)

    def ask(
        self, statement: "Statement", tables: Sequence[SqlTable], *, max_rows: int, as_csv: bool = False
    ) -> SqlAnswer:
        """Carry out *statement* over *tables*.

        Raises:
            InvalidInput: SQLite cannot read it, or its answer cannot be written.
            Forbidden: it wants a function or a table that is not open to it.
            TooCostly: it took too much time or memory, or made values that are too long.
            Busy: too many statements are waiting, or a table is being made anew.
        """
        limits = self.limits
        question = {
            "sql": statement.sql,
            "tables": [described(place, table) for place, table in enumerate(tables)],
            "row_format": FORMAT_VERSION,
            "timeout_s": limits.timeout_s,
            "max_rows": max_rows,
            "max_bytes": limits.max_bytes,
            "as": "csv" if as_csv else "json",
        }
        head, body = self._asked(question)
        if "refused" in head:
            raise refusals.refusal(head, statement, tables, timeout_s=limits.timeout_s)
        return SqlAnswer(
            columns=[one | {"from": None if statement.is_union else one["from"]} for one in head["columns"]],
            rows=body.decode("utf-8"),
            row_count=head["rows"],
            truncated=head["truncated"],
            read=head["read"],
        )

    def close(self) -> None:
        """End the processes that have nothing to do."""
        with self._lock:
            idle, self._idle = self._idle, []
        for process in idle:
            process.kill()

    def _asked(self, question: Json) -> tuple[Json, bytes]:
        with self._turn():
            with self._lock:
                kept = self._idle.pop() if self._idle else None
            try:
                return self._answered(kept or self._started(), question)
            except Broken as broken:
                _log.warning("a process for SQL was late or broke, and is replaced")
                if broken.is_late or kept is None:
                    raise refusals.killed(self.limits.timeout_s) from None
            try:  # it may have broken before the question came: another one, that was never asked anything
                return self._answered(self._started(), question)
            except Broken:
                _log.warning("a statement breaks the process that carries it out")
                raise refusals.killed(self.limits.timeout_s) from None

    def _answered(self, process: SqlProcess, question: Json) -> tuple[Json, bytes]:
        """Have *process* answer, and keep it if it is as good as new."""
        try:
            head, body = process.ask(question, until=time.monotonic() + self.limits.timeout_s + _GRACE_S)
        except BaseException:
            process.kill()
            raise
        is_worn = head["cpu_s"] > WORN_OUT * self.limits.timeout_s
        if is_worn or head.get("refused") == "memory":
            process.kill()
        else:
            with self._lock:
                self._idle.append(process)
        return head, body

    def _started(self) -> SqlProcess:
        try:
            process = SqlProcess(self._folder, self.limits)
        except (Broken, OSError):
            _log.exception("a process for SQL could not be started")
            raise _busy() from None
        if not self._is_told and not set(process.confined) >= CONFINEMENTS:
            self._is_told = True
            _log.warning("this system holds processes for SQL by %s only (docs/sql.md)", ", ".join(process.confined))
        return process

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Wait for a process to be free.

        Raises:
            Busy: too many wait, or it takes too long.
        """
        if not self._waiting.acquire(blocking=False):
            raise _busy()
        try:
            if not self._free.acquire(timeout=self.limits.timeout_s):
                raise _busy()
            try:
                yield
            finally:
                self._free.release()
        finally:
            self._waiting.release()


def _busy() -> Busy:
    return Busy(
        "Many SQL questions are being answered at the moment; please try again in a few seconds.",
        detail_de="Gerade werden viele SQL-Fragen beantwortet; bitte in einigen Sekunden erneut versuchen.",
        retry_after_s=5,
    )
