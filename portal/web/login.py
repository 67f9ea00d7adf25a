"""Logging in and out with a browser: a form for name and password and, if the operator has one, the way to a provider.

GET  /login                  the form, or who is logged in
POST /login                  name and password            portal/accounts/login.py
GET  /login/oidc  …/callback OpenID Connect               portal/web/oidc.py, loaded only where it is set up
POST /logout
"""

from importlib import import_module

from flask import Blueprint, Flask, Response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from portal.accounts.actor import ActorKind
from portal.accounts.users import User
from portal.foundation.db import reading
from portal.foundation.errors import PortalError, TooManyAttempts, Unauthenticated
from portal.web.auth import challenges, log_in_here
from portal.web.context import portal, told
from portal.web.sessions import actor_of_cookie, begin_session, end_session, require_same_origin

login = Blueprint("login", __name__)

AFTER_LOGIN = "/login"
"""Where a login leads that did not say where from: the page that says who one is."""


def register_login(app: Flask) -> None:
    """Put logging in into *app*; the provider's part takes a quarter of a second to load, so only where there is one."""
    app.register_blueprint(login)
    with app.app_context():
        settings = portal().settings
    if settings.oidc_issuer:
        import_module("portal.web.oidc").register_oidc(app)


@login.get("/login")
def form() -> Response:
    """Show the form, or who is logged in."""
    actor = actor_of_cookie()
    name = None
    if actor.kind is ActorKind.PERSON:
        with reading(portal().engine) as session:
            name = session.get_one(User, actor.user_id).display_name
    return _page(name=name)


@login.post("/login")
def log_in_with_password() -> AnyResponse:
    """Log in by name and password; a wrong one shows the form again."""
    require_same_origin()
    try:
        actor = log_in_here(request.form.get("name", ""), request.form.get("password", ""))
    except (Unauthenticated, TooManyAttempts) as error:
        return _page(error=error)
    assert actor.user_id is not None
    begin_session(actor.user_id)
    return redirect(local(request.form.get("next", "")), 303)


@login.post("/logout")
def log_out() -> AnyResponse:
    """Let the browser forget who was logged in."""
    require_same_origin()
    end_session()
    return redirect("/", 303)


def local(address: str) -> str:
    """Give *address* if it lies on this site, else where every login leads: nobody is sent elsewhere from here.

    Browsers read a backslash as a slash and pass over control characters (WHATWG URL, 4.4), so neither is let in.
    """
    inside = address.startswith("/") and not address.startswith("//") and "\\" not in address and address.isprintable()
    return address if inside else AFTER_LOGIN


def _page(*, name: str | None = None, error: PortalError | None = None) -> Response:
    where = request.values.get("next", "")
    body = render_template(
        "login.html", name=name, next=local(where) if where else "", complaint=told(error.detail) if error else None
    )
    response = Response(body, status=error.status if error else 200)
    response.headers["Cache-Control"] = "no-store"
    if isinstance(error, Unauthenticated):
        response.headers["WWW-Authenticate"] = challenges(wrong=False)
    if isinstance(error, TooManyAttempts):
        response.headers["Retry-After"] = str(error.facts["retry_after_s"])
    return response
