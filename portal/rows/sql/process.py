"""One process that carries out statements, seen from the portal: started, asked under a deadline, killed.

It gets its facts as arguments and questions by a pipe; no environment, no descriptors (child.py is its other side).
"""

import json
import os
import select
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from portal.rows.sql.framing import LENGTH

CONFINEMENTS = frozenset(("limits", "landlock", "seccomp"))
"""What holds a process where the system has all of it (confined.py)."""
WORN_OUT = 5
"""A process that has reckoned for so many time limits is replaced: its processor time is limited for life."""

_START_S = 20.0
_PACKAGE = Path(__file__).resolve().parents[3]
_PROGRAM = "import sys; sys.path.insert(0, sys.argv.pop(1)); from portal.rows.sql.child import main; main()"
_PASSED_ON = {name: value for name, value in os.environ.items() if name == "LD_LIBRARY_PATH"}
"""Where Python itself may need to look; no setting, no secret."""

Json = dict[str, Any]  # Any: JSON


@dataclass(frozen=True, kw_only=True)
class SqlLimits:
    """What one statement may cost."""

    timeout_s: float
    memory_bytes: int
    max_bytes: int
    """Of the rows of an answer."""
    processes: int


class Broken(Exception):
    """A process did not answer in time, or ended."""

    def __init__(self, *, is_late: bool = False) -> None:
        super().__init__()
        self.is_late = is_late


class SqlProcess:
    """A child that has started and given up what it does not need."""

    def __init__(self, folder: Path, limits: SqlLimits) -> None:
        cpu_s = int((WORN_OUT + 2) * limits.timeout_s) + 5
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
            Broken: it did not come until *until* (of `time.monotonic`), or the process broke.
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
            raise Broken from None
        return head, self._read(head.get("size", 0), until)

    def _write(self, said: bytes, until: float) -> None:
        left = memoryview(said)
        try:
            while left:
                left = left[os.write(self._ready(self._child.stdin, select.POLLOUT, until), left) :]
        except BrokenPipeError:
            raise Broken from None

    def _read(self, size: int, until: float) -> bytes:
        if size > self._max_bytes:
            raise Broken
        found = bytearray()
        while len(found) < size:
            piece = os.read(self._ready(self._child.stdout, select.POLLIN, until), size - len(found))
            if not piece:
                raise Broken
            found += piece
        return bytes(found)

    def _ready(self, pipe: IO[bytes] | None, event: int, until: float) -> int:
        """Wait until a pipe can be read or written; give its number."""
        if pipe is None:
            raise Broken
        poll, left_s = select.poll(), until - time.monotonic()
        poll.register(pipe, event)
        if left_s <= 0 or not poll.poll(left_s * 1000):
            raise Broken(is_late=True)
        return pipe.fileno()
