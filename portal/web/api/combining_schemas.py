"""Wire schemas of the question whether licences can be combined."""

from marshmallow import Schema, fields, validate

from portal.vocabularies.combining import Verdict
from portal.web.api.schemas import LangStringOut, LicenceOut, printable


def _list_of(description: str) -> fields.String:
    return fields.String(
        load_default=None, validate=[validate.Length(1, 5_000), printable], metadata={"description": description}
    )


class CombineQuery(Schema):
    """Which licences, or the licences of which datasets."""

    of = _list_of("Codes or IRIs of licences, separated by commas; with or instead of `datasets`.")
    datasets = _list_of("Names of datasets, separated by commas; each in its current version.")


class ReasonOut(Schema):
    """What a licence asks, or why licences do not go together."""

    licences = fields.List(fields.String(), required=True, metadata={"description": "Codes it is about."})
    sentence = fields.Nested(LangStringOut, required=True)
    source = fields.String(
        required=True, allow_none=True, metadata={"description": "Address of the text that says so."}
    )


class CreditOut(Schema):
    """What is to be written beside the result."""

    required = fields.Boolean(required=True, metadata={"description": "Does a licence ask for it?"})
    lines = fields.List(
        fields.Nested(LangStringOut),
        required=True,
        metadata={
            "description": "One line a part. Of licences alone: a template with `{publisher}`, `{title}` and `{url}`."
        },
    )
    line = fields.Nested(
        LangStringOut, required=True, metadata={"description": "All in one, with the note on changes."}
    )


class CombinedDatasetOut(Schema):
    """A dataset that goes into the combination."""

    name = fields.String(required=True)
    version = fields.Integer(required=True)
    title = fields.Nested(LangStringOut, required=True)
    licence = fields.String(required=True)
    url = fields.String(required=True, metadata={"description": "Address of just this version."})


class CombinationOut(Schema):
    """May works be combined, under which licence may the result be published, whom to credit."""

    of = fields.List(fields.String(), required=True, metadata={"description": "Codes of the licences, each once."})
    answer = fields.String(required=True, validate=validate.OneOf(list(Verdict)))
    summary = fields.Nested(LangStringOut, required=True)
    publishUnder = fields.List(  # noqa: N815 - JSON's spelling
        fields.Nested(LicenceOut),
        required=True,
        metadata={
            "description": "Licences for the result, best first; with `unclear` those that may turn out possible."
        },
    )
    alsoPossible = fields.List(  # noqa: N815 - as above
        fields.String(), required=True, metadata={"description": "Codes of further licences."}
    )
    credit = fields.Nested(CreditOut, required=True)
    reasons = fields.List(fields.Nested(ReasonOut), required=True)
    datasets = fields.List(
        fields.Nested(CombinedDatasetOut),
        required=True,
        metadata={"description": "Empty if only licences were asked for."},
    )
