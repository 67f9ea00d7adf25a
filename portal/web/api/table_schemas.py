"""Wire schemas of tables, their rows and what they can be joined with; like those in schemas.py they check form only."""

from marshmallow import Schema, fields

from portal.web.api.schemas import Described, FileOut, LangStringOut


class JoinOut(Schema):
    """A declared key that can be followed from a table to another."""

    name = fields.String(required=True, metadata={"description": "What to write in `join`."})
    dataset = fields.String(required=True)
    table = fields.String(required=True)
    title = fields.Nested(LangStringOut, required=True)
    via = fields.Dict(
        required=True, metadata={"description": "Columns `here` and `there`, and which rows it is true `where`."}
    )
    cardinality = fields.String(
        required=True,
        metadata={
            "description": "`n:1`: each row finds one or none. `1:n`, `n:m`: a row may find many, and is repeated."
        },
    )
    multiplies = fields.Boolean(required=True)
    columns = fields.List(fields.String(), required=True, metadata={"description": "Columns that it adds."})
    url = fields.String(required=True, metadata={"description": "The joined rows."})


class TableOut(Schema):
    """A table: its schema, what is in its columns, and its files."""

    name = fields.String(required=True)
    title = fields.Nested(LangStringOut, required=True)
    description = fields.Nested(LangStringOut, required=True)
    rows = fields.Integer(required=True)
    version = fields.Integer(required=True)
    schema = fields.Dict(required=True, metadata={"description": "Table Schema."})
    statistics = fields.List(fields.Dict(), required=True, metadata={"description": "One object per column."})
    rowsUrl = fields.String(required=True)  # noqa: N815 - JSON's spelling
    combinationsUrl = fields.String(  # noqa: N815 - JSON's spelling
        required=True, metadata={"description": "Saved combinations that the dataset goes into."}
    )
    joins = fields.List(
        fields.Nested(JoinOut),
        metadata={"description": "What the rows can be joined with; of a single table, not in lists."},
    )
    openapiUrl = fields.String(  # noqa: N815 - as above
        required=True,
        metadata={"description": "OpenAPI document of its rows: columns, filters with examples, answers."},
    )
    snippetsUrl = fields.String(  # noqa: N815 - as above
        required=True, metadata={"description": "Code that reads it, in several languages."}
    )
    docsUrl = fields.String(required=True, metadata={"description": "Both as a page."})  # noqa: N815 - as above
    files = fields.List(fields.Nested(FileOut), required=True)


class TableListOut(Schema):
    """The tables of a dataset, in order."""

    total = fields.Integer(required=True)
    items = fields.List(fields.Nested(TableOut), required=True)


class RowsOut(Schema):
    """A page of rows."""

    combination = fields.String(metadata={"description": "Name of the saved combination, if it is one."})
    revision = fields.Integer(metadata={"description": "Of the saved combination."})
    dataset = fields.String(required=True)
    table = fields.String(required=True)
    version = fields.Integer(required=True)
    total = fields.Integer(
        required=True,
        allow_none=True,
        metadata={
            "description": "Rows that meet the query; null: nobody asked (`count=exact`) and they would have to be counted."
        },
    )
    limit = fields.Integer(required=True)
    next = fields.String(required=True, allow_none=True)
    multiplies = fields.Boolean(
        metadata={
            "description": "With `join`: a row of the table may stand there several times, once for each row found."
        }
    )
    joins = fields.List(
        fields.Dict(),
        metadata={"description": "With `join`: the tables joined, in order, and how their columns begin."},
    )
    lineage = fields.Dict(
        metadata={
            "description": "With `join`: the datasets and versions that went in, whether the answer may be published, under "
            "which licence, and whom to credit; as `/api/v1/licences/combine` says it."
        }
    )
    rows = fields.List(fields.Dict(), required=True)


class RowOut(Schema):
    """One row."""

    dataset = fields.String(required=True)
    table = fields.String(required=True)
    version = fields.Integer(required=True)
    id = fields.String(required=True, metadata={"description": "Permanent IRI of the row."})
    row = fields.Dict(required=True)


class TableSchemaOut(Described):
    """Table Schema (Data Package v2)."""

    fields_ = fields.List(fields.Dict(), required=True, data_key="fields", attribute="fields")
