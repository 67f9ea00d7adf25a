"""Wire schemas of changes of many datasets: asked by a patch or by a file, shown, applied, undone."""

from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate, validates_schema

from portal.catalogue.bulk_change import Outcome
from portal.curation.bulk import MAX_DATASETS
from portal.web.api.schemas import LangStringOut, printable


def _term(description: str) -> fields.String:
    return fields.String(validate=[validate.Length(1, 500), printable], metadata={"description": description})


class BulkFilterIn(Schema):
    """Which of the datasets that you may edit; every condition given must hold, of the draft where there is one."""

    class Meta:
        unknown = RAISE

    publisher = _term("Of this publisher (its name).")
    theme = _term("With this EU data theme (its code).")
    licence = _term("Under this licence (its code).")
    keyword = _term("With this keyword, German or English, exactly.")


class BulkChangeIn(Schema):
    """Which datasets, and what is to change of each."""

    class Meta:
        unknown = RAISE

    datasets = fields.List(
        fields.String(validate=[validate.Length(1, 100), printable]),
        validate=validate.Length(1, MAX_DATASETS),
        metadata={"description": "Names of datasets; either these or `filter`."},
    )
    filter = fields.Nested(
        BulkFilterIn, metadata={"description": "Which of those that you may edit; at least one condition."}
    )
    patch = fields.Dict(
        required=True,
        validate=validate.Length(min=1),
        metadata={"description": "JSON Merge Patch (RFC 7396) on each descriptor; tables and columns go by name."},
    )
    dry_run = fields.Boolean(load_default=False, metadata={"description": "Only say what would be; nothing is stored."})

    @validates_schema
    def _either(self, given: dict[str, Any], **_: Any) -> None:  # Any: marshmallow's signature
        if ("datasets" in given) == ("filter" in given):
            raise ValidationError("Name either datasets or a filter.", "datasets")
        if given.get("filter") == {}:
            raise ValidationError("At least one condition is needed.", "filter")


class MetadataQuery(Schema):
    """Which metadata, in which variant."""

    publisher = fields.String(
        load_default=None,
        validate=[validate.Length(1, 100), printable],
        metadata={"description": "Only datasets of this publisher (its name)."},
    )
    variant = fields.String(
        load_default="plain",
        validate=validate.OneOf(["plain", "excel"]),
        metadata={"description": "`plain`: comma, UTF-8; `excel`: to double-click in a German Excel."},
    )


class MetadataUploadQuery(Schema):
    """How the file is taken."""

    dry_run = fields.Boolean(load_default=False, metadata={"description": "Only say what would be; nothing is stored."})


class DatasetChangeOut(Schema):
    """What changes of one dataset."""

    dataset = fields.String(required=True)
    opens = fields.Boolean(required=True, metadata={"description": "A draft is opened from what is public."})
    row = fields.Integer(
        required=True, allow_none=True, metadata={"description": "Row of the file, from 1; null: there is no file."}
    )
    changes = fields.Dict(
        required=True,
        metadata={"description": "JSON Pointer ↔ `before` and `after`; a side that is absent was or is not there."},
    )


class RefusalOut(Schema):
    """A dataset that is left alone, and why."""

    dataset = fields.String(required=True)
    problem = fields.String(required=True, metadata={"description": "Kind of problem, as in `/problems/{kind}`."})
    detail = fields.Nested(LangStringOut, required=True)
    findings = fields.List(fields.Dict(), metadata={"description": "What would be wrong with the descriptor."})


class BulkPlanOut(Schema):
    """What a change of many datasets does, or would do."""

    id = fields.String(
        required=True, allow_none=True, metadata={"description": "Of the bulk change; null: nothing was changed."}
    )
    dry_run = fields.Boolean(required=True)
    counts = fields.Dict(
        keys=fields.String(),
        values=fields.Integer(),
        required=True,
        metadata={"description": "Datasets that are `changed`, `unchanged`, `refused`."},
    )
    changes = fields.List(fields.Nested(DatasetChangeOut), required=True)
    unchanged = fields.List(fields.String(), required=True, metadata={"description": "They are so already."})
    refusals = fields.List(fields.Nested(RefusalOut), required=True)
    links = fields.Dict(required=True)


class BulkItemOut(Schema):
    """What a bulk change did to one dataset."""

    dataset = fields.String(required=True)
    opened = fields.Boolean(required=True, metadata={"description": "It opened the draft."})
    changes = fields.Dict(required=True)
    outcome = fields.String(
        required=True,
        allow_none=True,
        validate=validate.OneOf([str(one) for one in Outcome]),
        metadata={"description": "What became of it when it was undone; null: it was not."},
    )


class BulkChangeOut(Schema):
    """A change of many datasets, as far as it concerns drafts that you may read."""

    id = fields.String(required=True)
    actor = fields.String(required=True)
    created_at = fields.DateTime(required=True)
    undone_by = fields.String(required=True, allow_none=True)
    undone_at = fields.DateTime(required=True, allow_none=True)
    total = fields.Integer(required=True)
    items = fields.List(fields.Nested(BulkItemOut), required=True)
    links = fields.Dict(required=True)


class UndoneOut(Schema):
    """What came of undoing a change."""

    id = fields.String(required=True)
    outcomes = fields.Dict(
        keys=fields.String(),
        values=fields.String(),
        required=True,
        metadata={"description": "Dataset ↔ `restored`, or `discarded`: the change had opened the draft."},
    )
    refusals = fields.List(
        fields.Nested(RefusalOut), required=True, metadata={"description": "Drafts that stay as they are, and why."}
    )
