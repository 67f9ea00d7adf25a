"""CKAN's addresses, its envelope, and its errors: what goes wrong is told in the shapes that its clients know.

/api/3/action/{name}  /api/action/{name}     GET and POST; JSON (whatever type it is sent as), form, query string
/api  /api/3                                 which versions there are
/datastore/dump/{id}                         dump.py        /dataset/…   addresses.py
"""

import json
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Flask, Response, jsonify, request
from werkzeug.exceptions import HTTPException

from portal.accounts.actor import Actor, ActorKind
from portal.foundation.clock import now
from portal.foundation.db import reading
from portal.foundation.errors import (
    Conflict,
    Forbidden,
    Gone,
    InvalidInput,
    InvalidSearch,
    NotFound,
    Outdated,
    PortalError,
    TooCostly,
    Unauthenticated,
    UnreadableSearch,
)
from portal.foundation.strict_json import is_readable, read_json
from portal.web.ckan.actions import READERS, REFUSED, WRITERS, readers, write
from portal.web.ckan.addresses import addresses
from portal.web.ckan.arguments import Arguments
from portal.web.ckan.asking import caller
from portal.web.ckan.calls import Call, WritingCall
from portal.web.ckan.catalogue import CkanCatalogue
from portal.web.ckan.datastore import Written
from portal.web.ckan.dump import dump
from portal.web.ckan.kept import catalogue, keep_catalogue
from portal.web.ckan.sent import OVERHEAD_BYTES, sent_file
from portal.web.context import nudge, portal

ckan = Blueprint("ckan", __name__)

JSON_TYPE = "application/json;charset=utf-8"

MAX_BODY_BYTES = 16 * 1024 * 1024
"""Rows that are sent as JSON; more of them come in several calls, or as a file."""

_TYPES: tuple[tuple[type[PortalError], int, str, str], ...] = (
    (NotFound, 404, "Not Found Error", "Not found: "),
    (Gone, 404, "Not Found Error", "Not found: "),
    (Forbidden, 403, "Authorization Error", "Access denied: "),
    (Unauthenticated, 403, "Authorization Error", "Access denied: "),
    (UnreadableSearch, 409, "Search Error", ""),
    (InvalidSearch, 400, "Search Query Error", ""),
    (InvalidInput, 409, "Validation Error", ""),
    (Conflict, 409, "Validation Error", ""),
    (Outdated, 409, "Validation Error", ""),
    (TooCostly, 409, "Validation Error", ""),
)
"""Our error ↔ CKAN's status, `__type` and what its message begins with; the first that fits."""


def register_ckan(app: Flask, base_url: str) -> None:
    """Put CKAN's door into *app*; *base_url* is the portal's public address."""
    keep_catalogue(app, CkanCatalogue(base_url))
    for blueprint in (ckan, dump, addresses):
        app.register_blueprint(blueprint)


@ckan.route("/api/3/action/<name>", methods=["GET", "POST"])
@ckan.route("/api/action/<name>", methods=["GET", "POST"])
def action(name: str) -> Response:
    """Carry out an action, or say in CKAN's words why not."""
    if name not in readers(sql=portal().settings.sql) and name not in WRITERS and name not in REFUSED:
        return _bare(f"Bad request: Action name not known: {name[:80]}")
    if name not in READERS and request.method != "POST":
        return _bare("Bad request: JSON Error: Invalid request. Please use POST method for your request")
    try:
        return _enveloped(name, 200, '"success": true, "result": ' + _answered(name))
    except _Unreadable as error:
        return _bare(str(error))
    except PortalError as error:
        return _refused(name, error)


@ckan.get("/api")
def versions() -> Response:
    """Tell the oldest version of the API, as CKAN does."""
    return jsonify(version=1)


@ckan.get("/api/3")
def version() -> Response:
    """Tell the version of the API."""
    return jsonify(version=3)


class _Unreadable(Exception):
    """The body is none of what is read here."""


def _answered(name: str) -> str:
    """Give the result of an action as JSON text.

    Raises:
        _Unreadable: the body is no JSON object, or too large.
    """
    by = caller()
    if name not in READERS:
        _prepare_writing(name, by)
    try:
        values = _values()
    except InvalidInput as error:
        raise _Unreadable(f"Bad request: JSON Error: {error.detail.en}") from None
    except HTTPException as error:
        raise _Unreadable(f"Bad request: {error.description}") from None
    return _written(name, values, by) if name in WRITERS else _read(name, values, by)


