"""The headers that every answer made by Flask carries: validators, CORS, security.

Published files have theirs from portal/web/stored.py; this is for lists, pages and errors.
"""

import base64
import hashlib
from datetime import datetime

from flask import Flask, Response, g, request
from flask.globals import request_ctx
from sqlalchemy.exc import OperationalError

from portal.web.context import index, portal
from portal.web.links import API_CATALOG_LINK
from portal.web.negotiation import HTML
from portal.web.problems import problem
from portal.web.stored import EXPOSED, PRECONDITION_FAILED, packed, takes_gzip

PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""Pages load nothing but the portal's own style sheet and pictures, and run no script."""

LICENCE_LINK = '<https://www.govdata.de/dl-de/zero-2-0>; rel="license"'
"""What lists and the catalogue itself are under; a dataset's own answers name the dataset's licence."""

_TAG = "tag_of_the_answer"

_SENT_FROM_PAGES = (
    "Accept, Authorization, Content-Type, Idempotency-Key, If-Match, If-Modified-Since, If-None-Match, If-Range, Prefer, Range, "
    "X-CKAN-API-Key, X-Request-Id"
)
"""What scripts on pages of other origins may send; `*` would not cover `Authorization` (Fetch, 3.3.4)."""


def register_headers(app: Flask) -> None:
    """Answer preflights and dress every answer of *app*."""
    app.before_request(_preflight)
    app.after_request(_dress)


def tag_answer(tag: str) -> None:
    """Say by which entity tag the answer being made goes, where that is known before it is made."""
    setattr(g, _TAG, tag)


def _preflight() -> Response | None:
    if request.method != "OPTIONS":
        return None
    methods = (
        ", ".join(sorted(request_ctx.url_adapter.allowed_methods()) if request_ctx.url_adapter else ()) or "OPTIONS"
    )
    headers = {
        "Allow": methods,
        "Access-Control-Allow-Methods": methods,
        "Access-Control-Allow-Headers": _SENT_FROM_PAGES,
        "Access-Control-Max-Age": "86400",
    }
    return Response(status=204, headers=headers)


def _dress(response: Response) -> Response:
    headers = response.headers
    headers.setdefault("Access-Control-Allow-Origin", "*")
    headers.setdefault("Access-Control-Expose-Headers", EXPOSED)
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "no-referrer")
    headers.setdefault(
        "Content-Security-Policy", PAGE_POLICY if response.mimetype == HTML else "default-src 'none'; sandbox"
    )
    if portal().settings.public_url.startswith("https://"):
        headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    if (
        response.status_code == 200
        and request.method in ("GET", "HEAD")
        and not response.is_streamed
        and "ETag" not in headers
    ):
        _add_validators(response)
    return response


def _add_validators(response: Response) -> None:
    """Give an answer made on the spot what stored files have: compression, ETag, digest, licence; maybe a 304 or 412."""
    tag: str = g.get(_TAG) or body_tag(response)
    response.set_etag(tag + ("-gz" if _compress(response) else ""))
    headers = response.headers
    headers.setdefault("Cache-Control", "public, no-cache")
    response.vary.update(("Accept", "Accept-Encoding", "Accept-Language"))
    if "no-store" in headers["Cache-Control"]:
        return
    headers.setdefault("Link", f"{LICENCE_LINK}, {API_CATALOG_LINK}")
    response.last_modified = response.last_modified or _modified_at()
    digest = hashlib.sha256(response.get_data()).digest()
    headers["Repr-Digest"] = f"sha-256=:{base64.b64encode(digest).decode('ascii')}:"
    matches = "If-Match" not in request.headers or request.if_match.contains(response.get_etag()[0] or "")
    response.make_conditional({name: value for name, value in request.environ.items() if name != "HTTP_IF_MATCH"})
    if not matches:
        response.status_code = 412
        refused = problem(PRECONDITION_FAILED.slug, PRECONDITION_FAILED.detail, {})
        response.set_data(refused.get_data())
        for name in ("ETag", "Last-Modified", "Repr-Digest", "Content-Encoding"):
            headers.pop(name, None)
        headers["Content-Type"], headers["Cache-Control"] = refused.content_type, "no-store"


def body_tag(response: Response) -> str:
    """Give the entity tag of an answer as it is before compression."""
    return hashlib.sha256(response.get_data()).hexdigest()[:40]


def _compress(response: Response) -> bool:
    """Compress the body if the client takes gzip and it pays; tell whether it was done."""
    small = packed(response.get_data()) if takes_gzip(request.headers.get("Accept-Encoding", "").lower()) else None
    if small is None:
        return False
    response.set_data(small)
    response.headers["Content-Encoding"] = "gzip"
    return True


def _modified_at() -> datetime | None:
    """Give when the catalogue last changed; None: it is empty, or the database is away (then there is an answer to send all the same)."""
    try:
        return index().modified_at
    except OperationalError:
        return None
