"""Which action is which function. Actions that write are known by name and not allowed here yet."""

from collections.abc import Callable
from typing import Any

from portal.web.ckan.calls import Call
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
        status_show, help_show, site_read, license_list, format_autocomplete, vocabulary_list,
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


_VERBS = ("create", "update", "patch", "delete", "purge")

WRITERS = frozenset(
    (
        *(f"{thing}_{verb}" for thing in ("package", "resource", "organization", "group") for verb in _VERBS),
        *(f"{thing}_{verb}" for thing in ("user", "tag", "vocabulary", "resource_view") for verb in _VERBS[:4]),
        *(f"{thing}_{verb}" for thing in ("organization_member", "group_member", "member") for verb in _VERBS),
        "dataset_purge", "package_revise", "package_resource_reorder", "package_owner_org_update",
        "datastore_create", "datastore_upsert", "datastore_delete", "datastore_records_delete",
        "api_token_create", "api_token_revoke",
    )
)  # fmt: skip
"""What writes in CKAN. Datasets are looked after over REST here (docs/ckan.md)."""
