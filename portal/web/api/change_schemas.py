"""Wire schemas of what changed between two versions; like those in schemas.py they check form only."""

from marshmallow import Schema, fields, validate

from portal.publishing.comparing.difference import TableChange
from portal.publishing.comparing.metadata import FactChange
from portal.publishing.comparing.rows import RowChange
from portal.rows.query import MAX_PAGE
from portal.web.api.schemas import LangStringOut, WholeNumber

_VERSIONS = validate.Range(1, 999_999_999)
_COMPARED_BY = validate.OneOf(["key", "row"])


class ChangesQuery(Schema):
    """Between which versions."""

    since = WholeNumber(
        required=True, validate=_VERSIONS, metadata={"description": "Number of the version to compare with."}
    )
    until = WholeNumber(
        load_default=None,
        validate=_VERSIONS,
        metadata={"description": "Number of the later version; absent: the current one."},
    )


class PageQuery(Schema):
    """Which page of the changed rows."""

    limit = WholeNumber(
        load_default=100, validate=validate.Range(1, MAX_PAGE), metadata={"description": "Changes in the answer."}
    )
    after = WholeNumber(
        load_default=0,
        validate=validate.Range(0, 2**53),
        metadata={"description": "Number of the change before the first; `next` knows it."},
    )


class RowChangesQuery(PageQuery, ChangesQuery):
    """Between which versions, and which page."""


class MetadataChangeOut(Schema):
    """A fact of the metadata that is not what it was."""

    pointer = fields.String(
        required=True,
        metadata={"description": "JSON Pointer (RFC 6901); tables and columns stand by name, not by number."},
    )
    place = fields.Nested(LangStringOut, required=True, metadata={"description": "The same in words."})
    change = fields.String(required=True, validate=validate.OneOf(list(FactChange)))
    before = fields.Raw(required=True, allow_none=True, metadata={"description": "Null where it was added."})
    after = fields.Raw(required=True, allow_none=True, metadata={"description": "Null where it was removed."})


class RowCountsOut(Schema):
    """How many rows came, went and changed."""

    before = fields.Integer(required=True, metadata={"description": "Rows of the earlier version."})
    after = fields.Integer(required=True, metadata={"description": "Rows of the later version."})
    added = fields.Integer(required=True)
    removed = fields.Integer(required=True)
    changed = fields.Integer(required=True)
    unchanged = fields.Integer(required=True)


class TableChangesOut(Schema):
    """What changed about one table."""

    name = fields.String(required=True)
    change = fields.String(required=True, validate=validate.OneOf(list(TableChange)))
    comparedBy = fields.String(required=True, validate=_COMPARED_BY)  # noqa: N815 - JSON's spelling
    note = fields.Nested(
        LangStringOut,
        required=True,
        allow_none=True,
        metadata={"description": "How rows were compared, where it is not by key."},
    )
    columns = fields.Dict(
        required=True,
        metadata={
            "description": "Names of columns `added`, `removed`, `retyped`, `renamed`, `constrained`, `described`; "
            "`reordered`; `primaryKey`."
        },
    )
    rows = fields.Nested(RowCountsOut, required=True)
    changedColumns = fields.Dict(  # noqa: N815 - JSON's spelling
        keys=fields.String(),
        values=fields.Integer(),
        required=True,
        metadata={"description": "Column ↔ changed rows in which it differs."},
    )
    warnings = fields.List(
        fields.Nested(LangStringOut), required=True, metadata={"description": "What breaks whoever reads the table."}
    )
    changesUrl = fields.String(required=True)  # noqa: N815 - JSON's spelling
    csvUrl = fields.String(required=True)  # noqa: N815 - JSON's spelling


class ChangesOut(Schema):
    """What changed between two versions of a dataset."""

    dataset = fields.String(required=True)
    since = fields.Integer(required=True)
    until = fields.Integer(required=True)
    metadata = fields.List(fields.Nested(MetadataChangeOut), required=True)
    tables = fields.List(fields.Nested(TableChangesOut), required=True)


class RowChangeOut(Schema):
    """What happened to one row."""

    change = fields.String(required=True, validate=validate.OneOf(list(RowChange)))
    key = fields.Dict(
        required=True, allow_none=True, metadata={"description": "Values of the primary key; null: compared as wholes."}
    )
    before = fields.Dict(required=True, allow_none=True, metadata={"description": "The row as it was; null: added."})
    after = fields.Dict(required=True, allow_none=True, metadata={"description": "The row as it is; null: removed."})
    columns = fields.List(
        fields.String(), required=True, metadata={"description": "Columns that differ; empty unless it changed."}
    )


class RowChangesOut(Schema):
    """A page of the rows that changed between two versions."""

    dataset = fields.String(required=True)
    table = fields.String(required=True)
    since = fields.Integer(required=True)
    until = fields.Integer(required=True)
    comparedBy = fields.String(required=True, validate=_COMPARED_BY)  # noqa: N815 - JSON's spelling
    note = fields.Nested(LangStringOut, required=True, allow_none=True)
    rows = fields.Nested(RowCountsOut, required=True)
    csvUrl = fields.String(required=True)  # noqa: N815 - JSON's spelling
    total = fields.Integer(required=True, metadata={"description": "Changes on all pages."})
    limit = fields.Integer(required=True)
    next = fields.String(required=True, allow_none=True)
    changes = fields.List(fields.Nested(RowChangeOut), required=True)


class DraftChangesOut(ChangesOut):
    """What the release of a draft would change."""

    class Meta:
        exclude = ("until",)

    since = fields.Integer(required=True, allow_none=True, metadata={"description": "Public version; null: none is."})


class DraftRowChangesOut(RowChangesOut):
    """A page of the rows that the release of a draft would change."""

    class Meta:
        exclude = ("until", "rows")

    since = fields.Integer(required=True, allow_none=True, metadata={"description": "Public version; null: none is."})
