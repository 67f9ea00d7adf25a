"""Wire schemas for people: who asks, users, tokens, members."""

from marshmallow import Schema, fields, validate

from portal.accounts.passwords import MAX_CHARS, MIN_CHARS
from portal.accounts.permissions import NEVER_BY_TOKEN, Action
from portal.accounts.roles import Role
from portal.web.api.schemas import WholeNumber, printable

_ROLES = [str(role) for role in Role]
_TOKEN_ACTIONS = [str(action) for action in Action if action not in NEVER_BY_TOKEN]


def text(description: str, longest: int, *, required: bool = False, allow_none: bool = False) -> fields.String:
    """Give a field of one line; absent or null it is not there."""
    return fields.String(
        required=required,
        allow_none=allow_none,
        validate=[validate.Length(1, longest), printable],
        metadata={"description": description},
    )


def _password(description: str) -> fields.String:
    """Give a field for a password; whether it does is the service's to say."""
    return fields.String(
        required=True,
        validate=[validate.Length(1, MAX_CHARS), printable],
        metadata={"description": description, "format": "password"},
    )


class ScopeOut(Schema):
    """What a token is narrowed to."""

    actions = fields.List(fields.String(), required=True)
    publisher = fields.String(
        required=True, allow_none=True, metadata={"description": "Null: every publisher its owner has a role for."}
    )


class MeOut(Schema):
    """Who asks, and what they are here."""

    kind = fields.String(required=True, metadata={"description": "`person` or `token`."})
    label = fields.String(required=True, metadata={"description": "What the log of events calls them."})
    name = fields.String(required=True, metadata={"description": "Login name, of a token its owner's."})
    displayName = fields.String(required=True)  # noqa: N815 - JSON's spelling
    portalAdmin = fields.Boolean(required=True)  # noqa: N815 - as above
    roles = fields.Dict(
        keys=fields.String(),
        values=fields.List(fields.String()),
        required=True,
        metadata={"description": "Roles by name of the publisher."},
    )
    scope = fields.Nested(ScopeOut, required=True, allow_none=True, metadata={"description": "Null: no token."})


class OwnPasswordIn(Schema):
    """Another password for whoever asks."""

    current = _password("The password there is.")
    new = _password(f"The new one, {MIN_CHARS} to {MAX_CHARS} characters.")


class UserIn(Schema):
    """A person who is to log in."""

    name = text("Login name: a-z, 0-9 and . _ @ -.", 100, required=True)
    displayName = text("Name that others see; absent: the login name.", 200)  # noqa: N815 - JSON's spelling
    password = _password(f"{MIN_CHARS} to {MAX_CHARS} characters.")


class UserPatch(Schema):
    """What changes; what is absent stays."""

    disabled = fields.Boolean(metadata={"description": "May they not log in, neither by password nor by token?"})
    portalAdmin = fields.Boolean(metadata={"description": "Do they look after users and publishers?"})  # noqa: N815 - JSON's spelling
    password = fields.String(
        validate=[validate.Length(1, MAX_CHARS), printable],
        metadata={"description": "Another password, where they forgot theirs.", "format": "password"},
    )


class UserOut(Schema):
    """A person who may log in."""

    name = fields.String(required=True)
    label = fields.String(required=True, metadata={"description": "What the log of events calls them."})
    displayName = fields.String(required=True)  # noqa: N815 - JSON's spelling
    portalAdmin = fields.Boolean(required=True)  # noqa: N815 - as above
    disabled = fields.Boolean(required=True)
    created = fields.DateTime(required=True)


class UserListOut(Schema):
    """Users by name."""

    total = fields.Integer(required=True)
    items = fields.List(fields.Nested(UserOut), required=True)


class TokenIn(Schema):
    """A token for a script of one's own."""

    actions = fields.List(
        fields.String(validate=validate.OneOf(_TOKEN_ACTIONS)),
        required=True,
        validate=validate.Length(1, len(_TOKEN_ACTIONS)),
        metadata={"description": "What it may do."},
    )
    publisher = text("Only for this publisher; absent: every one its owner has a role for.", 200, allow_none=True)
    days = WholeNumber(
        load_default=180, validate=validate.Range(1, 730), metadata={"description": "Days until it expires."}
    )
    note = text("What it is for, in its owner's words.", 200)


class TokenOut(Schema):
    """A token without its secret."""

    prefix = fields.String(required=True, metadata={"description": "By which it is known; not secret."})
    note = fields.String(required=True)
    actions = fields.List(fields.String(), required=True)
    publisher = fields.String(
        required=True, allow_none=True, metadata={"description": "Null: every publisher its owner has a role for."}
    )
    created = fields.DateTime(required=True)
    expires = fields.DateTime(required=True)
    lastUsed = fields.Date(  # noqa: N815 - JSON's spelling
        required=True, allow_none=True, metadata={"description": "The day; null: never."}
    )
    revoked = fields.DateTime(required=True, allow_none=True, metadata={"description": "Null: it was not."})


class IssuedTokenOut(TokenOut):
    """A new token, and its secret for the only time."""

    secret = fields.String(required=True, metadata={"description": "To be sent as `Authorization: Bearer`."})


class TokenListOut(Schema):
    """One's own tokens, newest first."""

    total = fields.Integer(required=True)
    items = fields.List(fields.Nested(TokenOut), required=True)


class MemberIn(Schema):
    """What somebody is for a publisher from now on."""

    roles = fields.List(
        fields.String(validate=validate.OneOf(_ROLES)),
        required=True,
        validate=validate.Length(1, len(_ROLES)),
        metadata={"description": "All their roles; those not named are taken away."},
    )


class MemberOut(Schema):
    """Somebody with roles for a publisher."""

    name = fields.String(required=True, metadata={"description": "Login name."})
    displayName = fields.String(required=True)  # noqa: N815 - JSON's spelling
    roles = fields.List(fields.String(), required=True)


class MemberListOut(Schema):
    """Members by name."""

    total = fields.Integer(required=True)
    items = fields.List(fields.Nested(MemberOut), required=True)
