"""The documents that describe one version: for REST, lists and harvesters.

The JSON document is the Data Package descriptor (docs/adr/0009) with what only the portal knows: addresses, dates,
publisher, files. The RDF documents are DCAT-AP.de.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.catalogue.dataset import Dataset
from portal.catalogue.publisher import Publisher
from portal.catalogue.version import StoredFile
from portal.dcat.described import DescribedDataset, DescribedDistribution, DescribedPublisher
from portal.exports.formats import FORMATS
from portal.foundation.config import Settings
from portal.foundation.text import LangString
from portal.publishing.descriptor import licence_of
from portal.vocabularies.licences import Licence, attribution


@dataclass(frozen=True, kw_only=True)
class Release:
    """What is being released, as far as its documents have to know."""

    slug: str
    number: int
    descriptor: dict[str, Any]  # Any: the Data Package descriptor
    publisher: Publisher
    licence: Licence
    attribution: LangString
    issued_at: datetime
    """When the dataset's first version was released."""
    released_at: datetime
    notes: str
    rows: dict[str, int]
    """Number of rows by table."""


def describe_release(
    dataset: Dataset,
    descriptor: dict[str, Any],  # Any: the Data Package descriptor
    *,
    number: int,
    released_at: datetime,
    notes: str,
    rows: dict[str, int],
    settings: Settings,
) -> Release:
    """Put together what the documents of a version of *dataset* have to know."""
    licence = licence_of(descriptor)
    line = attribution(
        licence,
        publisher=dataset.publisher.name,
        title=LangString.of(descriptor, "title"),
        url=f"{settings.public_url}/datasets/{dataset.slug}",
    )
    return Release(
        slug=dataset.slug,
        number=number,
        descriptor=descriptor,
        publisher=dataset.publisher,
        licence=licence,
        attribution=line,
        issued_at=dataset.issued_at or released_at,
        released_at=released_at,
        notes=notes,
        rows=rows,
    )


def json_document(release: Release, files: Sequence[StoredFile], settings: Settings) -> bytes:
    """Give the dataset's JSON document: its descriptor, enriched."""
    base = settings.public_url
    url = f"{base}/datasets/{release.slug}"
    document = {
        **{key: value for key, value in release.descriptor.items() if key not in ("$schema", "created", "version")},
        "id": f"{base}/id/dataset/{release.slug}",
        "url": url,
        "version": release.number,
        "versionUrl": f"{url}/v/{release.number}",
        "versionNotes": release.notes,
        "issued": _time(release.issued_at),
        "modified": _time(release.released_at),
        "publisher": publisher_object(release.publisher, base),
        "licence": licence_object(release.licence, release.attribution),
        "resources": [_resource(resource, release, files, url) for resource in release.descriptor["resources"]],
        "files": [file_object(file, url) for file in files if file.table_name is None],
        "rows": sum(release.rows.values()),
    }
    return json.dumps(document, ensure_ascii=False).encode()


def summary_document(release: Release, settings: Settings) -> str:
    """Give the dataset's line in lists."""
    base = settings.public_url
    descriptor = release.descriptor
    summary = {
        "name": release.slug,
        "title": descriptor["title"],
        "description": descriptor["description"],
        "translations": descriptor.get("translations", {}),
        "keywords": descriptor["keywords"],
        "theme": descriptor["dcat"]["theme"],
        "spatial": descriptor["dcat"]["spatial"],
        "family": descriptor.get("family"),
        "id": f"{base}/id/dataset/{release.slug}",
        "url": f"{base}/datasets/{release.slug}",
        "version": release.number,
        "issued": _time(release.issued_at),
        "modified": _time(release.released_at),
        "publisher": release.publisher.slug,
        "licence": release.licence.code,
        "tables": [{"name": name, "rows": rows} for name, rows in release.rows.items()],
        "rows": sum(release.rows.values()),
    }
    return json.dumps(summary, ensure_ascii=False)


