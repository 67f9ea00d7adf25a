"""A stored file as an HTTP answer: conditional requests, ranges, compression, digest; no byte is made here.

If-None-Match / If-Modified-Since   304    RFC 9110, 13
Range (one range), If-Range         206    RFC 9110, 14; several ranges are answered with the whole
Accept-Encoding: gzip               the sibling compressed at release
Repr-Digest                         SHA-256 of what is sent in full   RFC 9530
"""

import base64
import hashlib
import json
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Self

from isal import igzip
from werkzeug.datastructures import Accept
from werkzeug.http import (
    http_date,
    parse_accept_header,
    parse_date,
    parse_etags,
    parse_range_header,
)

from portal.foundation.text import LangString
from portal.web.bodies import Bodies

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

_log = logging.getLogger(__name__)

_IN_MEMORY_BYTES = 4 * 1024 * 1024
"""Smaller files are read at once, which takes half as long; larger ones go out by the server's file wrapper (sendfile)."""

_bodies = Bodies(max_bytes=32 * 1024 * 1024)
"""Blobs never change, so what was read once may stay, for all answers of the process."""

IMMUTABLE = "public, max-age=31536000, immutable"
"""For an address whose bytes never change."""
REVALIDATE = "public, no-cache"
"""For an address that is always current: keep it, but ask before using it."""

_WORTH_COMPRESSING_BYTES = 1_000
"""A smaller answer fits into one packet anyway."""

EXPOSED = (
    "Content-Disposition, Content-Length, Content-Location, Content-Range, ETag, Idempotency-Replayed, Last-Modified, Link, Location, Repr-Digest, Retry-After, "
    "Row-Count, WWW-Authenticate, X-Request-Id"
)


@dataclass(frozen=True)
class Encoded:
    """The bytes of a file in one content encoding."""

    path: Path
    """Where they lie in the store; nowhere if they are in `content`."""
    size_bytes: int
    digest: str
    content: bytes | None = None
    """The bytes themselves, where they were made and not stored (portal/web/made.py)."""

    @classmethod
    def in_memory(cls, content: bytes) -> Self:
        """Give bytes that were made and not stored."""
        return cls(Path(), len(content), hashlib.sha256(content).hexdigest(), content)

    @cached_property
    def repr_digest(self) -> str:
        """The value of `Repr-Digest` (RFC 9530, section 3)."""
        return f"sha-256=:{base64.b64encode(bytes.fromhex(self.digest)).decode('ascii')}:"


def packed(body: bytes) -> bytes | None:
    """Give *body* as gzip, in little time; None: it is too small to be worth it."""
    return igzip.compress(body, compresslevel=1, mtime=0) if len(body) >= _WORTH_COMPRESSING_BYTES else None


@dataclass(frozen=True, kw_only=True)
class StoredAnswer:
    """A file of the store as it is served at one address."""

    identity: Encoded
    gzip: Encoded | None
    media_type: str
    modified_at: datetime
    cache_control: str
    links: tuple[str, ...] = ()
    """Values of the `Link` header."""
    row_count: int | None = None
    file_name: str | None = None
    """Name to save it under; None: browsers show it."""
    vary: str = "Accept-Encoding"
    others: tuple[tuple[str, str], ...] = ()
    """Headers that only this answer has."""
    tag: str | None = None
    """Entity tag, where it follows from the question; None: from the bytes."""

    @cached_property
    def last_modified(self) -> str:
        return http_date(self.modified_at)

    @cached_property
    def common(self) -> list[tuple[str, str]]:
        """The headers that every answer for this file has, 304 included."""
        headers = [
            ("Cache-Control", self.cache_control),
            ("Last-Modified", self.last_modified),
            ("Vary", self.vary),
            ("Access-Control-Allow-Origin", "*"),
            ("Access-Control-Expose-Headers", EXPOSED),
            ("X-Content-Type-Options", "nosniff"),
            *self.others,
        ]
        return headers + ([("Link", ", ".join(self.links))] if self.links else [])

    @cached_property
    def descriptive(self) -> list[tuple[str, str]]:
        """The headers that say what the content is."""
        headers = [("Content-Type", self.media_type), ("Accept-Ranges", "bytes")]
        if self.row_count is not None:
            headers.append(("Row-Count", str(self.row_count)))
        if self.file_name is not None:
            headers.append(("Content-Disposition", f'attachment; filename="{self.file_name}"'))
        return headers

    def head(self, encoded: Encoded) -> list[tuple[str, str]]:
        """Give the headers of the file in one encoding but for those that depend on the part that is sent."""
        return list(self._gzip_head if encoded is self.gzip else self._identity_head)

    @cached_property
    def _identity_head(self) -> tuple[tuple[str, str], ...]:
        return self._head(self.identity)

    @cached_property
    def _gzip_head(self) -> tuple[tuple[str, str], ...]:
        return () if self.gzip is None else (*self._head(self.gzip), ("Content-Encoding", "gzip"))

    def _head(self, encoded: Encoded) -> tuple[tuple[str, str], ...]:
        etag = ("ETag", f'"{self.etag(encoded)}"')
        return (*self.common, etag, *self.descriptive, ("Repr-Digest", encoded.repr_digest))

    def etag(self, encoded: Encoded) -> str:
        """Give the strong entity tag; each encoding has its own (RFC 9110, 8.8.3)."""
        return (self.tag or self.identity.digest[:40]) + ("-gz" if encoded is self.gzip else "")


