"""Actions that change organizations: what is said about a publisher, by those who administer it.

    title  name_de      image_url  logo_url      extras (ORGANIZATION_EXTRAS)  English name, homepage, kind, licence, contact

Publishers are made in person and never deleted; who belongs to them is not looked after here, so `users` is passed over.
"""

from collections.abc import Mapping
from typing import Any

from portal.catalogue.publisher import Publisher
from portal.catalogue.publishers import find_publisher
from portal.foundation.db import transaction
from portal.publishing.publishers import change_publisher
from portal.web.ckan.arguments import refuse
from portal.web.ckan.calls import WritingCall
from portal.web.ckan.groups import organization_object, organization_slug
from portal.web.ckan.incoming_lists import objects, plain
from portal.web.ckan.organization_extras import CONTACT, ORGANIZATION_EXTRAS
from portal.web.ckan.package_object import Shown

_READ = frozenset(("id", "name", "title", "image_url", "extras", "description"))
_PASSED_OVER = frozenset(
    (
        "display_name", "image_display_url", "type", "is_organization", "approval_status", "state", "created",
        "package_count", "num_followers", "users", "packages", "tags", "groups", "revision_id", "image_upload",
        "clear_upload",
    )
)  # fmt: skip


def organization_update(call: WritingCall) -> Shown:
    """Replace what is said about an organization: what is not given is emptied."""
    return _changed(call, whole=True)


def organization_patch(call: WritingCall) -> Shown:
    """Change those keys of an organization that are given; extras are replaced as a whole."""
    return _changed(call, whole=False)


def _changed(call: WritingCall, *, whole: bool) -> Shown:
    values, portal = call.arguments.values, call.portal
    with call.looking() as look:
        slug = organization_slug(look, call.arguments.needed("id", "name"))
    with transaction(portal.engine) as session:
        publisher = find_publisher(session, slug)
        facts = _facts(values, publisher, whole=whole)
        change_publisher(session, portal.settings, publisher, facts=facts, by=call.by, at=call.at)
    call.nudge()
    with call.looking() as look:
        return organization_object(look, slug)


def _facts(values: Mapping[str, Any], publisher: Publisher, *, whole: bool) -> dict[str, object]:  # Any: JSON
    """Give the facts of a publisher that an organization says, as `change_publisher` takes them."""
    for key in values:
        if key not in _READ | _PASSED_OVER:
            refuse(key[:80], "This is no key of an organization here", "diesen Schlüssel gibt es hier nicht")
    if plain(values, "description"):
        refuse("description", "A publisher has no description here", "ein Herausgeber hat hier keine Beschreibung")
    if plain(values, "name") not in ("", publisher.slug):
        refuse("name", "A name stands in addresses and does not change", "ein Name steht in Adressen und bleibt")
    facts: dict[str, object] = {}
    if "title" in values:
        facts["name_de"] = plain(values, "title") or refuse("title", "Missing value", "fehlt")
    if whole or "image_url" in values:
        facts["logo_url"] = plain(values, "image_url") or None
    if whole or "extras" in values:
        facts |= _of_extras(values)
    return facts


def _of_extras(values: Mapping[str, Any]) -> dict[str, object]:  # Any: JSON
    given = {plain(one, "key", of="extras"): plain(one, "value", of="extras") for one in objects(values, "extras")}
    unknown = sorted(given.keys() - ORGANIZATION_EXTRAS.keys() - CONTACT.keys())
    if unknown:
        refuse("extras", f"There is no place for {unknown[0][:80]!r}", f"für {unknown[0][:80]!r} gibt es keinen Platz")
    facts: dict[str, object] = {fact: given.get(key) or None for key, fact in ORGANIZATION_EXTRAS.items()}
    return {**facts, "contact": {fact: given[key] for key, fact in CONTACT.items() if given.get(key)}}
