"""The gates: what a draft must be before others see it, and what follows when somebody approves it.

submit    metadata complete for DCAT-AP.de, licence open, no error in any table, personal data decided
approve   by another person; the release becomes a job, at once or at a time
return    with a comment; one that waits for its release is taken back the same way, and its job ends
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from portal.accounts.actor import Actor
from portal.accounts.permissions import Action
from portal.catalogue.dataset import Dataset
from portal.catalogue.draft import Draft, DraftState, require_revision
from portal.catalogue.review import approve, discard, return_to_editors, submit
from portal.catalogue.workflow import Step, next_state
from portal.curation.finding import find_draft
from portal.curation.looking import looked_at
from portal.curation.looks import told_to
from portal.foundation.db import reading, transaction
from portal.foundation.errors import InvalidInput
from portal.jobs.job import Job, JobKind, add_job, end_job_of_draft
from portal.store.local import LocalStore

CLOCKS_DIFFER = timedelta(minutes=5)
"""A time of release that has passed by less means now."""

FURTHEST = timedelta(days=3 * 366)
"""Nobody sets a release for a later time."""


def submit_draft(
    engine: Engine,
    drafts: LocalStore,
    slug: str,
    *,
    revision: int | None,
    by: Actor,
    at: datetime,
    at_end: Callable[[Session], None] = lambda _: None,
) -> None:
    """Check a draft as its release will, and hand it to the approvers; *at_end* is called in the transaction that does so.

    Raises:
        NotFound: there is no such dataset or draft.
        Forbidden: *by* does not edit for its publisher.
        IllegalStep: it was submitted already.
        Outdated: it has another revision than *revision* (None: whatever it has).
        InvalidDataset: it cannot be released as it is; with every finding, without values to who may not decide on them.
        Conflict: somebody changed it while it was checked.
    """
    with reading(engine) as session:
        draft = _draft(session, slug, Action.SUBMIT, revision, by=by)
        next_state(DraftState(draft.state), Step.SUBMIT)
        publisher = session.get_one(Dataset, draft.dataset_id).publisher
        publisher_id, name = publisher.id, publisher.name.de
    with told_to(by, publisher_id), looked_at(drafts, draft, publisher=name):
        pass  # what is wrong has been raised
    with transaction(engine) as session:
        pending = _draft(session, slug, Action.SUBMIT, draft.revision, by=by)
        submit(session, pending, by=by, at=at)
        at_end(session)


def approve_draft(
    engine: Engine, slug: str, *, release_at: datetime | None, revision: int | None, by: Actor, at: datetime
) -> Job:
    """Approve a submitted draft and order its release, at once or at a time; give the job.

    Raises:
        NotFound, Outdated: as for `submit_draft`.
        Forbidden: *by* does not approve for its publisher, or submitted it themselves.
        IllegalStep: it was not submitted.
        InvalidInput: *release_at* has passed, or is further away than anybody plans.
    """
    with transaction(engine) as session:
        draft = _draft(session, slug, Action.APPROVE, revision, by=by)
        _require_to_come(release_at, at)
        approve(session, draft, release_at=release_at, by=by, at=at)
        return add_job(
            session, JobKind.RELEASE, dataset=slug, draft_id=draft.id, actor=by.label, due_at=draft.release_at, at=at
        )


def return_draft(engine: Engine, slug: str, *, comment: str, revision: int | None, by: Actor, at: datetime) -> None:
    """Give a submitted or approved draft back to its editors.

    Raises:
        NotFound, Outdated: as for `submit_draft`.
        Forbidden: *by* does not approve for its publisher.
        IllegalStep: it was not submitted.
        InvalidInput: the comment is empty or too long.
    """
    with transaction(engine) as session:
        draft = _draft(session, slug, Action.RETURN, revision, by=by)
        return_to_editors(session, draft, comment=comment, by=by, at=at)
        _end_job(session, draft, "The draft was returned.", "Der Entwurf wurde zurückgegeben.", at=at)


def discard_draft(engine: Engine, slug: str, *, revision: int | None, by: Actor, at: datetime) -> None:
    """Throw a draft away; what is public stays.

    Raises:
        NotFound, Outdated: as for `submit_draft`.
        Forbidden: *by* may not discard for its publisher.
        IllegalStep: it is being released.
    """
    with transaction(engine) as session:
        draft = _draft(session, slug, Action.DISCARD, revision, by=by)
        discard(session, draft, by=by, at=at)


def _draft(session: Session, slug: str, action: Action, revision: int | None, *, by: Actor) -> Draft:
    _, draft = find_draft(session, slug, by=by, action=action)
    if revision is not None:
        require_revision(draft, revision)
    return draft


def _require_to_come(release_at: datetime | None, at: datetime) -> None:
    """Refuse a time that was mistyped: what has passed would be released at once, and a release is not taken back."""
    if release_at is not None and not at - CLOCKS_DIFFER <= release_at <= at + FURTHEST:
        raise InvalidInput(
            f"A release is set for a time from now on and at most {FURTHEST.days} days away, not {release_at:%Y-%m-%d %H:%M %z}.",
            detail_de=f"Eine Veröffentlichung wird für eine Zeit ab jetzt und höchstens {FURTHEST.days} Tage voraus gesetzt.",
        )


def _end_job(session: Session, draft: Draft, english: str, german: str, *, at: datetime) -> None:
    problem = {"slug": "conflict", "detail": {"de": german, "en": english}}
    end_job_of_draft(session, draft.id, problem=problem, at=at)
