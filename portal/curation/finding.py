"""Finding drafts and datasets for people: what they may not see, they do not learn of."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.actor import Actor, ActorKind
from portal.accounts.permissions import Action, may, require
from portal.catalogue.dataset import Dataset, State
from portal.catalogue.draft import Draft, DraftState
from portal.catalogue.publishers import find_publisher
from portal.catalogue.version import Version
from portal.curation.merging import Described
from portal.foundation.errors import IllegalStep, NotFound


def draft_or_public(session: Session, slug: str, *, by: Actor) -> tuple[Dataset, Draft | Version]:
    """Give a dataset and what a change of it begins with: its draft, or the public version if it has none.

    Raises:
        NotFound: there is no such dataset, or nothing of it was ever released and it has no draft.
        Forbidden: *by* does not edit for its publisher.
    """
    dataset = curated_dataset(session, slug, Action.EDIT_DRAFT, by=by)
    draft = session.scalar(select(Draft).where(Draft.dataset_id == dataset.id))
    if draft is not None:
        return dataset, draft
    version = session.get(Version, dataset.current_version_id) if dataset.current_version_id else None
    if version is None:
        raise NotFound(
            f"Nothing of {slug} was released yet, and it has no draft.",
            detail_de=f"Von {slug} ist noch nichts erschienen, und es gibt keinen Entwurf.",
        )
    return dataset, version


def curated_dataset(session: Session, slug: str, action: Action, *, by: Actor) -> Dataset:
    """Give a dataset that *by* may do *action* with; whoever may not does not learn of one that was never public.

    Raises:
        NotFound: there is no such dataset.
        Unauthenticated, Forbidden: *by* may not.
    """
    dataset = session.scalar(select(Dataset).where(Dataset.slug == slug[:200]))
    if dataset is None or not _is_known(dataset, action, by=by):
        require_somebody(by, action)
        raise NotFound(f"There is no dataset {slug[:100]!r}.", detail_de=f"Es gibt keinen Datensatz {slug[:100]!r}.")
    require(by, action, dataset.publisher_id)
    return dataset


def find_draft(session: Session, slug: str, *, by: Actor, action: Action = Action.READ_DRAFT) -> tuple[Dataset, Draft]:
    """Give a dataset and its draft.

    Raises:
        NotFound: there is no such dataset, or it has no draft.
        Unauthenticated, Forbidden: *by* may not do *action* with it.
    """
    dataset = curated_dataset(session, slug, action, by=by)
    draft = session.scalar(select(Draft).where(Draft.dataset_id == dataset.id))
    if draft is None:
        raise NotFound(f"{slug} has no draft.", detail_de=f"{slug} hat keinen Entwurf.")
    return dataset, draft


def list_drafts(
    session: Session, *, state: DraftState | None, publisher: str | None, by: Actor
) -> list[tuple[Dataset, Draft]]:
    """Give the drafts *by* may see, last changed first.

    Raises:
        Unauthenticated: nobody asks.
        NotFound: there is no such publisher.
    """
    require_somebody(by, Action.READ_DRAFT)
    query = select(Dataset, Draft).join(Draft, Draft.dataset_id == Dataset.id).order_by(Draft.updated_at.desc())
    if state is not None:
        query = query.where(Draft.state == state)
    if publisher is not None:
        query = query.where(Dataset.publisher_id == find_publisher(session, publisher).id)
    found: Sequence[Any] = session.execute(query).all()  # Any: rows
    return [(dataset, draft) for dataset, draft in found if may(by, Action.READ_DRAFT, dataset.publisher_id)]


def require_somebody(by: Actor, action: Action) -> None:
    """Refuse nobody, before they learn what there is.

    Raises:
        Unauthenticated: nobody asks.
    """
    if by.kind is ActorKind.NOBODY:
        require(by, action, None)


def _is_known(dataset: Dataset, action: Action, *, by: Actor) -> bool:
    """Tell whether *by* may know that there is this dataset: it was public, or they have something to do with it."""
    if dataset.state != State.UNPUBLISHED:
        return True
    return any(may(by, one, dataset.publisher_id) for one in (action, Action.READ_DRAFT, Action.EDIT_DRAFT))


def require_editable(draft: Draft) -> None:
    """Refuse changes of a draft that others are looking at.

    Raises:
        IllegalStep: it was submitted.
    """
    if draft.state != DraftState.DRAFT:
        raise IllegalStep(
            f"The draft is in the state {draft.state!r} and cannot be changed; it has to be returned first.",
            detail_de=f"Der Entwurf ist im Zustand {draft.state!r} und nicht änderbar; er muss erst zurückgegeben werden.",
            state=draft.state,
            allowed=["return"],
        )


def resource_of(draft: Draft, table: str) -> Described:
    """Give the resource object of a table.

    Raises:
        NotFound: the draft has no such table; those it has are among the facts.
    """
    for resource in draft.descriptor["resources"]:
        if resource["name"] == table:
            return dict(resource)
    raise NotFound(
        f"The draft has no table {table[:100]!r}.",
        detail_de=f"Der Entwurf hat keine Tabelle {table[:100]!r}.",
        tables=[resource["name"] for resource in draft.descriptor["resources"]],
    )
