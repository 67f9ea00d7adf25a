"""The file that a call brings along: the part `upload` of a form, put where deliveries are worked on."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import request

from portal.foundation.errors import InvalidInput
from portal.web.ckan.arguments import refuse
from portal.web.ckan.calls import SentFile
from portal.web.context import portal

PART = "upload"
OVERHEAD_BYTES = 64 * 1024
"""What boundaries and other parts of a form add to the file."""


@contextmanager
def sent_file() -> Iterator[SentFile | None]:
    """Give the file that the request brings, for as long as the block lasts; None: it brings none.

    Raises:
        InvalidInput: it has several, one under another name, or an empty one.
    """
    if request.mimetype != "multipart/form-data" or not request.files:
        yield None
        return
    parts = request.files.getlist(PART)
    others = [name for name in request.files if name != PART]
    if others or len(parts) != 1:
        name = others[0][:80] if others else PART
        refuse(name, f"There is one file, called {PART}", f"es gibt eine Datei, und sie heißt {PART}")
    with portal().drafts.workshop() as workshop:
        target = workshop / "sent"
        parts[0].save(target)
        if target.stat().st_size == 0:
            raise InvalidInput(
                "The file is empty.", detail_de="Die Datei ist leer.", fields={PART: ["The file is empty."]}
            )
        yield SentFile(target, _plain(parts[0].filename or PART))


def _plain(name: str) -> str:
    """Give the last part of a file's name, without what could not be shown."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(sign for sign in last if sign.isprintable())[:300] or PART
