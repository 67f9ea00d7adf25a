"""The metadata of a draft edited by merge patch, tables taken out of it; whoever looked at an old revision is refused."""

from datetime import datetime

from sqlalchemy.orm import Session

from portal.accounts.actor import Actor
from portal.accounts.permissions import Action, require
from portal.catalogue.dataset import Dataset
from portal.catalogue.draft import Draft, require_revision
from portal.curation.finding import require_editable, resource_of
from portal.curation.merging import Described, merged
from portal.events.changes import changes
from portal.events.log import Kind, record
from portal.foundation.errors import InvalidDataset, InvalidInput
from portal.foundation.tableschema import columns_known
from portal.publishing.descriptor import check_unfinished
from portal.publishing.folder import content_digest

MAX_NOTES_CHARS = 2_000


_DECIDED_ELSEWHERE = ("privacyDecisions", "withheld")
"""Keys of the descriptor that only a decision on personal data changes."""


def edit_draft(
    session: Session,
    draft: Draft,
    *,
    patch: Described,
    notes: str | None = None,
    revision: int,
    by: Actor,
    at: datetime,
) -> None:
    """Change the metadata of a draft by a merge patch on its descriptor, and what its version's notes will say.

    Raises:
        Forbidden: *by* does not edit for the dataset's publisher.
        IllegalStep: it was submitted; take it back first.
        Outdated: the draft has another revision than *revision*.
        InvalidDataset: the descriptor would break a rule; gaps are allowed.
    """
    dataset = session.get_one(Dataset, draft.dataset_id)
    require(by, Action.EDIT_DRAFT, dataset.publisher_id)
    after = edited(draft.descriptor, patch)
    if notes is not None:
        draft.notes = _short(notes)
    replace_descriptor(session, draft, after, revision=revision, by=by, at=at)


def replace_descriptor(
    session: Session,
    draft: Draft,
    after: Described,
    *,
    revision: int,
    by: Actor,
    at: datetime,
    bulk: str | None = None,
) -> None:
    """Put a descriptor that `edited` gave, or that the draft had before, into a draft; *bulk* is the change of many it is part of.

    Raises:
        Forbidden, IllegalStep, Outdated: as for `edit_draft`.
    """
    dataset = _writable(session, draft, revision, by=by)
    changed = changes(draft.descriptor, after)
    draft.descriptor = after
    touch(draft, by=by, at=at)
    record(session, Kind.DRAFT_EDITED, at=at, actor=by.label, dataset=dataset.slug, changes=changed, bulk=bulk)
    session.flush()


def remove_table(session: Session, draft: Draft, table: str, *, revision: int, by: Actor, at: datetime) -> None:
    """Take a table out of a draft.

    Raises:
        NotFound: the draft has no such table.
        Forbidden, IllegalStep, Outdated: as for `edit_draft`.
    """
    dataset = _writable(session, draft, revision, by=by)
    resource_of(draft, table)
    kept = [one for one in draft.descriptor["resources"] if one["name"] != table]
    draft.descriptor = {**draft.descriptor, "resources": kept}
    forget_rows(draft, table)
    touch(draft, by=by, at=at)
    record(session, Kind.DRAFT_EDITED, at=at, actor=by.label, dataset=dataset.slug, removed_table=table)
    session.flush()


def _writable(session: Session, draft: Draft, revision: int, *, by: Actor) -> Dataset:
    """Give the dataset of a draft that *by* may change as it is."""
    dataset = session.get_one(Dataset, draft.dataset_id)
    require(by, Action.EDIT_DRAFT, dataset.publisher_id)
    require_editable(draft)
    require_revision(draft, revision)
    return dataset


def touch(draft: Draft, *, by: Actor, at: datetime) -> None:
    """Note that the content of a draft has changed: who, when, and that nobody has looked at it since."""
    known = [draft.sources[one["name"]] for one in draft.descriptor["resources"] if one["name"] in draft.sources]
    draft.content_digest = content_digest(draft.descriptor, known)
    draft.actor, draft.updated_at, draft.report = by.label, at, None


def forget_rows(draft: Draft, table: str) -> None:
    """Take the rows of a table out of a draft, and what is known of how they came."""
    draft.sources = {name: digest for name, digest in draft.sources.items() if name != table}
    draft.deliveries = {name: told for name, told in draft.deliveries.items() if name != table}


def edited(before: Described, patch: Described) -> Described:
    """Give the descriptor after a merge patch.

    Raises:
        InvalidDataset: it would break a rule, or change what this is not the way to change.
    """
    after: Described = merged(before, patch)
    after.setdefault("resources", [])
    for key in _DECIDED_ELSEWHERE:
        if after.get(key) != before.get(key):
            raise _not_here(f"/{key}", "a decision on personal data", "eine Entscheidung zum Datenschutz")
    if after.get("name") != before["name"]:
        raise _not_here("/name", "nothing, it stands in addresses", "nichts, er steht in Adressen")
    untouched = after.get("resources") is before["resources"]  # they were checked when they came; they are most of it
    check_unfinished({**after, "resources": []} if untouched else after)
    if [one.get("name") for one in after.get("resources", ())] != [one["name"] for one in before["resources"]]:
        raise _not_here("/resources", "delivering or removing a table", "das Liefern oder Entfernen einer Tabelle")
    after.setdefault("resources", before["resources"])  # a dataset without tables has an empty list of them
    if not untouched:
        _require_columns(after)
    return after


def _require_columns(descriptor: Described) -> None:
    """Refuse tables without readable columns, unless they have none yet: whatever looks at a draft later relies on them."""
    for number, resource in enumerate(descriptor["resources"]):
        try:
            columns_known(resource.get("schema", {}))
        except InvalidInput as error:
            pointer = f"/resources/{number}/schema"
            raise InvalidDataset(
                f"{pointer}: {error.detail.en}",
                detail_de=f"{pointer}: {error.detail.de}",
                findings=[{"pointer": pointer, "message": error.detail.as_dict()}],
            ) from None


def _not_here(pointer: str, english: str, german: str) -> InvalidDataset:
    return InvalidDataset(
        f"{pointer} is not changed this way; what changes it is {english}.",
        detail_de=f"{pointer} wird nicht so geändert; das tut {german}.",
        findings=[{"pointer": pointer}],
    )


def _short(notes: str) -> str:
    if len(notes) > MAX_NOTES_CHARS:
        raise InvalidInput(
            f"Notes have at most {MAX_NOTES_CHARS} characters, not {len(notes)}.",
            detail_de=f"Anmerkungen haben höchstens {MAX_NOTES_CHARS} Zeichen, nicht {len(notes)}.",
        )
    return notes
