"""Logging in with name and password.

It opens its own short transactions: a failure must be kept although the caller gets an error, and no database lock
may be held while a password is hashed (tens of milliseconds).
"""

from datetime import datetime

from sqlalchemy import Engine

from portal.accounts.actor import Actor
from portal.accounts.membership import person
from portal.accounts.passwords import hash_password, is_old, is_password
from portal.accounts.throttle import attempt_of, count_attempt, take_back
from portal.accounts.users import User, user_called
from portal.foundation.db import reading, transaction
from portal.foundation.errors import Unauthenticated


def log_in(engine: Engine, *, name: str, password: str, address: str, secret: bytes, at: datetime) -> Actor:
    """Give the person with this login name and password; *address* is the client's, *secret* the portal's.

    Raises:
        Unauthenticated: there is no such user, the password is wrong, or the user is disabled: always the same words.
        TooManyAttempts: too many failures before; the password was not looked at.
    """
    attempt = attempt_of(secret, name=name, address=address)
    with transaction(engine) as session:
        count_attempt(session, attempt, at=at)
    with reading(engine) as session:
        user = user_called(session, name)
    if not is_password(user.password_hash if user else None, password) or user is None or user.disabled:
        raise Unauthenticated("Name or password is wrong.", detail_de="Name oder Passwort ist falsch.")
    renewed = hash_password(password, login_name=user.name) if is_old(user.password_hash) else None
    with transaction(engine) as session:
        take_back(session, attempt)
        if renewed is not None:
            session.get_one(User, user.id).password_hash = renewed
        return person(session, session.get_one(User, user.id))
