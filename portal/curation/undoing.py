"""A bulk change looked at again and undone.

Undoing puts back what each draft was. A draft that anybody has changed, submitted, released or discarded since is not
touched, and the answer says so; undoing again tries those that are left.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from portal.accounts.actor import Actor
from portal.accounts.permissions import Action, may, require
from portal.catalogue.bulk_change import BulkChange, BulkItem, Outcome, find_bulk_change, no_such_change
from portal.catalogue.dataset import Dataset
from portal.catalogue.draft import Draft
from portal.catalogue.review import discard
from portal.curation.bulk import Refusal, lock_drafts
from portal.curation.editing import replace_descriptor
from portal.curation.finding import require_editable, require_somebody
from portal.curation.merging import Described
from portal.foundation.db import transaction
from portal.foundation.errors import AllRefused, IllegalStep, NotFound, Outdated, PortalError

_CONCERNED = (Action.READ_DRAFT, Action.EDIT_DRAFT, Action.SUBMIT)
"""Whoever may do one of these with a dataset's draft sees what a change did to it: a token may have only one."""


@dataclass(frozen=True)
class Undone:
    """What came of undoing."""

    outcomes: dict[str, Outcome]
    """By dataset."""
    refusals: tuple[Refusal, ...]


def seen_change(session: Session, change_id: str, *, by: Actor) -> tuple[BulkChange, list[tuple[Dataset, BulkItem]]]:
    """Give a bulk change with those of its datasets that concern *by*, by slug.

    Raises:
        Unauthenticated: nobody asks.
        NotFound: there is no such change, or nothing of it concerns *by*.
    """
    require_somebody(by, Action.READ_DRAFT)
    change = find_bulk_change(session, change_id)
    concerned = select(Dataset).where(Dataset.id.in_([item.dataset_id for item in change.items]))
    datasets = {dataset.id: dataset for dataset in session.scalars(concerned)}
    found = [(datasets[item.dataset_id], item) for item in change.items]
    seen = [pair for pair in found if any(may(by, action, pair[0].publisher_id) for action in _CONCERNED)]
    if not seen:
        raise no_such_change(change_id)
    return change, sorted(seen, key=lambda pair: pair[0].slug)


def undo_bulk_change(engine: Engine, change_id: str, *, by: Actor, at: datetime) -> Undone:
    """Put every draft back that is still as the change left it.

    Raises:
        Unauthenticated, NotFound: as `seen_change`.
        Forbidden: *by* edits none of its datasets.
        IllegalStep: all of it was undone already.
        AllRefused: nothing of it can be undone any more.
        Conflict: somebody was at one of the drafts at the same moment; nothing was undone.
    """
    outcomes: dict[str, Outcome] = {}
    refusals: list[Refusal] = []
    with transaction(engine) as session:
        change, seen = seen_change(session, change_id, by=by)
        _require_editor_of(seen, by)
        pending = [(dataset, item) for dataset, item in seen if item.outcome is None]
        if not pending:
            raise IllegalStep("This was undone already.", detail_de="Das wurde schon rückgängig gemacht.")
        lock_drafts(session, [item.dataset_id for _, item in pending])
        for dataset, item in pending:
            try:
                outcomes[dataset.slug] = _undo(session, dataset, item, by=by, at=at)
            except PortalError as error:
                refusals.append(Refusal(dataset.slug, error))
        if not outcomes:
            raise AllRefused(
                f"Nothing can be undone; the first, {refusals[0].slug}: {refusals[0].error.detail.en}",
                detail_de=f"Nichts lässt sich rückgängig machen; der erste, {refusals[0].slug}: {refusals[0].error.detail.de}",
                refusals=[one.as_dict() for one in refusals],
            )
        change.undone_by, change.undone_at = by.label, at
    return Undone(outcomes, tuple(refusals))


def _require_editor_of(seen: list[tuple[Dataset, BulkItem]], by: Actor) -> None:
    if not any(may(by, Action.EDIT_DRAFT, dataset.publisher_id) for dataset, _ in seen):
        require(by, Action.EDIT_DRAFT, seen[0][0].publisher_id)


def _undo(session: Session, dataset: Dataset, item: BulkItem, *, by: Actor, at: datetime) -> Outcome:
    require(by, Action.EDIT_DRAFT, dataset.publisher_id)
    draft = _untouched(session, dataset, item)
    if item.opened:
        discard(session, draft, by=by, at=at)
        item.outcome = Outcome.DISCARDED
    else:
        before = _before(draft.descriptor, item)
        replace_descriptor(session, draft, before, revision=draft.revision, by=by, at=at, bulk=item.bulk_change_id)
        item.outcome = Outcome.RESTORED
    return item.outcome


def _untouched(session: Session, dataset: Dataset, item: BulkItem) -> Draft:
    """Give the draft of an item as the change left it.

    Raises:
        NotFound: it was released or discarded since.
        IllegalStep: it was submitted since.
        Outdated: it was changed since; what was changed and changed back is as it was.
    """
    draft = session.scalar(select(Draft).where(Draft.dataset_id == dataset.id))
    if draft is None:
        raise NotFound(
            f"The draft of {dataset.slug} was released or discarded since.",
            detail_de=f"Der Entwurf von {dataset.slug} wurde seither freigegeben oder verworfen.",
        )
    require_editable(draft)
    added = item.opened and (draft.notes or draft.deliveries)  # would go with the draft
    if draft.id != item.draft_id or draft.content_digest != item.content_digest or added:
        raise Outdated(
            f"The draft of {dataset.slug} was changed since, last by {draft.actor}; it stays as it is.",
            detail_de=f"Der Entwurf von {dataset.slug} wurde seither geändert, zuletzt von {draft.actor}; er bleibt, wie er ist.",
            revision=draft.revision,
        )
    return draft


def _before(after: Described, item: BulkItem) -> Described:
    """Give the descriptor that the draft had, its keys in their old order."""
    kept = {**after, **item.before["values"]}
    return {key: kept[key] for key in item.before["keys"]}
