"""Pages of rows and single rows as answers: from a question that was read to bytes with their headers.

An entity tag follows from the rows and the question, so that who has the page is told so before anything is looked up.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote, urlencode

from isal import igzip
from werkzeug.http import parse_etags

from portal.foundation.errors import InvalidInput, NotFound
from portal.rows.groups import read_groups
from portal.rows.parameters import read_query
from portal.rows.query import RowQuery
from portal.rows.serve import count_rows, read_page, read_row
from portal.web.served_tables import ServedTable
from portal.web.stored import REVALIDATE, Encoded, StoredAnswer
from portal.wiring import Portal

DEFAULT_LIMIT = 100
"""Rows of a page when nothing is said."""

ANSWER = 1
"""Goes into the entity tag: raise it when the same question gets other bytes."""

VARY = "Accept, Accept-Encoding, Accept-Language"

_MAX_VERSION_DIGITS = 9
_JSON = "application/json"
_WORTH_COMPRESSING_BYTES = 1_000
"""A smaller answer fits into one packet anyway."""

_SAFE = (("Referrer-Policy", "no-referrer"), ("Content-Security-Policy", "default-src 'none'; sandbox"))
_HTTPS_ONLY = ("Strict-Transport-Security", "max-age=31536000")


def page_answer(
    portal: Portal, served: ServedTable, given: Mapping[str, str], *, known: str = "", packed: bool = False
) -> StoredAnswer:
    """Give the page of rows that the parameters *given* ask for; empty, if it is among the entity tags *known* to the client.

    *packed*: the client takes gzip.

    Raises:
        InvalidInput: a parameter is not understood.
        TooCostly, Busy: as `portal.rows.serve.read_page` says.
    """
    query = read_query(given, served.source.schema, served.source.physical)
    tag = tag_of(portal, served, given)
    if known and is_known(tag, known):
        return _answer(portal, served, b"", b"", tag=tag)  # nothing but its entity tags will be looked at
    body, count = _page(portal, served, query, given)
    return _answer(portal, served, body, _packed(body) if packed else None, tag=tag, row_count=count)


def row_answer(portal: Portal, served: ServedTable, key: str, *, packed: bool = False) -> StoredAnswer:
    """Give the row with a primary key; several key columns are joined by commas.

    Raises:
        NotFound: the table has no such row.
    """
    schema = served.source.schema
    parts = key.split(",") if len(schema.primary_key) > 1 else [key]
    row = read_row(portal.rows, served.source, parts)
    if row is None:
        raise NotFound(
            f"The table {served.dataset}/{served.name} has no row {key[:100]!r}.",
            detail_de=f"Die Tabelle {served.dataset}/{served.name} hat keine Zeile {key[:100]!r}.",
            key=list(schema.primary_key),
        )
    place = f"{portal.settings.public_url}/id/{served.dataset}/{served.name}"
    iri = f"{place}/{','.join(quote(part, safe='') for part in parts)}"
    about = f'"dataset":"{served.dataset}","table":"{served.name}","version":{served.version}'
    body = f'{{{about},"id":"{iri}","row":{row}}}'.encode()
    return _answer(portal, served, body, _packed(body) if packed else None)


def tag_of(portal: Portal, served: ServedTable, given: Mapping[str, str]) -> str:
    """Give the entity tag of an answer."""
    question = json.dumps([ANSWER, served.digest, served.version, portal.settings.public_url, sorted(given.items())])
    return hashlib.sha256(question.encode("utf-8", "surrogatepass")).hexdigest()[:40]


def is_known(tag: str, sent: str | None) -> bool:
    """Tell whether the value of `If-None-Match` that was *sent* names *tag*, in any encoding."""
    known = parse_etags(sent)
    return known.contains_weak(tag) or known.contains_weak(f"{tag}-gz")


def version_of(given: Mapping[str, str]) -> int | None:
    """Give the version that is asked for; None: the current one.

    Raises:
        InvalidInput: it is no number.
    """
    text = given.get("version")
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and 0 < len(text) <= _MAX_VERSION_DIGITS and int(text)):
        raise InvalidInput(
            "version: the number of a version, such as 1.",
            detail_de="version: die Nummer einer Version, etwa 1.",
            parameter="version",
        )
    return int(text)


def _page(portal: Portal, served: ServedTable, query: RowQuery, given: Mapping[str, str]) -> tuple[bytes, int]:
    """Give the JSON of a page, and how many rows it has."""
    limit = query.limit or DEFAULT_LIMIT
    query = replace(query, limit=limit)
    if query.is_grouped:
        page, total = read_groups(portal.rows, served.source, query)
    else:
        page = read_page(portal.rows, served.source, query)
        total = count_rows(portal.rows, served.source, query) if query.counted or query.is_whole else None
    following = None
    if page.last is not None:
        asked = {**given, "limit": str(limit), "after": str(page.last), "version": str(served.version)}
        rows_url = f"{portal.settings.public_url}/api/v1/datasets/{served.dataset}/tables/{served.name}/rows"
        following = f"{rows_url}?{urlencode(asked)}"
    head = {
        "dataset": served.dataset,
        "table": served.name,
        "version": served.version,
        "total": total,
        "limit": limit,
        "next": following,
    }
    told = json.dumps(head, ensure_ascii=False, separators=(",", ":"))
    return f'{told[:-1]},"rows":[{",".join(page.rows)}]}}'.encode(), len(page.rows)


def _packed(body: bytes) -> bytes | None:
    """Give the body compressed, if that is worth it."""
    return igzip.compress(body, compresslevel=1, mtime=0) if len(body) >= _WORTH_COMPRESSING_BYTES else None


def _answer(
    portal: Portal,
    served: ServedTable,
    body: bytes,
    packed: bytes | None,
    *,
    tag: str | None = None,
    row_count: int | None = None,
) -> StoredAnswer:
    return StoredAnswer(
        identity=_in_memory(body),
        gzip=_in_memory(packed) if packed is not None else None,
        media_type=_JSON,
        modified_at=served.released_at,
        cache_control=REVALIDATE,
        links=(served.licence,),
        row_count=row_count,
        vary=VARY,
        others=(*_SAFE, _HTTPS_ONLY) if portal.settings.public_url.startswith("https://") else _SAFE,
        tag=tag,
    )


def _in_memory(content: bytes) -> Encoded:
    return Encoded(Path(), len(content), hashlib.sha256(content).hexdigest(), content)
