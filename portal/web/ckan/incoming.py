"""A package that comes in, read as what it says of a dataset: which value stands at which place of the descriptor.

    title notes tags license_id groups extras        our own places (extras.py)
    author maintainer url …                          the publisher's facts; kept under `ckan` where they differ
    resources                                        tables by id, `table` or name; a link becomes a source of the dataset
    what the portal makes itself                     passed over (PASSED_OVER, DERIVED)
    anything else                                    refused by name: what is not understood must not get lost

A package that this or another such portal has given out is known by its extras, and what it derives is not read.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from portal.foundation.errors import InvalidInput
from portal.foundation.text import slugify
from portal.vocabularies.concepts import concept, concepts
from portal.web.ckan.arguments import refuse
from portal.web.ckan.extras import Described, Path, found_at, read_extras
from portal.web.ckan.ids import licence_code, tag_name
from portal.web.ckan.incoming_lists import listed, objects, plain
from portal.web.ckan.package_object import DERIVED, MARKS, OWN_FACTS, themes_of

PASSED_OVER = frozenset(
    (
        "id", "isopen", "license_title", "license_url", "metadata_created", "metadata_modified", "num_resources",
        "num_tags", "organization", "creator_user_id", "revision_id", "revision_timestamp", "tracking_summary",
        "message", "total_res_downloads", "rating", "ratings_average", "ratings_count", "download_url",
    )
)  # fmt: skip
"""What CKAN derives by itself; in a package that comes back it says nothing new."""

_ONLY_EMPTY = (
    "relationships_as_subject", "relationships_as_object", "relationships", "plugin_data", "private", "__extras",
)  # fmt: skip
"""Keys that mean something we do not have, unless they are empty or false."""

_READ = frozenset(
    ("name", "title", "notes", "tags", "tag_string", "license_id", "groups", "extras", "resources", "owner_org", "state",
     "type", "version", *OWN_FACTS, *_ONLY_EMPTY)
)  # fmt: skip
_STATES = {"active": False, "draft": True}
"""State that is asked for ↔ whether the draft is to be held back."""
NO_LINK = ("", "_datastore_only_resource")
"""Links of resources that have none; the second is what CKAN itself writes there for a table without a file."""
_NO_LICENCE = frozenset(("", "notspecified"))
_SOURCE = "source_"
"""Stands before the key of an extra that another portal derived, and that we derive for ourselves."""


@dataclass(frozen=True, kw_only=True)
class Incoming:
    """What a package says."""

    places: Mapping[Path, Any]  # Any: JSON
    """Place in the descriptor ↔ value; None: nothing is to be there."""
    resources: Sequence[Described]
    held: bool | None
    """Whether the draft is to be held back; None: nothing is said about it."""


def read_incoming(
    package: Mapping[str, Any], before: Mapping[str, Any], own: Mapping[str, Any]
) -> Incoming:  # Any: JSON
    """Read a package that is to replace what a descriptor says *before*; *own* are the publisher's facts about it.

    Raises:
        InvalidInput: with CKAN's `fields`: a key is not known, or a value is none of its kind.
    """
    _refuse_unknown(package)
    extras = _extras_of(package)
    ours = bool(MARKS & extras.keys())
    derived = (
        {} if ours else {f"{_SOURCE}{key}": extras[key] for key in DERIVED & extras.keys() - {"theme", "keywords"}}
    )
    if not ours and (version := plain(package, "version")) not in ("", own["version"]):
        derived[f"{_SOURCE}version"] = version
    theme, theme_extra = _themes(package, extras, before)
    foreign = {key: value for key, value in extras.items() if key not in DERIVED} | derived | theme_extra
    places: dict[Path, Any] = {
        ("title",): plain(package, "title"),
        ("description",): plain(package, "notes"),
        ("keywords",): _keywords(package, extras, before),
        ("dcat", "theme"): theme or None,
        **read_extras(foreign),
        **_own_facts(package, own, ours=ours),
    }
    if licence := _licence(package):
        places["licenses",] = _kept_if_same(before, licence)
    elif before.get("licenses"):
        places["licenses",] = []
    resources = objects(package, "resources")
    places["sources",] = with_links(places["sources",], resources, before)
    return Incoming(places=places, resources=resources, held=_held(package, extras))


def matched(resource: Mapping[str, Any], tables: Mapping[str, str]) -> str | None:  # Any: JSON
    """Give the table that a resource of a package means, by id, by `table`, or by its name; None: it is a link.

    *tables* are ids of resources ↔ names of tables.
    """
    known = set(tables.values())
    named = resource.get("table"), slugify(str(resource.get("name") or ""))
    return tables.get(str(resource.get("id"))) or next((name for name in named if name in known), None)


def is_link(resource: Mapping[str, Any], tables: Mapping[str, str]) -> bool:  # Any: JSON
    """Tell whether a resource is nothing but an address: no table, and no file that such a portal makes of one."""
    made_here = {"table", "rows"} <= resource.keys()
    return not made_here and matched(resource, tables) is None


def is_waiting(resource: Mapping[str, Any], tables: Mapping[str, str]) -> bool:  # Any: JSON
    """Tell whether a resource is neither table nor file nor address: it waits for its rows."""
    return is_link(resource, tables) and plain(resource, "url", of="resources") in NO_LINK


def with_links(
    sources: Any, resources: Sequence[Described], before: Mapping[str, Any]
) -> list[Described] | None:  # Any: JSON
    """Give the sources of a dataset with every link that its resources are: the portal fetches nothing from there."""
    found = list(sources or ())
    tables = {one["name"]: one["name"] for one in before.get("resources", ())}
    known = {one.get("path") for one in found}
    for one in resources:
        url = plain(one, "url", of="resources")
        if url not in NO_LINK and url not in known and is_link(one, tables):
            found.append({"title": plain(one, "name", of="resources") or url, "path": url})
            known.add(url)
    return found or None


def _refuse_unknown(package: Mapping[str, Any]) -> None:  # Any: JSON
    unknown = sorted(key for key in package if key not in PASSED_OVER | _READ)
    if unknown:
        sentence = "This is no key of a package here; what has no field of its own can be an extra"
        raise InvalidInput(
            f"{unknown[0][:80]}: {sentence}",
            detail_de=f"{unknown[0][:80]}: Diesen Schlüssel gibt es hier nicht; dafür gibt es extras.",
            fields={key[:80]: [sentence] for key in unknown[:20]},
        )
    for key in _ONLY_EMPTY:
        if package.get(key) not in (None, "", False, "false", "False", [], {}):
            refuse(key, "There is nothing here that this could be", "dem entspricht hier nichts")
    if package.get("type") not in (None, "", "dataset"):
        refuse("type", "Must be dataset", "muss dataset sein")


def _held(package: Mapping[str, Any], extras: Mapping[str, str]) -> bool | None:  # Any: JSON
    """Read the state that is asked for; a draft that comes back as it was shown asks for nothing."""
    state = "" if "draft_url" in extras and package.get("state") == "draft" else plain(package, "state")
    if state and state not in _STATES:
        refuse("state", "Must be active or draft; package_delete withdraws", "muss active oder draft sein")
    return _STATES[state] if state else None


def _extras_of(package: Mapping[str, Any]) -> dict[str, str]:  # Any: JSON
    found: dict[str, str] = {}
    for one in objects(package, "extras"):
        key, value = plain(one, "key", of="extras"), plain(one, "value", of="extras")
        if not key:
            refuse("extras", "Missing value: key", "key fehlt")
        if key in found:
            refuse("extras", f"Duplicate key {key[:80]!r}", f"der Schlüssel {key[:80]!r} kommt zweimal vor")
        if value and not one.get("deleted"):
            found[key] = value
    return found


def _keywords(
    package: Mapping[str, Any], extras: Mapping[str, str], before: Mapping[str, Any]
) -> list[str]:  # Any: JSON
    """Give the keywords that tags stand for, as they were written before a tag was made of them, in their old order."""
    given = [plain(one, "name", of="tags") for one in objects(package, "tags")]
    given += [one.strip() for one in plain(package, "tag_string").split(",")]
    tags = list(dict.fromkeys(filter(None, given)))
    known = [*before.get("keywords", ()), *listed(extras.get("keywords", ""))]
    kept = [one for one in dict.fromkeys(known) if (tag := tag_name(one)) is None or tag in tags or one in tags]
    covered = {*kept, *map(tag_name, kept)}
    return [*kept, *(tag for tag in tags if tag not in covered)]  # what no tag can say is kept


def _themes(
    package: Mapping[str, Any],
    extras: Mapping[str, str],
    before: Mapping[str, Any],  # Any: JSON
) -> tuple[list[str], dict[str, str]]:
    """Give the codes of the themes, and the extra `theme` if it says something else than they do."""
    codes = [
        _theme(plain(one, "name", of="groups") or plain(one, "id", of="groups")) for one in objects(package, "groups")
    ]
    told = listed(extras.get("theme", ""))
    try:
        of_extra = [concept("data-theme", one).code for one in told]
    except InvalidInput:
        return codes, {f"{_SOURCE}theme": extras["theme"]}
    found = list(dict.fromkeys(codes or of_extra))
    old = themes_of(before)
    return (found_at(before, ("dcat", "theme")) if set(old) == set(found) else found), {}


def _theme(name: str) -> str:
    for theme in concepts("data-theme").values():
        if name.lower() == theme.code.lower() or name == theme.iri:
            return theme.code
    raise InvalidInput(
        f"groups: there is no group {name[:80]!r}",
        detail_de=f"groups: die Gruppe {name[:80]!r} gibt es nicht",
        fields={"groups": [{"name": [f"There is no group {name[:80]!r}; groups are the EU's data themes"]}]},
    )


def _licence(package: Mapping[str, Any]) -> str | None:  # Any: JSON
    name = plain(package, "license_id")
    if name in _NO_LICENCE:
        return None
    return licence_code(name) or refuse("license_id", f"License {name[:80]!r} is not known", "unbekannte Lizenz")


def _kept_if_same(before: Mapping[str, Any], code: str) -> list[Described]:  # Any: JSON
    old: list[Described] = before.get("licenses", [])
    same = old and (old[0].get("name") == code or licence_code(str(old[0].get("name"))) == code)
    return old if same else [{"name": code}]


def _own_facts(package: Mapping[str, Any], own: Mapping[str, Any], *, ours: bool) -> dict[Path, Any]:  # Any: JSON
    """Give the facts about a package that its publisher's do not say already; addresses of other portals are theirs."""
    found: dict[Path, Any] = {}
    address = "/datasets/" + str(own["url"]).rsplit("/", 1)[-1]
    for name in OWN_FACTS:
        value = plain(package, name)
        derived = value in ("", own[name]) or (name == "url" and ours and value.endswith(address))
        found["ckan", name] = None if derived else value
    return found
