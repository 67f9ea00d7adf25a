"""How a connection begins and ends without anybody waiting for it: the head of a request gathered, the last bytes read away.

    bytes come ──▶ head_is_there ──yes──▶ a thread reads the request and answers
        ▲               └──no──▶ the poller waits for more, HEAD_S at most
        └──────────────────────────────┘

    last answer ──▶ has_parted ──yes──▶ closed
        ▲               └──no──▶ the poller waits for the rest, or for the client to hang up, PARTING_S at most
        └──────────────────────────────┘

A thread is given to a request when its head has come, not before: whoever sends it in crumbs holds a connection and not one
of the few threads. Nor does goodbye hold one: gunicorn would wait two seconds for a client that does not hang up.
"""

import re
import socket
import struct
import time
from typing import Any

from gunicorn.http.body import LengthReader
from gunicorn.http.errors import LimitRequestHeaders, LimitRequestLine
from gunicorn.util import close

from portal.web.wire import Answer

HEAD_S = 15.0
"""So long may the head of a request take from first byte to last; five seconds of silence are its end anyway."""

PARTING_S = 2.0
"""So long is what a client still sends after its last answer read away."""

HEAD_BYTES = 32 * 1024
"""Longer heads, which only nonsense has, are refused."""
REQUEST_LINE_BYTES = 8190

_AT_ONCE_BYTES = 16 * 1024

_RESET = struct.pack("ii", 1, 0)
"""To linger for no second: closing resets the connection."""

_BARE_LINE_FEED = re.compile(rb"(?<!\r)\n")
"""No HTTP (RFC 9112, 2.2): that can be said at once."""

Connection = Any
"""gunicorn's own, whose socket is an `ImpatientSocket`; gunicorn ships no types."""


def head_is_there(connection: Connection, *, linger_s: float) -> bool:
    """Read what has come of a request, *linger_s* later at most; tell whether a thread can begin with it.

    Raises:
        LimitRequestLine, LimitRequestHeaders: too much has come, and still no end of the head.
    """
    unreader, sock = connection.parser.unreader, connection.sock
    said: bytes = unreader.take_buffered()
    while not (is_there := _is_enough(said)):
        more = sock.arrived(_AT_ONCE_BYTES, within_s=linger_s)
        linger_s = 0
        if not more:
            sock.has_hung_up = is_there = more is not None  # the reader of the request will meet the end
            break
        said += more
    unreader.unread(said)
    if is_there:
        sock.begin_request()
    else:
        sock.asking_since = sock.asking_since or time.monotonic()
    return is_there


def is_in_time(connection: Connection) -> bool:
    """Tell whether the head of a request may still be waited for."""
    return bool(time.monotonic() - connection.sock.asking_since < HEAD_S)


def has_parted(connection: Connection) -> bool:
    """Close a connection; tell whether that is done, or what the client still sends has to be read away first.

    To close what has not been read to its end would lose the answer on its way (RFC 9112, 9.6).
    """
    sock = connection.sock
    more = _surplus(sock)
    if more == b"" or (more is None and _is_read(connection)) or 0 < sock.parting_until < time.monotonic():
        close(sock)
        return True
    if not sock.parting_until:
        sock.parting_until = time.monotonic() + PARTING_S
        connection.parser.unreader.take_buffered()
        sock.shutdown(socket.SHUT_WR)
    return False


def break_off(connection: Connection, answer: Answer) -> None:
    """See to it that an answer that failed on its way is no whole one to the client.

    Where nothing else says how long it is, as with HTTP/1.0, the end of the connection would be its end (RFC 9112, 6.3).
    """
    if answer.headers_sent and not answer.chunked and answer.response_length is None:
        connection.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        close(connection.sock)


def _surplus(sock: Any) -> bytes | None:  # Any: an `ImpatientSocket`
    try:
        return b"" if sock.has_hung_up else sock.arrived(_AT_ONCE_BYTES, within_s=0)
    except OSError:
        return b""


def _is_read(connection: Connection) -> bool:
    """Tell whether the last request was read to its end, and nothing came after it."""
    request = connection.parser.mesg
    reader = request.body.reader if request else None
    return not connection.sock.parting_until and isinstance(reader, LengthReader) and reader.length == 0


def _is_enough(said: bytes) -> bool:
    if b"\r\n\r\n" in said or _BARE_LINE_FEED.search(said) is not None:
        return True
    if len(said) < HEAD_BYTES:
        return False
    if b"\r\n" not in said[:REQUEST_LINE_BYTES]:
        raise LimitRequestLine(len(said), REQUEST_LINE_BYTES)
    raise LimitRequestHeaders("limit request head size")
