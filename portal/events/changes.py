"""Before and after of an edit, fact by fact: what the log keeps of a change of metadata."""

from collections.abc import Mapping


def changes(before: Mapping[str, object], after: Mapping[str, object], path: str = "") -> dict[str, dict[str, object]]:
    """Give every fact that differs, by its JSON Pointer (RFC 6901), as `{"before": …, "after": …}`.

    Objects are compared key by key, everything else as a whole; a key that was or is missing has no such side.
    """
    found: dict[str, dict[str, object]] = {}
    for key in sorted({*before, *after}):
        pointer = f"{path}/{key.replace('~', '~0').replace('/', '~1')}"
        if key not in after:
            found[pointer] = {"before": before[key]}
        elif key not in before:
            found[pointer] = {"after": after[key]}
        else:
            found |= _between(before[key], after[key], pointer)
    return found


def _between(before: object, after: object, pointer: str) -> dict[str, dict[str, object]]:
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        return changes(before, after, pointer)
    return {} if before == after and type(before) is type(after) else {pointer: {"before": before, "after": after}}
