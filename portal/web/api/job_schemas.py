"""Wire schemas of jobs: long work, how far it is, and what came of it."""

from marshmallow import Schema, fields, validate

from portal.jobs.job import JobKind, JobState
from portal.web.api.draft_schemas import DeliveredTableOut


class JobQuery(Schema):
    """Which jobs."""

    open = fields.Boolean(load_default=False, metadata={"description": "Only those that have not ended."})
    limit = fields.Integer(
        load_default=50, validate=validate.Range(1, 500), metadata={"description": "How many, newest first."}
    )


class JobOut(Schema):
    """Long work, and how far it is."""

    id = fields.String(required=True)
    kind = fields.String(required=True, validate=validate.OneOf([str(kind) for kind in JobKind]))
    dataset = fields.String(
        required=True, allow_none=True, metadata={"description": "Slug; null: it works on several, or on none."}
    )
    state = fields.String(required=True, validate=validate.OneOf([state.value for state in JobState]))
    step = fields.String(required=True, metadata={"description": "What it is at."})
    steps_done = fields.Integer(required=True)
    steps_total = fields.Integer(required=True)
    bytes = fields.Integer(
        required=True, allow_none=True, metadata={"description": "Of the file that was delivered; null: there is none."}
    )
    rows = fields.Integer(required=True, allow_none=True, metadata={"description": "That were read so far."})
    result = fields.Dict(required=True, allow_none=True)
    problem = fields.Dict(required=True, allow_none=True, metadata={"description": "Why it failed."})
    due_at = fields.DateTime(required=True, allow_none=True)
    created_at = fields.DateTime(required=True)
    updated_at = fields.DateTime(required=True)
    links = fields.Dict(
        required=True, metadata={"description": "`self`; `page` for a browser; `report` when it has ended."}
    )


class JobListOut(Schema):
    """Jobs, newest first."""

    items = fields.List(fields.Nested(JobOut), required=True)


class JobReportOut(Schema):
    """All that came of a job that has ended."""

    job = fields.Nested(JobOut, required=True)
    tables = fields.List(fields.Nested(DeliveredTableOut), required=True, metadata={"description": "Of a delivery."})
    refusals = fields.List(
        fields.Dict(), required=True, metadata={"description": "Of a submission: drafts that stay, and why."}
    )
    problem = fields.Dict(
        required=True, allow_none=True, metadata={"description": "Why it failed, with every finding; null: it did not."}
    )
