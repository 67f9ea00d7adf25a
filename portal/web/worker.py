"""gunicorn's threaded worker, quicker with small answers, and with three things it lacks: an end to patience, threads that no
stranger can hold, and errors in our shape.

A client that sends or takes next to nothing is let go (sockets.py), and what it takes its time to ask holds no thread
(connections.py). What is no HTTP request at all is answered with a problem document; what fails inside an answer is logged and told as such.

    accept ──▶ thread: read, answer ──▶ next request within LINGER_S? ──yes──▶ the same thread answers it
      poller ──▶ ▲                                └──no, or others wait──▶ back to the poller until it comes
"""

import json
import logging
import socket
import time
from collections.abc import Iterable
from typing import Any

from gunicorn.glogging import Logger
from gunicorn.http.body import LengthReader
from gunicorn.http.errors import (
    ExpectationFailed,
    InvalidResponseHeader,
    InvalidResponseHeaderName,
    LimitRequestHeaders,
    LimitRequestLine,
    ParseException,
)
from gunicorn.http.wsgi import FileWrapper, create
from gunicorn.workers.gthread import _DEFER, ThreadWorker

from portal.web.connections import HEAD_BYTES, break_off, has_parted, head_is_there, is_in_time
from portal.web.sockets import ImpatientSocket
from portal.web.wire import Answer

LINGER_S = 0.002
"""A thread waits this long for the next request of its client while nobody else wants it: passing a connection to the
poller and back costs as much as a small answer."""

_REST_S = 0.2
"""A body that nobody read may take so long to come to its end; then the connection ends with its answer."""

_log = logging.getLogger(__name__)


class QuietLogger(Logger):  # type: ignore[misc]  # gunicorn ships no types
    """gunicorn's log without its access lines: ours are written by the door (portal/web/door.py).

    gunicorn would gather forty facts for every line, even where its access log goes nowhere.
    """

    def access(self, resp: Any, req: Any, environ: Any, request_time: Any) -> None:  # Any: gunicorn's own
        """Write nothing."""


class PortalWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn ships no types
    """The worker that the portal is served by."""

    def enqueue_req(self, conn: Any) -> None:  # Any: gunicorn's own
        if not isinstance(conn.sock, ImpatientSocket):
            conn.sock = ImpatientSocket.taken_from(conn.sock)
        super().enqueue_req(conn)

    def handle(self, conn: Any) -> Any:  # Any: gunicorn's own
        """Answer a request, and those that follow at once on the same connection."""
        conn.init()
        result = not conn.sock.parting_until and self._handled(conn)
        while result is True and self._asks_again(conn):
            result = self._handled(conn)
        return result or (False if has_parted(conn) else _DEFER)

    def _handled(self, conn: Any) -> Any:  # Any: gunicorn's own
        """Answer a request; one whose head is not there yet is the poller's to wait for."""
        try:
            if head_is_there(conn, linger_s=LINGER_S):
                return super().handle(conn)
        except (LimitRequestLine, LimitRequestHeaders) as error:
            self.handle_error(None, conn.sock, conn.client, error)
            return False
        return _DEFER if self.alive and is_in_time(conn) else False

    def _asks_again(self, conn: Any) -> bool:  # Any: gunicorn's own
        """Tell whether the client sends its next request before anybody else needs the thread."""
        waiting = self.tpool._work_queue  # the pool does not tell otherwise whether somebody waits
        if not self.alive or not waiting.empty() or conn.parser.unreader.buf.getvalue():
            return False
        return bool(conn.sock.readable_within(LINGER_S))

    def handle_request(self, req: Any, conn: Any) -> bool:  # Any: gunicorn's own
        """Have the application answer; tell whether the connection may go on.

        Raises:
            StopIteration: the answer broke off in the middle; nothing more can be said on this connection.
        """
        answer, environ = create(req, conn.sock, conn.client, conn.server, self.cfg, response_class=Answer)
        environ["wsgi.multithread"] = True
        if not self.alive or len(self.keepalived_conns) >= self.max_keepalived:
            answer.force_close()
        try:
            _send(answer, self.wsgi(environ, answer.start_response))
        except OSError:
            break_off(conn, answer)
            raise
        except Exception:
            if not answer.headers_sent:
                raise
            _log.exception("an answer broke off")
            break_off(conn, answer)
            raise StopIteration from None
        return not answer.should_close()

    def _keepalive_after(self, conn: Any, keepalive: bool) -> bool:  # Any: gunicorn's own
        """Tell whether the connection can go on; a body that nobody read is read away first.

        Where a body did not come whole, its rest must not be taken for the next request.
        """
        if not keepalive or conn.sock.has_hung_up:
            return False
        reader = conn.parser.mesg.body.reader
        if isinstance(reader, LengthReader) and reader.length == 0:
            conn.parser.mesg = None  # there is nothing to read away, now or before the next request
            return True
        return bool(conn.parser.finish_body(deadline=time.monotonic() + _REST_S)) and not conn.sock.has_hung_up

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


def _send(answer: Answer, body: Iterable[bytes]) -> None:
    try:
        if isinstance(body, FileWrapper):
            answer.write_file(body)
        else:
            for part in body:
                answer.write(part)
        answer.close()
    finally:
        if hasattr(body, "close"):
            body.close()


def _told(error: BaseException) -> tuple[int, str, str]:
    """Give status, title and detail for what gunicorn met (RFC 9110, 15.5; RFC 6585, 5)."""
    if isinstance(error, LimitRequestLine):
        return 414, "URI Too Long", "The request line is longer than 8190 bytes."
    if isinstance(error, LimitRequestHeaders):
        return (
            431,
            "Request Header Fields Too Large",
            f"There are more than 100 header fields, one is longer than 8190 bytes, or all together are than {HEAD_BYTES}.",
        )
    if isinstance(error, ExpectationFailed):
        return 417, "Expectation Failed", "This expectation cannot be met; 100-continue can."
    if isinstance(error, ParseException) and not isinstance(error, InvalidResponseHeader | InvalidResponseHeaderName):
        return 400, "Bad Request", "The request could not be read as HTTP/1.1."
    return 500, "Internal Server Error", "This should not have happened; nothing was changed."
