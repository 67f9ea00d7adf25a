"""Saved combinations at addresses that never move: a page, JSON, metadata, or the rows in every format.

/combinations                     page; JSON and DCAT by `Accept`
/combinations.ttl?page=1          all that may be published, as a catalogue of their own   .rdf .jsonld .nt
/combinations/{slug}              page, JSON, DCAT by `Accept`
/combinations/{slug}/dcat.ttl     its metadata alone                                       .rdf .jsonld .nt
/combinations/{slug}.csv          its rows; every format of tables
…?revision=1&versions=orte:1      the same of just this revision and these versions
"""

from urllib.parse import urlencode

from flask import Blueprint, Response, request
from werkzeug.utils import redirect
from werkzeug.wrappers import Response as AnyResponse

from portal.dcat.syntax import SYNTAXES, Syntax
from portal.foundation.db import reading
from portal.foundation.errors import InvalidInput, NotFound
from portal.foundation.numbers import whole_number
from portal.publishing import combination_documents
from portal.web.api.row_forms import answer_file, form_of
from portal.web.combination_answers import (
    FoundCombination,
    combination_answer,
    find_combination,
    publishable_combinations,
)
from portal.web.context import portal
from portal.web.negotiation import preferred
from portal.web.pages.combinations import combination_page, combinations_page
from portal.web.published import DOCUMENTS, with_charset

combination_things = Blueprint("combination_things", __name__)

_PARAMETERS = ("revision", "versions")
_OF_PAGES = (*_PARAMETERS, "lang")
_OF_LISTS = ("dataset", "offset", "lang")
_SYNTAXES = {f".{syntax.suffix}": syntax for syntax in SYNTAXES}


@combination_things.get("/combinations")
def combinations() -> AnyResponse:
    """List the saved combinations in the form the client prefers.

    Raises:
        InvalidInput: a parameter is unknown, or not what it should be.
    """
    given = _given(_OF_LISTS)
    suffix = preferred(request.headers.get("Accept", ""), DOCUMENTS)
    if suffix is None:
        return combinations_page(given)
    response = redirect("/api/v1/combinations" if suffix == ".json" else f"/combinations{suffix}", 303)
    response.headers["Vary"] = "Accept"
    return response


@combination_things.get("/combinations<suffix>")
def combinations_dcat(suffix: str) -> Response:
    """Give the saved combinations that may be published as a DCAT catalogue of their own.

    Raises:
        NotFound: there is no such syntax, or page.
        InvalidInput: there are other parameters than `page`, or it is no number.
    """
    page = whole_number("page", _given(("page",)).get("page", "1"))
    syntax, found = _syntax(suffix), publishable_combinations()
    with reading(portal().engine) as session:
        body = combination_documents.of_all(
            session, [(one.saved, one.joined) for one in found], portal().settings, syntax, page
        )
    return Response(body, content_type=with_charset(syntax.media_type))


@combination_things.get("/combinations/<name>")
def combination(name: str) -> AnyResponse:
    """Give a saved combination: its rows in the format that a suffix names, else what it is, in the form the client prefers.

    Raises:
        NotFound: there is no such combination, revision, version or format.
        Gone: it was removed, or a dataset was withdrawn.
        LicencesClash, Conflict: as it is now it cannot be had.
        InvalidInput: a parameter is unknown, or not what it should be.
    """
    slug, dot, suffix = name.partition(".")
    if dot:
        form = form_of(f".{suffix}")
        return answer_file(find_combination(slug, _given(_PARAMETERS)).asked(), form)
    found = find_combination(slug, _given(_OF_PAGES))
    suffix = preferred(request.headers.get("Accept", ""), DOCUMENTS) or ""
    if not suffix:
        return combination_page(found)
    if suffix == ".json":
        return combination_answer(found)
    response = _described(found, _SYNTAXES[suffix])
    pinned = {one: found.given[one] for one in _PARAMETERS if one in found.given}
    query = f"?{urlencode(pinned, safe=':,')}" if pinned else ""
    response.headers["Content-Location"] = f"/combinations/{slug}/dcat{suffix}{query}"
    return response


@combination_things.get("/combinations/<slug>/dcat<suffix>")
def combination_dcat(slug: str, suffix: str) -> Response:
    """Give what DCAT says of a saved combination.

    Raises:
        NotFound, Gone, LicencesClash, Conflict, InvalidInput: as `combination`.
    """
    syntax = _syntax(suffix)
    return _described(find_combination(slug, _given(_PARAMETERS)), syntax)


def _given(known: tuple[str, ...]) -> dict[str, str]:
    """Give what was said at the address.

    Raises:
        InvalidInput: a parameter is not among the *known*, or comes twice.
    """
    wrong = sorted(name for name, values in request.args.lists() if name not in known or len(values) > 1)
    if wrong:
        listed = ", ".join(known) or "-"
        raise InvalidInput(
            f"Unknown or repeated parameters: {', '.join(wrong)[:200]}. There are: {listed}.",
            detail_de=f"Unbekannte oder doppelte Parameter: {', '.join(wrong)[:200]}. Es gibt: {listed}.",
            parameters=list(known),
        )
    return request.args.to_dict()


def _syntax(suffix: str) -> Syntax:
    if suffix not in _SYNTAXES:
        listed = ", ".join(_SYNTAXES)
        raise NotFound(f"DCAT comes as {listed}.", detail_de=f"DCAT gibt es als {listed}.")
    return _SYNTAXES[suffix]


def _described(found: FoundCombination, syntax: Syntax) -> Response:
    with reading(portal().engine) as session:
        body = combination_documents.of_one(session, found.saved, found.joined, portal().settings, syntax)
    response = Response(body, content_type=with_charset(syntax.media_type))
    response.headers["Link"] = found.served.licence
    response.last_modified = found.modified_at
    return response
