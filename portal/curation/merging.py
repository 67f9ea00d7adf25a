"""JSON Merge Patch (RFC 7396), with tables and columns matched by name.

A list is replaced as a whole, as the standard says; only `resources` and a schema's `fields` are lists of named
things, and there an item of the patch changes the item with its name and leaves the others alone.
"""

from collections.abc import Mapping
from typing import Any

Described = dict[str, Any]  # Any: JSON

_NAMED = frozenset({"resources", "fields"})


def merged(target: Any, patch: Any) -> Any:  # Any: JSON
    """Give *target* with *patch* applied; neither is changed. Null removes a key."""
    if not isinstance(patch, Mapping):
        return patch
    result: Described = dict(target) if isinstance(target, Mapping) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        elif key in _NAMED and _are_named(result.get(key)) and _are_named(value):
            result[key] = _merged_by_name(result[key], value)
        else:
            result[key] = merged(result.get(key), value)
    return result


def _are_named(items: Any) -> bool:  # Any: JSON
    return isinstance(items, list) and all(
        isinstance(item, Mapping) and isinstance(item.get("name"), str) for item in items
    )


def _merged_by_name(items: list[Described], patches: list[Described]) -> list[Described]:
    by_name = {patch["name"]: patch for patch in patches}
    known = {item["name"] for item in items}
    changed = [merged(item, by_name[item["name"]]) if item["name"] in by_name else item for item in items]
    return [*changed, *(patch for patch in patches if patch["name"] not in known)]
