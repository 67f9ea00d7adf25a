"""Wire schemas of REST v1: what goes in by query, what comes out. They check form only.

Answers that are stored documents are described here too; tests hold the description against real answers.
"""

import re
from typing import Any

from marshmallow import INCLUDE, Schema, ValidationError, fields, validate

from portal.catalogue.reading import SORTS

MAX_LIST = 1_000
"""Datasets in one answer; a list of them is what harvesters take at once."""

_BIG = 2**53
"""No number in a query is larger: JSON readers could not hold it."""


class WholeNumber(fields.Integer):
    """A number in ASCII digits; Python would also read `1_0`, `+1` and the digits of every script."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Any, **kwargs: Any
    ) -> int:  # Any: marshmallow's signature
        if not re.fullmatch(r"[0-9]{1,16}", str(value)):
            raise self.make_error("invalid", input=value)
        return int(value)


def printable(text: str) -> None:
    """Refuse what no database and no reader can take: control characters and halves of surrogate pairs.

    Raises:
        ValidationError: there is one.
    """
    if any(ord(sign) < 32 or 0xD800 <= ord(sign) <= 0xDFFF for sign in text):
        raise ValidationError("Control characters are not allowed.")


def _term(description: str) -> fields.String:
    return fields.String(
        load_default=None, validate=[validate.Length(1, 500), printable], metadata={"description": description}
    )


class DatasetQuery(Schema):
    """Which datasets, in which order, how many."""

    limit = WholeNumber(
        load_default=20, validate=validate.Range(1, MAX_LIST), metadata={"description": "Datasets in the answer."}
    )
    offset = WholeNumber(
        load_default=0, validate=validate.Range(0, _BIG), metadata={"description": "Datasets to pass over."}
    )
    sort = fields.String(
        load_default="title",
        validate=validate.OneOf(list(SORTS)),
        metadata={"description": "Order; a leading hyphen turns it round. Ties are broken by name."},
    )
    publisher = _term("Only datasets of this publisher (its name).")
    theme = _term("Only datasets with this EU data theme (its code, such as GOVE).")
    keyword = _term("Only datasets with this keyword, German or English, exactly.")
    licence = _term("Only datasets under this licence (its code, such as dl-zero-de/2.0).")
    place = _term("Only datasets about this place (its id, such as duisburg).")


class Described(Schema):
    """More may stand in it than is described."""

    class Meta:
        unknown = INCLUDE


class LangStringOut(Schema):
    """A text by language."""

    de = fields.String(required=True, metadata={"description": "German."})
    en = fields.String(metadata={"description": "English; absent where nobody has translated it."})


class RootOut(Schema):
    """Where to go from here."""

    title = fields.String(required=True)
    version = fields.String(required=True, metadata={"description": "Version of the portal."})
    links = fields.Dict(keys=fields.String(), values=fields.String(), required=True)


class DatasetSummaryOut(Described):
    """A dataset's line in a list."""

    name = fields.String(required=True, metadata={"description": "Slug of the dataset, its permanent address."})
    title = fields.String(required=True, metadata={"description": "German title; English under `translations.en`."})
    description = fields.String(required=True)
    translations = fields.Dict(metadata={"description": "Texts in other languages, by language."})
    keywords = fields.List(fields.String(), required=True)
    theme = fields.List(fields.String(), required=True, metadata={"description": "Codes of the EU data themes."})
    spatial = fields.List(fields.String(), required=True, metadata={"description": "Ids of places."})
    family = fields.String(allow_none=True)
    id = fields.String(required=True, metadata={"description": "IRI of the dataset."})
    url = fields.String(
        required=True, metadata={"description": "Its page, and all its documents by content negotiation."}
    )
    version = fields.Integer(required=True, metadata={"description": "Number of the current version."})
    issued = fields.DateTime(required=True)
    modified = fields.DateTime(required=True)
    publisher = fields.String(required=True, metadata={"description": "Name of the publisher."})
    licence = fields.String(required=True, metadata={"description": "Code of the licence."})
    tables = fields.List(fields.Dict(), required=True)
    rows = fields.Integer(required=True, metadata={"description": "Rows of all tables."})


class DatasetListOut(Schema):
    """A page of a list of datasets."""

    total = fields.Integer(required=True, metadata={"description": "Datasets that meet the filters, on all pages."})
    limit = fields.Integer(required=True)
    offset = fields.Integer(required=True)
    next = fields.String(
        required=True, allow_none=True, metadata={"description": "Address of the next page; null: this is the last."}
    )
    items = fields.List(fields.Nested(DatasetSummaryOut), required=True)


