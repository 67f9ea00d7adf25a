"""What a client would rather have: a page, or one of the documents at the same address."""

import re
from collections.abc import Mapping
from functools import lru_cache

from werkzeug.datastructures import LanguageAccept, MIMEAccept
from werkzeug.http import parse_accept_header

HTML = "text/html"

_MAX_HEADER = 1_000
"""A longer Accept header is read as if it were absent; browsers send about 150 characters."""


def preferred(accept: str, documents: Mapping[str, str]) -> str | None:
    """Give the key of *documents* whose media type *accept* likes best; None: a page.

    A page wins a tie, and whatever accepts everything (as curl does by default) gets the page.
    """
    if not accept or len(accept) > _MAX_HEADER:
        return None
    best = _best(accept, (HTML, *documents.values()))
    return next((key for key, media_type in documents.items() if media_type == best), None)


def accepts(accept: str, media_types: tuple[str, ...]) -> str | None:
    """Give which of *media_types* the client likes best, the first on a tie; None: none of them."""
    return _best(accept, media_types) if accept and len(accept) <= _MAX_HEADER else media_types[0]


@lru_cache(maxsize=512)
def _best(accept: str, media_types: tuple[str, ...]) -> str | None:
    plain = re.sub(r";\s*(?!q\s*=)[^,;]*", "", accept)  # text/turtle;charset=utf-8 is Turtle all the same
    return parse_accept_header(plain, MIMEAccept).best_match(media_types)


def language(asked: str | None, accept_language: str) -> str:
    """Give the language of a page: `de` or `en`; an explicit `?lang=` wins, German is the default."""
    if asked in ("de", "en"):
        return asked
    if not accept_language or len(accept_language) > _MAX_HEADER:
        return "de"
    return parse_accept_header(accept_language, LanguageAccept).best_match(["de", "en"], default="de") or "de"
