"""Actions about packages and resources."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from portal.catalogue.publisher import Publisher
from portal.foundation.errors import NotFound
from portal.vocabularies.concepts import concepts
from portal.vocabularies.licences import licences
from portal.web.ckan.arguments import refuse
from portal.web.ckan.calls import Call, no_dataset
from portal.web.ckan.catalogue import Entry, words
from portal.web.ckan.drafts import draft_entries, draft_package, find_name, find_table
from portal.web.ckan.ids import licence_code
from portal.web.ckan.package_object import Shown
from portal.web.ckan.packages import packages_of
from portal.web.ckan.search import MAX_ROWS, Found, read_search, search

RESOURCE_FIELDS = ("name", "description", "format", "url", "mimetype", "hash", "id", "table")
"""What `resource_search` looks into."""


def package_list(call: Call) -> list[str]:
    """List the names of all packages; with `include_drafts` those of the drafts that the caller sees, too."""
    return _part(call, [entry.name for entry in _entries(call)], default=None)


def package_show(call: Call) -> Shown:
    """Show a package by name or id; its draft, if it has one that the caller sees."""
    return shown_package(call, find_name(call, call.arguments.needed("id", "name_or_id")))


def shown_package(call: Call, name: str) -> Shown:
    """Give a package in full: its draft, if it has one that the caller sees, else what is public.

    Raises:
        NotFound: there is neither.
    """
    draft = draft_package(call, name)
    if draft is not None:
        return draft
    if name not in call.catalogue.entries:
        raise no_dataset()
    return _whole(call, [call.catalogue.entries[name]])[0]


def package_search(call: Call) -> Shown:
    """Search packages by q and fq, with facets, in pages; `include_drafts` puts drafts in place of what is public."""
    asked = read_search(call.arguments, at=call.at)
    found = search(_entries(call), asked)
    packages = _whole(call, found.page) if asked.rows else []
    if asked.fields:
        packages = [{name: one[name] for name in asked.fields if name in one} for one in packages]
    return {
        "count": found.total,
        "sort": asked.sort,
        "results": packages,
        "facets": {name: dict(counts) for name, counts in found.facets.items()},
        "search_facets": _shown_facets(call, found),
    }


def current_package_list_with_resources(call: Call) -> list[Shown]:
    """List packages in full, latest change first."""
    entries = sorted(call.catalogue.entries.values(), key=lambda entry: entry.modified, reverse=True)
    return _whole(call, _part(call, entries, default=MAX_ROWS))


def package_autocomplete(call: Call) -> list[Shown]:
    """List packages whose name or title begins or holds what somebody has typed."""
    typed = " ".join(words(call.arguments.needed("q")))
    found = []
    for entry in call.catalogue.entries.values():
        field = "name" if typed.replace(" ", "-") in entry.name else "title"
        if field == "name" or typed in " ".join(words(entry.title)):
            matched = entry.name if field == "name" else entry.title
            found.append({"name": entry.name, "title": entry.title, "match_field": field, "match_displayed": matched})
    return found[: call.arguments.whole("limit", 10)]


def resource_show(call: Call) -> Shown:
    """Show a resource by its id."""
    wanted = call.arguments.needed("id")
    name, _ = call.catalogue.resources.get(wanted) or find_table(call, wanted)
    found = resource_of(shown_package(call, name), wanted)
    if found is None and name in call.catalogue.entries:  # a file made from a table, whose draft has the table only
        found = resource_of(_whole(call, [call.catalogue.entries[name]])[0], wanted)
    if found is None:
        raise NotFound("Resource was not found.", detail_de="Diese Ressource gibt es nicht.")
    return found


def resource_of(package: Shown, resource_id: str) -> Shown | None:
    """Give a resource of a package; None: it has none with this id."""
    return next((one for one in package["resources"] if one["id"] == resource_id), None)


def resource_search(call: Call) -> Shown:
    """Search resources by `field:term`, all of which must hold; parts count, case does not."""
    given = call.arguments.values.get("query")
    terms = [given] if isinstance(given, str) else call.arguments.items("query")
    wanted = [_term(text) for text in terms] or refuse("query", "Missing value", "fehlt")
    order = call.arguments.text("order_by")
    if order and order not in RESOURCE_FIELDS:
        refuse("order_by", f"Must be one of {', '.join(RESOURCE_FIELDS)}", "gibt es nicht")
    found = [
        resource
        for package in _whole(call, list(call.catalogue.entries.values()))
        for resource in package["resources"]
        if all(term in str(resource[field] or "").lower() for field, term in wanted)
    ]
    if order:
        found.sort(key=lambda resource: str(resource[order] or ""))
    return {"count": len(found), "results": _part(call, found, default=None)}


def _term(text: str) -> tuple[str, str]:
    field, colon, term = text.partition(":")
    if not colon or field not in RESOURCE_FIELDS:
        refuse("query", f"Must be field:term with a field of {', '.join(RESOURCE_FIELDS)}", "muss Feld:Text sein")
    return field, term.strip().lower()


def _entries(call: Call) -> list[Entry]:
    if not call.arguments.flag("include_drafts", False):
        return list(call.catalogue.entries.values())
    drafts = {entry.name: entry for entry in draft_entries(call)}
    return [entry for _, entry in sorted({**call.catalogue.entries, **drafts}.items())]


def _whole(call: Call, entries: Sequence[Entry]) -> list[Shown]:
    drafts = {one.name: draft_package(call, one.name) for one in entries if one.fields["state"] != ("active",)}
    public = packages_of(call.session, [one for one in entries if one.name not in drafts], call.base_url)
    shown = {one["name"]: one for one in (*public, *filter(None, drafts.values()))}
    found = [shown[one.name] for one in entries if one.name in shown]
    if entries and not found:
        raise NotFound("Dataset was not found.", detail_de="Diesen Datensatz gibt es nicht.")
    return found


def _part(call: Call, found: list[Any], *, default: int | None) -> list[Any]:  # Any: items of any kind
    """Give the part of a list that limit, offset and page ask for."""
    limit = call.arguments.whole("limit", default if default is not None else len(found))
    if default is not None:
        limit = min(limit, default)
    offset = call.arguments.whole("offset", max(call.arguments.whole("page", 1) - 1, 0) * limit)
    return found[offset : offset + limit]


def _shown_facets(call: Call, found: Found) -> Shown:
    titles = _titles(call)
    return {
        name: {
            "title": name,
            "items": [
                {"name": value, "display_name": titles.get((name, value), value), "count": count}
                for value, count in counts.items()
            ],
        }
        for name, counts in found.facets.items()
    }


def _titles(call: Call) -> dict[tuple[str, str], str]:
    """Give what a person calls a value of a facet."""
    publishers = call.session.execute(select(Publisher.slug, Publisher.name_de))
    themes = concepts("data-theme").values()
    known = {value for entry in call.catalogue.entries.values() for value in entry.fields["license_id"]}
    codes = {value: licence_code(value) for value in known}
    return {
        **{("organization", slug): name for slug, name in publishers},
        **{("groups", theme.code.lower()): theme.label.de for theme in themes},
        **{("license_id", value): licences()[code].title.de for value, code in codes.items() if code},
    }
