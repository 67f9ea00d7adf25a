"""Passwords: hashed with Argon2id, compared in the same time whether or not there is such a user.

Cost: 19 MiB and two passes, the first choice of OWASP's Password Storage Cheat Sheet; with all server threads busy
logging people in (16 by default) that is 300 MiB. Length instead of rules about characters: NIST SP 800-63B, 3.1.1.
"""

import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from portal.foundation.errors import InvalidInput

MIN_CHARS = 12
MAX_CHARS = 1_000

NO_PASSWORD = ""
"""Kept for people who log in elsewhere (OpenID Connect)."""

HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)

NOBODYS_HASH = "$argon2id$v=19$m=19456,t=2,p=1$IkVW+/UwMNQNDkcylkVu4A$DstHQJfAqBc/PxV6t6cPRQjOBhjB9WVeUOQ+wJkVmc0"
"""Well-formed and made by the same cost, of no known password: compared with when there is no such user."""


def hash_password(password: str, *, login_name: str) -> str:
    """Give the hash that is kept.

    Raises:
        InvalidInput: it is too short, too long, or contains the login name.
    """
    if not MIN_CHARS <= len(password) <= MAX_CHARS:
        raise InvalidInput(
            f"A password has {MIN_CHARS} to {MAX_CHARS} characters, this one has {len(password)}.",
            detail_de=f"Ein Passwort hat {MIN_CHARS} bis {MAX_CHARS} Zeichen, dieses hat {len(password)}.",
        )
    if login_name.casefold() in password.casefold():
        raise InvalidInput(
            "The password must not contain the login name.",
            detail_de="Das Passwort darf den Anmeldenamen nicht enthalten.",
        )
    return HASHER.hash(_normal(password))


def is_password(kept: str | None, password: str) -> bool:
    """Tell whether *password* is the one whose hash was *kept*; None or NO_PASSWORD: it never is."""
    try:
        right = HASHER.verify(kept or NOBODYS_HASH, _normal(password[:MAX_CHARS]))
    except (VerifyMismatchError, InvalidHashError):
        return False
    return right and bool(kept) and len(password) <= MAX_CHARS


def is_old(kept: str) -> bool:
    """Tell whether the hash was made at another cost than today's, and should be made again."""
    return HASHER.check_needs_rehash(kept)


def _normal(password: str) -> str:
    """The same letters, however the keyboard put them together (NIST SP 800-63B: NFKC)."""
    return unicodedata.normalize("NFKC", password)
