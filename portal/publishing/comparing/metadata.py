"""Which facts of a descriptor changed, in words: tables and columns are matched by name, not by place.

Built on portal.events.changes, which the log uses: a pointer says where (RFC 6901), with names where a list of named
things has numbers, so `/resources/trees/schema/fields/height/type`. A column that only stands elsewhere is one fact.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from portal.events.changes import changes
from portal.foundation.lazily import later
from portal.foundation.text import LangString
from portal.publishing.labels import LABELS

if TYPE_CHECKING:
    from portal.publishing import privacy
else:
    privacy = later("portal.publishing.privacy")

_UNPUBLISHED = ("$schema", "created", "version")
"""Keys that the portal does not pass on (portal/publishing/documents.py)."""


class FactChange(StrEnum):
    """What happened to a fact."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    MOVED = "moved"
    """Named things stand in another order; before and after are the names."""


@dataclass(frozen=True, kw_only=True)
class MetadataChange:
    """One fact of the descriptor that is not what it was."""

    pointer: str
    place: LangString
    """Where it is, in words: “Tabelle trees, Spalte height: Titel”."""
    change: FactChange
    before: Any  # Any: JSON; None where it was added
    after: Any  # Any: JSON; None where it was removed

    def as_dict(self) -> dict[str, Any]:  # Any: JSON
        return {
            "pointer": self.pointer,
            "place": self.place.as_dict(),
            "change": str(self.change),
            "before": self.before,
            "after": self.after,
        }


def metadata_changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[MetadataChange, ...]:  # Any: JSON
    """Give every fact that differs between two descriptors, by pointer; the descriptors need not be valid."""
    found = [
        MetadataChange(
            pointer=pointer,
            place=_place(pointer),
            change=_kind(sides),
            before=sides.get("before"),
            after=sides.get("after"),
        )
        for pointer, sides in changes(_by_name(before), _by_name(after)).items()
    ]
    return tuple(sorted([*found, *_moves(before, after)], key=lambda one: one.pointer))


def public_metadata(descriptor: Mapping[str, Any]) -> dict[str, Any]:  # Any: JSON
    """Give what everyone may see of a descriptor: no persons and no single rows in decisions on personal data."""
    shown = {key: value for key, value in descriptor.items() if key not in _UNPUBLISHED}
    if "privacyDecisions" in shown:
        shown["privacyDecisions"] = privacy.public_decisions(dict(descriptor))
    return shown


def _kind(sides: Mapping[str, object]) -> FactChange:
    if "before" not in sides:
        return FactChange.ADDED
    return FactChange.CHANGED if "after" in sides else FactChange.REMOVED


def _by_name(descriptor: Mapping[str, Any]) -> dict[str, Any]:
    """Give the descriptor with its tables and their columns as objects by name."""
    resources = _named(descriptor.get("resources"))
    if resources is None:
        return dict(descriptor)
    return {**descriptor, "resources": {name: _fields_by_name(one) for name, one in resources.items()}}


def _fields_by_name(resource: Mapping[str, Any]) -> dict[str, Any]:
    schema = resource.get("schema")
    fields = _named(schema.get("fields")) if isinstance(schema, Mapping) else None
    return {**resource, "schema": {**resource["schema"], "fields": fields}} if fields is not None else dict(resource)


def _named(listed: object) -> dict[str, Mapping[str, Any]] | None:
    """Give a list of objects by their names; None: it is no list, or not every object has a name of its own."""
    if not isinstance(listed, Sequence) or not all(isinstance(one, Mapping) for one in listed):
        return None
    names = [one.get("name") for one in listed]
    if len(set(map(str, names))) < len(names) or not all(isinstance(name, str) for name in names):
        return None
    return dict(zip(map(str, names), listed, strict=True))


def _moves(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[MetadataChange]:
    old, new = _named(before.get("resources")) or {}, _named(after.get("resources")) or {}
    yield from _move("/resources", old, new)
    for name in old.keys() & new.keys():
        fields = [_named(_at(side[name], "schema", "fields")) or {} for side in (old, new)]
        yield from _move(f"/resources/{_escaped(name)}/schema/fields", *fields)


def _move(pointer: str, old: Mapping[str, object], new: Mapping[str, object]) -> Iterator[MetadataChange]:
    order_before, order_after = [name for name in old if name in new], [name for name in new if name in old]
    if order_before != order_after:
        yield MetadataChange(
            pointer=pointer,
            place=_place(pointer),
            change=FactChange.MOVED,
            before=order_before,
            after=order_after,
        )


def _at(found: Any, *keys: str) -> Any:  # Any: JSON
    for key in keys:
        found = found.get(key) if isinstance(found, Mapping) else None
    return found


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")


def _place(pointer: str) -> LangString:
    return LangString(_in_words(pointer, "de"), _in_words(pointer, "en"))


def _in_words(pointer: str, language: str) -> str:
    steps = [step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:]]
    table, column = ("Tabelle", "Spalte") if language == "de" else ("table", "column")
    named: list[str] = []
    if steps[0] == "resources" and len(steps) > 1:
        named, steps = [f"{table} {steps[1]}"], steps[2:]
        if steps[:2] == ["schema", "fields"] and len(steps) > 2:
            named, steps = [*named, f"{column} {steps[2]}"], steps[3:]
        elif steps[:1] == ["schema"]:
            steps = steps[1:] or ["schema"]
    facts = ", ".join(LABELS[step].in_language(language) if step in LABELS else step for step in steps)
    return ": ".join(part for part in (", ".join(named), facts) if part)
