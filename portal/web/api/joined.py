"""A joined table without its rows: what goes in, its columns, what may be done with it, and what can be joined next."""

from typing import Any
from urllib.parse import urlencode

from flask import Response, jsonify
from flask.views import MethodView
from flask_smorest import Blueprint

from portal.foundation.db import reading
from portal.publishing.joining.files import pinned_url
from portal.publishing.joining.finding import Finder, Offer
from portal.publishing.joining.joined import joined_object
from portal.publishing.proposing import schema_as_dict
from portal.web.api.combination_schemas import JoinedTableOut, JoinQuery
from portal.web.api.refusals import refuses
from portal.web.context import portal, references
from portal.web.links import lineage_link
from portal.web.row_pins import read_pins

joined_tables = Blueprint("joined", "joined", description="Tables joined along their keys · Verbundene Tabellen")


@joined_tables.route("/datasets/<slug>/tables/<table>/joined")
class JoinedTable(MethodView):
    @joined_tables.arguments(JoinQuery, location="query", error_status_code=400)
    @joined_tables.response(200, JoinedTableOut)
    @refuses(joined_tables, 404, 410)
    def get(self, query: dict[str, Any], slug: str, table: str) -> Response:  # Any: checked by JoinQuery
        """Tell what `rows?join=` would give: versions, columns, licence and credit, and which joins can follow."""
        versions = read_pins(slug, {"versions": query["versions"]}) if query["versions"] is not None else {}
        with reading(portal().engine) as session:
            finder = Finder(session, portal().store, references(), portal().settings, versions=versions)
            joined = finder.find(slug, table, query["join"])
            further = [
                join_object(slug, table, offer, after=part.path)
                for part in joined.parts
                for offer in finder.offers(part.dataset, part.table)
            ]
        response = jsonify(
            {
                "dataset": slug,
                "table": table,
                "versions": joined.versions,
                **joined_object(joined),
                "further": [one for one in further if one["name"] not in {part.path for part in joined.parts}],
                "schema": schema_as_dict(joined.schema),
                "rowsUrl": pinned_url(joined, portal().settings),
            }
        )
        response.headers["Link"] = lineage_link(joined.lineage, portal().settings)
        response.last_modified = joined.modified_at
        return response


def join_object(slug: str, table: str, offer: Offer, *, after: str = "") -> dict[str, object]:
    """Give a join that a table offers as JSON answers show it; *after* is the path that it goes on from."""
    step, path = offer.step, f"{after}:{offer.step.name}" if after else offer.step.name
    ways = ("1:n" if offer.multiplies else "1:1") if step.backwards else ("n:m" if offer.multiplies else "n:1")
    url = f"{portal().settings.public_url}/api/v1/datasets/{slug}/tables/{table}/rows"
    return {
        "name": path,
        "dataset": step.dataset,
        "table": step.table,
        "title": offer.title.as_dict(),
        "via": {"here": step.here, "there": step.there, "where": dict(step.key.where)},
        "cardinality": ways,
        "multiplies": offer.multiplies,
        "columns": offer.columns,
        "url": f"{url}?{urlencode({'join': path}, safe=':,/')}",
    }
