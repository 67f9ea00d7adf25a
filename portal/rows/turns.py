"""Who may ask something costly now: a few at once, some more wait a little, the others are told to come again.

Each question holds a thread of the server while it is answered or waits. Without this, as many costly questions as there
are threads would keep everybody else, who only wants a file, from being answered; and those that run side by side would take
the memory from each other until all of them fail.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from portal.foundation.errors import Busy

AT_ONCE = 4
"""Twice as many as cores are usual: one may wait for the disk."""
WAITING = 12
LONGEST_WAIT_S = 5.0
_RETRY_AFTER_S = 2


class Turns:
    """A door that lets few in at a time; safe for threads."""

    def __init__(
        self, *, at_once: int = AT_ONCE, waiting: int = WAITING, longest_wait_s: float = LONGEST_WAIT_S
    ) -> None:
        self._within = threading.BoundedSemaphore(at_once)
        self._seats = threading.BoundedSemaphore(at_once + waiting)
        self._longest_wait_s = longest_wait_s

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for one's turn.

        Raises:
            Busy: too many wait already, or it takes too long.
        """
        if not self._seats.acquire(blocking=False):
            raise _busy()
        try:
            if not self._within.acquire(timeout=self._longest_wait_s):
                raise _busy()
            try:
                yield
            finally:
                self._within.release()
        finally:
            self._seats.release()


def _busy() -> Busy:
    return Busy(
        "Too many costly queries are waiting; please try again in a moment. Files of whole tables are there all the time.",
        detail_de="Zu viele aufwendige Abfragen warten; bitte gleich noch einmal versuchen. Dateien ganzer Tabellen gibt es jederzeit.",
        retry_after_s=_RETRY_AFTER_S,
    )
