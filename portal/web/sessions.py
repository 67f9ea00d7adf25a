"""The cookie of people who logged in with a browser: signed, for this site only, gone after half a day.

Nobody who only reads gets one. It cannot be used from another site: `SameSite=Lax` keeps browsers from sending it
with what a foreign page posts, and every unsafe request that comes with it must say that it is from here.
"""

from datetime import timedelta
from urllib.parse import urlsplit

from flask import Flask, request, session

from portal.accounts.actor import NOBODY, Actor
from portal.accounts.sessions import actor_of_session, session_mark
from portal.foundation.db import reading
from portal.foundation.errors import Forbidden
from portal.foundation.secret import secret_key
from portal.web.context import portal

LIFETIME = timedelta(hours=12)
"""A working day; then the name and password are asked for again."""

_SAFE = ("GET", "HEAD", "OPTIONS")
_USER, _MARK = "user", "mark"


def register_sessions(app: Flask) -> None:
    """Say how the cookie of *app* looks; over HTTPS its name binds it to this host (RFC 6265bis, 4.1.3.2)."""
    with app.app_context():
        settings = portal().settings
    secure = settings.public_url.startswith("https://")
    app.secret_key = secret_key(settings.data)
    app.permanent_session_lifetime = LIFETIME
    app.config |= {
        "SESSION_COOKIE_NAME": "__Host-session" if secure else "session",
        "SESSION_COOKIE_PATH": "/",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": secure,
        "SESSION_REFRESH_EACH_REQUEST": False,
    }


def begin_session(user_id: int) -> None:
    """Let the browser stay logged in as a user; what the cookie said before is forgotten."""
    with reading(portal().engine) as record:
        mark = session_mark(record, user_id, secret=_secret())
    session.clear()
    session.permanent = True
    session[_USER], session[_MARK] = user_id, mark


def end_session() -> None:
    """Let the browser forget who was logged in."""
    session.clear()


def is_logged_in() -> bool:
    """Tell whether the request came with the cookie of somebody who logged in, valid or not any more."""
    return _USER in session


def actor_of_cookie() -> Actor:
    """Give who logged in with this browser; nobody if there is no such cookie or the session has ended.

    Raises:
        Forbidden: the request would change something and does not say that it comes from this site.
    """
    user_id, mark = session.get(_USER), session.get(_MARK)
    if not isinstance(user_id, int) or not isinstance(mark, str):
        return NOBODY
    if request.method not in _SAFE:
        require_same_origin()
    return actor_of_session(portal().engine, user_id=user_id, mark=mark, secret=_secret())


def require_same_origin() -> None:
    """Let a request pass that a page of this site has sent; `Sec-Fetch-Site` or `Origin` says so.

    Raises:
        Forbidden: it comes from elsewhere, or says nothing about where it comes from.
    """
    fetched_from = request.headers.get("Sec-Fetch-Site")
    if fetched_from is not None:
        here = fetched_from == "same-origin"
    else:
        here = request.headers.get("Origin", "") in (
            request.host_url.rstrip("/"),
            _origin(portal().settings.public_url),
        )
    if not here:
        raise Forbidden(
            "With a cookie, changes are taken only from this site's own pages (Sec-Fetch-Site, Origin); use a token.",
            detail_de="Mit einem Cookie nimmt das Portal Änderungen nur von eigenen Seiten an (Sec-Fetch-Site, Origin); bitte ein Token verwenden.",
        )


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def _secret() -> bytes:
    return secret_key(portal().settings.data)
