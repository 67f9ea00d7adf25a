"""Guessing passwords is made slow: every failure doubles the wait, per login name and per network.

    failures    1 … free    free+1   free+2   free+3   …
    wait        none        1 s      2 s      4 s      … at most LONGEST_WAIT_S

An attempt counts before the password is looked at, so that a thousand at once are no way around; the right password
takes its count back. Neither names nor addresses are kept: only a keyed hash of the name and of the network
(/24 of IPv4, /48 of IPv6), and that for a day.
"""

import hashlib
import hmac
import ipaddress
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import String, bindparam, delete, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.foundation.db import Record, UtcDateTime
from portal.foundation.errors import TooManyAttempts

FREE_PER_NAME = 5
"""A person who mistypes does not notice."""
FREE_PER_NETWORK = 50
"""An office behind one address does not notice."""
LONGEST_WAIT_S = 300
"""Not longer: whoever guesses at somebody's name must not be able to lock them out for the day."""
FORGOTTEN_AFTER = timedelta(days=1)


class LoginFailure(Record):
    """How often logging in failed lately, for one name or one network."""

    __tablename__ = "login_failure"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    failures: Mapped[int] = mapped_column(default=0)
    last_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


@dataclass(frozen=True)
class Attempt:
    """Somebody tries a name from an address: the keys their failures are counted under."""

    name_key: str
    network_key: str

    @property
    def limits(self) -> tuple[tuple[str, int], ...]:
        return (self.name_key, FREE_PER_NAME), (self.network_key, FREE_PER_NETWORK)


def attempt_of(secret: bytes, *, name: str, address: str) -> Attempt:
    """Give the keys for a login name and a client address, hashed with the portal's *secret*."""
    return Attempt(_keyed(secret, "name", name.strip().casefold()), _keyed(secret, "network", network_of(address)))


def network_of(address: str) -> str:
    """Give the network of an address: /24 of IPv4, /48 of IPv6; what is no address is one network of its own."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return "unknown"
    found = getattr(found, "ipv4_mapped", None) or found
    return str(ipaddress.ip_network((found, 24 if found.version == 4 else 48), strict=False))


def count_attempt(session: Session, attempt: Attempt, *, at: datetime) -> None:
    """Count an attempt as if it had failed, or refuse it; what is older than a day is forgotten.

    Raises:
        TooManyAttempts: the wait after the last failure is not over; this one does not count.
    """
    rows = [(_row(session, key, at), free) for key, free in attempt.limits]
    wait_s = max(_wait_s(row, free, at) for row, free in rows)
    if wait_s > 0:
        raise TooManyAttempts(
            f"Too many attempts; please wait {wait_s} seconds.",
            detail_de=f"Zu viele Versuche; bitte {wait_s} Sekunden warten.",
            retry_after_s=wait_s,
        )
    for row, _ in rows:
        row.failures += 1
        row.last_at = at
    session.flush()
    _forget(session, at)


def take_back(session: Session, attempt: Attempt) -> None:
    """Forget the failures of a name whose right password came, and the one just counted for its network."""
    session.execute(delete(LoginFailure).where(LoginFailure.key == attempt.name_key))
    network = session.get(LoginFailure, attempt.network_key, with_for_update=True)
    if network is not None:
        network.failures = max(network.failures - 1, 0)


def _row(session: Session, key: str, at: datetime) -> LoginFailure:
    """Give the row of *key*, locked; names before networks, so that two attempts never wait for each other."""
    session.execute(_INSERTED, {"key": key, "at": at})
    row = session.get_one(LoginFailure, key, with_for_update=True, populate_existing=True)
    if row.last_at <= at - FORGOTTEN_AFTER:
        row.failures = 0
    return row


_INSERTED = text(
    "INSERT INTO login_failure (key, failures, last_at) VALUES (:key, 0, :at) ON CONFLICT DO NOTHING"
).bindparams(bindparam("at", type_=UtcDateTime))


def _forget(session: Session, at: datetime) -> None:
    """Remove what is older than a day; rows somebody holds are left to the next attempt."""
    old = select(LoginFailure.key).where(LoginFailure.last_at <= at - FORGOTTEN_AFTER)
    session.execute(delete(LoginFailure).where(LoginFailure.key.in_(old.with_for_update(skip_locked=True))))


def _wait_s(row: LoginFailure, free: int, at: datetime) -> int:
    over = row.failures - free
    if over <= 0:
        return 0
    wait_s = min(2 ** min(over - 1, 30), LONGEST_WAIT_S)
    return int((row.last_at + timedelta(seconds=wait_s) - at).total_seconds())


def _keyed(secret: bytes, kind: str, text: str) -> str:
    return hmac.new(secret, f"throttle {kind} {text}".encode(), hashlib.sha256).hexdigest()
