"""Wire schemas of saved combinations."""

from marshmallow import Schema, fields, validate

from portal.web.api.people_schemas import text
from portal.web.api.schemas import MAX_LIST, JoinOut, LangStringOut, WholeNumber, printable

_BIG = 999_999_999


def optional(description: str, most_characters: int, default: str | None) -> fields.String:
    """Give a field for printable text that may be left out."""
    return fields.String(
        load_default=default,
        validate=[validate.Length(0, most_characters), printable],
        metadata={"description": description},
    )


class CombinationsQuery(Schema):
    """Which saved combinations."""

    dataset = optional("Only those that this dataset goes into.", 200, None)
    limit = WholeNumber(
        load_default=100, validate=validate.Range(1, MAX_LIST), metadata={"description": "Combinations in the answer."}
    )
    offset = WholeNumber(
        load_default=0, validate=validate.Range(0, _BIG), metadata={"description": "Combinations to pass over."}
    )


class RevisionQuery(Schema):
    """Which revision, and of which versions."""

    revision = WholeNumber(
        load_default=None, validate=validate.Range(1, _BIG), metadata={"description": "Revision; absent: the last one."}
    )
    versions = optional("Versions of datasets, as orte:1,documents:2; of the others the current one.", 4_000, None)


class JoinQuery(Schema):
    """Which joins, of which versions."""

    join = optional("Tables to join along declared keys, as a,b:c; absent: none yet.", 2_000, "")
    versions = optional("Versions of datasets, as orte:1,documents:2; of the others the current one.", 4_000, None)


class CombinationTitleIn(Schema):
    """What a combination is called, by language."""

    de = text("German.", 500, required=True)
    en = text("English; absent: readers of English see the German text.", 500)


class CombinationTextIn(Schema):
    """What a combination shows, by language."""

    de = text("German.", 5_000, required=True)
    en = text("English; absent: readers of English see the German text.", 5_000)


class CombinationIn(Schema):
    """A question about tables that is worth a name."""

    publisher = text("Who saves it.", 200, required=True)
    title = fields.Nested(CombinationTitleIn, required=True, metadata={"description": "What it is called."})
    description = fields.Nested(CombinationTextIn, metadata={"description": "What it shows."})
    dataset = text("Dataset of the table to begin with.", 200, required=True)
    table = text("The table to begin with.", 200, required=True)
    join = optional("What it is joined with, as in `rows?join=`; absent: nothing.", 2_000, "")
    query = fields.Dict(
        keys=fields.String(validate=[validate.Length(1, 500), printable]),
        values=fields.String(validate=[validate.Length(0, 4_000), printable]),
        load_default=dict,
        metadata={"description": "Parameters of the row query: conditions, `columns`, `sort`, `group_by` and so on."},
    )


class CombinationSummaryOut(Schema):
    """A saved combination in a list."""

    name = fields.String(required=True)
    id = fields.String(required=True, metadata={"description": "IRI of the combination as a thing."})
    revision = fields.Integer(required=True, metadata={"description": "Which form of it: every change is a new one."})
    title = fields.Nested(LangStringOut, required=True)
    description = fields.Nested(LangStringOut, required=True)
    publisher = fields.String(required=True)
    dataset = fields.String(required=True)
    table = fields.String(required=True)
    join = fields.String(required=True)
    query = fields.Dict(required=True)
    datasets = fields.List(fields.String(), required=True, metadata={"description": "What goes in."})
    saved = fields.DateTime(required=True)
    url = fields.String(required=True)
    pageUrl = fields.String(  # noqa: N815 - JSON's spelling
        required=True, metadata={"description": "The combination as a page, and in other forms by `Accept`."}
    )
    rowsUrl = fields.String(required=True)  # noqa: N815 - JSON's spelling


class CombinationListOut(Schema):
    """Saved combinations, by name."""

    total = fields.Integer(required=True)
    limit = fields.Integer(required=True)
    offset = fields.Integer(required=True)
    next = fields.String(required=True, allow_none=True)
    items = fields.List(fields.Nested(CombinationSummaryOut), required=True)


class CombinationFileOut(Schema):
    """The rows as a file."""

    format = fields.String(required=True)
    url = fields.String(required=True)
    mediatype = fields.String(required=True)


class SavedCombinationOut(CombinationSummaryOut):
    """A saved combination as it is made of the versions named."""

    versions = fields.Dict(required=True, metadata={"description": "Dataset ↔ number of the version that goes in."})
    pinnedUrl = fields.String(  # noqa: N815 - JSON's spelling
        required=True, metadata={"description": "The rows of just these versions and this revision: they never change."}
    )
    multiplies = fields.Boolean(
        required=True, metadata={"description": "A row of the table may stand there several times."}
    )
    joins = fields.List(fields.Dict(), required=True)
    lineage = fields.Dict(required=True)
    schema = fields.Dict(required=True, metadata={"description": "Table Schema of all columns that can be asked for."})
    files = fields.List(fields.Nested(CombinationFileOut), required=True)


class JoinedTableOut(Schema):
    """A joined table without its rows."""

    dataset = fields.String(required=True)
    table = fields.String(required=True)
    versions = fields.Dict(required=True, metadata={"description": "Dataset ↔ number of the version that goes in."})
    multiplies = fields.Boolean(
        required=True, metadata={"description": "A row of the table may stand there several times."}
    )
    joins = fields.List(fields.Dict(), required=True)
    further = fields.List(
        fields.Nested(JoinOut),
        required=True,
        metadata={"description": "What can be joined next, at the end of each path."},
    )
    lineage = fields.Dict(required=True)
    schema = fields.Dict(required=True, metadata={"description": "Table Schema."})
    rowsUrl = fields.String(required=True)  # noqa: N815 - JSON's spelling
