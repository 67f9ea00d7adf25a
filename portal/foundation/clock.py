"""The time now, in aware UTC and whole seconds: what HTTP dates and RDF literals can say."""

from datetime import UTC, datetime


def now() -> datetime:
    """Give the current time."""
    return datetime.now(UTC).replace(microsecond=0)
