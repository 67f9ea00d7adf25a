"""The steps people take with a draft: submit, approve, return, discard. Each is permitted, possible, and logged.

Building and releasing an approved draft is `publishing.release`. Two people at once: the row's revision lets one
of them through, the other gets a Conflict.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from portal.accounts.actor import Actor, ActorKind
from portal.accounts.permissions import Action, require
from portal.catalogue.dataset import Dataset
from portal.catalogue.draft import Draft, DraftState
from portal.catalogue.publisher import Publisher
from portal.catalogue.workflow import Step, next_state
from portal.events.log import Kind, record
from portal.foundation.errors import Forbidden, InvalidInput

_MAX_COMMENT_CHARS = 2_000


def submit(session: Session, draft: Draft, *, by: Actor, at: datetime) -> None:
    """Hand a draft to the approvers; from here on it is not edited.

    Raises:
        Forbidden: *by* does not edit for the dataset's publisher.
        IllegalStep: it is in review or being released already.
    """
    dataset = session.get_one(Dataset, draft.dataset_id)
    require(by, Action.SUBMIT, dataset.publisher_id)
    draft.state = next_state(DraftState(draft.state), Step.SUBMIT)
    draft.submitted_by, draft.submitter_id, draft.submitted_at = by.label, by.user_id, at
    draft.decided_by = draft.decided_at = draft.comment = draft.release_at = None
    session.flush()
    digest = draft.content_digest
    record(session, Kind.DRAFT_SUBMITTED, at=at, actor=by.label, dataset=dataset.slug, content_digest=digest)


def approve(session: Session, draft: Draft, *, release_at: datetime | None = None, by: Actor, at: datetime) -> None:
    """Approve a submitted draft for release, at once or not before *release_at*.

    Raises:
        Forbidden: *by* does not approve for the dataset's publisher, or submitted it themselves.
        IllegalStep: it was not submitted.
    """
    dataset = session.get_one(Dataset, draft.dataset_id)
    require(by, Action.APPROVE, dataset.publisher_id)
    state = next_state(DraftState(draft.state), Step.APPROVE)
    _require_another_person(session.get_one(Publisher, dataset.publisher_id), draft, by)
    later = release_at if release_at is not None and release_at > at else None
    draft.state, draft.decided_by, draft.decided_at, draft.release_at = state, by.label, at, later
    session.flush()
    record(
        session,
        Kind.DRAFT_APPROVED,
        at=at,
        actor=by.label,
        dataset=dataset.slug,
        content_digest=draft.content_digest,
        submitted_by=draft.submitted_by,
        release_at=later.isoformat() if later else None,
    )


def return_to_editors(session: Session, draft: Draft, *, comment: str, by: Actor, at: datetime) -> None:
    """Give a submitted draft back with a comment; one that waits for its release is taken back the same way.

    Raises:
        Forbidden: *by* does not approve for the dataset's publisher.
        IllegalStep: it was not submitted.
        InvalidInput: the comment is empty or too long.
    """
    dataset = session.get_one(Dataset, draft.dataset_id)
    require(by, Action.RETURN, dataset.publisher_id)
    if not 0 < len(comment.strip()) <= _MAX_COMMENT_CHARS:
        raise InvalidInput(
            f"Say in 1 to {_MAX_COMMENT_CHARS} characters why the draft is returned.",
            detail_de=f"Bitte in 1 bis {_MAX_COMMENT_CHARS} Zeichen sagen, warum der Entwurf zurückgeht.",
        )
    take_back(draft, comment=comment.strip(), by=by, at=at)
    session.flush()
    record(session, Kind.DRAFT_RETURNED, at=at, actor=by.label, dataset=dataset.slug, comment=draft.comment)


def discard(session: Session, draft: Draft, *, by: Actor, at: datetime) -> None:
    """Throw a draft away; what is public stays, and the log keeps its digest.

    Raises:
        Forbidden: *by* neither edits for the dataset's publisher nor administers it.
        IllegalStep: it is being released.
    """
    dataset = session.get_one(Dataset, draft.dataset_id)
    require(by, Action.DISCARD, dataset.publisher_id)
    next_state(DraftState(draft.state), Step.DISCARD)
    session.delete(draft)
    session.flush()
    digest = draft.content_digest
    record(session, Kind.DRAFT_DISCARDED, at=at, actor=by.label, dataset=dataset.slug, content_digest=digest)


def take_back(draft: Draft, *, comment: str, by: Actor, at: datetime) -> None:
    """Make a submitted or approved draft a draft again; the caller has asked for permission and logs it.

    Raises:
        IllegalStep: it is a draft already.
    """
    draft.state = next_state(DraftState(draft.state), Step.RETURN)
    draft.comment, draft.decided_by, draft.decided_at, draft.release_at = comment, by.label, at, None


def _require_another_person(publisher: Publisher, draft: Draft, by: Actor) -> None:
    """Four eyes: persons are compared, not labels, as a token is its owner. A command is the operator's own affair."""
    if publisher.four_eyes and by.kind is not ActorKind.JOB and by.user_id == draft.submitter_id:
        raise Forbidden(
            "Whoever submitted a draft does not approve it: four eyes see more than two.",
            detail_de="Wer einen Entwurf eingereicht hat, gibt ihn nicht frei: vier Augen sehen mehr als zwei.",
            four_eyes=True,
        )