def described(release: Release, files: Sequence[StoredFile], settings: Settings) -> DescribedDataset:
    """Give what the DCAT mapping needs to know."""
    return DescribedDataset(
        slug=release.slug,
        descriptor=release.descriptor,
        version=release.number,
        issued_at=release.issued_at,
        modified_at=release.released_at,
        publisher=described_publisher(release.publisher, settings),
        distributions=tuple(_distribution(file, release, settings) for file in files if _is_distribution(file)),
        base_url=settings.public_url,
        version_notes=LangString(release.notes) if release.notes else None,
        previous_version=release.number - 1 or None,
        contributor_id=settings.contributor_id or None,
    )


def described_publisher(publisher: Publisher, settings: Settings) -> DescribedPublisher:
    """Give a publisher as the DCAT mapping knows it; without a contact of its own it has the portal's page."""
    return DescribedPublisher(
        slug=publisher.slug,
        name=publisher.name,
        type_code=publisher.type_code,
        homepage=publisher.homepage or settings.public_url,
        contact_name=publisher.contact.get("name") or publisher.name_de,
        contact_email=publisher.contact.get("email") or None,
        contact_url=publisher.contact.get("url") or f"{settings.public_url}/contact",
    )


def publisher_object(publisher: Publisher, base_url: str) -> dict[str, object]:
    """Give a publisher as JSON answers show it."""
    return {
        "name": publisher.slug,
        "id": f"{base_url}/id/publisher/{publisher.slug}",
        "title": publisher.name_de,
        "translations": {"en": {"title": publisher.name_en}} if publisher.name_en else {},
        "type": publisher.type_code,
        "homepage": publisher.homepage,
        "contact": publisher.contact,
    }


def licence_object(licence: Licence, attribution: LangString | None = None) -> dict[str, object]:
    """Give a licence as JSON answers show it; with the ready line where it is somebody's."""
    told = {
        "code": licence.code,
        "id": licence.iri,
        "title": licence.title.as_dict(),
        "url": licence.url or licence.iri,
        "open": licence.open,
        "attributionRequired": licence.attribution,
        "shareAlike": licence.share_alike,
        "nonCommercial": licence.non_commercial,
        "noDerivatives": licence.no_derivatives,
    }
    return {**told, "attribution": attribution.as_dict()} if attribution else told


def _resource(
    resource: dict[str, Any], release: Release, files: Sequence[StoredFile], url: str
) -> dict[str, Any]:  # Any: JSON
    name = resource["name"]
    return {
        **resource,
        "path": f"{url}/{name}.csv",
        "rows": release.rows[name],
        "files": [file_object(file, url) for file in files if file.table_name == name],
    }


def file_object(file: StoredFile, url: str) -> dict[str, object]:
    """Give a file as JSON answers show it; *url* is the dataset's address."""
    return {
        "format": file.format,
        "url": address(file.name, url),
        "mediatype": file.media_type,
        "bytes": file.size_bytes,
        "hash": f"sha256:{file.digest}",
        "rows": file.row_count,
    }


def address(name: str, dataset_url: str) -> str:
    """Give the address of a file: those of the dataset itself (`.ttl`) hang on its address, the others lie below it."""
    return dataset_url + name if name.startswith(".") else f"{dataset_url}/{name}"


def _is_distribution(file: StoredFile) -> bool:
    return file.name == ".zip" or (file.table_name is not None and file.format != "schema")


def _distribution(file: StoredFile, release: Release, settings: Settings) -> DescribedDistribution:
    titles = {resource["name"]: LangString.of(resource, "title") for resource in release.descriptor["resources"]}
    known = {one.name: one for one in FORMATS}.get(file.format)
    url = f"{settings.public_url}/datasets/{release.slug}"
    label = known.title if known else LangString("Alles als Paket (ZIP)", "Everything as a package (ZIP)")
    of = titles[file.table_name] if file.table_name else LangString.of(release.descriptor, "title")
    return DescribedDistribution(
        name=release.slug + file.name if file.name.startswith(".") else file.name,
        table=file.table_name,
        title=LangString(f"{of.de}: {label.de}", f"{of.in_language('en')}: {label.in_language('en')}"),
        description=known.hint if known else None,
        media_type=file.media_type,
        file_type=known.file_type if known else "ZIP",
        size_bytes=file.size_bytes,
        digest=file.digest,
        row_count=file.row_count,
        package_media_type="application/zip" if file.name == ".zip" else None,
        conforms_to=f"{url}/{file.table_name}.schema.json" if file.table_name else None,
    )


def _time(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
