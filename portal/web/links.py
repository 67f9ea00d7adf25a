"""Values of the `Link` header (RFC 8288), and addresses that several answers name."""

from typing import Any

from portal.publishing.descriptor import licence_of


def licence_link(descriptor: dict[str, Any]) -> str:  # Any: a checked Data Package descriptor
    """Give the `Link` value that names the licence of a dataset (RFC 4946)."""
    found = licence_of(descriptor)
    return f'<{found.url or found.iri}>; rel="license"'


def changes_url(base_url: str, slug: str, *, since: int, until: int, table: str | None = None, suffix: str = "") -> str:
    """Give the address of what changed between two versions of a dataset, or of one of its tables."""
    of_table = f"/tables/{table}" if table is not None else ""
    return f"{base_url}/api/v1/datasets/{slug}{of_table}/changes{suffix}?since={since}&until={until}"
