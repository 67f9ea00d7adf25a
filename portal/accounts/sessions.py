"""Staying logged in: what a browser's signed cookie says, and whether it still holds.

The cookie names the user and carries a mark of their password. Another password, or being disabled, therefore ends
every session at once, without a table of sessions (docs/adr/0022).
"""

import hashlib
import hmac

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from portal.accounts.actor import NOBODY, Actor
from portal.accounts.membership import person
from portal.accounts.users import User
from portal.foundation.db import reading


def session_mark(session: Session, user_id: int, *, secret: bytes) -> str:
    """Give the mark of a user's password as it is now; *secret* is the portal's."""
    return _mark(session.get_one(User, user_id), secret)


def actor_of_session(engine: Engine, *, user_id: int, mark: str, secret: bytes) -> Actor:
    """Give the person who logged in, or nobody if their session has ended."""
    with reading(engine) as session:
        user = session.get(User, user_id)
        if user is None or user.disabled or not hmac.compare_digest(_mark(user, secret), mark):
            return NOBODY
        return person(session, user)


def _mark(user: User, secret: bytes) -> str:
    return hmac.new(secret, f"session {user.id} {user.password_hash}".encode(), hashlib.sha256).hexdigest()[:32]
