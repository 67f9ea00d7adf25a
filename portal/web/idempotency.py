"""`Idempotency-Key`: a POST or PATCH that is sent again, because its answer was lost, is not done again.

Works for every POST and PATCH of the REST interface without the views knowing. An answer that holds a secret is not
kept (`answer_only_once`): sent again, the request is told so. Refused requests have changed nothing and are free to be
sent again under the same key. Source: draft-ietf-httpapi-idempotency-key-header.
"""

import hashlib
import hmac
import re

from flask import Flask, Response, g, request

from portal.accounts.actor import ActorKind
from portal.accounts.retries import KeptAnswer, begin, finish, forget
from portal.foundation.clock import now
from portal.foundation.errors import Conflict, InvalidInput
from portal.foundation.secret import secret_key
from portal.web.auth import current_actor
from portal.web.context import portal

HEADER = "Idempotency-Key"
METHODS = ("POST", "PATCH")
REPLAYED = "Idempotency-Replayed"

_KEY = re.compile(r'"([\x21\x23-\x5b\x5d-\x7e]{1,200})"|([\x21\x23-\x7e]{1,200})')
"""A structured-field string, as the draft wants it, or the same without quotes, as most clients send it."""

_KEPT_HEADERS = ("Content-Type", "Location", "ETag")


def register_idempotency(app: Flask) -> None:
    """Let *app* answer repeated requests."""
    app.before_request(_answer_again)
    app.after_request(_keep_answer)


def answer_only_once() -> None:
    """Say that the answer of this request holds what must not be kept: a secret, or what may be personal data."""
    g.answered_once = True


def nothing_is_done() -> None:
    """Say that this request changes nothing, so that it may be carried out as often as it is sent."""
    g.changes_nothing = True


def _answer_again() -> Response | None:
    """Give the kept answer of a request that was done before; None: it is to be done now.

    Raises:
        InvalidInput: the key is none.
        KeyReused, Conflict: as `portal.accounts.retries.begin` says.
    """
    if request.method not in METHODS or HEADER not in request.headers or not request.path.startswith("/api/v1/"):
        return None
    key, actor = _key(), current_actor()
    if actor.kind is ActorKind.NOBODY or request.url_rule is None:
        return None  # nobody changes anything
    kept = begin(portal().engine, actor=actor.label, key=key, fingerprint=_fingerprint(), at=now())
    if kept is None:
        g.idempotency_key = key
        return None
    if kept.body is None:
        raise Conflict(
            "This request was carried out before. Its answer held a secret that is shown once; nothing was done now.",
            detail_de="Diese Anfrage wurde schon ausgeführt. Ihre Antwort enthielt ein Geheimnis, das nur einmal gezeigt wird; jetzt ist nichts geschehen.",
            location=kept.headers.get("Location"),
        )
    return Response(kept.body, kept.status, {**kept.headers, REPLAYED: "true"})


def _keep_answer(response: Response) -> Response:
    key = g.pop("idempotency_key", None)
    if key is None:
        return response
    actor = current_actor().label
    if response.status_code >= 400 or g.get("changes_nothing"):
        forget(portal().engine, actor=actor, key=key)
        return response
    headers = {name: response.headers[name] for name in _KEPT_HEADERS if name in response.headers}
    body = None if g.get("answered_once") else response.get_data()
    finish(portal().engine, actor=actor, key=key, answer=KeptAnswer(response.status_code, headers, body))
    return response


def _key() -> str:
    found = _KEY.fullmatch(request.headers[HEADER].strip())
    if found is None:
        raise InvalidInput(
            f"{HEADER} has 1 to 200 printable ASCII characters, in double quotes or without.",
            detail_de=f"{HEADER} hat 1 bis 200 druckbare ASCII-Zeichen, in doppelten Anführungszeichen oder ohne.",
        )
    return found[1] or found[2]


def _fingerprint() -> str:
    """Give the keyed hash of what is asked: method, address, and the body or, if it is a large file, what is said of it."""
    asked = [request.method, request.full_path, request.mimetype]
    size_bytes = request.content_length or 0
    if size_bytes > (request.max_content_length or 0):
        asked += [str(size_bytes), request.headers.get("Content-Digest", "")]
        body = b""
    else:
        g.body = body = request.get_data(cache=True)  # who reads a file as it comes finds it there (uploads)
    secret = secret_key(portal().settings.data)
    return hmac.new(secret, "\n".join(asked).encode() + b"\n" + body, hashlib.sha256).hexdigest()
