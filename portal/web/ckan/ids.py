"""Ids that stay: UUIDs made from our IRIs, and CKAN's names for what has another name with us.

package        uuid5 of {base}/id/dataset/{slug}          resource    uuid5 of the file's address
organization   uuid5 of {base}/id/publisher/{slug}        group       uuid5 of the theme's IRI
tag            uuid5 of {base}/datasets?keyword={tag}
"""

import re
import uuid
from datetime import UTC, datetime

from portal.exports.formats import FORMATS
from portal.vocabularies.licences import licences

LICENCE_IDS = {
    "dl-by-de/1.0": "dl-de-by-1.0",
    "dl-by-de/2.0": "dl-de-by-2.0",
    "dl-by-nc-de/1.0": "dl-de-by-nc-1.0",
    "dl-zero-de/2.0": "dl-de-zero-2.0",
    "odbl": "odc-odbl",
    "odby": "odc-by",
    "odcpddl": "odc-pddl",
}
"""Code of a licence ↔ the id that CKAN portals know it by; all others keep theirs, `/` written as `-`."""

FORMAT_NAMES = {"jsonl": "JSONL", "parquet": "Parquet", "jsonld": "JSON-LD", "excel-csv": "CSV"}
"""Format ↔ CKAN's name for it, where that is not its own in capitals."""

TABLE_FORMAT = "csv"
"""The file of a table that stands for the table itself: its resource is the one with `datastore_active`."""

_UNTAGGED = re.compile(r"[^\w .-]+")


def stable_id(iri: str) -> str:
    """Give the UUID of what has this IRI (RFC 9562, version 5)."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, iri))


def tag_name(keyword: str) -> str | None:
    """Give a keyword as CKAN takes tags: letters, digits, blank, `-_.`, 2 to 100 characters; None: nothing is left."""
    name = _UNTAGGED.sub("-", keyword).strip(" -")[:100]
    return name if len(name) >= 2 else None


def licence_id(code: str) -> str:
    """Give CKAN's id of a licence."""
    return LICENCE_IDS.get(code, code.replace("/", "-"))


def licence_code(name: str) -> str | None:
    """Give the code of the licence with a CKAN id; None: there is none."""
    return next((code for code in licences() if name in (licence_id(code), code)), None)


def format_name(file_format: str) -> str:
    """Give CKAN's name of a format."""
    return FORMAT_NAMES.get(file_format, file_format.upper())


def file_names(tables: list[str]) -> list[str]:
    """Give the names of the files that are resources, in CKAN's order: per table every format, then the package."""
    return [f"{table}{form.suffix}" for table in tables for form in FORMATS] + [".zip"]


def plain_time(moment: datetime) -> str:
    """Give a time as CKAN writes it: UTC without zone mark, with microseconds."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds")
