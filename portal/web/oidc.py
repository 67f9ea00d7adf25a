"""Logging in by an OpenID Connect provider: authorisation code flow with PKCE, by Authlib.

    /login/oidc ──302──▶ provider ──302──▶ /login/oidc/callback ──code, verifier──▶ provider
                state, nonce, S256          state compared                          ID token: signature, issuer,
                in the signed cookie                                                audience, nonce, time

The provider is asked for its addresses and keys at the first login, not at start. Somebody is recognised by issuer and
subject (portal/accounts/identities.py). Sources: OpenID Connect Core 1.0, 3.1; Discovery 1.0, 4.3; RFC 7636; RFC 9700.
"""

from typing import Any, cast

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.flask_client import OAuth
from flask import Blueprint, Flask, current_app, redirect, request, session
from joserfc.errors import JoseError
from requests import RequestException
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response as AnyResponse

from portal.accounts.identities import Claims, user_of
from portal.foundation.clock import now
from portal.foundation.db import transaction
from portal.foundation.errors import ProviderFailed, Unauthenticated
from portal.web.context import portal
from portal.web.login import local
from portal.web.sessions import begin_session

oidc = Blueprint("oidc", __name__)

TIMEOUT_S = 10.0
"""A provider that is silent for so long is told to be away; a person is waiting."""

_KEY = "datenwerkstatt.oidc"
_NEXT = "next"


def register_oidc(app: Flask) -> None:
    """Put the way to the provider into *app*."""
    with app.app_context():
        settings = portal().settings
    oauth = OAuth(app)
    app.extensions[_KEY] = oauth.register(
        "provider",
        client_id=settings.oidc_client_id,
        client_secret=settings.oidc_client_secret or None,
        server_metadata_url=settings.oidc_issuer.rstrip("/") + "/.well-known/openid-configuration",
        client_kwargs={
            "scope": "openid profile",
            "code_challenge_method": "S256",
            "default_timeout": TIMEOUT_S,
            "token_endpoint_auth_method": "client_secret_basic" if settings.oidc_client_secret else "none",
        },
    )
    app.register_blueprint(oidc)


@oidc.get("/login/oidc")
def begin() -> AnyResponse:
    """Lead to the provider.

    Raises:
        ProviderFailed: it does not say where it wants people to go.
    """
    for begun in [key for key in session if key.startswith("_state_")]:
        del session[begun]  # one way at a time; a cookie holds no more than 4 KB
    try:
        _require_issuer()
        answer = _provider().authorize_redirect(f"{portal().settings.public_url}/login/oidc/callback")
    except (RequestException, AuthlibBaseError, RuntimeError, ValueError) as error:
        raise _failed() from error
    session[_NEXT] = local(request.args.get("next", ""))
    return _uncached(answer)


@oidc.get("/login/oidc/callback")
def callback() -> AnyResponse:
    """Take what the provider says, and log its subject in.

    Raises:
        Unauthenticated: it logged nobody in, what came was not asked for here, or nobody here is that subject.
        ProviderFailed: it does not answer.
    """
    where = session.get(_NEXT, "")
    claims = _claims()
    for attempt in (1, 2):
        try:
            with transaction(portal().engine) as record:
                user = user_of(record, claims, create=portal().settings.oidc_create_users, at=now())
            break
        except IntegrityError:  # the same person, in another window, was faster: now there is such a user
            if attempt == 2:
                raise
    begin_session(user.id)
    return _uncached(redirect(local(where), 303))


def _claims() -> Claims:
    issuer, client_id = portal().settings.oidc_issuer, portal().settings.oidc_client_id
    options = {
        "iss": {"essential": True, "values": [issuer]},
        "sub": {"essential": True},
        "aud": {"essential": True, "values": [client_id]},
    }
    try:
        _require_issuer()
        token = _provider().authorize_access_token(claims_options=options)
        told = _described(token)
    except RequestException as error:
        raise _failed() from error
    except (AuthlibBaseError, JoseError, RuntimeError, ValueError, KeyError, TypeError):
        raise _nobody() from None
    return Claims(
        issuer=issuer,
        subject=told["sub"],
        preferred_name=str(told.get("preferred_username") or ""),
        display_name=str(told.get("name") or ""),
    )


def _described(token: dict[str, Any]) -> dict[str, Any]:  # Any: JSON of the provider
    """Give the claims of the ID token and, where a user may have to be named, those the provider keeps elsewhere.

    Raises:
        ValueError: there is no ID token, or what is kept elsewhere is of somebody else (OpenID Connect Core 1.0, 5.3.2).
    """
    told = dict(token.get("userinfo") or {})
    if not isinstance(told.get("sub"), str):
        raise ValueError("the provider names no subject")
    known_elsewhere = _provider().load_server_metadata().get("userinfo_endpoint")
    if portal().settings.oidc_create_users and known_elsewhere and "preferred_username" not in told:
        more = dict(_provider().userinfo(token=token))
        if more.get("sub") != told["sub"]:
            raise ValueError("the provider tells of somebody else")
        told = more | told
    return told


def _require_issuer() -> None:
    """See that the document at the issuer's address is the issuer's (OpenID Connect Discovery 1.0, 4.3)."""
    found = _provider().load_server_metadata().get("issuer")
    if found != portal().settings.oidc_issuer:
        raise ValueError(f"the provider calls itself {str(found)[:200]!r}")


def _provider() -> Any:  # Any: Authlib has no types
    return cast(Any, current_app.extensions[_KEY])


def _uncached(answer: AnyResponse) -> AnyResponse:
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _failed() -> ProviderFailed:
    return ProviderFailed(
        "The login provider does not answer as it should; please try again, or log in with name and password.",
        detail_de="Der Anmeldedienst antwortet nicht, wie er soll; bitte noch einmal versuchen oder mit Name und Passwort anmelden.",
    )


def _nobody() -> Unauthenticated:
    return Unauthenticated(
        "The provider has logged nobody in, or its answer does not belong to a login begun here. Please begin again at /login.",
        detail_de="Der Anmeldedienst hat niemanden angemeldet, oder seine Antwort gehört zu keiner hier begonnenen Anmeldung. Bitte unter /login neu beginnen.",
    )
