"""Actions about organizations (our publishers), groups (the EU's data themes) and tags (keywords)."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from portal.accounts.permissions import Action, Role, may
from portal.catalogue.publishers import find_publisher
from portal.catalogue.reading import publisher_counts
from portal.foundation.errors import NotFound
from portal.vocabularies.concepts import concepts
from portal.web.ckan.arguments import refuse
from portal.web.ckan.calls import Call
from portal.web.ckan.catalogue import words
from portal.web.ckan.organization_extras import organization_extras
from portal.web.ckan.package_object import Shown, group_of, organization_of, tag_of
from portal.web.ckan.packages import packages_of

MAX_DATASETS = 1_000
"""Packages shown with an organization or a group, as CKAN has it."""
MAX_FULL = 25
"""Organizations or groups listed with all fields at once, as CKAN has it."""

_EDITS = frozenset({Action.EDIT_DRAFT})
_ADMINISTERS = frozenset({Action.MANAGE_PUBLISHER})
_PERMISSIONS = {
    "read": frozenset({Action.READ_DRAFT}),
    **dict.fromkeys(("create_dataset", "update_dataset"), _EDITS),
    "delete_dataset": frozenset({Action.WITHDRAW}),
    **dict.fromkeys(("admin", "edit_group", "manage_group", "update", "membership"), _ADMINISTERS),
}
"""What CKAN calls it ↔ what it is here; no word: anything."""
_CAPACITIES = (("admin", Role.ADMINISTRATOR), ("editor", Role.EDITOR), ("member", None))
"""What CKAN calls a role ↔ the first of ours that somebody has."""

_SORTS = ("title", "name", "package_count")


def organization_list(call: Call) -> list[Any]:  # Any: names, or objects with all_fields
    """List organizations by name, or with `all_fields` as objects."""
    return _listed(call, _organizations(call), "organizations")


def organization_show(call: Call) -> Shown:
    """Show an organization by name or id."""
    return organization_object(call, organization_slug(call, call.arguments.needed("id")))


def organization_object(call: Call, slug: str) -> Shown:
    """Give an organization in full."""
    shown = _shown(call, next(one for one in _organizations(call) if one["name"] == slug), "organization")
    return {**shown, "extras": organization_extras(find_publisher(call.session, slug))}


def organization_slug(call: Call, name_or_id: str) -> str:
    """Give the name of an organization, by name or id.

    Raises:
        NotFound: there is none.
    """
    return str(_one(_organizations(call), name_or_id)["name"])


def group_list(call: Call) -> list[Any]:  # Any: names, or objects with all_fields
    """List groups by name, or with `all_fields` as objects."""
    return _listed(call, _groups(call), "groups")


def group_show(call: Call) -> Shown:
    """Show a group by name or id."""
    return _shown(call, _one(_groups(call), call.arguments.needed("id")), "groups")


def group_package_show(call: Call) -> list[Shown]:
    """List the packages of a group."""
    name = str(_one(_groups(call), call.arguments.needed("id"))["name"])
    return _packages(call, "groups", name)[: call.arguments.whole("limit", MAX_DATASETS)]


def organization_list_for_user(call: Call) -> list[Shown]:
    """List the organizations that the caller may do something in; `permission` says what. For nobody there are none."""
    permission = call.arguments.text("permission")
    actions = _PERMISSIONS.get(permission)
    if permission and actions is None:
        refuse("permission", f"Must be one of {', '.join(_PERMISSIONS)}", "gibt es nicht")
    found = []
    for publisher, count in publisher_counts(call.session):
        if any(may(call.by, action, publisher.id) for action in actions or Action):
            roles = call.by.roles.get(publisher.id, frozenset())
            capacity = next((name for name, role in _CAPACITIES if role is None or role in roles), "member")
            found.append(_full(organization_of(publisher, call.base_url), count) | {"capacity": capacity})
    return found


def tag_list(call: Call) -> list[Any]:  # Any: names, or objects with all_fields
    """List tags that packages have."""
    if call.arguments.text("vocabulary_id"):
        raise NotFound("There are no vocabularies here.", detail_de="Vokabulare gibt es hier nicht.")
    names = _matching(call, call.arguments.text("query"))
    return [tag_of(name, call.base_url) for name in names] if call.arguments.flag("all_fields", False) else names


def tag_show(call: Call) -> Shown:
    """Show a tag by name or id."""
    wanted = call.arguments.needed("id")
    for name in _tags(call):
        tag = tag_of(name, call.base_url)
        if wanted in (name, tag["id"]):
            shown = call.arguments.flag("include_datasets", False)
            return tag | ({"packages": _packages(call, "tags", name)} if shown else {})
    raise NotFound("Tag was not found.", detail_de="Dieses Schlagwort gibt es nicht.")


def tag_search(call: Call) -> Shown:
    """Search tags by a part of their name."""
    names = _matching(call, call.arguments.needed("query", "q"))
    start = call.arguments.whole("offset", 0)
    page = names[start : start + call.arguments.whole("limit", len(names))]
    return {"count": len(names), "results": [tag_of(name, call.base_url) for name in page]}


def tag_autocomplete(call: Call) -> list[str]:
    """List tags that hold what somebody has typed."""
    return _matching(call, call.arguments.needed("query", "q"))[: call.arguments.whole("limit", 10)]


def _organizations(call: Call) -> list[Shown]:
    return [
        _full(organization_of(publisher, call.base_url), count) for publisher, count in publisher_counts(call.session)
    ]


def _groups(call: Call) -> list[Shown]:
    counts = _counts(call, "groups")
    return [
        _full(group_of(theme.code) | {"type": "group", "is_organization": False, "state": "active"}, counts[name])
        for theme in concepts("data-theme").values()
        if (name := theme.code.lower()) in counts
    ]


def _full(shown: Shown, count: int) -> Shown:
    return {
        **shown,
        "display_name": shown["title"],
        "image_url": shown.get("image_url", ""),
        "image_display_url": shown.get("image_url", ""),
        "approval_status": "approved",
        "created": None,
        "package_count": count,
        "num_followers": 0,
    }


def _listed(call: Call, found: Sequence[Shown], only: str) -> list[Any]:  # Any: names, or objects with all_fields
    field, _, direction = call.arguments.text("sort", "title asc").strip().partition(" ")
    if field not in _SORTS or direction.strip() not in ("", "asc", "desc"):
        refuse("sort", f"Must be one of {', '.join(_SORTS)} with asc or desc", "gibt es nicht")
    wanted = call.arguments.items(only)
    kept = [one for one in found if not wanted or one["name"] in wanted or one["id"] in wanted]
    kept.sort(key=lambda one: one[field] if field == "package_count" else words(one[field]))
    kept = kept[::-1] if direction.strip() == "desc" else kept
    full = call.arguments.flag("all_fields", False)
    limit = call.arguments.whole("limit", MAX_FULL if full else len(kept))
    start = call.arguments.whole("offset", 0)
    page = kept[start : start + (min(limit, MAX_FULL) if full else limit)]
    return page if full else [one["name"] for one in page]


def _one(found: Sequence[Shown], wanted: str) -> Shown:
    for one in found:
        if wanted in (one["name"], one["id"]):
            return one
    raise NotFound("Group was not found.", detail_de="Diese Gruppe gibt es nicht.")


def _shown(call: Call, one: Shown, field: str) -> Shown:
    packages = call.arguments.flag("include_datasets", False)
    return {
        **one,
        "users": [],
        "extras": [],
        "tags": [],
        "groups": [],
        **({"packages": _packages(call, field, one["name"])} if packages else {}),
    }


def _packages(call: Call, field: str, value: str) -> list[Shown]:
    entries = [entry for entry in call.catalogue.entries.values() if value in entry.fields[field]]
    return packages_of(call.session, entries[:MAX_DATASETS], call.base_url)


def _tags(call: Call) -> list[str]:
    return sorted(_counts(call, "tags"))


def _matching(call: Call, text: str) -> list[str]:
    typed = text.casefold()
    return [name for name in _tags(call) if typed in name.casefold()]


def _counts(call: Call, field: str) -> Counter[str]:
    return Counter(value for entry in call.catalogue.entries.values() for value in entry.fields[field])
