"""The processes that carry out statements: started when first needed, one question at a time each, stopped when late.

A process that answers in time is kept for the next question; one that is late, breaks, or runs out of memory is killed and
another takes its place. Who comes while all are at work waits a little; who comes when many wait already is sent away, so
that SQL never holds the threads that all other readers need.
"""

import json
import logging
import os
import select
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from portal.foundation.errors import Busy
from portal.rows.index import FORMAT_VERSION
from portal.rows.sql.framing import LENGTH
from portal.rows.sql.refusals import killed, refusal
from portal.rows.sql.statement import Statement
from portal.rows.sql.tables import SqlTable, described

MAX_TABLES = 10
"""Tables in one statement: SQLite attaches no more."""
MAX_WAITING = 8
"""Questions that wait for a process."""

_GRACE_S = 0.3
"""A process stops by itself at the time limit; what holds it up within one step of SQLite's ends so much later."""
_START_S = 20.0
_PACKAGE = Path(__file__).resolve().parents[3]
_PROGRAM = "import sys; sys.path.insert(0, sys.argv.pop(1)); from portal.rows.sql.child import main; main()"
_PASSED_ON = {name: value for name, value in os.environ.items() if name == "LD_LIBRARY_PATH"}
"""Where Python itself may need to look; no setting, no secret."""
_WORN_OUT = 5
"""A process that has reckoned for so many time limits is replaced: its processor time is limited for life."""

_log = logging.getLogger(__name__)

Json = dict[str, Any]  # Any: JSON


@dataclass(frozen=True, kw_only=True)
class SqlLimits:
    """What one statement may cost."""

    timeout_s: float
    memory_bytes: int
    max_bytes: int
    """Of the rows of an answer."""
    processes: int


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
        self._idle: list[_Process] = []
        self._lock = threading.Lock()
        self._free = threading.BoundedSemaphore(limits.processes)
        self._waiting = threading.BoundedSemaphore(limits.processes + MAX_WAITING)

    def ask(
        self, statement: Statement, tables: Sequence[SqlTable], *, max_rows: int, as_csv: bool = False
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
            raise refusal(head, statement, tables, timeout_s=limits.timeout_s)
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
            except _Broken as broken:
                _log.warning("a process for SQL was late or broke, and is replaced")
                if broken.is_late or kept is None:
                    raise killed(self.limits.timeout_s) from None
            try:  # it may have broken before the question came: another one, that was never asked anything
                return self._answered(self._started(), question)
            except _Broken:
                _log.warning("a statement breaks the process that carries it out")
                raise killed(self.limits.timeout_s) from None

    def _answered(self, process: "_Process", question: Json) -> tuple[Json, bytes]:
        """Have *process* answer, and keep it if it is as good as new."""
        try:
            head, body = process.ask(question, until=time.monotonic() + self.limits.timeout_s + _GRACE_S)
        except BaseException:
            process.kill()
            raise
        is_worn = head["cpu_s"] > _WORN_OUT * self.limits.timeout_s
        if is_worn or head.get("refused") == "memory":
            process.kill()
        else:
            with self._lock:
                self._idle.append(process)
        return head, body

    def _started(self) -> "_Process":
        try:
            return _Process(self._folder, self.limits)
        except (_Broken, OSError):
            _log.exception("a process for SQL could not be started")
            raise _busy() from None

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


class _Broken(Exception):
    """A process did not answer in time, or ended."""

    def __init__(self, *, is_late: bool = False) -> None:
        super().__init__()
        self.is_late = is_late


class _Process:
    """A child that has started and given up what it does not need."""

    def __init__(self, folder: Path, limits: SqlLimits) -> None:
        cpu_s = int((_WORN_OUT + 2) * limits.timeout_s) + 5
        command = [sys.executable, "-I", "-S", "-c", _PROGRAM]
        facts = (str(_PACKAGE), str(folder), str(limits.memory_bytes), str(cpu_s))
        self._child = subprocess.Popen(  # noqa: S603 - our own program, no shell
            [*command, *facts], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            env=_PASSED_ON, cwd="/", close_fds=True, bufsize=0,
        )  # fmt: skip
        if self._child.stdin is not None:
            os.set_blocking(self._child.stdin.fileno(), False)
        self._max_bytes = 4 * limits.max_bytes + 1_000_000
        try:
            self.confined: list[str] = self._received(time.monotonic() + _START_S)[0]["confined"]
        except BaseException:
            self.kill()
            raise

    def ask(self, question: Json, *, until: float) -> tuple[Json, bytes]:
        """Give the answer: what is said of it, and its rows.

        Raises:
            _Broken: it did not come until *until* (of `time.monotonic`), or the process broke.
        """
        said = json.dumps(question).encode()
        self._write(LENGTH.pack(len(said)) + said, until)
        return self._received(until)

    def kill(self) -> None:
        self._child.kill()
        self._child.wait()
        for pipe in (self._child.stdin, self._child.stdout):
            if pipe is not None:
                pipe.close()

    def _received(self, until: float) -> tuple[Json, bytes]:
        try:
            head: Json = json.loads(self._read(LENGTH.unpack(self._read(LENGTH.size, until))[0], until))
        except ValueError:
            raise _Broken from None
        return head, self._read(head.get("size", 0), until)

    def _write(self, said: bytes, until: float) -> None:
        left = memoryview(said)
        try:
            while left:
                left = left[os.write(self._ready(self._child.stdin, select.POLLOUT, until), left) :]
        except BrokenPipeError:
            raise _Broken from None

    def _read(self, size: int, until: float) -> bytes:
        if size > self._max_bytes:
            raise _Broken
        found = bytearray()
        while len(found) < size:
            piece = os.read(self._ready(self._child.stdout, select.POLLIN, until), size - len(found))
            if not piece:
                raise _Broken
            found += piece
        return bytes(found)

    def _ready(self, pipe: IO[bytes] | None, event: int, until: float) -> int:
        """Wait until a pipe can be read or written; give its number."""
        if pipe is None:
            raise _Broken
        poll, left_s = select.poll(), until - time.monotonic()
        poll.register(pipe, event)
        if left_s <= 0 or not poll.poll(left_s * 1000):
            raise _Broken(is_late=True)
        return pipe.fileno()


def _busy() -> Busy:
    return Busy(
        "Many SQL questions are being answered at the moment; please try again in a few seconds.",
        detail_de="Gerade werden viele SQL-Fragen beantwortet; bitte in einigen Sekunden erneut versuchen.",
        retry_after_s=5,
    )
