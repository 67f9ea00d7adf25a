"""The descriptor that the public gets: without withheld columns, with what was decided and why, without persons."""

import copy
from bisect import bisect_left
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Any

from portal.foundation.tableschema import ColumnType
from portal.publishing.privacy import Decision, Described, decisions_of

_KEPT_OF_COARSENED = frozenset(
    {"name", "title", "description", "translations", "unit", "dataProtection", "rdfProperty"}
)
"""What stays of a coarsened field: terms, bounds and examples would tell the values that were there."""

_FACTS_OF_SOURCE = ("bytes", "hash", "stats")
"""What a resource may say of the delivered file, which is not the one that is published."""


@dataclass(frozen=True, kw_only=True)
class Change:
    """What happened to a table."""

    coarse: Mapping[str, ColumnType] = field(default_factory=dict)
    """New types of columns that were made coarser."""
    dropped: Sequence[int] = ()
    """Numbers of the rows that were left out, ascending."""
    keys: frozenset[str] | None = None
    """Keys of these rows; None: the table has no key, its rows are named by their number."""

    def is_gone(self, row: str) -> bool:
        """Tell whether the row that decisions call *row* was left out."""
        return row in self.keys if self.keys is not None else row.isdigit() and int(row) in self.dropped

    def new_name(self, row: str) -> str:
        """Give what *row* is called now: its key, or its new number where rows before it have gone."""
        return (
            row if self.keys is not None or not row.isdigit() else str(int(row) - bisect_left(self.dropped, int(row)))
        )


def protected_descriptor(descriptor: Described, changes: Mapping[str, Change], *, decided_by: str | None) -> Described:
    """Give the public descriptor after *changes* of tables, by name; *decided_by* takes the place of persons."""
    public = copy.deepcopy(descriptor)
    withheld = {
        (one.resource, one.column) for one in decisions_of(descriptor) if one.protects and _withholds(one.decision)
    }
    for resource in public["resources"]:
        name = resource["name"]
        if name in changes:
            for fact in _FACTS_OF_SOURCE:
                resource.pop(fact, None)
            resource["schema"] = protected_schema(
                resource["schema"],
                {column for owner, column in withheld if owner == name},
                changes[name].coarse,
            )
    told = [
        _told(one, changes.get(one["resource"], Change()), decided_by)
        for one in public.get("privacyDecisions", ())
        if not _is_gone(one, withheld, changes.get(one["resource"], Change()))
    ]
    if told or "privacyDecisions" in public:
        public["privacyDecisions"] = [one for place, one in enumerate(told) if one not in told[:place]]
    if withheld:
        public["withheld"] = _withheld(public, descriptor)
    return public


def protected_schema(schema: Described, withheld: Set[str], coarse: Mapping[str, ColumnType]) -> Described:
    """Give a Table Schema without the *withheld* columns and with the new types of *coarse* ones."""
    fields = [_coarse_field(one, coarse[one["name"]]) if one["name"] in coarse else one for one in schema["fields"]]
    told = {**schema, "fields": [one for one in fields if one["name"] not in withheld]}
    if "uniqueKeys" in schema:  # Data Package v2; nobody relies on it here, but it must not name what is not there
        told["uniqueKeys"] = [key for key in schema["uniqueKeys"] if not {*withheld, *coarse} & set(key)]
    if "conditionalKeys" in schema:
        told["conditionalKeys"] = [
            key
            for key in schema["conditionalKeys"]
            if not {*withheld, *coarse} & {*_listed(key["fields"]), *key["where"]}
        ]
    return told


def _listed(names: str | list[str]) -> list[str]:
    return [names] if isinstance(names, str) else names


def _coarse_field(field: Described, kind: ColumnType) -> Described:
    kept = {key: value for key, value in field.items() if key in _KEPT_OF_COARSENED}
    required = field.get("constraints", {}).get("required")
    return {**kept, "type": str(kind)} | ({"constraints": {"required": True}} if required else {})


def _withholds(decision: Decision) -> bool:
    return decision is Decision.WITHHOLD


def _is_gone(one: Described, withheld: Set[tuple[str, str]], change: Change) -> bool:
    """Tell whether a decision to release has nothing left to release: its column is withheld, or its row was dropped."""
    if one["decision"] != Decision.RELEASE:
        return False
    return (one["resource"], one["column"]) in withheld or ("row" in one and change.is_gone(one["row"]))


def _told(one: Described, change: Change, decided_by: str | None) -> Described:
    told: dict[str, Any] = dict(one) | ({"decidedBy": decided_by} if decided_by else {})  # Any: JSON
    if one["decision"] == Decision.RELEASE:
        return told | ({"row": change.new_name(one["row"])} if "row" in one else {})
    told.pop("row", None)
    if one["decision"] == Decision.DROP_ROWS and not one.get("applied"):
        told["rowsDropped"] = len(change.dropped)
    return told | {"applied": True}


def _withheld(public: Described, descriptor: Described) -> list[Described]:
    told = list(public.get("withheld", ()))
    known = {(one["resource"], one["column"]) for one in told}
    for one in descriptor["privacyDecisions"]:
        place = (one["resource"], one["column"])
        if one["decision"] == Decision.WITHHOLD and not one.get("applied") and place not in known:
            told.append({"resource": one["resource"], "column": one["column"], "reason": one["reason"]})
            known.add(place)
    return told
