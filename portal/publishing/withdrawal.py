"""Taking a published dataset from the public, and giving it back. Nothing is deleted.

Its addresses answer 410 with the reason, catalogue documents leave it out from their next generation on. What was
approved and still waits for its release is a draft again, so that a clock does not undo what a person decided.
"""

from datetime import datetime

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from portal.accounts.actor import Actor
from portal.accounts.permissions import Action, may, require
from portal.catalogue.catalog import next_generation
from portal.catalogue.dataset import Dataset, State
from portal.catalogue.draft import Draft, DraftState
from portal.catalogue.review import take_back
from portal.catalogue.workflow import Step, next_state
from portal.events.log import Kind, record
from portal.foundation.db import transaction
from portal.foundation.errors import InvalidInput, NotFound
from portal.foundation.text import LangString
from portal.jobs.job import end_job_of_draft

_MAX_REASON_CHARS = 2_000


def withdraw(engine: Engine, slug: str, *, reason: LangString, by: Actor, at: datetime) -> None:
    """Take a dataset from the public; everyone who asks for it is told the *reason*.

    Raises:
        NotFound: there is no such dataset.
        Forbidden: *by* may not withdraw for its publisher.
        IllegalStep: it is not public.
        InvalidInput: the reason is empty or too long.
    """
    for text in (reason.de, reason.en or reason.de):
        if not 0 < len(text.strip()) <= _MAX_REASON_CHARS:
            raise InvalidInput(
                f"Give a reason of 1 to {_MAX_REASON_CHARS} characters: everyone who asks for the dataset reads it.",
                detail_de=f"Bitte einen Grund von 1 bis {_MAX_REASON_CHARS} Zeichen nennen: alle Fragenden lesen ihn.",
            )
    with transaction(engine) as session:
        dataset = _step(session, slug, Step.WITHDRAW, Action.WITHDRAW, by=by, at=at)
        dataset.withdrawal_reason_de = reason.de.strip()
        dataset.withdrawal_reason_en = reason.en.strip() if reason.en else None
        _stop_release(session, dataset, by=by, at=at)
        record(
            session,
            Kind.DATASET_WITHDRAWN,
            at=at,
            actor=by.label,
            dataset=slug,
            reason_de=dataset.withdrawal_reason_de,
            reason_en=dataset.withdrawal_reason_en,
        )


def restore(engine: Engine, slug: str, *, by: Actor, at: datetime) -> None:
    """Put a withdrawn dataset before the public again, as it was.

    Raises:
        NotFound: there is no such dataset.
        Forbidden: *by* may not restore for its publisher.
        IllegalStep: it was not withdrawn.
    """
    with transaction(engine) as session:
        dataset = _step(session, slug, Step.RESTORE, Action.RESTORE, by=by, at=at)
        dataset.withdrawal_reason_de = dataset.withdrawal_reason_en = None
        record(session, Kind.DATASET_RESTORED, at=at, actor=by.label, dataset=slug)


def _step(session: Session, slug: str, step: Step, action: Action, *, by: Actor, at: datetime) -> Dataset:
    dataset = session.scalar(select(Dataset).where(Dataset.slug == slug))
    if dataset is None or (dataset.state == State.UNPUBLISHED and not may(by, Action.READ_DRAFT, dataset.publisher_id)):
        raise NotFound(f"There is no dataset {slug[:100]!r}.", detail_de=f"Es gibt keinen Datensatz {slug[:100]!r}.")
    require(by, action, dataset.publisher_id)
    generation = next_generation(session, at=at)
    session.refresh(dataset)  # under the catalogue's lock: a release or another withdrawal may have come between
    dataset.state = next_state(State(dataset.state), step)
    dataset.modified_at, dataset.changed_in = at, generation
    session.flush()
    return dataset


def _stop_release(session: Session, dataset: Dataset, *, by: Actor, at: datetime) -> None:
    waiting = select(Draft).where(Draft.dataset_id == dataset.id, Draft.state == DraftState.BUILDING)
    draft = session.scalar(waiting)
    if draft is not None:
        take_back(draft, comment="The dataset was withdrawn.", by=by, at=at)
        told = {"de": "Der Datensatz wurde zurückgezogen.", "en": "The dataset was withdrawn."}
        end_job_of_draft(session, draft.id, problem={"slug": "conflict", "detail": told}, at=at)
        session.flush()
        record(session, Kind.DRAFT_RETURNED, at=at, actor=by.label, dataset=dataset.slug, comment=draft.comment)
