"""Answers to questions about rows: a page of JSON, or a file in any format; of a table, of joined ones, of a saved combination."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import urlencode

from flask import Response, request
from werkzeug.http import parse_etags
from werkzeug.wrappers import Response as AnyResponse

from portal.exports.chosen import refuse_unnamed
from portal.exports.formats import FORMATS, TableFormat
from portal.exports.table import TableExport
from portal.foundation.db import reading
from portal.foundation.errors import InvalidInput, NotFound
from portal.publishing.chosen_files import published_export, write_answer
from portal.publishing.joining.files import joined_export, pins
from portal.publishing.joining.joined import Joined
from portal.rows.groups import read_groups
from portal.rows.parameters import read_query
from portal.rows.query import RowQuery
from portal.rows.serve import count_rows, read_page
from portal.web.api.row_pins import read_pins
from portal.web.context import portal, served_tables
from portal.web.headers import tag_answer
from portal.web.negotiation import accepts
from portal.web.served_tables import ServedTable
from portal.web.stored import IMMUTABLE, REVALIDATE, Encoded, StoredAnswer, send_stored

DEFAULT_LIMIT = 100
"""Rows of a page when nothing is said."""

ANSWER = 2
"""Goes into the ETag: raise it when the same question gets other bytes."""

_VARY = "Accept, Accept-Encoding, Accept-Language"
_BY_NAME = ("excel-csv", "json")
"""Formats that no media type asks for: the page is JSON, and the other CSV is the usual one."""


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


def asked_of_table(slug: str, table: str, given: Mapping[str, str]) -> Asked:
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
        served = served_tables().find_joined(slug, table, given.get("join", ""), versions)
    else:
        served = served_tables().find(slug, table, versions.get(slug))
    return Asked(
        served=served,
        question=given,
        path=f"/api/v1/datasets/{slug}/tables/{table}/rows",
        given=given,
        pinned=versions.keys() >= served.versions.keys(),
        name=f"{slug}_v{served.version}_{table}",
    )


def answer_page_or_file(asked: Asked) -> AnyResponse:
    """Answer with a page, or with the file that `format` or `Accept` asks for."""
    form = _form(asked.given)
    return _page_answer(asked) if form is None else answer_file(asked, form)


def form_of(suffix: str) -> TableFormat:
    """Give the format of a suffix.

    Raises:
        NotFound: there is none; the sentence says which there are.
    """
    form = next((one for one in FORMATS if one.suffix == suffix), None)
    if form is None:
        listed = ", ".join(one.suffix for one in FORMATS)
        raise NotFound(f"Rows come as {listed}.", detail_de=f"Zeilen gibt es als {listed}.")
    if "format" in request.args:
        raise InvalidInput(
            "format: the address names it already.",
            detail_de="format: steht schon in der Adresse.",
            parameter="format",
        )
    return form


def _page_answer(asked: Asked) -> Response:
    query = _query(asked)
    tag = _tag(asked, "page")
    tag_answer(tag)
    if _is_known(tag):
        return _dressed(Response(status=304, headers={"ETag": f'"{tag}"', "Vary": _VARY}), asked)
    return _dressed(_page(replace(asked, served=served_tables().made(asked.served)), query), asked)


def _page(asked: Asked, query: RowQuery) -> Response:
    served, limit = asked.served, query.limit or DEFAULT_LIMIT
    query = replace(query, limit=limit)
    if query.is_grouped:
        page, total = read_groups(portal().rows, served.source, query)
    else:
        page = read_page(portal().rows, served.source, query)
        total = count_rows(portal().rows, served.source, query) if query.counted or query.is_whole else None
    head = {
        **asked.told,
        "dataset": served.dataset,
        "table": served.name,
        "version": served.version,
        "total": total,
        "limit": limit,
        "next": None if page.last is None else _next(asked, limit, page.last),
        **(joined_object(served.joined) if served.joined else {}),
    }
    told = json.dumps(head, ensure_ascii=False, separators=(",", ":"))
    response = Response(f'{told[:-1]},"rows":[{",".join(page.rows)}]}}', content_type="application/json")
    response.headers["Row-Count"] = str(len(page.rows))
    return response


def _next(asked: Asked, limit: int, last: int) -> str:
    """Give the address of the next page: of the same versions."""
    said = {**asked.given, "limit": str(limit), "after": str(last)}
    if asked.served.joined:
        said.pop("version", None)
        said["versions"] = pins(asked.served.versions)
    else:
        said["version"] = str(asked.served.version)
    return f"{portal().settings.public_url}{asked.path}?{urlencode(said)}"


def joined_object(joined: Joined) -> dict[str, object]:
    """Say of a joined table what went in, how, and what follows for who passes it on."""
    return {
        "multiplies": joined.multiplies,
        "joins": [
            {
                "path": part.path,
                "columns": f"{part.alias}.",
                "dataset": part.dataset,
                "table": part.table,
                "version": part.version,
                "multiplies": part.multiplies,
            }
            for part in joined.parts[1:]
        ],
        "lineage": joined.lineage.as_dict(),
    }


def answer_file(asked: Asked, form: TableFormat) -> AnyResponse:
    """Answer with a file: whole on disk before its first byte is sent.

    Raises:
        InvalidInput: a parameter is not understood, or groups are asked for in a format that names rows.
        TooCostly: it takes too long.
    """
    query = _query(asked)
    refuse_unnamed(query, form)
    tag = _tag(asked, form.name)
    if _is_known(tag):
        return _dressed(Response(status=304, headers={"ETag": f'"{tag}"', "Vary": _VARY}), asked)

    def make(folder: Path) -> tuple[Path, int]:
        served, parts = served_tables().made(asked.served), portal()
        timeout_s = parts.settings.query_file_timeout_s
        return write_answer(_export(served), form, query, parts.rows, served.source, folder, timeout_s=timeout_s)

    file = portal().answers.file(tag, make)
    answer = StoredAnswer(
        identity=Encoded(file.path, file.size_bytes, file.digest),
        gzip=None,
        media_type=form.media_type,
        modified_at=asked.served.released_at,
        cache_control=IMMUTABLE if asked.pinned else REVALIDATE,
        links=(asked.served.licence,),
        row_count=file.row_count,
        file_name=f"{asked.name}_{tag[:8]}{form.suffix}",
        vary=_VARY,
        tag=tag,
    )
    return Response.from_app(lambda environ, start: send_stored(answer, environ, start), request.environ)


def _export(served: ServedTable) -> TableExport:
    settings = portal().settings
    if served.joined is not None:
        return joined_export(served.joined, served.source, settings)
    if served.version_id is None:
        raise AssertionError("a published table has a version")
    with reading(portal().engine) as session:
        return published_export(session, served.version_id, served.name, served.source, settings)


def _query(asked: Asked) -> RowQuery:
    return read_query(asked.question, asked.served.source.schema, asked.served.source.physical)


def _form(given: Mapping[str, str]) -> TableFormat | None:
    """Give the format that is asked for, by name or by `Accept`; None: a page of JSON."""
    if "format" not in given:
        offered = ("application/json", *(one.media_type.split(";")[0] for one in FORMATS if one.name not in _BY_NAME))
        best = accepts(request.headers.get("Accept", ""), offered)
        wanted = (one for one in FORMATS if one.media_type.split(";")[0] == best and one.name not in _BY_NAME)
        return next(wanted, None)
    for form in FORMATS:
        if given["format"] in (form.name, form.suffix[1:]):
            return form
    listed = ", ".join(one.name for one in FORMATS)
    raise InvalidInput(f"format: one of {listed}.", detail_de=f"format: eines von {listed}.", parameter="format")


def _is_known(tag: str) -> bool:
    known = parse_etags(request.headers.get("If-None-Match"))
    return known.contains_weak(tag) or known.contains_weak(f"{tag}-gz")


def _tag(asked: Asked, form: str) -> str:
    """Give the entity tag of an answer: it follows from the rows and the question."""
    served, base = asked.served, portal().settings.public_url
    credit = served.joined.lineage.credit.items() if served.joined else ()
    facts = [ANSWER, served.digest, served.versions, base, served.licence, credit, asked.path]
    said = [sorted(asked.question.items()), sorted(asked.given.items()), asked.told]
    question = json.dumps([*facts, *said, form])
    return hashlib.sha256(question.encode("utf-8", "surrogatepass")).hexdigest()[:40]


def _dressed(response: Response, asked: Asked) -> Response:
    response.headers["Link"] = asked.served.licence
    response.headers["Cache-Control"] = "public, no-cache"
    response.last_modified = asked.served.released_at
    return response
