"""A client's socket with an end to patience, and no more calls of the system than needed.

The socket never blocks; what can be read or sent at once is, and only where the client is not ready is it waited for.
(A socket with a timeout of Python's own asks the system before every read and write, and once more to set the timeout.)
"""

import errno
import select
import socket
from typing import Any

STALLED_S = 5.0
"""A client that sends or takes no byte for so long is let go: it holds a thread that others wait for."""


class ImpatientSocket(socket.socket):
    """A connected socket whose silence is the end of the conversation; gunicorn knows no limit of its own for that."""

    patience_s = STALLED_S

    @classmethod
    def taken_from(cls, connection: socket.socket) -> "ImpatientSocket":
        """Take a connection over; the old object is left without one."""
        family, kind, protocol = connection.family, connection.type, connection.proto
        taken = cls(family, kind, protocol, fileno=connection.detach())
        taken.settimeout(0)
        return taken

    def setblocking(self, flag: bool) -> None:
        """Do nothing: whether to wait is decided at each read and write."""

    def readable_within(self, wait_s: float) -> bool:
        """Tell whether something can be read, or the client has hung up, before *wait_s* seconds have passed."""
        return self._ready(select.POLLIN, wait_s)

    def recv(self, *sizes: int) -> bytes:
        """Read what has come; nothing means that the client has hung up or says nothing any more."""
        try:
            return super().recv(*sizes)
        except BlockingIOError:
            return super().recv(*sizes) if self._ready(select.POLLIN, self.patience_s) else b""
        except TimeoutError:  # somebody has set a time of their own
            return b""

    def sendall(self, *parts: Any) -> None:  # Any: a buffer, and flags
        """Send everything; patience begins anew with every byte that is taken.

        Raises:
            BrokenPipeError: the client takes nothing any more.
        """
        unsent, *flags = parts
        while True:
            try:
                sent = self.send(unsent, *flags)
            except BlockingIOError:
                self._wait_for_taker()
                continue
            if sent == len(unsent):
                return
            unsent = memoryview(unsent)[sent:]

    def sendfile(self, file: Any, offset: int = 0, count: int | None = None) -> int:  # Any: as in typeshed
        """Send from an open file, without the bytes passing through Python.

        Raises:
            BrokenPipeError: the client takes nothing any more.
        """
        self.settimeout(self.patience_s)
        try:
            return super().sendfile(file, offset, count)
        except TimeoutError:
            raise _gone() from None
        finally:
            self.settimeout(0)

    def _wait_for_taker(self) -> None:
        if not self._ready(select.POLLOUT, self.patience_s):
            raise _gone()

    def _ready(self, what: int, wait_s: float) -> bool:
        asked = select.poll()
        asked.register(self.fileno(), what)
        return bool(asked.poll(wait_s * 1000))


def _gone() -> BrokenPipeError:
    return BrokenPipeError(errno.EPIPE, "the client takes nothing")
