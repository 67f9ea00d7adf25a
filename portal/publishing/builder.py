"""What the derived files of a version depend on besides the version."""

from portal.foundation.config import Settings

BUILDER = 1
"""Counts changes of what is derived; a version built by another builder is built again at the next start."""


def built_for(settings: Settings) -> str:
    """Name the builder and the public address that files are made for."""
    return f"{BUILDER} {settings.public_url}"
