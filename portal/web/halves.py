"""The application in two halves: what reads is there when the server starts, the whole when it is first asked for.

    request ──▶ where people look after data? ──no──▶ the reading half
                     └─yes─▶ an address and method of the reading half all the same? ──yes──▶ the reading half
                                                                └──no──▶ the whole (made now, if nobody asked before)

Hardly any request is more than reading; what looks after data needs half a second to load and tens of megabytes. The whole
has all addresses, so that methods that are not allowed and addresses that are not there are told by one who knows them all;
robots that try what is nowhere do not have it made.
"""

import threading
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from flask import Flask

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

SHARED = ("/api/v1/", "/login", "/logout", "/jobs")
"""What the addresses begin with that only the whole has; of all others the reading half knows everything."""

_READING = ("GET", "HEAD")
"""Methods that the reading half may have for such an address; which others there are, `OPTIONS` asks the whole."""


class Halves:
    """Hands requests to the half that answers them; safe for threads."""

    def __init__(self, reading: Flask, make_whole: Callable[[], Flask]) -> None:
        """Take the reading half with all its addresses registered."""
        self._reading = reading.wsgi_app
        self._addresses = reading.url_map.bind("portal")
        self._make_whole = make_whole
        self._whole: Flask | None = None
        self._lock = threading.Lock()

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        answers = self._reading if self._reads(environ) else self.whole.wsgi_app
        return answers(environ, start_response)

    @property
    def whole(self) -> Flask:
        """Give the application with all addresses; who asks first waits until it is made."""
        if self._whole is None:
            with self._lock:
                self._whole = self._whole or self._make_whole()
        return self._whole

    def _reads(self, environ: "WSGIEnvironment") -> bool:
        method: str = environ["REQUEST_METHOD"]
        path: str = environ.get("PATH_INFO", "").encode("latin-1").decode(errors="replace")  # PEP 3333, Unicode Issues
        return not path.startswith(SHARED) or (method in _READING and self._addresses.test(path, method))
