"""Keys that lead into a package, as `package_revise` takes them: what lies there read, changed, or taken out.

    notes   resources__0__description   resources__-1__name   resources__1f9ab__name   tags__extend

An item of a list is named by its number from 0 (negative: from the end) or by the first letters of its id, 5 at least.
`extend` adds items. Patterns take or leave what lies at a key, `*` being any: `+resources, -*`; the first that fits decides.
Values lie over values level by level, objects key by key and lists item by item, as in CKAN's `update`.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from portal.foundation.errors import InvalidInput
from portal.foundation.strict_json import read_json
from portal.web.ckan.arguments import refuse

Node = Any  # Any: JSON
Pattern = tuple[bool, Sequence[str]]
"""Whether it keeps what fits, and its steps."""

MAX_PATTERNS = 500
_JOINT = "__"
_NUMBER = re.compile(r"-?[0-9]{1,4}", re.ASCII)
_LEAST_OF_ID = 5


def laid_over(before: Node, value: Node, key: str) -> Node:
    """Give *before* with *value* over it; neither is changed. *key* says where that is.

    Raises:
        InvalidInput: something else than a list is to lie over a list, or than an object over an object.
    """
    if isinstance(before, dict):
        return _object_over(before, value, key)
    if isinstance(before, list):
        return _list_over(before, value, key)
    return value


def put_at(node: Node, key: str, value: Node) -> Node:
    """Give *node* with *value* over what lies at *key*, or with the items of *value* behind those of the list it extends.

    Raises:
        InvalidInput: nothing lies there, or something of another kind.
    """
    return _put(node, key.split(_JOINT), value, key)


def differing(node: Node, wanted: Node, key: str = "") -> Iterator[str]:
    """Give the keys at which *node* is not what is *wanted*; what is not asked for may be anything."""
    if isinstance(wanted, dict) and isinstance(node, dict | list):
        for step, one in wanted.items():
            yield from _differing_at(node, str(step), one, _joined(key, step))
    elif isinstance(wanted, list) and isinstance(node, list) and len(wanted) <= len(node):
        for number, one in enumerate(wanted):
            yield from differing(node[number], one, _joined(key, number))
    elif node != wanted:
        yield key


def differing_at(node: Node, key: str, wanted: Node) -> Iterator[str]:
    """Give the keys below *key* at which *node* is not what is *wanted*."""
    for step in key.split(_JOINT):
        place = _place(node, step)
        if place is None:
            yield key
            return
        node = node[place]
    yield from differing(node, wanted, key)


def read_patterns(texts: Sequence[str], name: str) -> list[Pattern]:
    """Read the patterns that the parameter *name* holds; one without a sign takes out, as in CKAN.

    Raises:
        InvalidInput: there are more than anybody writes.
    """
    if len(texts) > MAX_PATTERNS:
        refuse(name, f"At most {MAX_PATTERNS} patterns", f"höchstens {MAX_PATTERNS} Muster")
    return [(text.startswith("+"), text.lstrip("+-").split(_JOINT)) for text in texts]


def filtered(node: Node, patterns: Sequence[Pattern]) -> Node:
    """Give *node* without what the patterns take out; what none of them fits stays."""
    if not patterns or not isinstance(node, dict | list):
        return node
    steps = list(node) if isinstance(node, dict) else list(range(len(node)))
    kept = {step: filtered(node[step], inner) for step in steps if (inner := _inner(node, step, patterns)) is not None}
    return kept if isinstance(node, dict) else [*kept.values()]


def _inner(node: Node, step: Any, patterns: Sequence[Pattern]) -> list[Pattern] | None:  # Any: a key or a number
    """Give the patterns for what lies at a step; None: it goes."""
    found: list[Pattern] = []
    for keeps, (head, *rest) in patterns:
        if head != "*" and _place(node, head) != step:
            continue
        if rest:
            found.append((keeps, rest))
        elif keeps:
            return found
        else:
            return [*found, (False, ["*"])] if any(one for one, _ in found) else None
    return found


def _put(node: Node, steps: Sequence[str], value: Node, key: str) -> Node:
    step, *rest = steps
    if isinstance(node, list) and step == "extend" and not rest:
        return [*node, *_list(value, key)]
    place = _place(node, step)
    if place is None and isinstance(node, dict) and not rest:
        return {**node, step: value}
    if place is None:
        refuse(key[:80], "There is nothing at this place", "an dieser Stelle ist nichts")
    changed = _put(node[place], rest, value, key) if rest else laid_over(node[place], value, key)
    if isinstance(node, dict):
        return {**node, place: changed}
    return [changed if number == place else one for number, one in enumerate(node)]


def _place(node: Node, step: str) -> Any:  # Any: a key or a number
    """Give the key or the number that a step means; None: there is nothing."""
    if isinstance(node, dict):
        return step if step in node else None
    if not isinstance(node, list):
        return None
    named = [number for number, one in enumerate(node) if _is_called(one, step)]
    if len(named) == 1:
        return named[0]
    if _NUMBER.fullmatch(step) and -len(node) <= int(step) < len(node):
        return int(step) % len(node)
    return None


def _is_called(item: Node, step: str) -> bool:
    return len(step) >= _LEAST_OF_ID and isinstance(item, dict) and str(item.get("id") or "").startswith(step)


def _differing_at(node: Node, step: str, wanted: Node, key: str) -> Iterator[str]:
    place = _place(node, step)
    if place is None:
        yield key
    else:
        yield from differing(node[place], wanted, key)


def _object_over(before: Mapping[str, Node], value: Node, key: str) -> Node:
    if not isinstance(value, dict):
        value = _json(value)
    if not isinstance(value, dict):
        refuse(key[:80], "Must be an object", "muss ein Objekt sein")
    over = {name: laid_over(before.get(name), one, _joined(key, name)) for name, one in value.items()}
    return {**before, **over}


def _list_over(before: Sequence[Node], value: Node, key: str) -> Node:
    given = _list(value, key)
    over = [
        laid_over(old, new, _joined(key, number)) for number, (old, new) in enumerate(zip(before, given, strict=False))
    ]
    return [*over, *before[len(given) :], *given[len(before) :]]


def _list(value: Node, key: str) -> list[Node]:
    found = value if isinstance(value, list) else _json(value)
    if not isinstance(found, list):
        refuse(key[:80], "Must be a list", "muss eine Liste sein")
    return found


def _json(value: Node) -> Node:
    """Give what a form's field says where a list or an object is wanted."""
    try:
        return read_json(value) if isinstance(value, str) else None
    except InvalidInput:
        return None


def _joined(key: str, step: object) -> str:
    return f"{key}{_JOINT}{step}" if key else str(step)
