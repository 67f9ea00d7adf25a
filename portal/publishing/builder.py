"""What the derived files of a version depend on besides the version."""

import hashlib

from portal.foundation.config import Settings

BUILDER = 6
"""Counts changes of what is derived; a version built by another builder is built again at the next start."""


def built_for(settings: Settings) -> str:
    """Name the builder, the public address and what files say of the operator."""
    return f"{BUILDER} {settings.public_url} {operator_mark(settings)}"


def operator_mark(settings: Settings) -> str:
    """Give a short mark of everything the operator says of itself and the portal."""
    said = (
        settings.title_de, settings.title_en, settings.description_de, settings.description_en,
        settings.operator, settings.operator_name_de, settings.operator_name_en, settings.operator_type,
        settings.contact_email, settings.contributor_id,
    )  # fmt: skip
    return hashlib.sha256("\0".join(said).encode()).hexdigest()[:16]
