"""The catalogue document where the published door has no ready answer: negotiation and `modified_since`."""

from datetime import UTC, datetime
from typing import NoReturn

from flask import Blueprint, Flask, Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from portal.foundation.errors import InvalidInput, NotFound
from portal.foundation.numbers import whole_number
from portal.publishing.catalog_documents import SYNTAX_BY_SUFFIX, changed_since
from portal.web.context import index, portal
from portal.web.negotiation import preferred
from portal.web.published import DOCUMENTS, with_charset
from portal.web.stored import send_stored

catalog = Blueprint("catalog", __name__)


def register_catalog(app: Flask) -> None:
    """Put the catalogue documents into *app*."""
    app.register_blueprint(catalog)


@catalog.get("/catalog")
def negotiated() -> AnyResponse:
    """Lead to the catalogue in the syntax the client prefers; a browser is led to the home page."""
    suffix = preferred(request.headers.get("Accept", ""), {key: DOCUMENTS[key] for key in SYNTAX_BY_SUFFIX})
    response = redirect(f"/catalog{suffix}" if suffix else "/", 303)
    response.headers["Vary"] = "Accept"
    return response


@catalog.get("/catalog<suffix>")
def document(suffix: str) -> AnyResponse:
    """Give the whole catalogue, a page (`page`), or what changed at or after a time (`modified_since`).

    Raises:
        NotFound: there is no such syntax or page.
        InvalidInput: a parameter is unknown or not what it should be.
    """
    if suffix not in (*SYNTAX_BY_SUFFIX, ".zip"):
        known = ", ".join(f"/catalog{one}" for one in (*SYNTAX_BY_SUFFIX, ".zip"))
        raise NotFound(f"The catalogue is at {known}.", detail_de=f"Den Katalog gibt es unter {known}.")
    query = request.args.to_dict()
    doubled = sorted(name for name, values in request.args.lists() if len(values) > 1)
    if doubled:
        _refuse(", ".join(doubled))
    unknown = sorted(set(query) - {"page", "modified_since"})
    if not query:
        return _stored(suffix, "")
    if unknown or len(query) > 1 or suffix == ".zip":
        _refuse(", ".join(unknown or sorted(query)))
    if "page" in query:
        return _stored(suffix, f"page={whole_number('page', query['page'])}")
    body, modified_at = changed_since(
        portal().engine, portal().store, portal().settings, suffix, _moment(query["modified_since"])
    )
    response = Response(body, content_type=with_charset(DOCUMENTS[suffix]))
    response.last_modified = modified_at
    return response


def _stored(suffix: str, query: str) -> AnyResponse:
    """Send the stored document; a page beyond the end is not found."""
    answer = index().catalog_answer(suffix, query)
    if answer is None:
        raise NotFound("The catalogue is empty.", detail_de="Der Katalog ist leer.")
    return Response.from_app(lambda environ, start: send_stored(answer, environ, start), request.environ)


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text.replace(" ", "+"))  # an unescaped + arrives as a blank
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        _refuse("modified_since")


def _refuse(parameter: str) -> NoReturn:
    raise InvalidInput(
        f"The parameter {parameter[:80]!r} is not understood here; page takes a number from 1, modified_since an ISO date.",
        detail_de=f"Der Parameter {parameter[:80]!r} ist hier unverständlich; page nimmt eine Zahl ab 1, modified_since ein ISO-Datum.",
        parameter=parameter[:80],
    )