class FileOut(Schema):
    """A file as it can be fetched."""

    format = fields.String(required=True)
    url = fields.String(required=True)
    mediatype = fields.String(required=True)
    bytes = fields.Integer(required=True)
    hash = fields.String(required=True, metadata={"description": "`sha256:` and the digest in hex."})
    rows = fields.Integer(
        required=True, allow_none=True, metadata={"description": "Rows in it; null: it is not a table."}
    )


class LicenceOut(Described):
    """A licence and what it asks for."""

    code = fields.String(required=True, metadata={"description": "Code in the dcat-ap.de list."})
    id = fields.String(required=True, metadata={"description": "IRI in the dcat-ap.de list."})
    title = fields.Nested(LangStringOut, required=True)
    url = fields.String(required=True, allow_none=True, metadata={"description": "The licence's text."})
    open = fields.Boolean(required=True, metadata={"description": "May data under it be published here?"})
    attributionRequired = fields.Boolean(required=True)  # noqa: N815 - JSON's spelling
    shareAlike = fields.Boolean(required=True)  # noqa: N815 - as above
    nonCommercial = fields.Boolean(required=True)  # noqa: N815 - as above
    noDerivatives = fields.Boolean(required=True)  # noqa: N815 - as above


class PublisherOut(Schema):
    """A body that publishes."""

    name = fields.String(required=True)
    id = fields.String(required=True)
    title = fields.String(required=True)
    translations = fields.Dict(required=True)
    type = fields.String(required=True, allow_none=True, metadata={"description": "Code of the ADMS publisher types."})
    homepage = fields.String(required=True, allow_none=True)
    contact = fields.Dict(required=True)
    defaultLicence = fields.String(  # noqa: N815 - JSON's spelling
        allow_none=True, metadata={"description": "Code of the licence that its new datasets begin with."}
    )
    logo = fields.String(allow_none=True, metadata={"description": "Web address of its logo."})
    fourEyes = fields.Boolean(  # noqa: N815 - as above
        metadata={"description": "Must the approver of a draft be another person than the submitter?"}
    )
    datasets = fields.Integer(metadata={"description": "Published datasets."})


class DatasetOut(Described):
    """A dataset: its Data Package descriptor with addresses, dates, publisher, licence and files."""

    name = fields.String(required=True)
    title = fields.String(required=True)
    description = fields.String(required=True)
    keywords = fields.List(fields.String(), required=True)
    dcat = fields.Dict(required=True)
    resources = fields.List(
        fields.Dict(), required=True, metadata={"description": "The tables, each with its Table Schema and files."}
    )
    id = fields.String(required=True)
    url = fields.String(required=True)
    version = fields.Integer(required=True)
    versionUrl = fields.String(required=True)  # noqa: N815 - JSON's spelling
    issued = fields.DateTime(required=True)
    modified = fields.DateTime(required=True)
    publisher = fields.Nested(PublisherOut, required=True)
    licence = fields.Nested(LicenceOut, required=True)
    files = fields.List(fields.Nested(FileOut), required=True)
    rows = fields.Integer(required=True)


class VersionOut(Schema):
    """A version of a dataset."""

    number = fields.Integer(required=True)
    released = fields.DateTime(required=True)
    notes = fields.String(required=True)
    url = fields.String(required=True)
    changesUrl = fields.String(  # noqa: N815 - JSON's spelling
        required=True,
        allow_none=True,
        metadata={"description": "What changed since the version before; null: it is the first."},
    )


class VersionListOut(Schema):
    """All versions of a dataset, newest first."""

    total = fields.Integer(required=True)
    items = fields.List(fields.Nested(VersionOut), required=True)


class PublisherListOut(Schema):
    """Publishers by name."""

    total = fields.Integer(required=True)
    items = fields.List(fields.Nested(PublisherOut), required=True)


class ProblemSchema(Described):
    """RFC 9457 problem document."""

    type = fields.String(
        required=True, metadata={"description": "Address of the page that explains the kind of problem."}
    )
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True)
    instance = fields.String(required=True)
    request_id = fields.String(allow_none=True)
    translations = fields.Dict(metadata={"description": "Title and detail in German and English."})
