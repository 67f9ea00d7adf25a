"""A ZIP of files: each becomes one or more tables; a Data Package inside tells names, schemas and which files count.

No archive within an archive, no links, no path out of it (zipped.py). Files that are no tables are said, not read.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any
from zipfile import ZipFile, ZipInfo, is_zipfile

from portal.foundation.errors import InvalidInput
from portal.foundation.strict_json import read_json
from portal.foundation.tableschema import TableSchema, read_schema
from portal.foundation.text import slugify
from portal.ingest.receive.task import Notes, Unreadable
from portal.ingest.receive.zipped import checked, unpack
from portal.ingest.report import Severity

DESCRIPTOR = "datapackage.json"
_MAX_DESCRIPTOR_BYTES = 4 * 1024 * 1024
_TABLES = frozenset(
    {
        ".csv",
        ".tsv",
        ".tab",
        ".txt",
        ".json",
        ".jsonl",
        ".ndjson",
        ".geojson",
        ".parquet",
        ".xlsx",
        ".xls",
        ".ods",
        ".xlsm",
    }
)
_ARCHIVES = frozenset({".zip", ".gz", ".7z", ".rar", ".tar", ".tgz", ".bz2", ".xz", ".zst"})
_PASSED_OVER = frozenset(
    {".md", ".pdf", ".html", ".htm", ".docx", ".png", ".jpg", ".jpeg", ".xml", ".svg", ".ttl", ".sha256"}
)


@dataclass(frozen=True, kw_only=True)
class Member:
    """One file of an archive, unpacked."""

    name: str
    """Slug of the table."""
    filename: str
    path: Path
    schema: TableSchema | None


def unpacked(path: Path, folder: Path, notes: Notes) -> Iterator[Member]:
    """Give the tables of an archive one after the other; each file is gone when the next is asked for.

    Raises:
        Unreadable: it breaks a limit, holds another archive, or no table at all.
    """
    with checked(path) as archive:
        members = [member for member in archive.infolist() if not member.is_dir() and not _is_rubbish(member.filename)]
        _refuse_nested(members)
        package = next((member for member in members if PurePosixPath(member.filename).name == DESCRIPTOR), None)
        listed = _of_package(archive, package, members, notes) if package else _of_files(members, notes)
        if not listed:
            raise Unreadable("no-tables", "Im Archiv ist keine Tabelle.", "The archive holds no table.")
        for number, (name, member, schema) in enumerate(listed):
            target = folder / f".member-{number}"
            unpack(archive, member, target)
            try:
                yield Member(name=name, filename=member.filename, path=target, schema=schema)
            finally:
                target.unlink(missing_ok=True)


def package_of(path: Path) -> dict[str, Any] | None:  # Any: JSON
    """Give the descriptor of a file that is a whole Data Package; None: it is none.

    Raises:
        Unreadable: it breaks a limit, or its descriptor is none.
    """
    if not is_zipfile(path):
        return None
    with checked(path) as archive:
        for member in archive.infolist():
            if PurePosixPath(member.filename).name == DESCRIPTOR:
                return _descriptor(archive, member)
    return None


Listed = list[tuple[str, ZipInfo, TableSchema | None]]


def _is_rubbish(name: str) -> bool:
    return name.startswith("__MACOSX/") or PurePosixPath(name).name in (".DS_Store", "Thumbs.db")


def _refuse_nested(members: list[ZipInfo]) -> None:
    for member in members:
        if PurePosixPath(member.filename.lower()).suffix in _ARCHIVES:
            raise Unreadable(
                "nested-archive",
                "Im Archiv steckt noch ein Archiv.",
                "The archive holds another archive.",
                value=member.filename,
            )


def _of_files(members: list[ZipInfo], notes: Notes) -> Listed:
    found: Listed = []
    for member in members:
        ending = PurePosixPath(member.filename.lower()).suffix
        if ending in _TABLES:
            found.append((_free(slugify(PurePosixPath(member.filename).stem) or "tabelle", found), member, None))
        else:
            _note_left_out(notes, member, ending)
    return found


def _note_left_out(notes: Notes, member: ZipInfo, ending: str) -> None:
    severity = Severity.NOTE if ending in _PASSED_OVER else Severity.WARNING
    notes.add(
        "not-a-table",
        severity,
        f"{member.filename} ist keine Tabelle und wurde nicht gelesen.",
        f"{member.filename} is no table and was not read.",
        value=member.filename,
    )


def _free(name: str, found: Listed) -> str:
    taken, number, free = {one for one, _, _ in found}, 2, name[:90]
    while free in taken:
        free, number = f"{name[:90]}-{number}", number + 1
    return free


def _of_package(archive: ZipFile, package: ZipInfo, members: list[ZipInfo], notes: Notes) -> Listed:
    """Give the resources of the Data Package; its files that no resource names are said."""
    descriptor = _descriptor(archive, package)
    root = PurePosixPath(package.filename).parent
    by_name = {PurePosixPath(member.filename): member for member in members}
    found: Listed = []
    for resource in descriptor.get("resources", []):
        path = resource.get("path") if isinstance(resource, dict) else None
        member = by_name.get(root / path) if isinstance(path, str) else None
        if member is None:
            raise Unreadable(
                "missing-member",
                f"Das Datenpaket nennt {path!r}; die Datei fehlt im Archiv.",
                f"The data package names {path!r}; the file is not in the archive.",
            )
        found.append(
            (
                _free(slugify(str(resource.get("name") or PurePosixPath(str(path)).stem)), found),
                member,
                _schema(resource),
            )
        )
    named = {member.filename for _, member, _ in found}
    for member in members:
        if member is not package and member.filename not in named:
            _note_left_out(notes, member, PurePosixPath(member.filename.lower()).suffix)
    return found


def _descriptor(archive: ZipFile, package: ZipInfo) -> dict[str, Any]:  # Any: JSON
    if package.file_size > _MAX_DESCRIPTOR_BYTES:
        raise Unreadable("descriptor", f"{DESCRIPTOR} ist zu groß.", f"{DESCRIPTOR} is too large.")
    try:
        described = read_json(archive.read(package))
    except InvalidInput:
        described = None
    if not isinstance(described, dict) or not isinstance(described.get("resources"), list):
        raise Unreadable("descriptor", f"{DESCRIPTOR} ist kein Datenpaket.", f"{DESCRIPTOR} is no Data Package.")
    return described


def _schema(resource: dict[str, Any]) -> TableSchema | None:  # Any: JSON
    if not isinstance(resource.get("schema"), dict):
        return None
    try:
        return read_schema(resource["schema"])
    except InvalidInput as error:
        raise Unreadable("descriptor", error.detail.de, error.detail.in_language("en")) from None
