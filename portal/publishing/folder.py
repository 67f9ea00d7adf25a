"""A dataset folder: `datapackage.json` and the CSV files it names (Data Package v2).

The folder is read defensively: paths stay inside it, names are names, and what is wrong is said with its pointer.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from portal.foundation.errors import InvalidDataset, InvalidInput
from portal.foundation.tableschema import TableSchema, read_schema
from portal.publishing.descriptor import check_descriptor

DESCRIPTOR = "datapackage.json"
MAX_DESCRIPTOR_BYTES = 4 * 1024 * 1024
"""A descriptor of 300 columns in two languages has about 200 KB."""

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,99}")


@dataclass(frozen=True)
class SourceTable:
    """One table as it comes: where its CSV is and what its columns should be."""

    name: str
    path: Path
    described: dict[str, Any]  # Any: the resource object of the descriptor
    schema: TableSchema


@dataclass(frozen=True)
class SourceDataset:
    """A dataset as it comes: descriptor and tables, checked for form but not yet for content."""

    slug: str
    descriptor: dict[str, Any]  # Any: the Data Package descriptor
    tables: tuple[SourceTable, ...]

    @property
    def content_digest(self) -> str:
        """SHA-256 over the descriptor and every table's bytes: the same folder, the same digest."""
        digests = []
        for table in self.tables:
            with table.path.open("rb") as file:
                digests.append(hashlib.file_digest(file, "sha256").hexdigest())
        return content_digest(self.descriptor, digests)


def content_digest(descriptor: dict[str, Any], tables: Iterable[str]) -> str:  # Any: a Data Package descriptor
    """Give the SHA-256 over a descriptor and the digests of its tables' files, in order."""
    total = hashlib.sha256(json.dumps(descriptor, sort_keys=True, ensure_ascii=False).encode())
    for digest in tables:
        total.update(bytes.fromhex(digest))
    return total.hexdigest()


def read_folder(folder: Path) -> SourceDataset:
    """Read the dataset folder *folder*.

    Raises:
        InvalidDataset: it has no readable descriptor, the descriptor breaks the profile, or a file is missing.
    """
    descriptor = read_descriptor(folder / DESCRIPTOR)
    paths = {}
    for resource in descriptor["resources"]:
        path = (folder / resource["path"]).resolve()
        if not path.is_relative_to(folder.resolve()) or not path.is_file():
            raise InvalidDataset(
                f"The descriptor of {descriptor['name']} names the file {resource['path']!r}, which is not in the folder.",
                detail_de=f"Der Deskriptor von {descriptor['name']} nennt die Datei {resource['path']!r}, die nicht im Ordner liegt.",
            )
        paths[resource["name"]] = path
    return source_dataset(descriptor, paths)


def source_dataset(descriptor: dict[str, Any], paths: Mapping[str, Path]) -> SourceDataset:  # Any: as above
    """Put a checked descriptor and the files of its tables together.

    Raises:
        InvalidDataset: a table's schema cannot be read.
    """
    tables = []
    for resource in descriptor["resources"]:
        try:
            schema = read_schema(resource["schema"])
        except InvalidInput as error:
            raise InvalidDataset(
                f"{descriptor['name']}/{resource['name']}: {error.detail.en}",
                detail_de=f"{descriptor['name']}/{resource['name']}: {error.detail.de}",
            ) from None
        tables.append(SourceTable(resource["name"], paths[resource["name"]], resource, schema))
    return SourceDataset(descriptor["name"], descriptor, tuple(tables))


def read_descriptor(path: Path) -> dict[str, Any]:  # Any: JSON, checked here
    """Read and check a Data Package descriptor.

    Raises:
        InvalidDataset: it is missing, too large, no JSON, or breaks the profile (schemas/dataset.schema.json).
    """
    try:
        if path.stat().st_size > MAX_DESCRIPTOR_BYTES:
            raise InvalidDataset(f"{path.name} is larger than {MAX_DESCRIPTOR_BYTES} bytes.")
        descriptor = json.loads(path.read_bytes())
    except FileNotFoundError:
        raise InvalidDataset(
            f"There is no {DESCRIPTOR} in {path.parent.name}.", detail_de=f"In {path.parent.name} fehlt {DESCRIPTOR}."
        ) from None
    except (ValueError, RecursionError) as error:
        raise InvalidDataset(
            f"{path.parent.name}/{path.name} is not JSON: {error}.",
            detail_de=f"{path.parent.name}/{path.name} ist kein JSON: {error}.",
        ) from None
    check_descriptor(descriptor)
    return descriptor  # type: ignore[no-any-return]  # check_descriptor has seen that it is an object


def is_name(text: str) -> bool:
    """Tell whether *text* may name a dataset or a table in an address."""
    return bool(_NAME.fullmatch(text))
