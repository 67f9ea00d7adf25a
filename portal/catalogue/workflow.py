"""The curation workflow: which step leads where. Data; who may take a step stands in accounts.permissions.

    draft ──submit──▶ review ──approve──▶ building ──release──▶ published ──withdraw──▶ withdrawn
      ▲                 │ │                  │                      ▲                       │
      ├──────return─────┘ │                  │                      └────────restore────────┘
      ├────────────return or fail────────────┘
      └─discard─▶ discarded ◀─discard─ review

The left half are states of a Draft, the right half what the public sees of its Dataset: a published dataset stays
published while its next draft goes the same way, and a withdrawn one comes back with a new version that somebody
approved. Nothing reaches `published` but through `review`.
"""

from enum import StrEnum

from portal.catalogue.dataset import State
from portal.catalogue.draft import DraftState
from portal.foundation.errors import IllegalStep


class Step(StrEnum):
    """What moves a draft or a dataset on."""

    SUBMIT = "submit"
    APPROVE = "approve"
    RETURN = "return"
    DISCARD = "discard"
    RELEASE = "release"
    """Taken by the portal when an approved draft is built."""
    FAIL = "fail"
    """Taken by the portal when it cannot be built: it is a draft again."""
    WITHDRAW = "withdraw"
    RESTORE = "restore"


STEPS: dict[tuple[DraftState | State, Step], DraftState | State] = {
    (DraftState.DRAFT, Step.SUBMIT): DraftState.REVIEW,
    (DraftState.DRAFT, Step.DISCARD): DraftState.DISCARDED,
    (DraftState.REVIEW, Step.APPROVE): DraftState.BUILDING,
    (DraftState.REVIEW, Step.RETURN): DraftState.DRAFT,
    (DraftState.REVIEW, Step.DISCARD): DraftState.DISCARDED,
    (DraftState.BUILDING, Step.RELEASE): State.PUBLISHED,
    (DraftState.BUILDING, Step.RETURN): DraftState.DRAFT,
    (DraftState.BUILDING, Step.FAIL): DraftState.DRAFT,
    (State.PUBLISHED, Step.WITHDRAW): State.WITHDRAWN,
    (State.WITHDRAWN, Step.RESTORE): State.PUBLISHED,
}
"""(where it is, step) ↔ where it is then; what is not here is not allowed."""


def next_state(state: DraftState | State, step: Step) -> DraftState | State:
    """Give the state after *step*.

    Raises:
        IllegalStep: the state does not allow it; the facts name the steps it does allow.
    """
    after = STEPS.get((state, step))
    if after is None:
        allowed = [str(possible) for at, possible in STEPS if at is state]
        raise IllegalStep(
            f"The step {str(step)!r} is not open in the state {str(state)!r}.",
            detail_de=f"Der Schritt {str(step)!r} ist im Zustand {str(state)!r} nicht möglich.",
            state=str(state),
            step=str(step),
            allowed=allowed,
        )
    return after
