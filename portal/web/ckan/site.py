"""Actions about the portal itself: what it is, which licences and formats it knows."""

from collections.abc import Mapping
from typing import Any

from portal.accounts.users import User
from portal.exports.formats import FORMATS
from portal.foundation.errors import NotFound
from portal.vocabularies.licences import licences
from portal.web.ckan.calls import Call
from portal.web.ckan.ids import format_name, licence_id, stable_id
from portal.web.ckan.package_object import Shown

CKAN_VERSION = "2.12.0"
"""The version whose behaviour is kept here; clients branch on it."""


def status_show(call: Call) -> Shown:
    """Tell what this portal is."""
    settings = call.portal.settings
    return {
        "ckan_version": CKAN_VERSION,
        "site_title": settings.title_de,
        "site_description": "",
        "site_url": call.base_url,
        "locale_default": "de",
        "error_emails_to": None,
        "extensions": ["datastore", "dcat"],
    }


def license_list(_call: Call) -> list[Shown]:
    """List the licences."""
    return [
        {
            "id": licence_id(one.code),
            "title": one.title.de,
            "url": one.url or one.iri,
            "status": "active",
            "family": "",
            "maintainer": "",
            "is_generic": str(one.kind in ("other", "unversioned")),
            "domain_content": str(one.kind != "software"),
            "domain_data": str(one.kind in ("data", "terms of use", "law", "mark")),
            "domain_software": str(one.kind == "software"),
            "od_conformance": "approved" if one.open else "rejected",
            "osd_conformance": "not reviewed",
        }
        for one in licences().values()
        if not one.superseded
    ]


def format_autocomplete(call: Call) -> list[str]:
    """List formats that hold what somebody has typed."""
    typed = call.arguments.needed("q").lower()
    names = sorted({format_name(form.name).lower() for form in FORMATS} | {"zip"})
    return [name for name in names if typed in name][: call.arguments.whole("limit", 5)]


def vocabulary_list(_call: Call) -> list[Shown]:
    """List tag vocabularies: there are none."""
    return []


def user_show(call: Call) -> Shown:
    """Show the user whose token calls; nobody else is shown."""
    user = call.session.get(User, call.by.user_id) if call.by.user_id else None
    wanted = call.arguments.text("id")
    if user is None or wanted not in ("", user.name, stable_id(f"{call.base_url}/id/user/{user.id}")):
        raise NotFound("User was not found.", detail_de="Diesen Menschen gibt es hier nicht.")
    return {
        "id": stable_id(f"{call.base_url}/id/user/{user.id}"),
        "name": user.name,
        "fullname": user.display_name,
        "display_name": user.display_name or user.name,
        "about": None,
        "state": "active",
        "sysadmin": user.portal_admin,
        "created": None,
        "number_created_packages": None,
        "image_display_url": None,
    }


def resource_view_list(call: Call) -> list[Shown]:
    """List the views of a resource: there are none."""
    if call.arguments.needed("id") not in call.catalogue.resources:
        raise NotFound("Resource was not found.", detail_de="Diese Ressource gibt es nicht.")
    return []


def help_of(actions: Mapping[str, Any], name: str) -> str:  # Any: functions
    """Give the help text of an action.

    Raises:
        NotFound: there is no such action.
    """
    if name not in actions:
        raise NotFound("Action name not known", detail_de="Diese Aktion gibt es nicht.")
    return actions[name].__doc__ or name
