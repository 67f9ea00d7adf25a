"""Values of the `Link` header (RFC 8288), and addresses that several answers name."""

from collections.abc import Mapping
from typing import Any

from portal.foundation.config import Settings
from portal.publishing.descriptor import licence_of
from portal.publishing.lineage import Lineage, combine_url

API_CATALOG_LINK = '</.well-known/api-catalog>; rel="api-catalog"; type="application/linkset+json"'
"""Leads from any page or list to the interfaces there are (RFC 9727, section 3)."""


def licence_link(descriptor: dict[str, Any]) -> str:  # Any: a checked Data Package descriptor
    """Give the `Link` value that names the licence of a dataset (RFC 4946)."""
    found = licence_of(descriptor)
    return f'<{found.url or found.iri}>; rel="license"'


def document_links(url: str, descriptor: dict[str, Any], documents: Mapping[str, str]) -> str:  # Any: as above
    """Give the `Link` value of a dataset's page: its licence, the same as a document (suffix ↔ media type), and all of it as ZIP."""
    described = (f'<{url}{suffix}>; rel="describedby"; type="{kind}"' for suffix, kind in documents.items())
    return ", ".join(
        [licence_link(descriptor), *described, f'<{url}.zip>; rel="item"; type="application/zip"', API_CATALOG_LINK]
    )


def lineage_link(lineage: Lineage, settings: Settings) -> str:
    """Give the `Link` value for what was made of datasets: the licence that it may be published under, and the reasons.

    Where there is none, or it is unclear, no licence is named: several would mean that one may choose (RFC 4946, section 2).
    """
    found = lineage.licence
    links = [f'<{found.url or found.iri}>; rel="license"'] if found else []
    return ", ".join([*links, f'<{combine_url(lineage, settings)}>; rel="describedby"; type="application/json"'])


def changes_url(base_url: str, slug: str, *, since: int, until: int, table: str | None = None, suffix: str = "") -> str:
    """Give the address of what changed between two versions of a dataset, or of one of its tables."""
    of_table = f"/tables/{table}" if table is not None else ""
    return f"{base_url}/api/v1/datasets/{slug}{of_table}/changes{suffix}?since={since}&until={until}"


def openapi_url(base_url: str, slug: str, table: str, number: int | None) -> str:
    """Give the address of the OpenAPI document of a table, in its current version for None."""
    return f"{_api(base_url, slug, table, number)}/openapi.json"


def snippets_url(base_url: str, slug: str, table: str, number: int | None) -> str:
    """Give the address of the code that reads a table, in its current version for None."""
    return f"{_api(base_url, slug, table, number)}/snippets"


def docs_url(base_url: str, slug: str, table: str, number: int | None) -> str:
    """Give the address of the page that shows both."""
    return f"{base_url}/api/docs/{slug}/{table}" if number is None else f"{base_url}/api/docs/{slug}/v/{number}/{table}"


def description_link(base_url: str, slug: str, table: str, number: int | None) -> str:
    """Give the `Link` value that leads from the rows of a table to what describes them."""
    return f'<{openapi_url(base_url, slug, table, number)}>; rel="service-desc"; type="application/json"'


def _api(base_url: str, slug: str, table: str, number: int | None) -> str:
    version = "" if number is None else f"/versions/{number}"
    return f"{base_url}/api/v1/datasets/{slug}{version}/tables/{table}"
