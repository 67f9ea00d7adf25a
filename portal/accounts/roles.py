"""The words of permission: what can be done, and as whom."""

from enum import StrEnum


class Role(StrEnum):
    """What somebody is for one publisher; one person may be several."""

    VIEWER = "viewer"
    """Sees drafts and the log."""
    EDITOR = "editor"
    """Makes drafts and submits them."""
    APPROVER = "approver"
    """Releases or returns what others submitted, withdraws and restores."""
    ADMINISTRATOR = "administrator"
    """Looks after the publisher and its members."""


class Action(StrEnum):
    """What can be done that not everyone may do."""

    READ_DRAFT = "read_draft"
    EDIT_DRAFT = "edit_draft"
    SUBMIT = "submit"
    APPROVE = "approve"
    RETURN = "return"
    DISCARD = "discard"
    WITHDRAW = "withdraw"
    RESTORE = "restore"
    SAVE_COMBINATION = "save_combination"
    """Save, change and remove combinations of public tables."""
    DECIDE_PRIVACY = "decide_privacy"
    READ_EVENTS = "read_events"
    READ_MEMBERS = "read_members"
    MANAGE_MEMBERS = "manage_members"
    MANAGE_PUBLISHER = "manage_publisher"
    ISSUE_TOKEN = "issue_token"  # noqa: S105 - the name of an action, not a secret
    MANAGE_PORTAL = "manage_portal"
    """Users, new publishers, other people's tokens; not bound to a publisher."""
