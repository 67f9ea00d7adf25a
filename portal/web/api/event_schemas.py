"""Wire schemas of the log of events."""

from marshmallow import Schema, fields, validate

from portal.web.api.people_schemas import text
from portal.web.api.schemas import WholeNumber

MAX_EVENTS = 1_000
_BIGGEST_ID = 2**31 - 1
"""The id of an event is a 32-bit number on PostgreSQL."""


class DatasetEventQuery(Schema):
    """Which page of the log."""

    before = WholeNumber(
        load_default=None,
        validate=validate.Range(1, _BIGGEST_ID),
        metadata={"description": "Only events older than the one with this id; `next` knows it."},
    )
    limit = WholeNumber(
        load_default=100, validate=validate.Range(1, MAX_EVENTS), metadata={"description": "Events in the answer."}
    )


class EventQuery(DatasetEventQuery):
    """Which events."""

    dataset = text("Only events of this dataset (its name).", 200)


class EventOut(Schema):
    """One thing that happened."""

    id = fields.Integer(required=True)
    at = fields.DateTime(required=True)
    kind = fields.String(required=True, metadata={"description": "Such as `version-released`."})
    actor = fields.String(metadata={"description": "Who did it; only for those who look after the dataset."})
    dataset = fields.String(required=True, allow_none=True)
    version = fields.Integer(required=True, allow_none=True)
    facts = fields.Dict(required=True, metadata={"description": "Each kind has its own."})
    digest = fields.String(
        required=True, metadata={"description": "SHA-256 in the chain of events: the same event always has the same."}
    )


class EventListOut(Schema):
    """A page of the log, newest first."""

    total = fields.Integer(required=True, metadata={"description": "Events that you may see, on all pages."})
    next = fields.String(
        required=True, allow_none=True, metadata={"description": "Address of the next page; null: this is the last."}
    )
    items = fields.List(fields.Nested(EventOut), required=True)
