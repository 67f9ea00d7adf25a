"""How a connection begins and ends without anybody waiting for it: the head of a request gathered, the last bytes read away.

    bytes come ──▶ head_is_there ──yes──▶ a thread reads the request and answers
        ▲               └──no──▶ the poller waits for more, HEAD_S at most
        └──────────────────────────────┘

A thread is given to a request when its head has come, not before: whoever sends it in crumbs holds a connection and not one
of the few threads. gunicorn says goodbye in the one thread that accepts connections and lets it wait two seconds
for a client that does not hang up; here the thread that answered does it, and waits only if there may be something to wait for.
"""

import re
import time
from typing import Any

from gunicorn.http.body import LengthReader
from gunicorn.util import close, close_graceful

HEAD_S = 15.0
"""So long may the head of a request take from first byte to last; five seconds of silence are its end anyway."""

_HEAD_BYTES = 16 * 1024
"""Longer heads, which only nonsense has, are left to the thread that refuses them."""

_BARE_LINE_FEED = re.compile(rb"(?<!\r)\n")
"""No HTTP (RFC 9112, 2.2): that can be said at once."""

Connection = Any
"""gunicorn's own, whose socket is an `ImpatientSocket`; gunicorn ships no types."""


def head_is_there(connection: Connection, *, linger_s: float) -> bool:
    """Read what has come of a request, *linger_s* later at most; tell whether a thread can begin with it."""
    unreader, sock = connection.parser.unreader, connection.sock
    said: bytes = unreader.take_buffered()
    while not (is_there := _is_enough(said)):
        more = sock.arrived(_HEAD_BYTES, within_s=linger_s)
        linger_s = 0
        if not more:
            sock.has_hung_up = is_there = more is not None  # the reader of the request will meet the end
            break
        said += more
    unreader.unread(said)
    sock.asking_since = 0.0 if is_there else sock.asking_since or time.monotonic()
    return is_there


def is_in_time(connection: Connection) -> bool:
    """Tell whether the head of a request may still be waited for."""
    return bool(time.monotonic() - connection.sock.asking_since < HEAD_S)


def part_from(connection: Connection) -> None:
    """Close a connection; of a request that was not read to its end the rest first, lest the answer be lost (RFC 9112, 9.6)."""
    request, sock = connection.parser.mesg, connection.sock
    reader = request.body.reader if request else None
    if sock.has_hung_up or (isinstance(reader, LengthReader) and reader.length == 0):
        close(sock)
    else:
        close_graceful(sock)


def _is_enough(said: bytes) -> bool:
    return b"\r\n\r\n" in said or len(said) >= _HEAD_BYTES or _BARE_LINE_FEED.search(said) is not None
