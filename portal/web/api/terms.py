"""What datasets are found by: licences, themes, keywords, places."""

from typing import Any

from flask import Response, jsonify
from flask.views import MethodView
from flask_smorest import Blueprint

from portal.catalogue.dataset import TermKind
from portal.catalogue.reading import term_counts
from portal.foundation.db import reading
from portal.foundation.errors import NotFound
from portal.publishing.documents import licence_object
from portal.vocabularies.concepts import concepts
from portal.vocabularies.licences import licences
from portal.web.api.schemas import LicenceOut, ProblemSchema
from portal.web.api.term_schemas import ConceptListOut, LicenceListOut, LicenceQuery
from portal.web.context import portal
from portal.web.problems import PROBLEM_JSON

terms = Blueprint("terms", "terms", description="What datasets are found by · Wonach Datensätze gefunden werden")


@terms.route("/licences")
class Licences(MethodView):
    @terms.arguments(LicenceQuery, location="query", error_status_code=400)
    @terms.response(200, LicenceListOut)
    def get(self, query: dict[str, Any]) -> Response:  # Any: checked by LicenceQuery
        """List the known licences, the recommended ones first; closed ones are marked."""
        ranked = sorted(licences().values(), key=lambda one: (one.recommended or 999, one.code))
        items = [
            {
                **licence_object(one),
                "recommended": one.recommended,
                "superseded": one.superseded,
                "replacedBy": one.replaced_by,
            }
            for one in ranked
            if one.recommended or not query["recommended"]
        ]
        return jsonify(total=len(items), items=items)


@terms.route("/licences/<path:code>")
class LicenceResource(MethodView):
    @terms.response(200, LicenceOut)
    @terms.alt_response(404, schema=ProblemSchema, content_type=PROBLEM_JSON, description="No such licence")
    def get(self, code: str) -> Response:
        """Give a licence and what it asks for."""
        found = licences().get(code)
        if found is None:
            raise NotFound(
                f"There is no licence {code[:100]!r}; /api/v1/licences lists them.",
                detail_de=f"Es gibt keine Lizenz {code[:100]!r}; /api/v1/licences zeigt alle.",
            )
        return jsonify(
            {
                **licence_object(found),
                "recommended": found.recommended,
                "superseded": found.superseded,
                "replacedBy": found.replaced_by,
                "attributionTemplate": found.attribution_template.as_dict(),
            }
        )


@terms.route("/themes")
class Themes(MethodView):
    @terms.response(200, ConceptListOut)
    def get(self) -> Response:
        """List the EU data themes with the number of datasets."""
        return _coded(TermKind.THEME, "data-theme")


@terms.route("/keywords")
class Keywords(MethodView):
    @terms.response(200, ConceptListOut)
    def get(self) -> Response:
        """List keywords with the number of datasets."""
        with reading(portal().engine) as session:
            counts = term_counts(session, TermKind.KEYWORD)
        items = [{"code": value, "language": language, "datasets": count} for value, language, count in counts]
        return jsonify(total=len(items), items=items)


@terms.route("/places")
class Places(MethodView):
    @terms.response(200, ConceptListOut)
    def get(self) -> Response:
        """List the places that datasets are about, with the number of datasets."""
        with reading(portal().engine) as session:
            counts = term_counts(session, TermKind.PLACE)
        items = [{"code": value, "datasets": count} for value, _, count in counts]
        return jsonify(total=len(items), items=items)


def _coded(kind: TermKind, scheme: str) -> Response:
    with reading(portal().engine) as session:
        counts = {value: count for value, _, count in term_counts(session, kind)}
    items = [
        {"code": one.code, "id": one.iri, "title": one.label.as_dict(), "datasets": counts.get(one.code, 0)}
        for one in concepts(scheme).values()
    ]
    items.sort(key=lambda item: (-counts.get(str(item["code"]), 0), str(item["code"])))
    return jsonify(total=len(items), items=items)
