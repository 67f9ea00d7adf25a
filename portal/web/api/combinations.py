"""Saved combinations: listed, described, read in every format; saved and removed by those who may."""

from typing import Any
from urllib.parse import urlencode

from flask import Response, jsonify, request
from flask.views import MethodView
from flask_smorest import Blueprint
from werkzeug.wrappers import Response as AnyResponse

from portal.catalogue.combination import SavedCombination, count_combinations, public_combinations
from portal.foundation.clock import now
from portal.foundation.db import reading, transaction
from portal.foundation.errors import PortalError
from portal.foundation.text import LangString
from portal.publishing.combinations import Wanted, remove_combination, save_combination
from portal.publishing.joining.finding import Finder
from portal.web.api.combination_schemas import (
    CombinationIn,
    CombinationListOut,
    CombinationsQuery,
    RevisionQuery,
    SavedCombinationOut,
)
from portal.web.api.openapi import ASKED
from portal.web.api.preconditions import require_unchanged
from portal.web.api.refusals import refuses
from portal.web.api.row_forms import answer_file, answer_page_or_file, form_of
from portal.web.api.row_parameters import CHOSEN, PAGED
from portal.web.api.schemas import RowsOut
from portal.web.auth import current_actor
from portal.web.combination_answers import combination_answer, described, find_combination, meant_by
from portal.web.combination_objects import combinations_url, summary_object
from portal.web.context import portal, references
from portal.web.headers import body_tag

combinations = Blueprint("combinations", "combinations", description="Saved combinations · Kombinationen")

Body = dict[str, Any]  # Any: checked by the schemas


@combinations.route("/combinations")
class Combinations(MethodView):
    @combinations.arguments(CombinationsQuery, location="query", error_status_code=400)
    @combinations.response(200, CombinationListOut)
    def get(self, query: Body) -> Response:
        """List saved combinations by name."""
        dataset, limit, offset = query["dataset"], query["limit"], query["offset"]
        with reading(portal().engine) as session:
            found = public_combinations(session, dataset=dataset, offset=offset, limit=limit)
            total = count_combinations(session, dataset=dataset)
            items = [summary_object(one, portal().settings.public_url) for one in found]
        following = {**request.args.to_dict(), "limit": limit, "offset": offset + limit}
        next_url = (
            f"{combinations_url(portal().settings.public_url)}?{urlencode(following)}"
            if offset + limit < total
            else None
        )
        return jsonify(total=total, limit=limit, offset=offset, next=next_url, items=items)


@combinations.route("/combinations/<slug>")
class CombinationResource(MethodView):
    @combinations.arguments(RevisionQuery, location="query", error_status_code=400)
    @combinations.response(200, SavedCombinationOut)
    @refuses(combinations, 404, 409, 410)
    def get(self, query: Body, slug: str) -> Response:
        """Give a saved combination: what it asks, which versions it is made of now, its columns, licence and files."""
        return combination_answer(find_combination(slug, request.args.to_dict()))

    @combinations.doc(security=ASKED)
    @combinations.arguments(CombinationIn, error_status_code=400)
    @combinations.response(200, SavedCombinationOut)
    @combinations.alt_response(201, schema=SavedCombinationOut, description="Saved: a new one, or a new revision")
    @refuses(combinations, 404, 409, 410, 412)
    def put(self, body: Body, slug: str) -> Response:
        """Save a combination of public tables under a name; what it was before stays readable as a revision.

        `If-Match` takes the ETag of GET; `If-None-Match: *` saves only what is not there yet.
        """
        actor, wanted = current_actor(), _wanted(body)
        with transaction(portal().engine) as session:
            finder = Finder(session, portal().store, references(), portal().settings)
            made = save_combination(session, finder, slug, wanted, look=_require_unchanged, by=actor, at=now())
            response = described(made.saved, made.joined)
        response.status_code = 201 if made.is_new else 200
        response.headers["Location"] = f"{combinations_url(portal().settings.public_url)}/{slug}"
        response.set_etag(body_tag(response))
        return response

    @combinations.doc(security=ASKED)
    @combinations.response(204)
    @refuses(combinations, 404, 410, 412)
    def delete(self, slug: str) -> None:
        """Take a saved combination away: its addresses answer 410."""
        with transaction(portal().engine) as session:
            remove_combination(session, slug, look=_require_unchanged, by=current_actor(), at=now())


@combinations.route("/combinations/<slug>/rows")
class CombinationRows(MethodView):
    @combinations.doc(parameters=PAGED)
    @combinations.response(200, RowsOut)
    @refuses(combinations, 400, 404, 409, 410, 422)
    def get(self, slug: str) -> AnyResponse:
        """Give the rows of a saved combination, page by page."""
        return answer_page_or_file(find_combination(slug, request.args.to_dict()).asked())


@combinations.route("/combinations/<slug>/rows<suffix>")
class CombinationFile(MethodView):
    @combinations.doc(parameters=CHOSEN)
    @combinations.response(200, {"type": "string"}, content_type="text/csv")
    @refuses(combinations, 400, 404, 409, 410, 422)
    def get(self, slug: str, suffix: str) -> AnyResponse:
        """Give the rows of a saved combination as a file: `rows.csv`, `.excel.csv`, `.xlsx`, `.json`, `.parquet` and so on."""
        form = form_of(suffix)
        return answer_file(find_combination(slug, request.args.to_dict()).asked(), form)


def _wanted(body: Body) -> Wanted:
    description = body.get("description", {"de": ""})
    return Wanted(
        publisher=body["publisher"],
        title=LangString(body["title"]["de"], body["title"].get("en")),
        description=LangString(description["de"], description.get("en")),
        dataset=body["dataset"],
        table=body["table"],
        join=body["join"],
        query=body["query"],
    )


def _require_unchanged(saved: SavedCombination | None) -> None:
    """Hold what is saved now, which is nothing for None, against what the client says it has seen.

    Raises:
        Outdated: it is another.
    """
    require_unchanged(lambda: _tag(saved), exists=saved is not None)


def _tag(saved: SavedCombination | None) -> str | None:
    """Give the entity tag that GET sends; None: it cannot be had."""
    if saved is None:
        return None
    try:
        found = meant_by(saved, {}, {})
    except PortalError:  # it does not fit the current versions, or one was withdrawn
        return None
    return body_tag(described(found.saved, found.joined))
