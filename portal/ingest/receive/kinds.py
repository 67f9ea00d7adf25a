"""What kind of file it is, by its first bytes; the name only decides where bytes leave it open."""

import re
import zipfile
from enum import StrEnum
from pathlib import Path, PurePosixPath

from portal.ingest.receive.task import Unreadable


class Kind(StrEnum):
    """A kind of file that can be received."""

    TEXT = "text"
    WORKBOOK = "workbook"
    JSON = "json"
    PARQUET = "parquet"
    ARCHIVE = "archive"


_REFUSED = (
    (b"%PDF", "PDF"),
    (b"\x1f\x8b", "gzip"),
    (b"7z\xbc\xaf", "7-Zip"),
    (b"Rar!", "RAR"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ", "xz"),
    (b"\x28\xb5\x2f\xfd", "Zstandard"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"SQLite format 3", "SQLite"),
    (b"{\\rtf", "RTF"),
    (b"PK\x05\x06", "an empty ZIP"),
    (b"\xff\xfe\x00\x00", "UTF-32"),
    (b"\x00\x00\xfe\xff", "UTF-32"),
)
_JSON_ENDINGS = frozenset({".json", ".geojson", ".jsonl", ".ndjson", ".topojson"})


def kind_of(path: Path, filename: str) -> Kind:
    """Tell the kind of the file *path*, which was sent as *filename*.

    Raises:
        Unreadable: it is of a kind that is not received.
    """
    with path.open("rb") as stream:
        head = stream.read(4096)
    if head.startswith(b"PK\x03\x04"):
        return _zipped(path)
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return Kind.WORKBOOK
    if head.startswith(b"PAR1"):
        return Kind.PARQUET
    for mark, name in _REFUSED:
        if head.startswith(mark):
            raise _refused(name)
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if re.match(rb"<!doctype html|<html|<table|<head|<meta", start):
        raise _refused("HTML")
    if start.startswith((b"<?xml", b"<kml", b"<gml", b"<rdf", b"<svg")):
        raise _refused("XML")
    ending = PurePosixPath(filename.lower()).suffix
    if ending in _JSON_ENDINGS or re.match(rb'(\[\s*)?\{\s*("|\})|\[\s*\]', start):
        return Kind.JSON
    return Kind.TEXT


def _zipped(path: Path) -> Kind:
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise Unreadable(
            "truncated-file",
            "Die ZIP-Datei ist beschädigt oder unvollständig.",
            "The ZIP file is damaged or incomplete.",
        ) from None
    if "[Content_Types].xml" in names:
        if any(name.startswith("xl/") for name in names):
            return Kind.WORKBOOK
        raise _refused("Word/PowerPoint")
    if "mimetype" in names and "content.xml" in names:
        return Kind.WORKBOOK
    return Kind.ARCHIVE


def _refused(name: str) -> Unreadable:
    return Unreadable(
        "unsupported-format",
        f"Das ist {name}; angenommen werden CSV, XLSX, XLS, ODS, JSON, JSON Lines, GeoJSON, Parquet und ZIP davon.",
        f"This is {name}; received are CSV, XLSX, XLS, ODS, JSON, JSON Lines, GeoJSON, Parquet and ZIP of them.",
        value=name,
    )
