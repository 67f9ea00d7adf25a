"""An answer as it goes over the wire: head and body in one piece, header lines checked once.

gunicorn's own response checks every header of every answer by three regular expressions and sends head and body one
after the other. Most of our headers are the same from answer to answer, and most bodies are small.
"""

import socket
import time
from email.utils import formatdate
from functools import lru_cache
from typing import Any

from gunicorn.http.errors import InvalidResponseHeader, InvalidResponseHeaderName
from gunicorn.http.message import TOKEN_RE
from gunicorn.http.wsgi import HEADER_VALUE_RE, Response
from gunicorn.util import hop_headers

_IN_ONE_PIECE_BYTES = 64 * 1024
"""Copying so many bytes behind their head is cheaper than a second call of the system."""

_MORE_FOLLOWS = getattr(socket, "MSG_MORE", 0)
"""Lets the head wait for the first bytes of a file (Linux only)."""

_KEPT_LINES = 4096
_KEPT_LINE_CHARACTERS = 1000
"""Longer lines are checked every time: what is kept must not grow with what clients make up."""

_LENGTH_OF_CONTENT_LENGTH = len("content-length")
"""Asked first, because it is cheaper than to compare names without regard to case."""


class Answer(Response):  # type: ignore[misc]  # gunicorn ships no types
    """gunicorn's response, with other ways to make the head and to send it."""

    headers_sent: bool

    def process_headers(self, headers: list[tuple[str, str]]) -> None:
        """Take the headers of the application; those about the connection are the server's business.

        Raises:
            InvalidResponseHeaderName, InvalidResponseHeader: see `_checked`.
        """
        for name, value in headers:
            line = _line(name, value) if len(value) <= _KEPT_LINE_CHARACTERS else _checked(name, value)
            if not line:
                continue
            if len(name) == _LENGTH_OF_CONTENT_LENGTH and name.lower() == "content-length":
                self.response_length = int(value)
            self.headers.append((name, line))

    def send_headers(self) -> None:
        """Send the head if it was not; where a body follows, the two may share a packet."""
        if not self.headers_sent:
            bodiless = self._omits_body or self.response_length == 0
            self.sock.sendall(self._head(), 0 if bodiless else _MORE_FOLLOWS)
            self.headers_sent = True

    def write(self, arg: bytes) -> None:
        """Send a part of the body; with the head if it is the whole and small."""
        if self.headers_sent or self._omits_body or not self._is_small_whole(arg):
            super().write(arg)
            return
        self.sock.sendall(self._head() + arg)
        self.headers_sent, self.sent = True, len(arg)

    def _is_small_whole(self, part: bytes) -> bool:
        return isinstance(part, bytes) and len(part) == self.response_length and len(part) <= _IN_ONE_PIECE_BYTES

    def _head(self) -> bytes:
        major, minor = self.req.version
        first = (
            f"HTTP/{major}.{minor} {self.status}\r\nServer: {self.version}\r\nDate: {_date(int(time.time()))}\r\n"
            f"Connection: {'close' if self.should_close() else 'keep-alive'}\r\n"
        )
        last = "Transfer-Encoding: chunked\r\n\r\n" if self.chunked else "\r\n"
        return "".join([first, *[line for _, line in self.headers], last]).encode("latin-1")


@lru_cache(maxsize=2)
def _date(seconds: int) -> str:
    return formatdate(seconds, usegmt=True)


def _checked(name: Any, value: Any) -> str:  # Any: an application may give anything
    """Give the line of a header; none for what is about the connection.

    Raises:
        InvalidResponseHeaderName: the name is no token (RFC 9110, 5.1).
        InvalidResponseHeader: the value has characters that would begin another line (RFC 9110, 5.5).
    """
    if not TOKEN_RE.fullmatch(name):
        raise InvalidResponseHeaderName(repr(name))
    if not HEADER_VALUE_RE.fullmatch(value):
        raise InvalidResponseHeader(repr(name))
    if name.lower() in hop_headers:
        return ""
    return f"{name}: {value.strip()}\r\n"


_line = lru_cache(maxsize=_KEPT_LINES)(_checked)
