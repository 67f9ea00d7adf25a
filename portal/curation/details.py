"""What was found in a delivery, kept where the delivery itself is: in the drafts' store, never in the database.

Findings, examples and summaries quote the data, and some of it may be withheld. The draft's row holds the digest of the
details and what may be known of them; the details go with the draft. Whoever decides on personal data reads them whole,
others `veiled`.
"""

import json
from typing import TypeVar

from portal.catalogue.draft import Draft
from portal.curation.merging import Described
from portal.foundation.errors import InvalidDataset
from portal.publishing.told_problems import findings_in
from portal.store.local import LocalStore

_KNOWN = ("filename", "rows", "by", "at")
"""What the row itself says of a delivery."""

NAME = "details"


def kept_details(drafts: LocalStore, tables: dict[str, Described]) -> dict[str, Described]:
    """Put the details of deliveries into the store and give what the row is to hold, by table."""
    with drafts.workshop() as workshop:
        paths = {name: workshop / f"{name}.details.json" for name in tables}
        for name, told in tables.items():
            paths[name].write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
        blobs = drafts.adopt(paths.values())
    return {
        name: {**{key: told[key] for key in _KNOWN}, NAME: blobs[paths[name]].digest} for name, told in tables.items()
    }


def details_of(drafts: LocalStore, draft: Draft, table: str) -> Described | None:
    """Give all that is known of the delivery of a table; None: it is the public version's."""
    kept = draft.deliveries.get(table)
    if kept is None:
        return None
    told: Described = json.loads(drafts.read(kept[NAME]))
    return told


_QUOTES = frozenset({"value", "examples", "minimum", "maximum", "detail", "parameters"})
"""Keys under which findings, summaries of columns, remedies and problems quote the data."""

Told = TypeVar("Told")


def veiled(told: Told) -> Told:
    """Give what was told without what quotes data: for those who do not decide what of it may be seen."""
    if isinstance(told, dict):
        return {key: veiled(one) for key, one in told.items() if key not in _QUOTES}  # type: ignore[return-value]  # still a dict
    if isinstance(told, list):
        return [veiled(one) for one in told]  # type: ignore[return-value]  # still a list
    return told


def quotes_data(error: InvalidDataset) -> bool:
    """Tell whether a refusal says what stands in a cell; what is wrong with metadata does not."""
    return any(one.get("value") is not None for one in findings_in(error.facts))


def veiled_error(error: InvalidDataset) -> InvalidDataset:
    """Give the same refusal without what quotes the data: every finding with its sentence and place, and no value."""
    named = ", ".join(sorted({str(one["code"]) for one in findings_in(error.facts)}))
    return InvalidDataset(
        f"The draft cannot be released as it is: {named}.",
        detail_de=f"Der Entwurf kann so nicht erscheinen: {named}.",
        **veiled(error.facts),
    )
