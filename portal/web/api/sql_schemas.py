"""Wire schemas of free SQL: a statement, and its answer."""

from marshmallow import Schema, fields, validate

from portal.rows.sql.statement import MAX_CHARACTERS
from portal.web.api.combining_schemas import CombinationOut


class SqlQuery(Schema):
    """A statement in the address."""

    q = fields.String(
        required=True,
        validate=validate.Length(1, MAX_CHARACTERS),
        metadata={
            "description": 'One SELECT in SQLite\'s SQL; tables are "dataset/table" or "dataset/v/2/table", in double quotes.',
            "example": 'SELECT name, kind FROM "orte/places" ORDER BY name LIMIT 5',
        },
    )
    format = fields.String(
        load_default=None,
        validate=validate.OneOf(["json", "csv"]),
        metadata={"description": "Absent: as `Accept` asks, else JSON."},
    )


class SqlIn(SqlQuery):
    """A statement in the body."""


class SqlSourceOut(Schema):
    """The column of a table that a column of the answer is."""

    table = fields.String(required=True, metadata={"description": "As the statement names it."})
    column = fields.String(required=True)


class SqlColumnOut(Schema):
    """A column of the answer."""

    name = fields.String(required=True)
    type = fields.String(
        required=True,
        metadata={
            "description": "That of the table's column, or of the values that were reckoned: integer, number, string, any."
        },
    )
    from_ = fields.Nested(
        SqlSourceOut,
        required=True,
        allow_none=True,
        data_key="from",
        attribute="from",
        metadata={"description": "null: it was reckoned, or comes from several."},
    )


class SqlAnswerOut(Schema):
    """What a statement gave."""

    columns = fields.List(fields.Nested(SqlColumnOut), required=True)
    truncated = fields.Boolean(
        required=True, metadata={"description": "There are more rows than an answer may have; these are the first."}
    )
    limit = fields.Integer(required=True, metadata={"description": "Rows that an answer may have."})
    pinned = fields.String(
        required=True, metadata={"description": "The statement over these versions: gives the same rows for ever."}
    )
    lineage = fields.Nested(
        CombinationOut,
        required=True,
        allow_none=True,
        metadata={"description": "Which datasets went in, the licence they may have together, whom to credit."},
    )
    rows = fields.List(fields.Dict(), required=True)
