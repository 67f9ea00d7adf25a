"""Wire schemas of vocabularies: terms and licences; like those in schemas.py they check form only."""

from marshmallow import Schema, fields

from portal.web.api.schemas import LangStringOut, LicenceOut


class ConceptOut(Schema):
    """A term of a vocabulary and how often it is used."""

    code = fields.String(required=True)
    id = fields.String(allow_none=True)
    title = fields.Nested(LangStringOut)
    language = fields.String(metadata={"description": "Of a keyword."})
    datasets = fields.Integer(required=True)


class ConceptListOut(Schema):
    """Terms, most used first."""

    total = fields.Integer(required=True)
    items = fields.List(fields.Nested(ConceptOut), required=True)


class LicenceListOut(Schema):
    """Licences: the recommended ones first, then the whole list."""

    total = fields.Integer(required=True)
    items = fields.List(fields.Nested(LicenceOut), required=True)


class LicenceQuery(Schema):
    """Which licences."""

    recommended = fields.Boolean(load_default=False, metadata={"description": "Only the few that are recommended."})