_CONDITIONAL = frozenset(
    ("HTTP_RANGE", "HTTP_IF_RANGE", "HTTP_IF_MATCH", "HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE")
)
"""Most requests have none of these and want just the whole."""


def send_stored(answer: StoredAnswer, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    """Answer a GET or HEAD request with a stored file, as a WSGI application does."""
    preferred = answer.gzip if answer.gzip and _takes_gzip(environ) else answer.identity
    if environ.keys().isdisjoint(_CONDITIONAL):
        return _send(answer, preferred, None, environ, start_response)
    part = _wanted_part(answer, environ)
    encoded = answer.identity if part else preferred
    headers = [*answer.common, ("ETag", f'"{answer.etag(encoded)}"')]
    if not _matches(answer, environ):
        return refuse(environ, start_response, headers, PRECONDITION_FAILED)
    if _unchanged(answer, environ):
        start_response("304 Not Modified", headers)
        return []
    if part is _OUTSIDE:
        headers.append(("Content-Range", f"bytes */{encoded.size_bytes}"))
        return refuse(environ, start_response, headers, RANGE_OUTSIDE)
    return _send(answer, encoded, part, environ, start_response)


def _send(
    answer: StoredAnswer,
    encoded: Encoded,
    part: tuple[int, int] | None,
    environ: "WSGIEnvironment",
    start_response: "StartResponse",
) -> Iterable[bytes]:
    start, stop = part or (0, encoded.size_bytes)
    try:
        body = [] if environ["REQUEST_METHOD"] == "HEAD" else _body(encoded, start, stop, environ)
    except FileNotFoundError:
        _log.error("the store has lost %s; `portal db rebuild` makes derived files anew", encoded.digest)
        return refuse(environ, start_response, list(answer.common), LOST)
    headers = answer.head(encoded)
    if part:
        headers.append(("Content-Range", f"bytes {start}-{stop - 1}/{encoded.size_bytes}"))
    headers.append(("Content-Length", str(stop - start)))
    start_response("206 Partial Content" if part else "200 OK", headers)
    return body


@dataclass(frozen=True)
class Refusal:
    """Why a stored file is not sent; a problem document like the others (portal/web/problems.py)."""

    status: int
    slug: str
    title: LangString
    detail: LangString


PRECONDITION_FAILED = Refusal(
    412,
    "precondition-failed",
    LangString("Bedingung nicht erfüllt", "Precondition failed"),
    LangString("Die Datei ist nicht die, die If-Match nennt.", "The file is not the one that If-Match names."),
)
LOST = Refusal(
    503,
    "unavailable",
    LangString("Gerade nicht erreichbar", "Unavailable for the moment"),
    LangString("Diese Datei fehlt gerade im Speicher.", "This file is missing from the store at the moment."),
)
RANGE_OUTSIDE = Refusal(
    416,
    "range-not-satisfiable",
    LangString("Bereich liegt außerhalb", "Range not satisfiable"),
    LangString("Der verlangte Bereich liegt außerhalb der Datei.", "The range lies outside the file."),
)


def refuse(
    environ: "WSGIEnvironment", start_response: "StartResponse", headers: list[tuple[str, str]], why: Refusal
) -> Iterable[bytes]:
    """Answer with a problem document instead of the file."""
    told = {tag: {"title": why.title.in_language(tag), "detail": why.detail.in_language(tag)} for tag in ("de", "en")}
    document = {
        "type": f"/problems/{why.slug}",
        **told["en"],
        "status": why.status,
        "instance": environ.get("PATH_INFO", ""),
        "request_id": environ.get("portal.request_id"),
        "translations": told,
    }
    body = json.dumps(document, ensure_ascii=False).encode()
    kept = [(name, value) for name, value in headers if name not in ("Cache-Control", "ETag", "Last-Modified")]
    about = [
        ("Cache-Control", "no-store"),
        ("Content-Type", "application/problem+json"),
        ("Content-Length", str(len(body))),
    ]
    start_response(f"{why.status} {why.title.in_language('en')}", [*kept, *about])
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]


