"""Who calls: the token that CKAN's clients send, in any of the ways they send it.

    Authorization: dwt_…            CKAN's own way: the bare token
    Authorization: Bearer dwt_…     everybody else's
    X-CKAN-API-Key: dwt_…           what old clients send, and new ones beside the first

A wrong or expired token counts as nobody, as in CKAN: what is public is read, what writes is refused. Cookies and
passwords are not looked at, so no page of another site can make a browser write here.
"""

from flask import g, request

from portal.accounts.actor import NOBODY, Actor, ActorKind
from portal.accounts.permissions import Action, may
from portal.accounts.tokens import actor_of
from portal.foundation.clock import now
from portal.foundation.errors import Unauthenticated
from portal.web.context import portal

_HEADERS = ("Authorization", "X-CKAN-API-Key")
_SCHEME = "bearer "
_MAX_CHARACTERS = 200
"""No token is longer."""


def caller() -> Actor:
    """Give who calls; nobody, if no token that holds was sent. The answer is then kept out of caches (web/auth.py)."""
    g.answer_depends_on_actor = True
    g.actor = next(filter(_is_somebody, map(_sent_in, _HEADERS)), NOBODY)
    actor: Actor = g.actor
    return actor


def sees_drafts(by: Actor, publisher_id: int) -> bool:
    """Tell whether somebody is shown drafts of a publisher: who changes them is told what became of the change."""
    return any(may(by, action, publisher_id) for action in (Action.READ_DRAFT, Action.EDIT_DRAFT))


def _is_somebody(actor: Actor) -> bool:
    return actor.kind is not ActorKind.NOBODY


def _sent_in(header: str) -> Actor:
    sent = request.headers.get(header, "").strip()
    token = sent[len(_SCHEME) :].strip() if sent.lower().startswith(_SCHEME) else sent
    if not token or len(token) > _MAX_CHARACTERS:
        return NOBODY
    try:
        return actor_of(portal().engine, token, at=now())
    except Unauthenticated:
        return NOBODY
