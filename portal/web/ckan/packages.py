"""Public datasets as CKAN's packages, their files as resources: what DCAT calls a distribution is a resource, one for one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.catalogue.dataset import Dataset, State
from portal.catalogue.publisher import Publisher
from portal.catalogue.version import StoredFile, Version
from portal.exports.formats import FORMATS
from portal.publishing.documents import address
from portal.web.ckan.catalogue import Entry
from portal.web.ckan.ids import TABLE_FORMAT, file_names, format_name, plain_time, stable_id
from portal.web.ckan.package_object import PackageFacts, Shown, package_object

_BATCH = 200
TITLES = {form.name: form.title.de for form in FORMATS} | {"zip": "Alles als Paket (ZIP)"}
"""Format ↔ what the name of a resource says of it, in brackets."""


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
    dataset, version = stored.dataset, stored.version
    url = f"{base_url}/datasets/{dataset.slug}"
    facts = PackageFacts(
        dataset=dataset,
        publisher=stored.publisher,
        descriptor=version.descriptor,
        state="active",
        version=version.number,
        created=dataset.issued_at or version.released_at,
        modified=dataset.modified_at or version.released_at,
        more={"version_notes": version.notes, "version_url": f"{url}/v/{version.number}"},
    )
    package_id = stable_id(f"{base_url}/id/dataset/{dataset.slug}")
    return package_object(facts, _resources(stored, package_id, base_url), base_url)


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
        "name": f"{title} ({TITLES.get(file.format, file.format)})",
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