_OUTSIDE = (-1, -1)
"""The range that lies outside the file."""


def _wanted_part(answer: StoredAnswer, environ: "WSGIEnvironment") -> tuple[int, int] | None:
    """Give the first and behind-the-last byte of the range asked for (RFC 9110, 14.1.2); None: the whole is wanted.

    What is no range, or several, is as if it were absent; so is one whose `If-Range` does not hold.
    """
    asked = parse_range_header(environ["HTTP_RANGE"]) if "HTTP_RANGE" in environ else None
    if asked is None or asked.units != "bytes" or len(asked.ranges) != 1 or not _range_holds(answer, environ):
        return None
    start, stop = asked.ranges[0]
    size = answer.identity.size_bytes
    if start < 0:
        return (max(size + start, 0), size) if size else _OUTSIDE
    return (start, size if stop is None else min(stop, size)) if start < size else _OUTSIDE


def _body(encoded: Encoded, start: int, stop: int, environ: "WSGIEnvironment") -> Iterable[bytes]:
    if encoded.content is not None:
        return [encoded.content[start:stop]]
    if stop - start <= _IN_MEMORY_BYTES:
        return [_bodies.part(encoded.path, start, stop)]
    file = encoded.path.open("rb")
    file.seek(start)
    if stop == encoded.size_bytes and "wsgi.file_wrapper" in environ:
        wrapped: Iterable[bytes] = environ["wsgi.file_wrapper"](file, 256 * 1024)
        return wrapped
    return _Part(file, stop - start)


class _Part:
    """A stretch of a file in chunks, closed when the server is done with it."""

    def __init__(self, file: BinaryIO, size_bytes: int) -> None:
        self._file = file
        self._left = size_bytes

    def __iter__(self) -> "_Part":
        return self

    def __next__(self) -> bytes:
        chunk = self._file.read(min(256 * 1024, self._left))
        self._left -= len(chunk)
        if not chunk:
            raise StopIteration
        return chunk

    def close(self) -> None:
        self._file.close()


def _takes_gzip(environ: "WSGIEnvironment") -> bool:
    accepted = environ.get("HTTP_ACCEPT_ENCODING", "").lower()
    return "gzip" in accepted and takes_gzip(accepted)


@lru_cache(maxsize=256)
def takes_gzip(accepted: str) -> bool:
    """Tell whether an `Accept-Encoding` (in lower case) lets gzip in."""
    return len(accepted) <= 1_000 and parse_accept_header(accepted, Accept).quality("gzip") > 0


def _matches(answer: StoredAnswer, environ: "WSGIEnvironment") -> bool:
    """Tell whether `If-Match` is absent or names the file, by strong comparison (RFC 9110, 13.1.1)."""
    if "HTTP_IF_MATCH" not in environ:
        return True
    tags = parse_etags(environ["HTTP_IF_MATCH"])
    return any(tags.contains(answer.etag(one)) for one in (answer.identity, answer.gzip) if one)


def _unchanged(answer: StoredAnswer, environ: "WSGIEnvironment") -> bool:
    if "HTTP_IF_NONE_MATCH" in environ:
        tags = parse_etags(environ["HTTP_IF_NONE_MATCH"])
        return any(tags.contains_weak(answer.etag(one)) for one in (answer.identity, answer.gzip) if one)
    if "HTTP_IF_MODIFIED_SINCE" not in environ:
        return False
    since = parse_date(environ["HTTP_IF_MODIFIED_SINCE"])
    return since is not None and answer.modified_at.replace(microsecond=0) <= since


def _range_holds(answer: StoredAnswer, environ: "WSGIEnvironment") -> bool:
    """Tell whether `If-Range` is absent or names exactly these bytes, by strong comparison (RFC 9110, 13.1.5)."""
    condition = str(environ.get("HTTP_IF_RANGE", "")).strip()
    if not condition:
        return True
    moment = parse_date(condition)
    if moment is not None:
        return moment == answer.modified_at.astimezone(UTC).replace(microsecond=0)
    return condition == f'"{answer.etag(answer.identity)}"'
