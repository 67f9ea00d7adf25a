"""A file that somebody sends: written to disk as it comes, never held in memory, checked against what was announced.

the body itself            PUT with any Content-Type; its name from `filename` or Content-Disposition
multipart/form-data        the part `file`; what forms and `curl -F` send
"""

import hashlib
import mimetypes
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import IO

from flask import g, request
from gunicorn.http.errors import ParseException
from werkzeug.http import parse_dict_header, parse_options_header

from portal.foundation.errors import InvalidInput
from portal.web.context import portal

_CHUNK_BYTES = 1024 * 1024
_MULTIPART = "multipart/form-data"
_OVERHEAD_BYTES = 64 * 1024
"""What boundaries and other parts of a form add to the file."""


@contextmanager
def uploaded(filename: str | None) -> Iterator[tuple[Path, str]]:
    """Give the file that the request brings and its name, for as long as the block lasts.

    Raises:
        InvalidInput: there is no file, or it is not the one whose digest was announced (RFC 9530).
        RequestEntityTooLarge: it is larger than the operator allows.
    """
    request.max_content_length = portal().settings.upload_max_bytes + _OVERHEAD_BYTES
    with portal().drafts.workshop() as workshop:
        target = workshop / "upload"
        name = _save_part(target) if request.mimetype == _MULTIPART else _save_body(target)
        if target.stat().st_size == 0:
            raise InvalidInput("The file is empty.", detail_de="Die Datei ist leer.")
        yield target, _plain(filename or name)


def _save_part(target: Path) -> str:
    parts = request.files.getlist("file")
    if len(parts) != 1:
        raise InvalidInput(
            f"The form must have one part `file` with a file, not {len(parts)}.",
            detail_de=f"Das Formular muss einen Teil `file` mit einer Datei haben, nicht {len(parts)}.",
        )
    if others := sorted({*request.form, *request.files} - {"file"}):
        names = ", ".join(one[:80] for one in others[:10])
        raise InvalidInput(
            f"The form has parts that are not read: {names}. What is said of the file stands in the address, after `?`.",
            detail_de=f"Das Formular hat Teile, die niemand liest: {names}. Angaben zur Datei stehen in der Adresse, hinter `?`.",
        )
    parts[0].save(target)
    return parts[0].filename or "upload"


def _save_body(target: Path) -> str:
    total = hashlib.sha256()
    stream = BytesIO(g.body) if g.get("body") else request.stream  # a retry's key has been held against a small body
    with target.open("wb") as file:
        while chunk := _next_chunk(stream):
            total.update(chunk)
            file.write(chunk)
    if request.content_length not in (None, target.stat().st_size):  # the server takes a closed connection for the end
        raise _broken_off()
    announced = _announced_digest()
    if announced is not None and announced != b64encode(total.digest()).decode("ascii"):
        raise InvalidInput(
            "The bytes that arrived do not have the digest that was announced; please send the file again.",
            detail_de="Die angekommenen Bytes haben nicht die angekündigte Prüfsumme; bitte die Datei noch einmal senden.",
        )
    _, options = parse_options_header(request.headers.get("Content-Disposition", ""))
    return options.get("filename") or "upload" + (mimetypes.guess_extension(request.mimetype) or "")


def _next_chunk(stream: IO[bytes]) -> bytes:
    """Give what came next; nothing: that was all.

    Raises:
        InvalidInput: the sender has gone, or its chunks are none (RFC 9112, 7.1).
    """
    try:
        return stream.read(_CHUNK_BYTES)
    except (ParseException, OSError):
        raise _broken_off() from None


def _broken_off() -> InvalidInput:
    return InvalidInput(
        "The upload broke off before all of it had arrived; please send the file again.",
        detail_de="Das Hochladen brach ab, bevor alles angekommen war; bitte die Datei noch einmal senden.",
    )


def _plain(name: str) -> str:
    """Give the last part of a file's name, without what could not be shown: it is only a word about the file."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(sign for sign in last if sign.isprintable())[:300] or "upload"


def _announced_digest() -> str | None:
    """Give the SHA-256 that the sender announced, in base64 (RFC 9530, sections 2 and 3); None: none."""
    for header in ("Content-Digest", "Repr-Digest"):
        value = parse_dict_header(request.headers.get(header, "")).get("sha-256")
        if value:
            return value.strip(":")
    return None
