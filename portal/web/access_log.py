"""One line of JSON for every answered request, at a twentieth of what the logging machinery takes.

Lines are gathered and written a few times a second by a thread of its own: a write for every line would make all
answering threads queue for it. Where the log is not taken away fast enough, lines are dropped and counted, and
answers go on.
"""

import atexit
import logging
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from json.encoder import encode_basestring_ascii as quoted

_EVERY_S = 0.25
_MAX_WAITING = 20_000
"""Lines that may wait to be written, about 5 MB."""

_logger = logging.getLogger("portal.access")


def _to_stderr(text: str) -> None:
    sys.stderr.write(text)
    sys.stderr.flush()


class AccessLog:
    """Writes access lines to stderr, or to what tests give; safe for threads."""

    def __init__(self, write: Callable[[str], None] = _to_stderr) -> None:
        self._write = write
        self._lines: deque[str] = deque()
        self._dropped = 0
        self._there_are_lines = threading.Event()
        self._writer: threading.Thread | None = None
        self._lock = threading.Lock()

    def line(
        self, *, request_id: str, method: str, path: str, status: str, size_bytes: str | None, took_s: float
    ) -> None:
        """Note an answered request; *size_bytes* is the `Content-Length`, None where the answer had none."""
        if not _logger.isEnabledFor(logging.INFO):
            return
        if len(self._lines) >= _MAX_WAITING:
            self._dropped += 1
            return
        self._lines.append(
            f'{{"at": "{_moment(int(time.time()))}", "level": "INFO", "logger": "portal.access", "message": "request", '
            f'"request_id": "{request_id}", "method": {quoted(method)}, "path": {quoted(path)}, "status": {status}, '
            f'"bytes": {size_bytes or "null"}, "took_ms": {took_s * 1000:.2f}}}\n'
        )
        if not self._there_are_lines.is_set():
            self._wake_writer()

    def flush(self) -> None:
        """Write what was gathered; a log that nobody takes any more stops no answer."""
        with self._lock:
            self._there_are_lines.clear()
            lines = [self._lines.popleft() for _ in range(len(self._lines))]
            dropped, self._dropped = self._dropped, 0
            if dropped:
                lines.append(
                    f'{{"level": "WARNING", "logger": "portal.access", "message": "{dropped} lines dropped"}}\n'
                )
            with suppress(OSError, ValueError):
                self._write("".join(lines))

    def _wake_writer(self) -> None:
        self._there_are_lines.set()
        if self._writer is None:  # not before the first line: workers are forked, threads are not
            with self._lock:
                if self._writer is None:
                    self._writer = threading.Thread(target=self._write_now_and_then, name="access log", daemon=True)
                    self._writer.start()
                    atexit.register(self.flush)

    def _write_now_and_then(self) -> None:
        while self._there_are_lines.wait():
            time.sleep(_EVERY_S)
            self.flush()


@lru_cache(maxsize=2)
def _moment(seconds: int) -> str:
    """Give a second as the other log lines write it; most requests share theirs with the one before."""
    return time.strftime("%Y-%m-%dT%H:%M:%S%z", time.localtime(seconds))
