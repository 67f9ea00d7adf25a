"""Wire schemas of the write side: what drafts, deliveries, steps and jobs look like."""

from marshmallow import RAISE, Schema, fields, validate

from portal.catalogue.draft import DraftState
from portal.curation.editing import MAX_NOTES_CHARS
from portal.web.api.schemas import FileOut, printable


class Closed(Schema):
    """What is not known is refused: a slip must not go unnoticed."""

    class Meta:
        unknown = RAISE


class DatasetIn(Closed):
    """A dataset that is to be."""

    name = fields.String(
        required=True,
        validate=[validate.Length(1, 100), printable],
        metadata={"description": "Slug: its permanent address. a-z, 0-9, - and _."},
    )
    publisher = fields.String(
        required=True, validate=[validate.Length(1, 100), printable], metadata={"description": "Name of the publisher."}
    )
    metadata = fields.Dict(
        load_default=dict,
        metadata={"description": "Data Package descriptor, as far as it is known; gaps may be filled later."},
    )


class DraftPatch(Closed):
    """What is to change."""

    metadata = fields.Dict(
        load_default=dict,
        metadata={
            "description": "JSON Merge Patch (RFC 7396) on the descriptor; tables and columns are matched by name."
        },
    )
    notes = fields.String(
        load_default=None,
        validate=[validate.Length(max=MAX_NOTES_CHARS)],
        metadata={"description": "What is new in the version, for its readers."},
    )


class DraftQuery(Schema):
    """Which drafts."""

    state = fields.String(
        load_default=None,
        validate=validate.OneOf([state.value for state in DraftState if state is not DraftState.DISCARDED]),
        metadata={"description": "Only drafts in this state."},
    )
    publisher = fields.String(
        load_default=None,
        validate=[validate.Length(1, 100), printable],
        metadata={"description": "Only drafts of this publisher (its name)."},
    )


class DeliveryQuery(Schema):
    """What is said about the file that is delivered."""

    filename = fields.String(
        load_default=None, validate=[validate.Length(1, 300), printable], metadata={"description": "Name of the file."}
    )
    accept = fields.String(
        load_default="",
        validate=[validate.Length(max=2_000), printable],
        metadata={
            "description": "Codes of findings whose remedies are accepted, separated by commas; unknown ones are refused."
        },
    )
    choices = fields.String(
        load_default=None,
        validate=validate.Length(max=8_000),
        metadata={
            "description": "What is chosen instead of guessed, as JSON; absent: as for the last delivery. What is not known, or not in the file, is refused."
        },
    )
    columns = fields.String(
        load_default="table",
        validate=validate.OneOf(["table", "file"]),
        metadata={"description": "`table`: the columns stay as they are; `file`: they become those of the file."},
    )
    dry_run = fields.Boolean(load_default=False, metadata={"description": "Only say what would be; nothing is stored."})


class ApprovalIn(Closed):
    """When the release is to be."""

    release_at = fields.AwareDateTime(
        load_default=None, allow_none=True, metadata={"description": "Not before this moment; absent: at once."}
    )


class ReturnIn(Closed):
    """Why a draft goes back."""

    comment = fields.String(required=True, validate=validate.Length(1, 2_000))


class DraftTableOut(Schema):
    """A table of a draft."""

    name = fields.String(required=True)
    delivered = fields.Boolean(required=True, metadata={"description": "Is there a source for it?"})
    source = fields.String(required=True, allow_none=True, metadata={"description": "`sha256:` of the source."})
    delivery = fields.Dict(
        required=True,
        allow_none=True,
        metadata={
            "description": "How it came; null: it is the public version's, or nobody has delivered it. `appended`: so many of "
            "its rows were put behind the others since; columns and guesses speak of the others."
        },
    )


class DraftLineOut(Schema):
    """A draft as it stands in lists."""

    dataset = fields.String(required=True)
    publisher = fields.String(required=True)
    state = fields.String(required=True)
    revision = fields.Integer(required=True, metadata={"description": 'Its ETag is `"r{revision}"`.'})
    public_version = fields.Integer(required=True, allow_none=True)
    gaps = fields.List(fields.Dict(), required=True, metadata={"description": "What a release still lacks."})
    notes = fields.String(required=True)
    comment = fields.String(required=True, allow_none=True, metadata={"description": "Why it was returned."})
    submitted_by = fields.String(required=True, allow_none=True)
    submitted_at = fields.DateTime(required=True, allow_none=True)
    decided_by = fields.String(required=True, allow_none=True)
    decided_at = fields.DateTime(required=True, allow_none=True)
    release_at = fields.DateTime(required=True, allow_none=True)
    changed_by = fields.String(required=True)
    updated_at = fields.DateTime(required=True)
    links = fields.Dict(required=True)


class DraftOut(DraftLineOut):
    """A draft: what the dataset is to become."""

    metadata = fields.Dict(required=True, metadata={"description": "The descriptor as it is now."})
    tables = fields.List(fields.Nested(DraftTableOut), required=True)
    report = fields.Dict(required=True, allow_none=True, metadata={"description": "Why it could not be built."})


class DraftListOut(Schema):
    """Drafts, last changed first."""

    total = fields.Integer(required=True)
    items = fields.List(fields.Nested(DraftLineOut), required=True)


class DeliveredTableOut(Schema):
    """What came of a delivered table."""

    table = fields.String(required=True)
    filename = fields.String(required=True)
    size_bytes = fields.Integer(required=True)
    rows = fields.Integer(required=True)
    columns = fields.List(fields.Dict(), required=True, metadata={"description": "What the values look like."})
    guesses = fields.List(fields.Dict(), required=True, metadata={"description": "What the file did not say."})
    counts = fields.Dict(required=True, metadata={"description": "Findings by code."})
    findings = fields.List(fields.Dict(), required=True)
    remedies = fields.List(fields.Dict(), required=True, metadata={"description": "What could be accepted."})
    choices = fields.Dict(required=True, metadata={"description": "What the next delivery repeats."})
    personal = fields.List(
        fields.Dict(), required=True, metadata={"description": "What looks personal and nobody has decided."}
    )


class DeliveryOut(DeliveredTableOut):
    """What came of a file with one table."""

    dataset = fields.String(required=True)
    stored = fields.Boolean(required=True, metadata={"description": "False: it was a dry run."})
    links = fields.Dict(required=True)


class DeliveriesOut(Schema):
    """What came of a file with several tables."""

    dataset = fields.String(required=True)
    stored = fields.Boolean(required=True, metadata={"description": "False: it was a dry run."})
    tables = fields.List(fields.Nested(DeliveredTableOut), required=True)
    links = fields.Dict(required=True)


class PreviewOut(Schema):
    """The files that a release would publish."""

    dataset = fields.String(required=True)
    content_digest = fields.String(required=True)
    files = fields.List(fields.Nested(FileOut), required=True)
