"""A draft released by the person who made it, where its publisher has switched four eyes off; and what keeps one back.

For doors whose clients know no approval: they change something and expect it to be public. It goes the same way as any
release, submitted and approved by whoever calls, or it stays a draft and the reasons are told:

    held back on purpose · submitted already · withdrawn · gaps · four eyes · no right to submit or approve

A client that does a dataset's work in several calls holds it back first (`hold_back`) and lets it go with the last one.
"""

from datetime import datetime

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from portal.accounts.actor import Actor
from portal.accounts.permissions import Action, may, require
from portal.catalogue.choices import forget, remember, remembered
from portal.catalogue.dataset import Dataset, State
from portal.catalogue.draft import Draft, DraftState
from portal.catalogue.version import Version
from portal.curation.finding import find_draft
from portal.curation.looking import draft_findings
from portal.curation.opening import public_sources
from portal.curation.submitting import approve_draft, discard_draft, submit_draft
from portal.foundation.db import reading
from portal.foundation.errors import InvalidDataset
from portal.foundation.text import LangString
from portal.jobs.job import Job
from portal.store.local import LocalStore

_HELD = ":held"
"""Stands where the choices for a table stand (catalogue/choices.py); no table can be called so."""


def hold_back(session: Session, dataset: Dataset, held: bool, *, by: Actor, at: datetime) -> None:
    """Say whether drafts of a dataset are held back until somebody lets them go.

    Raises:
        Forbidden: *by* does not edit for its publisher.
    """
    require(by, Action.EDIT_DRAFT, dataset.publisher_id)
    if held:
        remember(session, dataset.id, _HELD, None, actor=by.label, at=at)
    else:
        forget(session, dataset.id, _HELD)


def is_held_back(session: Session, dataset: Dataset) -> bool:
    """Tell whether drafts of a dataset are held back."""
    return remembered(session, dataset.id, _HELD) is not None


def obstacles(session: Session, dataset: Dataset, draft: Draft, *, by: Actor) -> list[LangString]:
    """Give what keeps a draft from being released by *by* at once, as far as it shows without a look into its tables."""
    if draft.state != DraftState.DRAFT:
        return [LangString("Der Entwurf ist eingereicht und wartet auf die Freigabe.", "It was submitted and waits.")]
    found = []
    if is_held_back(session, dataset):
        found.append(
            LangString("Er wird zurückgehalten, bis state=active kommt.", "It is held until state=active comes.")
        )
    if dataset.state == State.WITHDRAWN:
        found.append(
            LangString(
                "Der Datensatz ist zurückgezogen; zurück kommt er nur durch eine Freigabe im Portal.",
                "The dataset was withdrawn; only an approval in the portal brings it back.",
            )
        )
    if not draft.descriptor["resources"]:
        found.append(LangString("Es gibt noch keine Tabelle.", "There is no table yet."))
    found += [_of_place(one.pointer, one.message) for one in draft_findings(draft) if one.pointer != "/resources"]
    if dataset.publisher.four_eyes:
        found.append(
            LangString(
                "Eine andere Person muss ihn freigeben (vier Augen).", "Another person has to approve it (four eyes)."
            )
        )
    elif not all(may(by, action, dataset.publisher_id) for action in (Action.SUBMIT, Action.APPROVE)):
        found.append(
            LangString("Das Token darf nicht einreichen und freigeben.", "The token may not submit and approve it.")
        )
    return found


def release_if_possible(
    engine: Engine, drafts: LocalStore, slug: str, *, by: Actor, at: datetime
) -> Job | list[LangString]:
    """Order the release of a draft by whoever changed it last, or give what is in the way.

    A draft that is what is public already is discarded, if *by* may do that, and nothing is in the way.

    Raises:
        NotFound: there is no such dataset or draft.
        Forbidden: *by* does not edit for its publisher.
        Conflict: somebody changed it while it was checked.
    """
    with reading(engine) as session:
        dataset, draft = find_draft(session, slug, by=by, action=Action.EDIT_DRAFT)
        found = obstacles(session, dataset, draft, by=by)
        public = session.get(Version, dataset.current_version_id) if dataset.current_version_id else None
        is_public = public is not None and _says_the_same(session, draft, public)
        may_discard = may(by, Action.DISCARD, dataset.publisher_id)
    if is_public and may_discard and draft.state == DraftState.DRAFT and not draft.notes:
        discard_draft(engine, slug, revision=draft.revision, by=by, at=at)
        return []
    if found:
        return found
    try:
        submit_draft(engine, drafts, slug, revision=draft.revision, by=by, at=at)
    except InvalidDataset as error:
        return [error.detail]
    return approve_draft(engine, slug, release_at=None, revision=None, by=by, at=at)


def _says_the_same(session: Session, draft: Draft, public: Version) -> bool:
    """Tell whether a draft is what is public: made of the same, or of the very files that were published."""
    if draft.content_digest == public.content_digest:
        return True
    return draft.descriptor == public.descriptor and draft.sources == public_sources(session, public)


def _of_place(pointer: str, message: LangString) -> LangString:
    return LangString(f"{pointer}: {message.de}", f"{pointer}: {message.in_language('en')}")
