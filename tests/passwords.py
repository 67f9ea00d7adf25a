"""Passwords cost nearly nothing in tests: hashing is made to be slow, and a run logs in more than a thousand times.

Everything else about them is as it is in a portal; processes of their own hash at the true cost. Tests of the cost itself ask
for it (`true_cost`).
"""

from collections.abc import Iterator
from contextlib import contextmanager

from argon2 import PasswordHasher

from portal.accounts import passwords

_TRUE = passwords.HASHER, passwords.NOBODYS_HASH


def hash_cheaply() -> None:
    """Hash at the least cost that Argon2 knows from now on."""
    passwords.HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    passwords.NOBODYS_HASH = passwords.HASHER.hash("of nobody")


@contextmanager
def hashing_as_a_portal() -> Iterator[None]:
    """Hash at the true cost until the block ends."""
    passwords.HASHER, passwords.NOBODYS_HASH = _TRUE
    yield
    hash_cheaply()
