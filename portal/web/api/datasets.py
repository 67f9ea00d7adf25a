"""Datasets and their versions."""

from typing import Any
from urllib.parse import urlencode

from flask import Response, jsonify
from flask.views import MethodView
from flask_smorest import Blueprint

from portal.catalogue.lookup import no_such_version, public_dataset
from portal.catalogue.reading import DatasetFilter, list_datasets, version_lines
from portal.foundation.db import reading
from portal.web.api.schemas import DatasetListOut, DatasetOut, DatasetQuery, ProblemSchema, VersionListOut
from portal.web.context import portal
from portal.web.links import changes_url
from portal.web.problems import PROBLEM_JSON

datasets = Blueprint("datasets", "datasets", description="Datasets and their versions · Datensätze und ihre Versionen")

_FILTERS = ("publisher", "theme", "keyword", "licence", "place")


@datasets.route("/datasets")
class Datasets(MethodView):
    @datasets.arguments(DatasetQuery, location="query", error_status_code=400)
    @datasets.response(200, DatasetListOut)
    def get(self, query: dict[str, Any]) -> Response:  # Any: checked by DatasetQuery
        """List published datasets."""
        which = DatasetFilter(**{name: query[name] for name in _FILTERS})
        limit, offset = query["limit"], query["offset"]
        with reading(portal().engine) as session:
            page = list_datasets(session, which, sort=query["sort"], limit=limit, offset=offset)
        following = None
        if offset + limit < page.total:
            given = {name: value for name, value in query.items() if value is not None} | {"offset": offset + limit}
            following = f'"{portal().settings.public_url}/api/v1/datasets?{urlencode(given)}"'
        body = (
            f'{{"total":{page.total},"limit":{limit},"offset":{offset},"next":{following or "null"},'
            f'"items":[{",".join(page.summaries)}]}}'
        )
        return Response(body, content_type="application/json")


@datasets.route("/datasets/<slug>")
class DatasetResource(MethodView):
    @datasets.response(200, DatasetOut)
    @datasets.alt_response(404, schema=ProblemSchema, content_type=PROBLEM_JSON, description="No such dataset")
    @datasets.alt_response(
        410, schema=ProblemSchema, content_type=PROBLEM_JSON, description="Withdrawn, with the reason"
    )
    def get(self, slug: str) -> Response:
        """Give a dataset: its Data Package descriptor with addresses, dates and files.

        The published door answers for every public dataset; what comes here is missing or withdrawn.
        """
        with reading(portal().engine) as session:
            public_dataset(session, slug)
        raise no_such_version(slug, None)


@datasets.route("/datasets/<slug>/versions")
class Versions(MethodView):
    @datasets.response(200, VersionListOut)
    @datasets.alt_response(404, schema=ProblemSchema, content_type=PROBLEM_JSON, description="No such dataset")
    @datasets.alt_response(
        410, schema=ProblemSchema, content_type=PROBLEM_JSON, description="Withdrawn, with the reason"
    )
    def get(self, slug: str) -> Response:
        """List the versions of a dataset, newest first."""
        with reading(portal().engine) as session:
            lines = version_lines(session, public_dataset(session, slug).id)
        base = portal().settings.public_url
        items = [
            {
                "number": number,
                "released": released_at.isoformat(),
                "notes": notes,
                "url": f"{base}/datasets/{slug}/v/{number}",
                "changesUrl": changes_url(base, slug, since=number - 1, until=number) if number > 1 else None,
            }
            for number, released_at, notes in lines
        ]
        return jsonify(total=len(items), items=items)


@datasets.route("/datasets/<slug>/versions/<version:number>")
class VersionResource(MethodView):
    @datasets.response(200, DatasetOut)
    @datasets.alt_response(
        404, schema=ProblemSchema, content_type=PROBLEM_JSON, description="No such dataset or version"
    )
    @datasets.alt_response(
        410, schema=ProblemSchema, content_type=PROBLEM_JSON, description="Withdrawn, with the reason"
    )
    def get(self, slug: str, number: int) -> Response:
        """Give a dataset as it was in one version; this never changes."""
        with reading(portal().engine) as session:
            public_dataset(session, slug)
        raise no_such_version(slug, number)
