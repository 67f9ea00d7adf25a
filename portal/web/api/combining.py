"""May these licences, or these datasets, be combined? The answer with reasons and the credit line, ready to paste."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response, jsonify
from flask.views import MethodView
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from portal.catalogue.lookup import public_version
from portal.foundation.db import reading
from portal.foundation.errors import InvalidInput
from portal.foundation.text import LangString
from portal.publishing.lineage import credit_object, input_of, verdict_object
from portal.vocabularies.combining import MAX_LICENCES, combine
from portal.vocabularies.licences import Licence, attribution, licence, successor
from portal.web.api.combining_schemas import CombinationOut, CombineQuery
from portal.web.api.schemas import ProblemSchema
from portal.web.context import portal
from portal.web.problems import PROBLEM_JSON

combining = Blueprint("combining", "terms", description="What may be combined · Was sich verbinden lässt")


@dataclass(frozen=True)
class _Part:
    """A licence, maybe of a dataset, with its credit line."""

    licence: Licence
    line: LangString
    dataset: dict[str, object] | None = None
    """None: only licences were asked for."""


@combining.route("/licences/combine")
class Combine(MethodView):
    @combining.arguments(CombineQuery, location="query", error_status_code=400)
    @combining.response(200, CombinationOut)
    @combining.alt_response(404, schema=ProblemSchema, content_type=PROBLEM_JSON, description="No such dataset")
    @combining.alt_response(410, schema=ProblemSchema, content_type=PROBLEM_JSON, description="A dataset is withdrawn")
    def get(self, query: dict[str, Any]) -> Response:  # Any: checked by CombineQuery
        """Tell whether licences or datasets may be combined, under which licence, and whom to credit."""
        codes, slugs = _listed(query["of"]), _listed(query["datasets"])
        if not 1 <= len(codes) + len(slugs) <= MAX_LICENCES:
            raise InvalidInput(
                f"One to {MAX_LICENCES} licences in `of` or datasets in `datasets` are needed, separated by commas.",
                detail_de=f"Nötig sind ein bis {MAX_LICENCES} Lizenzen in `of` oder Datensätze in `datasets`, durch Kommas getrennt.",
            )
        with reading(portal().engine) as session:
            parts = [_of_dataset(session, slug) for slug in slugs]
        return jsonify(_answer(parts + [_of_licence(code) for code in codes]))


def _listed(text: str | None) -> list[str]:
    """Give the names in a list with commas, each once."""
    return list(dict.fromkeys(name.strip() for name in (text or "").split(",") if name.strip()))


def _of_licence(code: str) -> _Part:
    found = successor(licence(code))
    placeholders = {key: LangString(f"{{{key}}}") for key in ("publisher", "title")}
    return _Part(found, attribution(found, url="{url}", **placeholders))


def _of_dataset(session: Session, slug: str) -> _Part:
    found = input_of(session, public_version(session, slug, None), portal().settings)
    return _Part(found.licence, found.credit, found.as_dict())


def _answer(parts: Sequence[_Part]) -> dict[str, object]:
    found = combine([part.licence for part in parts])
    return {
        **verdict_object(found),
        "credit": credit_object(found, [part.line for part in parts]),
        "datasets": [part.dataset for part in parts if part.dataset is not None],
    }
