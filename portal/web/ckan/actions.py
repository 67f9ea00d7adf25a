"""Which action is which function: those that read, those that write, and those that are refused with a reason."""

from collections.abc import Callable
from typing import Any

from portal.foundation.lazily import later
from portal.foundation.text import LangString
from portal.web.ckan.calls import Call, WritingCall
from portal.web.ckan.datasets import (
    current_package_list_with_resources,
    package_autocomplete,
    package_list,
    package_search,
    package_show,
    resource_search,
    resource_show,
)
from portal.web.ckan.datastore import datastore_info, datastore_search
from portal.web.ckan.groups import (
    group_list,
    group_package_show,
    group_show,
    organization_list,
    organization_list_for_user,
    organization_show,
    tag_autocomplete,
    tag_list,
    tag_search,
    tag_show,
)
from portal.web.ckan.site import (
    format_autocomplete,
    help_of,
    license_list,
    resource_view_list,
    status_show,
    user_show,
    vocabulary_list,
)
from portal.web.ckan.sql import datastore_search_sql

Reader = Callable[[Call], Any]  # Any: JSON


def help_show(call: Call) -> str:
    """Give the help text of an action."""
    return help_of(readers(sql=call.portal.settings.sql), call.arguments.needed("name"))


def site_read(_call: Call) -> bool:
    """Tell whether the portal may be read: always."""
    return True


READERS: dict[str, Reader] = {
    reader.__name__: reader
    for reader in (
        status_show, help_show, site_read, license_list, format_autocomplete, vocabulary_list, user_show,
        package_list, package_show, package_search, package_autocomplete, current_package_list_with_resources,
        resource_show, resource_search, resource_view_list,
        organization_list, organization_show, organization_list_for_user, group_list, group_show, group_package_show,
        tag_list, tag_show, tag_search, tag_autocomplete,
        datastore_search, datastore_search_sql, datastore_info,
    )
}  # fmt: skip


def readers(*, sql: bool) -> dict[str, Reader]:
    """Give the actions that read; without *sql* the one that takes it does not exist."""
    return {name: reader for name, reader in READERS.items() if sql or reader is not datastore_search_sql}


_WRITERS = {
    "package_writers": ("package_create", "package_update", "package_patch", "package_delete"),
    "revising": ("package_revise",),
    "resource_writers": ("resource_create", "resource_update", "resource_patch", "resource_delete"),
    "datastore_writers": ("datastore_create", "datastore_upsert", "datastore_delete", "datastore_records_delete"),
    "organization_writers": ("organization_update", "organization_patch"),
}
WRITERS = {name: later(f"portal.web.ckan.{room}") for room, names in _WRITERS.items() for name in names}
"""What changes something: drafts, and the public by way of a release (docs/ckan.md). Each is the function of its name in the
module, which is loaded when somebody writes."""


def write(call: WritingCall) -> Any:  # Any: JSON
    """Carry out the action of `WRITERS` that is called."""
    return getattr(WRITERS[call.name], call.name)(call)


_NOTHING_IS_LOST = LangString(
    "Hier geht nichts verloren: package_delete zieht zurück, purge gibt es nicht",
    "nothing is ever lost here: package_delete withdraws, and there is no purge",
)
_GROUPS = LangString(
    "Gruppen sind die Themen der EU und ändern sich nicht", "groups are the EU's data themes and do not change"
)
_ELSEWHERE = LangString(
    "das geht hier nicht; Menschen, Rechte und Token werden über /api/v1 gepflegt",
    "this has no place here; people, roles and tokens are looked after over /api/v1",
)
_PUBLISHERS = LangString(
    "Herausgeber legt die Verwaltung des Portals selbst an, und gelöscht werden sie nicht",
    "organizations are made in person by the portal's administrators, and not deleted",
)
_NOT_HERE = LangString("das gibt es hier nicht", "there is no such thing here")
_VERBS = ("create", "update", "patch", "delete", "purge")

REFUSED: dict[str, LangString] = {
    **dict.fromkeys(("dataset_purge", "package_purge", "resource_purge"), _NOTHING_IS_LOST),
    **dict.fromkeys((f"group_{verb}" for verb in _VERBS), _GROUPS),
    **dict.fromkeys(("organization_create", "organization_delete", "organization_purge"), _PUBLISHERS),
    **dict.fromkeys(
        (
            *(f"{thing}_{verb}" for thing in ("tag", "vocabulary", "resource_view") for verb in _VERBS[:4]),
            "package_resource_reorder", "package_owner_org_update",
        ),
        _NOT_HERE,
    ),
    **dict.fromkeys(
        (
            *(f"user_{verb}" for verb in _VERBS[:4]),
            *(f"{thing}_{verb}" for thing in ("organization_member", "group_member", "member") for verb in _VERBS),
            "api_token_create", "api_token_revoke",
        ),
        _ELSEWHERE,
    ),
}  # fmt: skip
"""What CKAN can do and this portal does not: known by name, and refused with the reason."""
