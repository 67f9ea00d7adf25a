"""Limits on ZIP files before anything is unpacked, and while it is: what the directory says may be a lie."""

import stat
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from portal.ingest.receive.task import Unreadable

MAX_MEMBERS = 1000
MAX_TOTAL_BYTES = 4 * 1024**3
MAX_RATIO = 200
"""Unpacked to packed. Real tables give 5 to 40; the XML of a sheet with one repeated value up to about 150."""
SMALL_BYTES = 1024 * 1024
"""Members up to this size may have any ratio."""
_CHUNK_BYTES = 1024 * 1024


def checked(path: Path, *, max_members: int = MAX_MEMBERS) -> zipfile.ZipFile:
    """Open *path* if it keeps the limits.

    Raises:
        Unreadable: too many members, too large, packed too well, encrypted, a link, or a path out of the folder.
    """
    try:
        archive = zipfile.ZipFile(path)
        members = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise damaged() from None
    try:
        _check(members, max_members)
    except Unreadable:
        archive.close()
        raise
    return archive


def _check(members: list[zipfile.ZipInfo], max_members: int) -> None:
    if len(members) > max_members:
        raise Unreadable(
            "too-many-members",
            f"Das Archiv hat {len(members)} Dateien, erlaubt sind {max_members}.",
            f"The archive has {len(members)} files; {max_members} are allowed.",
        )
    if sum(member.file_size for member in members) > MAX_TOTAL_BYTES:
        raise bomb()
    names: set[str] = set()
    for member in members:
        if member.flag_bits & 1:
            raise Unreadable(
                "encrypted", "Das Archiv ist verschlüsselt.", "The archive is encrypted.", value=member.filename
            )
        if stat.S_ISLNK(member.external_attr >> 16):
            raise Unreadable(
                "symbolic-link",
                "Das Archiv enthält eine Verknüpfung.",
                "The archive holds a symbolic link.",
                value=member.filename,
            )
        if not is_inside(member.filename):
            raise Unreadable(
                "path-traversal",
                "Ein Pfad im Archiv führt aus ihm hinaus.",
                "A path in the archive leads out of it.",
                value=member.filename,
            )
        if member.filename.casefold() in names:
            raise Unreadable(
                "duplicate-member",
                "Das Archiv enthält eine Datei zweimal.",
                "The archive holds a file twice.",
                value=member.filename,
            )
        names.add(member.filename.casefold())
        if member.file_size > SMALL_BYTES and member.file_size > MAX_RATIO * max(1, member.compress_size):
            raise bomb()


def is_inside(name: str) -> bool:
    """Tell whether *name* stays in the folder it is unpacked to, on any system."""
    parts = PurePosixPath(name.replace("\\", "/")).parts
    return (
        bool(parts)
        and not name.startswith(("/", "\\"))
        and ".." not in parts
        and ":" not in name
        and "\x00" not in name
    )


def unpack(archive: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path) -> None:
    """Write *member* to *target*, no more bytes than it says it has.

    Raises:
        Unreadable: it is longer than it says, or damaged.
    """
    left = member.file_size
    try:
        with archive.open(member) as source, target.open("wb") as out:
            while chunk := source.read(_CHUNK_BYTES):
                left -= len(chunk)
                if left < 0:
                    raise bomb()
                out.write(chunk)
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError, ValueError, zlib.error):
        raise damaged() from None


def bomb() -> Unreadable:
    return Unreadable(
        "zip-bomb",
        f"Das Archiv ist ausgepackt zu groß (höchstens {MAX_TOTAL_BYTES // 1024**3} GiB und {MAX_RATIO}-fach).",
        f"The archive is too large when unpacked (at most {MAX_TOTAL_BYTES // 1024**3} GiB and {MAX_RATIO} times).",
    )


def damaged() -> Unreadable:
    return Unreadable(
        "truncated-file",
        "Die ZIP-Datei ist beschädigt oder unvollständig.",
        "The ZIP file is damaged or incomplete.",
    )
