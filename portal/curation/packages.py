"""What a Data Package that comes in says of the dataset and its tables, less what only the portal says.

What goes out can come back in (product.md, "Metadata has one shape"): addresses, dates and checksums that the portal
wrote into a package are its own, and so are decisions on personal data.
"""

from typing import Any

from portal.curation.merging import Described

_OURS = frozenset(
    {
        "$schema", "name", "id", "url", "homepage", "version", "versionUrl", "created", "issued", "modified", "contributors",
        "publisher", "licence", "attribution", "files", "rows", "resources", "privacyDecisions", "withheld", "proposed",
    }
)  # fmt: skip
"""Keys of a package that a delivery does not change."""

_OURS_OF_TABLES = frozenset(
    {
        "path",
        "type",
        "format",
        "mediatype",
        "encoding",
        "dialect",
        "bytes",
        "hash",
        "files",
        "rows",
        "url",
        "statistics",
    }
)


def metadata_of(package: Described) -> Described:
    """Give the metadata of a package as a merge patch on a draft's descriptor."""
    return {key: value for key, value in package.items() if key not in _OURS}


def _elsewhere(key: str, value: Any) -> bool:  # Any: JSON
    """Tell whether this is a schema that is not in the package itself: an address, or nothing."""
    return key == "schema" and not isinstance(value, dict)


def resource_facts(package: Described) -> dict[str, Described]:
    """Give what a package says of its tables, by name; files that are no tables are not among them."""
    return {
        str(one["name"]): {
            key: value for key, value in one.items() if key not in _OURS_OF_TABLES and not _elsewhere(key, value)
        }
        for one in package.get("resources", ())
        if isinstance(one, dict) and "name" in one
    }
