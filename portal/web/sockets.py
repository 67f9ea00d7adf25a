"""A client's socket with an end to patience, and no more calls of the system than needed.

The socket never blocks; what can be read or sent at once is, and only where the client is not ready is it waited for.
Silence ends the conversation, and so does a trickle: bytes that come or go earn time to wait, waiting uses it up.
(A socket with a timeout of Python's own asks the system before every read and write, and once more to set the timeout.)
"""

import errno
import os
import select
import socket
import time
from typing import Any

STALLED_S = 5.0
"""A client that sends or takes no byte for so long is let go: it holds a thread that others wait for."""

MOST_WAITED_S = 10.0
"""All waits of one request together, if the client earns none: nobody holds a thread by a byte now and then."""
SLOWEST_BYTES_PER_S = 1_000
"""Whoever sends or takes more, on the average of the waits, is waited for however long it takes."""

_AT_ONCE_BYTES = 1 << 30


class ImpatientSocket(socket.socket):
    """A connected socket whose silence is the end of the conversation; gunicorn knows no limit of its own for that."""

    patience_s = STALLED_S
    _credit_s = MOST_WAITED_S
    """How long the client may still be waited for in what it asks now."""
    has_hung_up = False
    """Nothing more will be read: the client has closed its end, or was waited for in vain."""
    asking_since = 0.0
    """When the client began with a request whose head is not there yet (monotonic); 0: it did not."""
    parting_until = 0.0
    """Till when what the client still sends is read away before the connection is closed (monotonic); 0: it goes on."""

    @classmethod
    def taken_from(cls, connection: socket.socket) -> "ImpatientSocket":
        """Take a connection over; the old object is left without one."""
        family, kind, protocol = connection.family, connection.type, connection.proto
        taken = cls(family, kind, protocol, fileno=connection.detach())
        taken.settimeout(0)
        return taken

    def setblocking(self, flag: bool) -> None:
        """Do nothing: whether to wait is decided at each read and write."""

    def begin_request(self) -> None:
        """Have the patience of the beginning: what the client was waited for before is not held against it."""
        self.asking_since, self._credit_s = 0.0, MOST_WAITED_S

    def readable_within(self, wait_s: float) -> bool:
        """Tell whether something can be read, or the client has hung up, before *wait_s* seconds have passed."""
        return self._ready(select.POLLIN, wait_s)

    def arrived(self, size_bytes: int, *, within_s: float) -> bytes | None:
        """Give what has come, *within_s* seconds from now at most; None: nothing yet. Empty: the client has hung up."""
        try:
            return super().recv(size_bytes)
        except BlockingIOError:
            return super().recv(size_bytes) if within_s and self._ready(select.POLLIN, within_s) else None

    def recv(self, *sizes: int) -> bytes:
        """Read what has come; nothing means that the client has hung up or says nothing any more.

        Raises:
            TimeoutError: somebody has set a time of their own, and it is over.
        """
        try:
            found = super().recv(*sizes)
        except BlockingIOError:
            found = super().recv(*sizes) if self._waited_for(select.POLLIN) else b""
            self._earn(len(found))
        self.has_hung_up = self.has_hung_up or not found
        return found

    def sendall(self, *parts: Any) -> None:  # Any: a buffer, and flags
        """Send everything; who takes it too slowly is let go.

        Raises:
            BrokenPipeError: the client takes nothing any more, or next to nothing.
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
            self._earn(sent)
            unsent = memoryview(unsent)[sent:]

    def sendfile(self, file: Any, offset: int = 0, count: int | None = None) -> int:  # Any: as in typeshed
        """Send from an open file, without the bytes passing through Python.

        Raises:
            BrokenPipeError: the client takes nothing any more, or next to nothing.
        """
        source, sent = file.fileno(), 0
        left = os.fstat(source).st_size - offset if count is None else count
        while sent < left:
            try:
                taken = os.sendfile(self.fileno(), source, offset + sent, min(left - sent, _AT_ONCE_BYTES))
            except BlockingIOError:
                self._wait_for_taker()
                continue
            if taken == 0:  # the file is shorter than was said
                break
            self._earn(taken)
            sent += taken
        return sent

    def _wait_for_taker(self) -> None:
        if not self._waited_for(select.POLLOUT):
            raise BrokenPipeError(errno.EPIPE, "the client takes nothing")

    def _waited_for(self, what: int) -> bool:
        """Wait until the client is ready, as long as it may still be waited for; tell whether it is."""
        started = time.monotonic()
        ready = self._ready(what, min(self.patience_s, max(self._credit_s, 0)))
        self._credit_s -= time.monotonic() - started
        return ready

    def _earn(self, size_bytes: int) -> None:
        self._credit_s = min(self._credit_s + size_bytes / SLOWEST_BYTES_PER_S, MOST_WAITED_S)

    def _ready(self, what: int, wait_s: float) -> bool:
        asked = select.poll()
        asked.register(self.fileno(), what)
        return bool(asked.poll(wait_s * 1000))
