"""Wire schemas for looking after publishers and what is public of their datasets; the same words as `PublisherOut`."""

from marshmallow import Schema, fields

from portal.web.api.people_schemas import text
from portal.web.api.schemas import LangStringOut, PublisherOut


class ContactIn(Schema):
    """Who answers questions about the data."""

    name = text("Name of an office; absent: the publisher's.", 500, allow_none=True)
    email = text("Mail address of an office.", 320, allow_none=True)
    url = text("Web address.", 2_000, allow_none=True)


class EnglishIn(Schema):
    """The English words."""

    title = text("English name; null: none.", 500, allow_none=True)


class TranslationsIn(Schema):
    """Words in other languages."""

    en = fields.Nested(EnglishIn, allow_none=True, metadata={"description": "English."})


class _PublisherFacts(Schema):
    """What can be said about a publisher."""

    translations = fields.Nested(TranslationsIn, allow_none=True, metadata={"description": "By language."})
    type = text("Code of the ADMS publisher types; null: not said.", 80, allow_none=True)
    homepage = text("Web address; null: none.", 2_000, allow_none=True)
    contact = fields.Nested(ContactIn, allow_none=True, metadata={"description": "Who answers questions."})
    defaultLicence = text(  # noqa: N815 - JSON's spelling
        "Code of the licence that new datasets begin with; null: none.", 100, allow_none=True
    )
    logo = text("Web address of the logo; null: none.", 2_000, allow_none=True)
    fourEyes = fields.Boolean(  # noqa: N815 - JSON's spelling
        metadata={"description": "Must the approver of a draft be another person than the submitter?"}
    )


class PublisherIn(_PublisherFacts):
    """A new publisher."""

    name = text("Slug; it stands in addresses and never changes.", 100, required=True)
    title = text("German name.", 500, required=True)


class PublisherPatch(_PublisherFacts):
    """What changes (JSON Merge Patch, RFC 7396): what is absent stays, null takes away."""

    title = text("German name.", 500)


class PatchedPublisherOut(PublisherOut):
    """A publisher that was changed."""

    job = fields.String(
        required=True,
        allow_none=True,
        metadata={
            "description": "Address of the job that makes the files of its datasets anew; null: they stay as they are."
        },
    )


class LangStringIn(Schema):
    """A text by language."""

    de = fields.String(required=True, metadata={"description": "German."})
    en = fields.String(metadata={"description": "English; absent: readers of English see the German text."})


class WithdrawalIn(Schema):
    """Why a dataset is taken from the public."""

    reason = fields.Nested(
        LangStringIn, required=True, metadata={"description": "Everyone who asks for the dataset reads it."}
    )


class StandingOut(Schema):
    """Whether the public sees a dataset."""

    name = fields.String(required=True)
    state = fields.String(required=True, metadata={"description": "`published` or `withdrawn`."})
    reason = fields.Nested(LangStringOut, allow_none=True, metadata={"description": "Why it was withdrawn."})
    modified = fields.DateTime(required=True)
