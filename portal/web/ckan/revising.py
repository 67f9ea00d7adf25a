"""`package_revise`: a package changed in depth, if it is what the caller believes it to be.

    match     what the package must be, an id or a name among it        match__KEY    the same at one place
    filter    what of it is taken out first                              include       the same for the answer
    update    what is laid over it then                                  update__KEY   the same at one place

How keys and patterns are read stands in deep_keys.py. The rest is `package_update`, which knows what each key means here.
"""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any

from portal.curation.finding import draft_or_public
from portal.web.ckan.arguments import refuse
from portal.web.ckan.calls import WritingCall
from portal.web.ckan.datasets import shown_package
from portal.web.ckan.deep_keys import Pattern, differing, differing_at, filtered, laid_over, put_at, read_patterns
from portal.web.ckan.drafts import find_name, table_id
from portal.web.ckan.extras import Described
from portal.web.ckan.incoming_lists import objects
from portal.web.ckan.package_edits import plain_package, replace_package
from portal.web.ckan.package_object import Shown
from portal.web.ckan.resource_writers import refuse_unknown

_WHOLE = ("match", "update", "filter", "include")
_MATCH, _UPDATE = "match__", "update__"
_OF_RESOURCES = frozenset(("name", "description"))
"""What of a resource can be changed; the rest follows from its file."""

MAX_KEYS = 2_000
"""Flattened keys of one call; the package is made anew for each."""


def package_revise(call: WritingCall) -> Shown:
    """Change keys of a package, into its depth, if all that `match` names is as it says.

    Raises:
        Outdated: somebody changed the package after it was matched.
    """
    values = call.arguments.values
    for key in values:
        if key not in _WHOLE and not key.startswith((_MATCH, _UPDATE)):
            refuse(key[:80], f"Is none of {', '.join(_WHOLE)}, match__KEY, update__KEY", "wird hier nicht verstanden")
    if call.file is not None:
        refuse("upload", "A file comes by resource_create or resource_patch", "Dateien kommen anders")
    include = _patterns(call, "include")  # refused before anything is changed
    slug, before, tables, seen = _matched(call)
    after = filtered(before, _patterns(call, "filter"))
    after = laid_over(after, call.arguments.mapping("update"), "")
    for key, value in _flattened(values, _UPDATE).items():
        after = put_at(after, key, value)
    after["resources"] = _resources(before["resources"], after, tables)
    package = replace_package(call, slug, after, seen)
    return {"package": filtered(package, include)}


def _matched(call: WritingCall) -> tuple[str, Shown, frozenset[str], Described]:
    """Give the name of the package that is meant, the package, the ids of those of its resources that are tables, and its descriptor.

    Raises:
        NotFound, Forbidden: as `draft_or_public`.
        InvalidInput: it is not what `match` says.
    """
    match, flat = call.arguments.mapping("match"), _flattened(call.arguments.values, _MATCH)
    named = [one for key in ("id", "name") for one in (flat.get(key), match.get(key)) if one]
    with call.looking() as look:
        slug = find_name(look, str(named[0]) if named else refuse("match", "Missing value", "fehlt"))
        _, basis = draft_or_public(look.session, slug, by=call.by)
        shown = deepcopy(plain_package(shown_package(look, slug)))
        tables = frozenset(table_id(look, slug, one["table"]) for one in shown["resources"] if one["table"])
    known = {**shown, "id": slug} if slug in (match.get("id"), flat.get("id")) else shown
    wrong = [*differing(known, match), *(one for key, value in flat.items() for one in differing_at(known, key, value))]
    if wrong:
        refuse("match", f"{wrong[0][:80]}: is not what the package has", "das Paket ist ein anderes")
    return slug, shown, tables, basis.descriptor


def _patterns(call: WritingCall, name: str) -> list[Pattern]:
    return read_patterns(call.arguments.items(name), name)


def _flattened(values: Mapping[str, Any], begin: str) -> Shown:  # Any: JSON
    found = {key.removeprefix(begin): value for key, value in values.items() if key.startswith(begin)}
    if len(found) > MAX_KEYS:
        refuse(f"{begin}KEY", f"At most {MAX_KEYS} of them", f"höchstens {MAX_KEYS} davon")
    return found


def _resources(before: Sequence[Shown], after: Shown, tables: frozenset[str]) -> list[Shown]:
    """Give the resources that are left, as far as they may be others than they were.

    With a table the files go that are made from it.

    Raises:
        InvalidInput: a file is to go whose table stays, or something is to change that follows from the file.
    """
    known = {one["id"]: one for one in before}
    left = objects(after, "resources")
    gone = [one for one in before if one["id"] not in {str(one.get("id")) for one in left}]
    dropped = {one["table"] for one in gone if one["id"] in tables}
    for one in gone:
        if one["table"] not in dropped and not (one["table"] is None and len(dropped) == len(tables)):
            refuse(
                "filter", f"{one['id']} is made from a table and goes with it", "die Datei geht nur mit ihrer Tabelle"
            )
    for number, one in enumerate(left):
        _refuse_derived(number, one, known.get(str(one.get("id"))))
    emptied = {"description": ""}
    return [{**emptied, **one} for one in left if "id" not in one or str(one.get("table")) not in dropped]


def _refuse_derived(number: int, resource: Shown, before: Shown | None) -> None:
    place = f"resources__{number}__"
    if "upload" in resource:
        refuse(f"{place}upload", "A file comes by resource_create or resource_patch", "Dateien kommen anders")
    if before is None:
        refuse_unknown(resource)
        return
    for key in resource.keys() - _OF_RESOURCES:
        if key not in before or resource[key] != before[key]:
            refuse(
                f"{place}{key}"[:80], "Follows from the file; resource_patch takes another one", "folgt aus der Datei"
            )
