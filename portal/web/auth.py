"""Who asks: the actor of a request, from what the request brings along.

    Authorization: Bearer dwt_…       a token                     portal/accounts/tokens.py
    Authorization: Basic …            name and password, slowed   portal/accounts/login.py
    Cookie: session=…                 a browser that logged in    portal/web/sessions.py
    nothing of this                   nobody

It is looked at only where a view asks for the actor: a public address answers the same whatever is sent along, also
with a token that has expired. What was sent is never logged or repeated.
"""

from flask import Flask, Response, g, request
from werkzeug.datastructures import Authorization

from portal.accounts.actor import NOBODY, Actor, ActorKind
from portal.accounts.login import log_in
from portal.accounts.tokens import actor_of
from portal.foundation.clock import now
from portal.foundation.errors import Unauthenticated
from portal.foundation.secret import secret_key
from portal.web.context import portal
from portal.web.sessions import actor_of_cookie

_MAX_CHARS = 4_000
"""No name with password is longer, and no token."""


def register_auth(app: Flask) -> None:
    """Keep answers that depend on who asks out of every cache. To be called after `register_headers`, which dresses last."""
    app.after_request(_keep_private)


def current_actor() -> Actor:
    """Give who asks; nobody, if the request brings nothing along. Looked up once per request.

    Raises:
        Unauthenticated: what it brings along is wrong, has expired, or is none of what the portal takes.
        TooManyAttempts: too many wrong passwords before.
        Forbidden: it brings a cookie and comes from another site.
    """
    g.answer_depends_on_actor = True
    if "actor" not in g:
        g.actor = _authenticated()
    actor: Actor = g.actor
    return actor


def someone() -> Actor:
    """Give who asks, if it is anybody: for what concerns the actor alone. What they may do is the services' to say.

    Raises:
        Unauthenticated: nobody asks, or as `current_actor` says.
    """
    actor = current_actor()
    if actor.kind is ActorKind.NOBODY:
        raise Unauthenticated(
            "This is not for everyone; please log in or send a token.",
            detail_de="Das ist nicht für alle; bitte anmelden oder ein Token senden.",
        )
    return actor


def log_in_here(name: str, password: str) -> Actor:
    """Give the person with a login name and password; failures are counted for the client's network.

    Raises:
        Unauthenticated: name or password is wrong.
        TooManyAttempts: too many failures before.
    """
    secret = secret_key(portal().settings.data)
    return log_in(
        portal().engine, name=name, password=password, address=request.remote_addr or "", secret=secret, at=now()
    )


def challenges(*, wrong: bool) -> str:
    """Give `WWW-Authenticate` for a 401 (RFC 9110, 11.6.1); *wrong*: something was sent, and it did not do.

    Browsers are not offered Basic: they would ask for a password with a window of their own; there is `/login`.
    """
    bearer = 'Bearer realm="Datenwerkstatt"' + (', error="invalid_token"' if wrong else "")
    browser = "Sec-Fetch-Site" in request.headers or not request.path.startswith("/api/")
    return bearer if browser else f'{bearer}, Basic realm="Datenwerkstatt", charset="UTF-8"'


def brings_credentials() -> bool:
    """Tell whether the request says who sends it."""
    return bool(request.headers.get("Authorization", "").strip())


def _authenticated() -> Actor:
    if not brings_credentials():
        return actor_of_cookie()
    given = _sent()
    if given is None or len(request.headers["Authorization"]) > _MAX_CHARS:
        raise _refused()
    if given.type == "bearer" and given.token:
        return actor_of(portal().engine, given.token, at=now())
    if given.type == "basic":
        return _by_password(given)
    raise _refused()


def _sent() -> Authorization | None:
    """Read the header; None: it is nothing that can be read."""
    try:
        return request.authorization
    except ValueError:  # Werkzeug lets it through where Base64 is expected
        return None


def _by_password(given: Authorization) -> Actor:
    name, password = given.username, given.password
    if name is None or password is None:
        raise _refused()
    return log_in_here(name, password)


def _refused() -> Unauthenticated:
    return Unauthenticated(
        "The portal takes `Authorization: Bearer` with a token, or `Basic` with name and password.",
        detail_de="Das Portal nimmt `Authorization: Bearer` mit einem Token oder `Basic` mit Name und Passwort.",
    )


def _keep_private(response: Response) -> Response:
    if g.get("answer_depends_on_actor"):
        response.vary.update(("Authorization", "Cookie"))
        if g.get("actor", NOBODY).kind is not ActorKind.NOBODY:
            kept = response.headers.get("Cache-Control", "")
            if not kept or "public" in kept:
                response.headers["Cache-Control"] = "no-store"
    return response
