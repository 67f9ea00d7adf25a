"""Values of the `Link` header (RFC 8288), and addresses that several answers name."""

from typing import Any

from portal.foundation.config import Settings
from portal.publishing.descriptor import licence_of
from portal.publishing.joining.files import combine_url
from portal.publishing.lineage import Lineage


def licence_link(descriptor: dict[str, Any]) -> str:  # Any: a checked Data Package descriptor
    """Give the `Link` value that names the licence of a dataset (RFC 4946)."""
    found = licence_of(descriptor)
    return f'<{found.url or found.iri}>; rel="license"'


def lineage_link(lineage: Lineage, settings: Settings) -> str:
    """Give the `Link` value for what was made of several datasets: the licence that it may be published under, and why.

    Where there is none, or it is unclear, the licences of all parts hold at once.
    """
    licences = [lineage.licence] if lineage.licence else dict.fromkeys(one.licence for one in lineage.inputs)
    links = [f'<{one.url or one.iri}>; rel="license"' for one in licences]
    return ", ".join([*links, f'<{combine_url(lineage, settings)}>; rel="describedby"; type="application/json"'])


def changes_url(base_url: str, slug: str, *, since: int, until: int, table: str | None = None, suffix: str = "") -> str:
    """Give the address of what changed between two versions of a dataset, or of one of its tables."""
    of_table = f"/tables/{table}" if table is not None else ""
    return f"{base_url}/api/v1/datasets/{slug}{of_table}/changes{suffix}?since={since}&until={until}"
