"""One row as a thing, at its permanent address `/id/{dataset}/{table}/{key}`: a page, JSON, JSON-LD or Turtle by `Accept`.

    /id/workshops/groups/g-2           by Accept, Content-Location names the form
    /id/workshops/groups/g-2.ttl       .json .jsonld .ttl .html, unless a key ends so: a key always wins
    …?referring=ideas/posters/topic_table_id&after=12      further rows of one table that refer to it

Turtle and JSON-LD say what the table's files say of the row; page and JSON add what it refers to and what refers to it.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from flask import Blueprint, Response, render_template, request

from portal.exports.one_row import jsonld_of, turtle_of
from portal.foundation.db import reading
from portal.foundation.errors import NotFound
from portal.foundation.numbers import whole_number
from portal.publishing.descriptor import licence_of
from portal.publishing.documents import licence_object
from portal.publishing.references import Reference
from portal.publishing.things import Referred, Referring, Thing, Things
from portal.web.context import portal, references
from portal.web.links import licence_link
from portal.web.negotiation import HTML, preferred
from portal.web.published import with_charset

row_things = Blueprint("row_things", __name__)

FORMS = {".json": "application/json", ".jsonld": "application/ld+json", ".ttl": "text/turtle"}
"""Suffix ↔ media type of what is no page."""
_PAGE = ".html"

FEW_ROWS = 10
"""Rows shown of each table that refers to the row; `next` leads to more."""
MANY_ROWS = 100
"""Rows of one table in an answer to `referring`."""
MAX_REFERENCES = 100
"""References looked at for one answer; `next` leads to more."""
_MOST = 10**15 - 1


@dataclass(frozen=True)
class _Told:
    """All that is said of a row."""

    thing: Thing
    refers_to: Sequence[Referred]
    referring: Sequence[Referring]
    references: int
    """Number of references by which rows could refer to it."""
    next: str | None
    """Query of the next part of `referring`; None: this is the last."""


@row_things.get("/id/<slug>/<table>/<path:key>")
def row_thing(slug: str, table: str, key: str) -> Response:
    """Tell of a row in the form the client prefers.

    Raises:
        NotFound: there is no such dataset, table or row, or nothing refers to it by those columns.
        Gone: the dataset was withdrawn.
        InvalidInput: a parameter is not what it should be.
    """
    with reading(portal().engine) as session:
        things = Things(session, portal().store, portal().rows, portal().settings)
        thing, suffix = _found(things, slug, table, key)
        form = suffix or preferred(request.headers.get("Accept", ""), FORMS) or _PAGE
        if form == ".ttl":
            response = Response(
                turtle_of(thing.export, thing.row, thing.number), content_type=with_charset(FORMS[form])
            )
        elif form == ".jsonld":
            response = Response(jsonld_of(thing.export, thing.row, thing.number), content_type=FORMS[form])
        else:
            known = references().to(session, thing.version, slug, table)
            told = _told(things, thing, known)
            response = _as_json(told) if form == ".json" else _as_page(told)
    response.headers["Link"] = ", ".join([licence_link(thing.version.descriptor), *_links(thing)])
    if suffix is None:
        response.headers["Content-Location"] = _path(thing) + form
    return response


def _found(things: Things, slug: str, table: str, key: str) -> tuple[Thing, str | None]:
    """Give the row, and the suffix that names its form; None: `Accept` chooses."""
    try:
        return things.find(slug, table, key), None
    except NotFound:
        suffix = next((one for one in (*FORMS, _PAGE) if key.endswith(one)), None)
        if suffix is None or key == suffix:
            raise
        return things.find(slug, table, key.removesuffix(suffix)), suffix


def _told(things: Things, thing: Thing, known: Sequence[Reference]) -> _Told:
    """Gather what the query asks for: all references from the first, a further part of them, or rows by one of them."""
    asked = request.args.get("referring")
    if asked is not None:
        reference = next((one for one in known if _name(one) == asked), None)
        if reference is None:
            raise NotFound(
                f"Nothing refers to this row by {asked[:200]!r}.",
                detail_de=f"Nichts verweist auf diese Zeile durch {asked[:200]!r}.",
                references=[_name(one) for one in known][:MAX_REFERENCES],
            )
        rows = things.referring(thing, reference, after=_number("after"), limit=MANY_ROWS)
        return _Told(thing, things.refers_to(thing), [rows], len(known), None)
    start = _number("skip")
    some = known[start : start + MAX_REFERENCES]
    found = [things.referring(thing, one, after=0, limit=FEW_ROWS) for one in some]
    stop = start + len(some)
    following = urlencode({"skip": stop}) if stop < len(known) else None
    return _Told(thing, things.refers_to(thing), [one for one in found if one.total], len(known), following)


def _as_json(told: _Told) -> Response:
    """Put the answer together as text: rows are JSON already, and their numbers keep all their digits so."""
    thing, base = told.thing, _path(told.thing)
    licence = licence_object(licence_of(thing.version.descriptor), thing.export.attribution)
    body = _object(
        dataset=_json(thing.export.dataset),
        table=_json(thing.export.table),
        version=_json(thing.export.version),
        id=_json(thing.iri),
        url=_json(f"{portal().settings.public_url}/datasets/{thing.export.dataset}#{thing.export.table}"),
        title=_json(thing.export.title.as_dict()),
        row=thing.text,
        refersTo=_array([_referred(one) for one in told.refers_to]),
        referredToBy=_object(
            references=_json(told.references),
            next=_json(_url(f"{base}.json?{told.next}") if told.next else None),
            items=_array([_referring(one, base) for one in told.referring]),
        ),
        licence=_json(licence),
    )
    return Response(body, content_type=FORMS[".json"])


def _referred(one: Referred) -> str:
    return _object(columns=_json(one.columns), id=_json(one.iri), row=one.thing.text if one.thing else "null")


def _referring(one: Referring, base: str) -> str:
    following = _more(one)
    return _object(
        dataset=_json(one.reference.dataset),
        table=_json(one.reference.table),
        columns=_json(one.reference.columns),
        total=_json(one.total),
        next=_json(_url(f"{base}.json?{following}") if following else None),
        rows=_array([_object(id=_json(each.iri), row=each.text) for each in one.things]),
    )


def _as_page(told: _Told) -> Response:
    page = render_template(
        "row.html",
        told=told,
        thing=told.thing,
        base=_path(told.thing),
        forms=FORMS,
        more=_more,
        path=_path,
        links={one.columns[0]: one for one in told.refers_to if len(one.columns) == 1},
        licence=licence_of(told.thing.version.descriptor),
    )
    return Response(page, content_type=f"{HTML}; charset=utf-8")


def _more(one: Referring) -> str:
    """Give the query of the next rows of one table that refer to the row; empty: these are the last."""
    return "" if one.last is None else urlencode({"referring": _name(one.reference), "after": one.last})


def _name(reference: Reference) -> str:
    columns = ",".join(quote(name, safe="") for name in reference.columns)
    return f"{reference.dataset}/{reference.table}/{columns}"


def _links(thing: Thing) -> list[str]:
    path = _path(thing)
    about = f'<{_url(f"/datasets/{thing.export.dataset}")}>; rel="collection"'
    return [about, *(f'<{_url(path + suffix)}>; rel="alternate"; type="{kind}"' for suffix, kind in FORMS.items())]


def _path(thing: Thing) -> str:
    """Give the address of a row without the host."""
    return thing.iri.removeprefix(portal().settings.public_url)


def _url(path: str) -> str:
    return portal().settings.public_url + path


def _number(name: str) -> int:
    return whole_number(name, request.args.get(name, "0"), least=0, most=_MOST)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _object(**members: str) -> str:
    return "{" + ",".join(f"{_json(name)}:{text}" for name, text in members.items()) + "}"


def _array(items: Sequence[str]) -> str:
    return f"[{','.join(items)}]"
