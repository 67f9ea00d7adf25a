"""The quality of a draft over HTTP: its points before it is released, and what to do first to gain more."""

from typing import Any

from flask import Response, jsonify
from flask.views import MethodView
from flask_smorest import Blueprint
from marshmallow import Schema, fields, validate

from portal.curation.looking import draft_findings
from portal.curation.quality import draft_quality
from portal.dcat.quality import MAX_POINTS, RATINGS, Dimension, Mark
from portal.foundation.clock import now
from portal.foundation.db import reading
from portal.web.api.refusals import refuses
from portal.web.api.schemas import LangStringOut
from portal.web.auth import current_actor
from portal.web.context import portal

quality = Blueprint("quality", "quality", description="Quality of drafts · Qualität von Entwürfen")


class MarkOut(Schema):
    """What a metric of the assessment earned."""

    metric = fields.String(required=True)
    dimension = fields.String(required=True, validate=validate.OneOf([str(one) for one in Dimension]))
    points = fields.Integer(required=True)
    max = fields.Integer(required=True)
    advice = fields.Nested(LangStringOut, required=True, metadata={"description": "What to do to gain the points."})


class DraftGapOut(Schema):
    """Something that is missing, or wrong, and keeps the draft from being released."""

    code = fields.String(required=True)
    pointer = fields.String(required=True, metadata={"description": "JSON Pointer into the descriptor."})
    message = fields.Nested(LangStringOut, required=True)


class QualityOut(Schema):
    """Points by the Metadata Quality Assessment of data.europa.eu, as if the draft were released now."""

    dataset = fields.String(required=True)
    revision = fields.Integer(required=True)
    points = fields.Integer(required=True)
    max = fields.Integer(required=True)
    rating = fields.String(required=True, validate=validate.OneOf([name for _, name in RATINGS]))
    metrics = fields.List(fields.Nested(MarkOut), required=True)
    next = fields.List(
        fields.Nested(MarkOut), required=True, metadata={"description": "Metrics with points to gain, most first."}
    )
    gaps = fields.List(
        fields.Nested(DraftGapOut), required=True, metadata={"description": "What a release still lacks."}
    )


@quality.route("/datasets/<slug>/draft/quality")
class DraftQuality(MethodView):
    @quality.response(200, QualityOut)
    @refuses(quality, 401, 403, 404, 422)
    def get(self, slug: str) -> Response:
        """Count the points that the draft would have if it were released, and say what to do first."""
        with reading(portal().engine) as session:
            draft, found = draft_quality(session, slug, portal().settings, by=current_actor(), at=now())
        return jsonify(
            dataset=slug,
            revision=draft.revision,
            points=found.points,
            max=MAX_POINTS,
            rating=found.rating,
            metrics=[_mark(mark) for mark in found.marks],
            next=[_mark(mark) for mark in found.missing],
            gaps=[finding.as_dict() for finding in draft_findings(draft)],
        )


def _mark(mark: Mark) -> dict[str, Any]:  # Any: JSON
    return {
        "metric": mark.metric.name,
        "dimension": str(mark.metric.dimension),
        "points": mark.points,
        "max": mark.metric.max_points,
        "advice": mark.metric.advice.as_dict(),
    }
