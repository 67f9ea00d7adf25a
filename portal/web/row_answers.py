"""Pages of rows and single rows as answers: from a question that was read to bytes with their headers.

An entity tag follows from the rows and the question, so that who has the page is told so before anything is looked up.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import quote, urlencode

from werkzeug.http import parse_etags

from portal.foundation.errors import InvalidInput, NotFound
from portal.publishing.joining.files import pins
from portal.rows.engine import RowSource
from portal.rows.groups import read_groups
from portal.rows.parameters import read_query
from portal.rows.query import RowQuery
from portal.rows.serve import count_rows, read_page, read_row
from portal.web.row_pins import read_pins
from portal.web.served_tables import ServedTable, ServedTables
from portal.web.stored import REVALIDATE, Encoded, StoredAnswer, packed
from portal.wiring import Portal

DEFAULT_LIMIT = 100
"""Rows of a page when nothing is said."""

ANSWER = 2
"""Goes into the entity tag: raise it when the same question gets other bytes."""

VARY = "Accept, Accept-Encoding, Accept-Language"

_JSON = "application/json"

_SAFE = (("Referrer-Policy", "no-referrer"), ("Content-Security-Policy", "default-src 'none'; sandbox"))
_HTTPS_ONLY = ("Strict-Transport-Security", "max-age=31536000")


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A question about rows, and where it was asked."""

    served: ServedTable
    question: Mapping[str, str]
    """Parameters of the row query."""
    path: str
    """Address that `next` goes on from, without the host."""
    given: Mapping[str, str]
    """What was said at that address."""
    pinned: bool
    """All versions are said: the answer never changes."""
    name: str
    """Of a file."""
    told: Mapping[str, object] = field(default_factory=dict)
    """What the answer says on top."""

    def query(self) -> RowQuery:
        """Give the row query.

        Raises:
            InvalidInput: a parameter is not understood.
        """
        return read_query(self.question, self.served.source.schema, self.served.source.physical)


def asked_of_table(tables: ServedTables, slug: str, table: str, given: Mapping[str, str]) -> Asked:
    """Read what is asked of the rows of a table, maybe joined with others.

    Raises:
        NotFound: there is no such dataset, version or table.
        Gone: a dataset was withdrawn.
        InvalidInput: a version or a join is not understood.
    """
    versions = read_pins(slug, given)
    if given.get("join") == "":
        raise InvalidInput(
            "join: name a join, or leave it out.",
            detail_de="join: eine Verbindung nennen oder weglassen.",
            parameter="join",
        )
    if "join" in given or versions.keys() - {slug}:
        served = tables.find_joined(slug, table, given.get("join", ""), versions)
    else:
        served = tables.find(slug, table, versions.get(slug))
    return Asked(
        served=served,
        question=given,
        path=f"/api/v1/datasets/{slug}/tables/{table}/rows",
        given=given,
        pinned=versions.keys() >= served.versions.keys(),
        name=f"{slug}_v{served.version}_{table}",
    )


def page_answer(portal: Portal, asked: Asked, *, known: str = "", packs: bool = False) -> StoredAnswer:
    """Give the page of rows that is asked for; empty, if it is among the entity tags *known* to the client.

    *packs*: the client takes gzip.

    Raises:
        InvalidInput: a parameter is not understood.
        TooCostly, Busy: as `portal.rows.serve.read_page` says, or joining took too long.
    """
    query, tag = asked.query(), tag_of(portal, asked)
    if known and is_known(tag, known):
        return _answer(portal, asked.served, b"", b"", tag=tag)  # nothing but its entity tags will be looked at
    body, count = _page(portal, asked, query)
    return _answer(portal, asked.served, body, packed(body) if packs else None, tag=tag, row_count=count)


def row_answer(portal: Portal, served: ServedTable, key: str, *, packs: bool = False) -> StoredAnswer:
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
    return _answer(portal, served, body, packed(body) if packs else None)


def tag_of(portal: Portal, asked: Asked, form: str = "page") -> str:
    """Give the entity tag of an answer: it follows from the rows, the question, and what is said of both."""
    served = asked.served
    credit = served.joined.lineage.credit.items() if served.joined else ()
    facts = [ANSWER, served.digest, served.versions, portal.settings.public_url, served.licence, credit, asked.path]
    said = [sorted(asked.question.items()), sorted(asked.given.items()), asked.told, form]
    question = json.dumps([*facts, *said])
    return hashlib.sha256(question.encode("utf-8", "surrogatepass")).hexdigest()[:40]


def is_known(tag: str, sent: str | None) -> bool:
    """Tell whether the value of `If-None-Match` that was *sent* names *tag*, in any encoding."""
    known = parse_etags(sent)
    return known.contains_weak(tag) or known.contains_weak(f"{tag}-gz")


def rows_of(portal: Portal, served: ServedTable) -> RowSource:
    """Give the rows of a table to be read in pages; they are joined if need be.

    Raises:
        TooCostly: joining took too long, or gives too many rows.
        Busy: too many joins are waiting.
    """
    return served.source if served.joined is None else portal.joins.source(served.joined)


def rows_to_write(portal: Portal, served: ServedTable, query: RowQuery) -> RowSource:
    """Give the rows of a table for a file; a row file is there only if it takes one to find those of *query*.

    Raises:
        TooCostly, Busy: as `rows_of`; without words and `after` a join may give far more rows.
    """
    if served.joined is None or query.text or query.after:
        return rows_of(portal, served)
    return portal.joins.rows(served.joined)


def _page(portal: Portal, asked: Asked, query: RowQuery) -> tuple[bytes, int]:
    """Give the JSON of a page, and how many rows it has."""
    limit, served = query.limit or DEFAULT_LIMIT, asked.served
    source, query = rows_of(portal, served), replace(query, limit=limit)
    if query.is_grouped:
        page, total = read_groups(portal.rows, source, query)
    else:
        page = read_page(portal.rows, source, query)
        total = count_rows(portal.rows, source, query) if query.counted or query.is_whole else None
    head = {
        **asked.told,
        "dataset": served.dataset,
        "table": served.name,
        "version": served.version,
        "total": total,
        "limit": limit,
        "next": None if page.last is None else _next(portal, asked, limit, page.last),
    }
    told = json.dumps(head, ensure_ascii=False, separators=(",", ":"))
    return f'{told[:-1]}{served.told_of_join},"rows":[{",".join(page.rows)}]}}'.encode(), len(page.rows)


def _next(portal: Portal, asked: Asked, limit: int, last: int) -> str:
    """Give the address of the next page: of the same versions."""
    said = {**asked.given, "limit": str(limit), "after": str(last)}
    if asked.served.joined:
        said.pop("version", None)
        said["versions"] = pins(asked.served.versions)
    else:
        said["version"] = str(asked.served.version)
    return f"{portal.settings.public_url}{asked.path}?{urlencode(said)}"


def _answer(
    portal: Portal,
    served: ServedTable,
    body: bytes,
    small: bytes | None,
    *,
    tag: str | None = None,
    row_count: int | None = None,
) -> StoredAnswer:
    return StoredAnswer(
        identity=Encoded.in_memory(body),
        gzip=Encoded.in_memory(small) if small is not None else None,
        media_type=_JSON,
        modified_at=served.released_at,
        cache_control=REVALIDATE,
        links=served.links,
        row_count=row_count,
        vary=VARY,
        others=(*_SAFE, _HTTPS_ONLY) if portal.settings.public_url.startswith("https://") else _SAFE,
        tag=tag,
    )
