"""A draft begins as what is public, without the columns that were withheld; a new delivery has them again.

So the table gets back the columns and decisions it was approved with, and the decisions are carried out anew. What the
draft's editors have changed since (titles, descriptions, constraints of other columns) stays.
"""

from typing import Any

from portal.curation.merging import Described

_OF_THE_SOURCE = ("type", "format", "constraints", "dataProtection")
"""Facts of a column that a decision may have changed for the public."""


def restored(descriptor: Described, approved: Described | None, table: str) -> Described:
    """Give *descriptor* with a table as it was approved; *approved* None, or nothing carried out: as it is."""
    old = _resource(approved, table) if approved else None
    new = _resource(descriptor, table)
    if approved is None or old is None or new is None or not _is_protected(descriptor, table):
        return descriptor
    resource = {**new, "schema": _schema(old["schema"], new["schema"])}
    decisions = [one for one in descriptor["privacyDecisions"] if one["resource"] != table]
    decisions += [one for one in approved.get("privacyDecisions", ()) if one["resource"] == table]
    withheld = [one for one in descriptor.get("withheld", ()) if one["resource"] != table]
    resources = [resource if one["name"] == table else one for one in descriptor["resources"]]
    after = {**descriptor, "resources": resources, "privacyDecisions": decisions, "withheld": withheld}
    return after if withheld else {key: value for key, value in after.items() if key != "withheld"}


def _schema(old: Described, new: Described) -> Described:
    edited = {field["name"]: field for field in new["fields"]}
    known = {field["name"] for field in old["fields"]}
    fields = [_field(field, edited.get(field["name"])) for field in old["fields"]]
    return {**old, **new, "fields": [*fields, *(field for name, field in edited.items() if name not in known)]}


def _field(old: Described, edited: Described | None) -> Described:
    if edited is None:
        return old
    return {**edited, **{key: old[key] for key in _OF_THE_SOURCE if key in old}}


def _resource(descriptor: Described, table: str) -> Described | None:
    found: list[Any] = [one for one in descriptor["resources"] if one["name"] == table]  # Any: JSON
    return found[0] if found else None


def _is_protected(descriptor: Described, table: str) -> bool:
    return any(one["resource"] == table and one.get("applied") for one in descriptor.get("privacyDecisions", ()))
