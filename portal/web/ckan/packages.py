"""A dataset as CKAN's package, its files as resources: what DCAT calls a distribution is a resource, one for one."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.catalogue.dataset import Dataset, State
from portal.catalogue.publisher import Publisher
from portal.catalogue.version import StoredFile, Version
from portal.exports.formats import FORMATS
from portal.foundation.text import LangString
from portal.publishing.descriptor import licence_of
from portal.publishing.documents import address
from portal.vocabularies.concepts import concepts
from portal.vocabularies.licences import attribution
from portal.web.ckan.catalogue import Entry
from portal.web.ckan.ids import TABLE_FORMAT, file_names, format_name, licence_id, plain_time, stable_id, tag_name

Shown = dict[str, Any]  # Any: JSON as CKAN gives it

_BATCH = 200
_TITLES = {form.name: form.title.de for form in FORMATS} | {"zip": "Alles als Paket (ZIP)"}


@dataclass(frozen=True)
class _Stored:
    """What the record holds of a package."""

    dataset: Dataset
    version: Version
    publisher: Publisher
    files: Mapping[str, StoredFile]


def packages_of(session: Session, entries: Sequence[Entry], base_url: str) -> list[Shown]:
    """Give packages in full, in the order of *entries*; what was withdrawn a moment ago is left out."""
    found: list[Shown] = []
    for start in range(0, len(entries), _BATCH):
        names = [entry.name for entry in entries[start : start + _BATCH]]
        stored = _stored(session, names)
        found += [_package(stored[name], base_url) for name in names if name in stored]
    return found


def organization_of(publisher: Publisher, base_url: str) -> Shown:
    """Give a publisher as packages name it."""
    return {
        "id": stable_id(f"{base_url}/id/publisher/{publisher.slug}"),
        "name": publisher.slug,
        "title": publisher.name_de,
        "type": "organization",
        "description": "",
        "image_url": publisher.logo_url or "",
        "created": None,
        "is_organization": True,
        "approval_status": "approved",
        "state": "active",
    }


def group_of(code: str) -> Shown:
    """Give a theme as packages name it."""
    theme = concepts("data-theme")[code]
    return {
        "id": stable_id(theme.iri),
        "name": code.lower(),
        "title": theme.label.de,
        "display_name": theme.label.de,
        "description": "",
        "image_display_url": "",
    }


def tag_of(name: str, base_url: str) -> Shown:
    """Give a keyword as packages name it."""
    return {
        "id": stable_id(f"{base_url}/datasets?keyword={name}"),
        "name": name,
        "display_name": name,
        "state": "active",
        "vocabulary_id": None,
    }


def _stored(session: Session, names: Sequence[str]) -> dict[str, _Stored]:
    query = (
        select(Dataset, Version, Publisher)
        .join(Version, Version.id == Dataset.current_version_id)
        .join(Publisher, Publisher.id == Dataset.publisher_id)
        .where(Dataset.slug.in_(names), Dataset.state == State.PUBLISHED)
    )
    rows = [(dataset, version, publisher) for dataset, version, publisher in session.execute(query)]
    files: dict[int, dict[str, StoredFile]] = {version.id: {} for _, version, _ in rows}
    for file in session.scalars(select(StoredFile).where(StoredFile.version_id.in_(files))):
        files[file.version_id][file.name] = file
    return {
        dataset.slug: _Stored(dataset, version, publisher, files[version.id]) for dataset, version, publisher in rows
    }


def _package(stored: _Stored, base_url: str) -> Shown:
    dataset, version, descriptor = stored.dataset, stored.version, stored.version.descriptor
    package_id = stable_id(f"{base_url}/id/dataset/{dataset.slug}")
    licence = licence_of(descriptor)
    tags = sorted({tag for keyword in descriptor["keywords"] if (tag := tag_name(keyword))})
    resources = _resources(stored, package_id, base_url)
    organization = organization_of(stored.publisher, base_url)
    contact = stored.publisher.contact
    return {
        "id": package_id,
        "name": dataset.slug,
        "title": descriptor["title"],
        "notes": descriptor["description"],
        "author": stored.publisher.name_de,
        "author_email": None,
        "maintainer": contact.get("name") or stored.publisher.name_de,
        "maintainer_email": contact.get("email") or None,
        "url": f"{base_url}/datasets/{dataset.slug}",
        "version": str(version.number),
        "state": "active",
        "type": "dataset",
        "private": False,
        "isopen": licence.open,
        "license_id": licence_id(licence.code),
        "license_title": licence.title.de,
        "license_url": licence.url or licence.iri,
        "owner_org": organization["id"],
        "creator_user_id": None,
        "metadata_created": plain_time(dataset.issued_at or version.released_at),
        "metadata_modified": plain_time(dataset.modified_at or version.released_at),
        "num_resources": len(resources),
        "num_tags": len(tags),
        "organization": organization,
        "groups": [group_of(code) for code in descriptor["dcat"]["theme"]],
        "tags": [tag_of(tag, base_url) for tag in tags],
        "extras": _extras(stored, base_url),
        "resources": resources,
        "relationships_as_subject": [],
        "relationships_as_object": [],
    }


def _resources(stored: _Stored, package_id: str, base_url: str) -> list[Shown]:
    described = {resource["name"]: resource for resource in stored.version.descriptor["resources"]}
    files = [stored.files[name] for name in file_names(list(described)) if name in stored.files]
    return [
        _resource(file, described.get(file.table_name or "", {}), stored, package_id, base_url) | {"position": position}
        for position, file in enumerate(files)
    ]


def _resource(
    file: StoredFile,
    described: Shown,
    stored: _Stored,
    package_id: str,
    base_url: str,
) -> Shown:
    url = address(file.name, f"{base_url}/datasets/{stored.dataset.slug}")
    title = described.get("title") or file.table_name or stored.version.descriptor["title"]
    released = plain_time(stored.version.released_at)
    return {
        "id": stable_id(url),
        "package_id": package_id,
        "name": f"{title} ({_TITLES.get(file.format, file.format)})",
        "description": described.get("description", ""),
        "format": format_name(file.format),
        "url": url,
        "url_type": None,
        "mimetype": file.media_type.split(";")[0],
        "mimetype_inner": None,
        "size": file.size_bytes,
        "hash": f"sha256:{file.digest}",
        "created": plain_time(stored.dataset.issued_at or stored.version.released_at),
        "last_modified": released,
        "metadata_modified": released,
        "resource_type": "file",
        "state": "active",
        "cache_url": None,
        "cache_last_updated": None,
        "datastore_active": file.format == TABLE_FORMAT,
        "table": file.table_name,
        "rows": file.row_count,
    }


def _extras(stored: _Stored, base_url: str) -> list[dict[str, str]]:
    """Give what CKAN has no field for, under the names that ckanext-dcat uses where it has one."""
    descriptor, dcat = stored.version.descriptor, stored.version.descriptor["dcat"]
    url = f"{base_url}/datasets/{stored.dataset.slug}"
    title = LangString.of(descriptor, "title")
    line = attribution(licence_of(descriptor), publisher=stored.publisher.name, title=title, url=url)
    temporal = dcat.get("temporal") or {}
    found = {
        "uri": f"{base_url}/id/dataset/{stored.dataset.slug}",
        "identifier": f"{base_url}/id/dataset/{stored.dataset.slug}",
        "title_en": title.en,
        "notes_en": LangString.of(descriptor, "description").en,
        "publisher_name": stored.publisher.name_de,
        "publisher_uri": f"{base_url}/id/publisher/{stored.publisher.slug}",
        "attribution": line.de,
        "theme": json.dumps([concepts("data-theme")[code].iri for code in dcat["theme"]]),
        "language": json.dumps(dcat.get("language", [])),
        "spatial_text": ", ".join(dcat.get("spatial", [])),
        "temporal_start": temporal.get("start"),
        "temporal_end": temporal.get("end"),
        "frequency": dcat.get("accrualPeriodicity"),
        "version_notes": stored.version.notes,
        "version_url": f"{url}/v/{stored.version.number}",
    }
    return [{"key": key, "value": str(value)} for key, value in found.items() if value]
