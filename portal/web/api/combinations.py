"""Saved combinations: listed, described, read in every format; saved and removed by those who may."""

from typing import Any
from urllib.parse import urlencode

from flask import Response, jsonify, request
from flask.views import MethodView
from flask_smorest import Blueprint
from werkzeug.wrappers import Response as AnyResponse

from portal.catalogue.combination import (
    SavedCombination,
    count_combinations,
    public_combination,
    public_combinations,
)
from portal.exports.formats import FORMATS
from portal.foundation.clock import now
from portal.foundation.db import reading, transaction
from portal.foundation.text import LangString
from portal.publishing.combinations import Wanted, remove_combination, save_combination
from portal.publishing.joining.files import pins
from portal.publishing.joining.finding import Finder
from portal.publishing.joining.joined import Joined, joined_object
from portal.publishing.proposing import schema_as_dict
from portal.web.api.combination_answers import asked_of_combination, served_combination
from portal.web.api.combination_schemas import (
    CombinationIn,
    CombinationListOut,
    CombinationsQuery,
    RevisionQuery,
    SavedCombinationOut,
)
from portal.web.api.openapi import ASKED
from portal.web.api.refusals import refuses
from portal.web.api.row_forms import answer_file, answer_page_or_file, form_of
from portal.web.api.row_parameters import CHOSEN, PAGED
from portal.web.api.schemas import RowsOut
from portal.web.auth import current_actor
from portal.web.context import portal, references
from portal.web.row_pins import read_pins

combinations = Blueprint("combinations", "combinations", description="Saved combinations · Gespeicherte Verbindungen")

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
            items = [_summary(one) for one in found]
        following = {**request.args.to_dict(), "limit": limit, "offset": offset + limit}
        next_url = f"{_url()}?{urlencode(following)}" if offset + limit < total else None
        return jsonify(total=total, limit=limit, offset=offset, next=next_url, items=items)


@combinations.route("/combinations/<slug>")
class CombinationResource(MethodView):
    @combinations.arguments(RevisionQuery, location="query", error_status_code=400)
    @combinations.response(200, SavedCombinationOut)
    @refuses(combinations, 404, 409, 410)
    def get(self, query: Body, slug: str) -> Response:
        """Give a saved combination: what it asks, which versions it is made of now, its columns, licence and files."""
        versions = read_pins("", {"versions": query["versions"]}) if query["versions"] is not None else {}
        with reading(portal().engine) as session:
            saved = public_combination(session, slug, query["revision"])
        served, joined = served_combination(saved, versions)
        response = jsonify(_described(saved, joined))
        response.headers["Link"] = served.licence
        response.last_modified = max(joined.modified_at, saved.saved_at)
        return response

    @combinations.doc(security=ASKED)
    @combinations.arguments(CombinationIn, error_status_code=400)
    @combinations.response(200, SavedCombinationOut)
    @combinations.alt_response(201, schema=SavedCombinationOut, description="Saved: a new one, or a new revision")
    @refuses(combinations, 404, 409, 410)
    def put(self, body: Body, slug: str) -> tuple[Response, int, dict[str, str]]:
        """Save a combination of public tables under a name; what it was before stays readable as a revision."""
        with transaction(portal().engine) as session:
            finder = Finder(session, portal().store, references(), portal().settings)
            made = save_combination(session, finder, slug, _wanted(body), by=current_actor(), at=now())
            told = _described(made.saved, made.joined)
        return jsonify(told), 201 if made.is_new else 200, {"Location": f"{_url()}/{slug}"}

    @combinations.doc(security=ASKED)
    @combinations.response(204)
    @refuses(combinations, 404, 410)
    def delete(self, slug: str) -> None:
        """Take a saved combination away: its addresses answer 410."""
        with transaction(portal().engine) as session:
            remove_combination(session, slug, by=current_actor(), at=now())


@combinations.route("/combinations/<slug>/rows")
class CombinationRows(MethodView):
    @combinations.doc(parameters=PAGED)
    @combinations.response(200, RowsOut)
    @refuses(combinations, 400, 404, 409, 410, 422)
    def get(self, slug: str) -> AnyResponse:
        """Give the rows of a saved combination, page by page."""
        return answer_page_or_file(asked_of_combination(slug, request.args.to_dict()))


@combinations.route("/combinations/<slug>/rows<suffix>")
class CombinationFile(MethodView):
    @combinations.doc(parameters=CHOSEN)
    @combinations.response(200, {"type": "string"}, content_type="text/csv")
    @refuses(combinations, 400, 404, 409, 410, 422)
    def get(self, slug: str, suffix: str) -> AnyResponse:
        """Give the rows of a saved combination as a file: `rows.csv`, `.excel.csv`, `.xlsx`, `.json`, `.parquet` and so on."""
        form = form_of(suffix)
        return answer_file(asked_of_combination(slug, request.args.to_dict()), form)


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


def _summary(saved: SavedCombination) -> dict[str, object]:
    return {
        "name": saved.slug,
        "revision": saved.revision,
        "title": saved.title.as_dict(),
        "description": saved.description.as_dict(),
        "publisher": saved.publisher.slug,
        "dataset": saved.dataset,
        "table": saved.table_name,
        "join": saved.join,
        "query": saved.query,
        "datasets": list(saved.versions),
        "saved": saved.saved_at.isoformat(),
        "url": f"{_url()}/{saved.slug}",
        "rowsUrl": f"{_url()}/{saved.slug}/rows",
    }


def _described(saved: SavedCombination, joined: Joined) -> dict[str, object]:
    pinned = urlencode({"revision": saved.revision, "versions": pins(joined.versions)}, safe=":,")
    files = f"{portal().settings.public_url}/combinations/{saved.slug}"
    return {
        **_summary(saved),
        "versions": joined.versions,
        "pinnedUrl": f"{_url()}/{saved.slug}/rows?{pinned}",
        **joined_object(joined),
        "schema": schema_as_dict(joined.schema),
        "files": [
            {"format": form.name, "url": f"{files}{form.suffix}", "mediatype": form.media_type.split(";")[0]}
            for form in FORMATS
        ],
    }


def _url() -> str:
    return f"{portal().settings.public_url}/api/v1/combinations"
