"""The portal's own secret: made once, kept beside the database, never in it and never shown."""

import os
import secrets
from contextlib import suppress
from pathlib import Path

NAME = "secret.key"


def secret_key(folder: Path) -> bytes:
    """Give the 32 bytes kept in *folder*; the first call makes them, readable by the owner of the process only."""
    path = folder / NAME
    if path.is_file():
        return path.read_bytes()
    made = folder / f"{NAME}.{secrets.token_hex(8)}"
    with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(secrets.token_bytes(32))
        file.flush()
        os.fsync(file.fileno())
    with suppress(FileExistsError):  # another process was faster; its key is the key
        path.hardlink_to(made)
    made.unlink()
    return path.read_bytes()
