"""The headers that every answer made by Flask carries: validators, CORS, security.

Published files have theirs from portal/web/stored.py; this is for lists, pages and errors.
"""

import base64
import hashlib

from flask import Flask, Response, request

from portal.web.context import index, portal
from portal.web.negotiation import HTML
from portal.web.stored import EXPOSED

PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""Pages load nothing but the portal's own style sheet and pictures, and run no script."""

LICENCE_LINK = '<https://www.govdata.de/dl-de/zero-2-0>; rel="license"'
"""What lists and the catalogue itself are under; a dataset's own answers name the dataset's licence."""

_METHODS = "GET, HEAD, OPTIONS"


def register_headers(app: Flask) -> None:
    """Answer preflights and dress every answer of *app*."""
    app.before_request(_preflight)
    app.after_request(_dress)


def _preflight() -> Response | None:
    if request.method != "OPTIONS":
        return None
    headers = {
        "Allow": _METHODS,
        "Access-Control-Allow-Methods": _METHODS,
        "Access-Control-Allow-Headers": "Accept, If-Modified-Since, If-None-Match, Range, X-Request-Id",
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
    """Give an answer made on the spot what stored files have: ETag, Last-Modified, digest, licence; maybe a 304."""
    digest = hashlib.sha256(response.get_data()).digest()
    headers = response.headers
    response.set_etag(digest.hex()[:40])
    headers.setdefault("Cache-Control", "public, no-cache")
    headers.setdefault("Vary", "Accept, Accept-Language")
    headers.setdefault("Link", LICENCE_LINK)
    if "no-store" not in headers["Cache-Control"]:
        modified_at = index().modified_at
        if modified_at is not None:
            response.last_modified = modified_at
        headers["Repr-Digest"] = f"sha-256=:{base64.b64encode(digest).decode('ascii')}:"
        response.make_conditional(request)
