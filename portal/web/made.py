"""Lists and pages are made once for each state of the catalogue, and then sent like stored files.

    address, query, Accept, Accept-Language ──▶ kept, and the catalogue as then? ──▶ send (ETag, 304, HEAD, gzip, digest)
                                                   └──no──▶ Flask makes it; it is kept if it is the same for everybody

Only addresses are kept whose answers depend on nothing but the catalogue and the settings; not, for example, the
publishers (a new one has no dataset yet) and rows (there are too many of them). Whoever says who they are (a token,
a cookie) gets an answer of their own.
"""

import re
import threading
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from sqlalchemy.exc import OperationalError
from werkzeug.wrappers import Response

from portal.web.published import PublishedIndex
from portal.web.stored import Encoded, StoredAnswer, packed, send_stored

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_ADDRESS = re.compile(
    r"/|/datasets\.csv|/sitemap\.xml|/feed\.atom|/combinations(?:\.[a-z]+|/[a-z0-9-]+/dcat\.[a-z]+)?"
    r"|/datasets/[a-z0-9][a-z0-9_-]*(?:/v/[1-9][0-9]{0,8})?"
    r"|/api/v1/(?:datasets(?:/[a-z0-9][a-z0-9_-]*/(?:versions|tables(?:/[^/]+)?))?|themes|keywords|places)"
    r"|/api/v1/datasets/[a-z0-9][a-z0-9_-]*(?:/versions/[1-9][0-9]{0,8})?/tables/[^/]+/(?:openapi\.json|snippets(?:/[^/]+)?)"
    r"|/api/docs/[a-z0-9][a-z0-9_-]*(?:/v/[1-9][0-9]{0,8})?/[^/]+"
)
_MAX_KEY_CHARACTERS = 600
"""Of query and headers together; a longer request is answered and its answer forgotten."""

_PERSONAL = frozenset(("HTTP_AUTHORIZATION", "HTTP_COOKIE"))
_OF_THE_REQUEST = frozenset(
    ("HTTP_ACCEPT_ENCODING", "HTTP_RANGE", "HTTP_IF_RANGE", "HTTP_IF_MATCH", "HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE")
)  # fmt: skip
"""What only says how the answer is sent: `send_stored` sees to it."""

_MADE_BY_SENDING = frozenset(
    (
        "cache-control", "last-modified", "vary", "access-control-allow-origin", "access-control-expose-headers",
        "x-content-type-options", "link", "content-type", "content-length", "etag", "repr-digest",
    )
)  # fmt: skip

_Key = tuple[str, str, str, str]


@dataclass(frozen=True)
class _Kept:
    state: tuple[object, ...]
    answer: StoredAnswer

    @property
    def size_bytes(self) -> int:
        return self.answer.identity.size_bytes + (self.answer.gzip.size_bytes if self.answer.gzip else 0)


class MadeAnswers:
    """Stands before an application and keeps what it made, at most *max_bytes* of it; safe for threads."""

    def __init__(self, application: "WSGIApplication", index: PublishedIndex, *, max_bytes: int) -> None:
        self._application = application
        self._index = index
        self._max_bytes = max_bytes
        self._size_bytes = 0
        self._kept: OrderedDict[_Key, _Kept] = OrderedDict()
        self._lock = threading.Lock()

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        key = _key(environ)
        if key is None:
            return self._application(environ, start_response)
        try:
            state = self._index.state  # before the answer is made: what changes meanwhile is made again
        except OperationalError:
            return self._application(environ, start_response)  # which meets it again and makes a problem document
        kept = self._kept.get(key)
        if kept is not None and kept.state == state:
            return send_stored(kept.answer, environ, start_response)
        plain = {name: value for name, value in environ.items() if name not in _OF_THE_REQUEST}
        made = Response.from_app(self._application, {**plain, "REQUEST_METHOD": "GET"}, buffered=True)
        if not _same_for_everybody(made):
            start_response(made.status, list(made.headers))
            return [] if environ["REQUEST_METHOD"] == "HEAD" else [made.get_data()]
        kept = _Kept(state, _as_stored(made))
        self._keep(key, kept)
        return send_stored(kept.answer, environ, start_response)

    def _keep(self, key: _Key, made: _Kept) -> None:
        with self._lock:
            before = self._kept.pop(key, None)
            self._size_bytes += made.size_bytes - (before.size_bytes if before else 0)
            self._kept[key] = made
            while self._size_bytes > self._max_bytes:
                _, dropped = self._kept.popitem(last=False)
                self._size_bytes -= dropped.size_bytes


def _key(environ: "WSGIEnvironment") -> _Key | None:
    """Give what the answer depends on; None: it is not kept."""
    path = environ.get("PATH_INFO", "")
    if (
        not _ADDRESS.fullmatch(path)
        or environ["REQUEST_METHOD"] not in ("GET", "HEAD")
        or not environ.keys().isdisjoint(_PERSONAL)
    ):
        return None
    key = (
        path,
        environ.get("QUERY_STRING", ""),
        environ.get("HTTP_ACCEPT", ""),
        environ.get("HTTP_ACCEPT_LANGUAGE", ""),
    )
    return key if sum(map(len, key)) <= _MAX_KEY_CHARACTERS else None


def _same_for_everybody(made: Response) -> bool:
    headers = made.headers
    return (
        made.status_code == 200
        and "ETag" in headers
        and "Set-Cookie" not in headers
        and headers.get("Cache-Control", "").startswith("public")
        and "Last-Modified" in headers
    )


def _as_stored(made: Response) -> StoredAnswer:
    headers, body = made.headers, made.get_data()
    small = packed(body)
    return StoredAnswer(
        identity=Encoded.in_memory(body),
        gzip=Encoded.in_memory(small) if small is not None else None,
        media_type=headers["Content-Type"],
        modified_at=parsedate_to_datetime(headers["Last-Modified"]),
        cache_control=headers["Cache-Control"],
        links=tuple(headers.getlist("Link")),
        vary=headers["Vary"],
        others=tuple((name, value) for name, value in headers if name.lower() not in _MADE_BY_SENDING),
    )
