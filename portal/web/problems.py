"""Errors as RFC 9457 problem documents for machines and as pages for people; one handler for all.

Views raise; nobody builds an error body. Every `type` is a page that exists: `/problems/{slug}`.
"""

import json
import logging
import re
from http import HTTPStatus

from flask import Flask, Response, render_template, request
from gunicorn.http.errors import ParseException
from sqlalchemy.exc import DataError, OperationalError
from werkzeug.exceptions import HTTPException

from portal.foundation import errors
from portal.foundation.text import LangString
from portal.web.auth import brings_credentials, challenges
from portal.web.context import portal, reader_language
from portal.web.negotiation import HTML, accepts
from portal.web.stored import PRECONDITION_FAILED, RANGE_OUTSIDE

PROBLEM_JSON = "application/problem+json"

_log = logging.getLogger(__name__)

KINDS: dict[str, tuple[int, LangString]] = {
    **{
        kind.slug: (kind.status, kind.title)
        for kind in vars(errors).values()
        if isinstance(kind, type) and issubclass(kind, errors.PortalError)
    },
    "method-not-allowed": (405, LangString("Methode nicht erlaubt", "Method not allowed")),
    "not-acceptable": (406, LangString("So nicht lieferbar", "Not acceptable")),
    "too-large": (413, LangString("Zu groß", "Too large")),
    **{refusal.slug: (refusal.status, refusal.title) for refusal in (PRECONDITION_FAILED, RANGE_OUTSIDE)},
    "unavailable": (503, LangString("Gerade nicht erreichbar", "Unavailable for the moment")),
}
"""Every kind of problem: slug ↔ status and title. `/problems/{slug}` explains it."""

_BY_STATUS = {
    404: "not-found",
    405: "method-not-allowed",
    406: "not-acceptable",
    413: "too-large",
    416: "range-not-satisfiable",
}


