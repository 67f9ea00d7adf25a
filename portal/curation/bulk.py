"""One change of many datasets' metadata: planned, shown, then applied to all or to none.

    edits ──plan──▶ changed, unchanged, refused (each with its reason) ──apply──▶ drafts opened and edited, BulkChange

Every draft goes through the services of a single edit; whoever may not change one is told so for that one.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from portal.accounts.actor import Actor
from portal.accounts.permissions import Action
from portal.catalogue.bulk_change import BulkItem, add_bulk_change
from portal.catalogue.dataset import Dataset
from portal.catalogue.draft import Draft
from portal.catalogue.version import Version
from portal.curation.editable import mark_of, require_editor
from portal.curation.editing import edited, replace_descriptor
from portal.curation.finding import curated_dataset, require_editable
from portal.curation.merging import Described
from portal.curation.opening import begin_draft, copy_sources, public_sources
from portal.events.changes import changes
from portal.foundation.db import transaction
from portal.foundation.errors import AllRefused, Conflict, InvalidInput, NotFound, PortalError
from portal.store.local import LocalStore

MAX_DATASETS = 1_000
"""Datasets in one change: they are written in one transaction, for which other writers wait."""


@dataclass(frozen=True)
class Edit:
    """What is to change of one dataset."""

    slug: str
    patch: Described
    """JSON Merge Patch on its descriptor."""


@dataclass(frozen=True, kw_only=True)
class Planned:
    """A change of one dataset that can be made."""

    slug: str
    dataset_id: int
    draft_id: int | None
    """None: a draft is opened from the public version."""
    version: Version | None
    """The public version that a new draft begins as; None: there is a draft."""
    revision: int
    """Of the draft; 0: it is to be opened."""
    mark: str
    sources: dict[str, str]
    """What a new draft begins with: digest of the CSV file by table."""
    before: Described
    after: Described
    changes: dict[str, dict[str, object]]
    """What changes, by JSON Pointer."""


@dataclass(frozen=True)
class Refusal:
    """A dataset that is left alone, and why."""

    slug: str
    error: PortalError

    def as_dict(self) -> dict[str, object]:
        """Give the refusal as it stands in JSON answers."""
        told: dict[str, object] = {
            "dataset": self.slug,
            "problem": self.error.slug,
            "detail": self.error.detail.as_dict(),
        }
        return {**told, "findings": self.error.facts["findings"]} if "findings" in self.error.facts else told


@dataclass(frozen=True)
class Plan:
    """What a change would do."""

    planned: tuple[Planned, ...]
    unchanged: tuple[str, ...]
    """They are so already."""
    refusals: tuple[Refusal, ...]


def plan_edits(session: Session, edits: Iterable[Edit], *, by: Actor) -> Plan:
    """Say what *edits* would do, dataset by dataset; nothing is changed.

    Raises:
        Unauthenticated, Forbidden: *by* edits for no publisher at all.
        InvalidInput: there are none, too many, or two of one dataset.
    """
    require_editor(by)
    asked = list(edits)
    _require_countable([edit.slug for edit in asked])
    planned: list[Planned] = []
    unchanged: list[str] = []
    refusals: list[Refusal] = []
    for edit in asked:
        try:
            one = _planned(session, edit, by=by)
        except PortalError as error:
            refusals.append(Refusal(edit.slug, error))
            continue
        if one.changes:
            planned.append(one)
        else:
            unchanged.append(edit.slug)
    return Plan(tuple(planned), tuple(unchanged), tuple(refusals))


def apply_plan(
    engine: Engine, store: LocalStore, drafts: LocalStore, plan: Plan, *, by: Actor, at: datetime
) -> str | None:
    """Make every planned change, or none, and give the id of the bulk change; None: there is nothing to change.

    Raises:
        AllRefused: there was something to change, and every dataset was refused.
        Forbidden: *by* may not edit one of them any more.
        Conflict: somebody changed one of them since the plan was made; nothing was changed.
    """
    require_editor(by)
    if not plan.planned:
        if plan.refusals and not plan.unchanged:
            raise _all_refused(plan.refusals)
        return None
    copy_sources(store, drafts, {digest for one in plan.planned for digest in one.sources.values()})
    with transaction(engine) as session:
        change = add_bulk_change(session, actor=by.label, at=at)
        lock_drafts(session, [one.dataset_id for one in plan.planned])
        for one in plan.planned:
            draft = _draft_of(session, one, change.id, by=by, at=at)
            revision = one.revision or draft.revision
            replace_descriptor(session, draft, one.after, revision=revision, by=by, at=at, bulk=change.id)
            session.add(_item(change.id, one, draft))
        session.flush()
        return change.id


def lock_drafts(session: Session, dataset_ids: list[int]) -> None:
    """Wait for whoever works on these datasets, in one order and before the log is locked: so nobody waits in a circle."""
    datasets = select(Dataset).where(Dataset.id.in_(dataset_ids)).order_by(Dataset.id)
    session.scalars(datasets.with_for_update(of=Dataset)).all()
    drafts = select(Draft).where(Draft.dataset_id.in_(dataset_ids)).order_by(Draft.id)
    session.scalars(drafts.with_for_update()).all()


def _require_countable(slugs: list[str]) -> None:
    if not 1 <= len(slugs) <= MAX_DATASETS:
        raise InvalidInput(
            f"A bulk change has 1 to {MAX_DATASETS} datasets, not {len(slugs)}.",
            detail_de=f"Eine Sammeländerung hat 1 bis {MAX_DATASETS} Datensätze, nicht {len(slugs)}.",
            datasets=len(slugs),
        )
    twice = sorted({slug for slug in slugs if slugs.count(slug) > 1})
    if twice:
        shown = ", ".join(slug[:100] for slug in twice[:10])
        raise InvalidInput(f"Named twice: {shown}.", detail_de=f"Zweimal genannt: {shown}.", datasets=twice)


def _planned(session: Session, edit: Edit, *, by: Actor) -> Planned:
    dataset = curated_dataset(session, edit.slug, Action.EDIT_DRAFT, by=by)
    draft = session.scalar(select(Draft).where(Draft.dataset_id == dataset.id))
    version = None
    if draft is not None:
        require_editable(draft)
        before = draft.descriptor
    else:
        version = session.get(Version, dataset.current_version_id) if dataset.current_version_id else None
        if version is None:
            raise NotFound(
                f"Nothing of {edit.slug} was released yet, and it has no draft.",
                detail_de=f"Von {edit.slug} ist noch nichts erschienen, und es gibt keinen Entwurf.",
            )
        before = version.descriptor
    after = edited(before, edit.patch)
    return Planned(
        slug=dataset.slug,
        dataset_id=dataset.id,
        draft_id=draft.id if draft else None,
        version=version,
        revision=draft.revision if draft else 0,
        mark=mark_of(draft, version),
        sources=public_sources(session, version) if version else {},
        before=before,
        after=after,
        changes=changes(before, after),
    )


def _draft_of(session: Session, one: Planned, change_id: str, *, by: Actor, at: datetime) -> Draft:
    """Give the draft to change, opened if there was none when the plan was made."""
    dataset = session.get_one(Dataset, one.dataset_id)
    draft = session.scalar(select(Draft).where(Draft.dataset_id == one.dataset_id))
    expected = one.version.id if one.version else dataset.current_version_id
    there = (draft.id, draft.revision) if draft else (None, 0)
    if there != (one.draft_id, one.revision) or dataset.current_version_id != expected:
        raise Conflict(
            f"Somebody else has begun, changed, released or discarded a draft of {one.slug} meanwhile; please look again.",
            detail_de=f"Jemand anderes hat inzwischen einen Entwurf von {one.slug} begonnen, geändert, freigegeben oder verworfen; bitte neu ansehen.",
            dataset=one.slug,
        )
    if draft is not None:
        return draft
    assert one.version is not None  # or there would be a draft
    return begin_draft(session, dataset, one.version, one.sources, by=by, at=at, bulk=change_id)


def _item(change_id: str, one: Planned, draft: Draft) -> BulkItem:
    keys = {pointer.split("/")[1].replace("~1", "/").replace("~0", "~") for pointer in one.changes}
    return BulkItem(
        bulk_change_id=change_id,
        dataset_id=one.dataset_id,
        draft_id=draft.id,
        opened=one.draft_id is None,
        changes=one.changes,
        before={"keys": list(one.before), "values": {key: one.before[key] for key in sorted(keys & set(one.before))}},
        revision=draft.revision,
        content_digest=draft.content_digest,
    )


def _all_refused(refusals: tuple[Refusal, ...]) -> AllRefused:
    first = refusals[0]
    return AllRefused(
        f"None of {len(refusals)} datasets can be changed; the first, {first.slug[:100]}: {first.error.detail.en}",
        detail_de=f"Keiner von {len(refusals)} Datensätzen ist änderbar; der erste, {first.slug[:100]}: {first.error.detail.de}",
        refusals=[one.as_dict() for one in refusals],
    )
