"""gunicorn's threaded worker, with two things it lacks: an end to patience, and errors in our shape.

A client that sends or takes no byte for `STALLED_S` is let go: it holds a thread that others wait for. What is no
HTTP request at all is answered with a problem document; what fails inside an answer is logged and told as such.
"""

import errno
import json
import logging
import socket
from typing import Any

from gunicorn.http.errors import (
    ExpectationFailed,
    InvalidResponseHeader,
    InvalidResponseHeaderName,
    LimitRequestHeaders,
    LimitRequestLine,
    ParseException,
)
from gunicorn.workers.gthread import ThreadWorker

STALLED_S = 5
"""A client that sends or takes no byte for so long is let go."""

_log = logging.getLogger(__name__)


class _ImpatientSocket(socket.socket):
    """A socket whose silence is the end of the conversation; gunicorn knows no limit of its own for that."""

    def setblocking(self, flag: bool) -> None:
        self.settimeout(STALLED_S if flag else 0)

    def recv(self, *sizes: int) -> bytes:
        try:
            return super().recv(*sizes)
        except TimeoutError:
            return b""  # as if the client had hung up

    def sendall(self, *parts: Any) -> None:  # Any: buffers
        try:
            super().sendall(*parts)
        except TimeoutError:
            raise BrokenPipeError(errno.EPIPE, "the client takes nothing") from None

    def sendfile(self, file: Any, offset: int = 0, count: int | None = None) -> int:  # Any: as in typeshed
        try:
            return super().sendfile(file, offset, count)
        except TimeoutError:
            raise BrokenPipeError(errno.EPIPE, "the client takes nothing") from None


class PortalWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn ships no types
    """The worker that the portal is served by."""

    def enqueue_req(self, conn: Any) -> None:  # Any: gunicorn's own
        if not isinstance(conn.sock, _ImpatientSocket):
            conn.sock = _ImpatientSocket(fileno=conn.sock.detach())
        super().enqueue_req(conn)

    def handle_quit(self, sig: int, frame: Any) -> None:  # Any: gunicorn's own
        """Stop on Ctrl-C as on SIGTERM; gunicorn's quick way may wait for ever for a lock that it interrupted."""
        self.handle_exit(sig, frame)

    def handle_error(
        self, req: Any, client: socket.socket, addr: Any, exc: BaseException
    ) -> None:  # Any: gunicorn's own
        """Answer what could not be read as HTTP, or what broke on the way to an answer, and end the connection."""
        status, title, detail = _told(exc)
        if status >= 500:
            _log.error("a request failed before it could be answered", exc_info=exc)
        body = json.dumps(
            {
                "type": "/problems/" + ("error" if status >= 500 else "invalid-input"),
                "title": title,
                "status": status,
                "detail": detail,
            }
        )
        head = (
            f"HTTP/1.1 {status} {title}\r\nConnection: close\r\nContent-Type: application/problem+json\r\n"
            f"Content-Length: {len(body)}\r\nCache-Control: no-store\r\nAccess-Control-Allow-Origin: *\r\n\r\n"
        )
        try:
            client.sendall((head + body).encode("ascii"))
        except OSError:
            _log.debug("the client was gone before it could be answered")


def _told(error: BaseException) -> tuple[int, str, str]:
    """Give status, title and detail for what gunicorn met (RFC 9110, 15.5; RFC 6585, 5)."""
    if isinstance(error, LimitRequestLine):
        return 414, "URI Too Long", "The request line is longer than 8190 bytes."
    if isinstance(error, LimitRequestHeaders):
        return (
            431,
            "Request Header Fields Too Large",
            "There are more than 100 header fields, or one is longer than 8190 bytes.",
        )
    if isinstance(error, ExpectationFailed):
        return 417, "Expectation Failed", "This expectation cannot be met; 100-continue can."
    if isinstance(error, ParseException) and not isinstance(error, InvalidResponseHeader | InvalidResponseHeaderName):
        return 400, "Bad Request", "The request could not be read as HTTP/1.1."
    return 500, "Internal Server Error", "This should not have happened; nothing was changed."
