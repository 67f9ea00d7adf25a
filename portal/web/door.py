"""The first thing a request meets: published files leave here, the rest goes on to Flask.

A read of a published file is a lookup and a send; routing, sessions and templates would cost more than the answer.
This is a WSGI middleware, so that tests and servers alike go through it.
"""

import os
import re
import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import OperationalError

from portal.foundation.errors import PortalError
from portal.web.access_log import AccessLog
from portal.web.made import MadeAnswers
from portal.web.published import PublishedIndex
from portal.web.stored import StoredAnswer, send_stored

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_MADE_BYTES = 16 * 1024 * 1024
"""Lists and pages that are kept in memory."""

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


class PublishedDoor:
    """Answers GET and HEAD of published files itself; gives every request an id and a line in the log.

    The line does not name the client's address: nobody is tracked here.
    """

    def __init__(self, application: "WSGIApplication", index: PublishedIndex, *, access_log: bool) -> None:
        self._made = MadeAnswers(application, index, max_bytes=_MADE_BYTES)
        self._index = index
        self._log = AccessLog() if access_log else None

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        started = time.perf_counter()
        given = environ.get("HTTP_X_REQUEST_ID", "")
        request_id = given if given and _REQUEST_ID.fullmatch(given) else os.urandom(8).hex()
        environ["portal.request_id"] = request_id

        def start(
            status: str, headers: list[tuple[str, str]], exc_info: Any = None
        ) -> Callable[[bytes], object]:  # Any: PEP 3333
            headers.append(("X-Request-Id", request_id))
            if self._log is not None:
                self._log.line(
                    request_id=request_id,
                    method=environ["REQUEST_METHOD"],
                    path=environ.get("PATH_INFO", "")[:500],
                    status=status[:3],
                    size_bytes=_content_length(headers),
                    took_s=time.perf_counter() - started,
                )
            return start_response(status, headers, exc_info) if exc_info else start_response(status, headers)

        found = self._stored(environ)
        return self._made(environ, start) if found is None else send_stored(found, environ, start)

    def _stored(self, environ: "WSGIEnvironment") -> StoredAnswer | None:
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            return None
        try:
            return self._index.resolve(
                environ.get("PATH_INFO", ""), environ.get("QUERY_STRING", ""), environ.get("HTTP_ACCEPT", "")
            )
        except (PortalError, OperationalError):
            return None  # Flask's own route meets it again and turns it into a problem document


def _content_length(headers: list[tuple[str, str]]) -> str | None:
    for name, value in headers:
        if name == "Content-Length":
            return value
    return None