def _prepare_writing(name: str, by: Actor) -> None:
    """See that somebody calls and that it is an action of ours, before their body is read; it may be a large one.

    Raises:
        Forbidden: nobody calls, or what the action does has no place here.
    """
    if name in REFUSED:
        raise Forbidden(REFUSED[name].in_language("en"), detail_de=REFUSED[name].de)
    if by.kind is ActorKind.NOBODY:
        raise Forbidden(
            f"{name} needs a token of this portal in Authorization, one that is valid",
            detail_de=f"{name} braucht ein gültiges Token dieses Portals in Authorization",
        )
    sends_file = request.mimetype == "multipart/form-data"
    request.max_content_length = portal().settings.upload_max_bytes + OVERHEAD_BYTES if sends_file else MAX_BODY_BYTES


def _read(name: str, values: Mapping[str, Any], by: Actor) -> str:  # Any: JSON
    with reading(portal().engine) as session:
        call = Call(name, Arguments(values), session, portal(), catalogue().snapshot(session), now(), by)
        result = READERS[name](call)
    return result if isinstance(result, Written) else json.dumps(result, ensure_ascii=False)


def _written(name: str, values: Mapping[str, Any], by: Actor) -> str:  # Any: JSON
    with sent_file() as file:
        call = WritingCall(
            name=name,
            arguments=Arguments(values),
            by=by,
            portal=portal(),
            kept=catalogue(),
            nudge=nudge,
            file=file,
            at=now(),
        )
        return json.dumps(write(call), ensure_ascii=False)


def _values() -> dict[str, Any]:  # Any: JSON
    """Give the parameters: those of the body, and those of the query string that it does not have.

    Raises:
        InvalidInput: the body is no JSON object.
        RequestEntityTooLarge: it is too large.
    """
    query = _flat(request.args.lists())
    if request.method == "POST" and request.mimetype == "multipart/form-data":
        return query | _flat(request.form.lists())  # a file in it goes to disk as it comes
    body = request.get_data(cache=True) if request.method == "POST" else b""
    if not body.strip():
        return query
    looks_like_json = body.lstrip()[:1] in (b"{", b"[", b'"')
    if request.mimetype == "application/x-www-form-urlencoded" and not looks_like_json:
        return query | _flat(request.form.lists())
    found = read_json(body)
    if not isinstance(found, dict):
        raise InvalidInput(
            "Request data JSON decoded to something that is no object.",
            detail_de="Der Inhalt der Anfrage ist kein JSON-Objekt.",
        )
    return query | found


def _flat(lists: Any) -> dict[str, Any]:  # Any: werkzeug's iterator; JSON
    return {name: values[0] if len(values) == 1 else values for name, values in lists if is_readable(name)}


def _refused(name: str, error: PortalError) -> Response:
    status, kind, begin = next(
        ((code, told, start) for known, code, told, start in _TYPES if isinstance(error, known)),
        (error.status, "Internal Server Error", ""),
    )
    fields, parameter = error.facts.get("fields"), error.facts.get("parameter")
    if kind == "Validation Error":
        told: dict[str, object] = {
            **(fields if isinstance(fields, dict) else {str(parameter or "__before"): [error.detail.in_language("en")]})
        }
    else:
        told = {"message": f"{begin}{error.detail.en}"}
    return _enveloped(
        name, status, '"success": false, "error": ' + json.dumps({"__type": kind, **told}, ensure_ascii=False)
    )


def _enveloped(name: str, status: int, members: str) -> Response:
    address = json.dumps(f"{portal().settings.public_url}/api/3/action/help_show?name={name}")
    response = Response(f'{{"help": {address}, {members}}}'.encode("utf-8", "replace"), status=status)
    response.headers["Content-Type"] = JSON_TYPE
    if status != 200:
        response.headers["Cache-Control"] = "no-store"
    return response


def _bare(text: str) -> Response:
    """Give the answer that is only a text, as CKAN gives three of its errors."""
    response = Response(json.dumps(text).encode(), status=400)
    response.headers["Content-Type"] = JSON_TYPE
    response.headers["Cache-Control"] = "no-store"
    return response