def register_problems(app: Flask) -> None:
    """Turn every error of *app* into a problem."""
    app.register_error_handler(errors.PortalError, _portal_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(OperationalError, _database_error)
    app.register_error_handler(DataError, _unreadable_value)
    app.register_error_handler(ParseException, _unreadable_body)
    app.register_error_handler(Exception, _unforeseen)


def problem(
    slug: str,
    detail: LangString,
    facts: dict[str, object],
    *,
    status: int | None = None,
    headers: dict[str, str] | None = None,
) -> Response:
    """Give the answer that tells of a problem, as JSON or as a page."""
    of_kind, title = KINDS[slug]
    language = reader_language()
    document = {
        "type": f"{portal().settings.public_url}/problems/{slug}",
        "title": title.in_language(language),
        "status": status or of_kind,
        "detail": detail.in_language(language),
        "instance": request.path,
        "request_id": request.environ.get("portal.request_id"),
        "translations": {
            tag: {"title": title.in_language(tag), "detail": detail.in_language(tag)} for tag in ("de", "en")
        },
        **facts,
    }
    if _wants_page():
        body, media_type = render_template("problem.html", problem=document), HTML
    else:
        body, media_type = json.dumps(document, ensure_ascii=False, default=str), PROBLEM_JSON
    response = Response(body.encode("utf-8", "replace"), status=status or of_kind, content_type=media_type)
    response.headers["Cache-Control"] = "no-store"
    response.headers.extend(headers or {})
    return response


def _wants_page() -> bool:
    if request.path.startswith("/api/") and not request.path.startswith("/api/docs"):
        return False
    return accepts(request.headers.get("Accept", ""), (PROBLEM_JSON, "application/json", HTML)) == HTML


def _portal_error(error: errors.PortalError) -> Response:
    if error.status >= 500:
        _log.error("%s: %s", error.slug, error.detail.en)
    return problem(error.slug, error.detail, error.facts, status=error.status, headers=_headers_of(error))


def _headers_of(error: errors.PortalError) -> dict[str, str]:
    """Give what the status asks for: how to say who one is (401), when to come again (429)."""
    if isinstance(error, errors.Unauthenticated):
        return {"WWW-Authenticate": challenges(wrong=brings_credentials())}
    wait_s = error.facts.get("retry_after_s")
    return {} if wait_s is None else {"Retry-After": str(wait_s)}


def _http_error(error: HTTPException) -> Response:
    status = error.code or 500
    if 300 <= status < 400:
        return Response(status=status, headers=dict(error.get_headers()))
    facts: dict[str, object] = {}
    messages = getattr(error, "data", {}).get("messages") if hasattr(error, "data") else None
    if messages:
        facts["errors"] = messages
        detail = LangString(
            f"Die Anfrage hat ungültige Parameter: {_in_german(_named(messages))}.",
            f"The request has invalid parameters: {_named(messages)}.",
        )
        return problem("invalid-input", detail, facts, status=400)
    slug = _BY_STATUS.get(status, "invalid-input" if status < 500 else "error")
    text = (error.description or HTTPStatus(status).phrase).replace("\n", " ")
    allow = {name: value for name, value in error.get_headers() if name == "Allow"}
    detail = _SAID.get(status, LangString(_GERMAN.get(status, text), text))
    if allow:
        methods = allow["Allow"]
        detail = LangString(f"{detail.de} Es gibt {methods}.", f"{detail.in_language('en')} There are {methods}.")
    return problem(slug, detail, facts, status=status, headers=allow)


_SAID = {
    404: LangString(
        "Unter dieser Adresse gibt es nichts; was es gibt, sagen /datasets, /api/v1/ und /api/docs.",
        "There is nothing at this address; /datasets, /api/v1/ and /api/docs say what there is.",
    ),
    405: LangString("Diese Methode gibt es unter dieser Adresse nicht.", "This address has no such method."),
}
"""What is said instead of Werkzeug's own words."""

_GERMAN = {
    400: "Die Anfrage ist nicht lesbar.",
    413: "Die Anfrage ist zu groß.",
    414: "Die Adresse ist zu lang.",
    415: "Dieser Medientyp wird hier nicht gelesen.",
}


_GERMAN_RULES = (
    (r"Not a valid integer", "keine ganze Zahl"),
    (r"Not a valid boolean", "weder true noch false"),
    (r"Not a valid string", "kein Text"),
    (r"Must be greater than or equal to (\S+) and less than or equal to (\S+\d)", r"muss zwischen \1 und \2 liegen"),
    (r"Must be one of: ([^;]+)", r"muss eines sein von: \1"),
    (r"Length must be between (\d+) and (\d+)", r"muss \1 bis \2 Zeichen haben"),
    (r"Control characters are not allowed", "Steuerzeichen sind nicht erlaubt"),
    (r"Field may not be null", "darf nicht leer sein"),
    (r"Missing data for required field", "fehlt"),
    (r"Unknown field", "gibt es nicht"),
    (r"Not a valid list", "keine Liste"),
    (r"Not a valid mapping type", "kein Objekt"),
    (r"Invalid input type", "kein Objekt"),
    (r"Longer than maximum length (\d+)", r"ist länger als \1"),
    (r"Shorter than minimum length (\d+)", r"ist kürzer als \1"),
)
"""What marshmallow says, and the same in German."""


def _in_german(text: str) -> str:
    for english, german in _GERMAN_RULES:
        text = re.sub(english, german, text)
    return text


def _named(messages: object) -> str:
    if not isinstance(messages, dict):
        return str(messages)
    inner = next((messages[place] for place in ("query", "json", "form") if place in messages), messages)
    return "; ".join(f"{name}: {said}" if name else said for name, said in _flat(inner))


def _flat(messages: object, path: str = "") -> list[tuple[str, str]]:
    """Give (field, sentence) of what marshmallow said, however deep the field lies."""
    if isinstance(messages, dict):
        return [
            one
            for name, inner in messages.items()
            for one in _flat(inner, path if name == "_schema" else f"{path}.{name}".lstrip("."))
        ]
    said = messages if isinstance(messages, list) else [messages]
    return [(path[:200], " ".join(map(str, said)).rstrip("."))]


def _database_error(error: OperationalError) -> Response:
    _log.error("the database does not answer", exc_info=error)
    detail = LangString(
        "Die Datenbank antwortet gerade nicht; bitte in einigen Sekunden erneut versuchen.",
        "The database does not answer at the moment; please try again in a few seconds.",
    )
    return problem("unavailable", detail, {}, headers={"Retry-After": "5"})


def _unreadable_value(error: DataError) -> Response:
    """Tell that a value is none the database can compare (PostgreSQL takes no NUL in a text)."""
    _log.info("a value that the database refuses: %s", error.orig)
    detail = LangString("Ein Wert der Anfrage ist kein lesbarer Text.", "A value of the request is no readable text.")
    return problem("invalid-input", detail, {})


def _unreadable_body(_: ParseException) -> Response:
    """Tell that the chunks of a body are none (RFC 9112, 7.1); the server finds out while a view reads it."""
    detail = LangString(
        "Der Inhalt der Anfrage brach ab oder ist kein HTTP.", "The body of the request broke off, or is no HTTP."
    )
    return problem("invalid-input", detail, {}, headers={"Connection": "close"})


def _unforeseen(error: Exception) -> Response:
    _log.error("unforeseen error", exc_info=error, extra={"request_id": request.environ.get("portal.request_id")})
    detail = LangString(
        "Das hätte nicht passieren dürfen; es wurde nichts geändert. Die Kennung der Anfrage hilft beim Suchen.",
        "This should not have happened; nothing was changed. The request id helps to find out why.",
    )
    return problem("error", detail, {})
