"""Values of the `Link` header (RFC 8288)."""

from typing import Any

from portal.publishing.descriptor import licence_of


def licence_link(descriptor: dict[str, Any]) -> str:  # Any: a checked Data Package descriptor
    """Give the `Link` value that names the licence of a dataset (RFC 4946)."""
    found = licence_of(descriptor)
    return f'<{found.url or found.iri}>; rel="license"'
