"""The workflow as data: what follows what, and that nothing becomes public unreviewed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.catalogue.dataset import State
from portal.catalogue.draft import DraftState
from portal.catalogue.workflow import STEPS, Step, next_state
from portal.foundation.errors import IllegalStep

EVERY_STATE = [*DraftState, *State]


def test_the_steps_are_those_the_curators_know() -> None:
    assert {f"{state} {step} {after}" for (state, step), after in STEPS.items()} == {
        "draft submit review",
        "review approve building",
        "review return draft",
        "building release published",
        "building return draft",
        "building fail draft",
        "published withdraw withdrawn",
        "withdrawn restore published",
        "draft discard discarded",
        "review discard discarded",
    }


@given(st.lists(st.sampled_from(list(Step)), max_size=30))
def test_no_path_reaches_published_that_skips_review_and_approval(steps: list[Step]) -> None:
    state: DraftState | State = DraftState.DRAFT
    seen, taken = [state], []
    for step in steps:
        if (state, step) in STEPS:
            state = next_state(state, step)
            seen.append(state)
            taken.append(step)

    if State.PUBLISHED in seen:
        before = seen[: seen.index(State.PUBLISHED)]
        assert DraftState.REVIEW in before
        assert Step.APPROVE in taken[: len(before)]


def test_without_review_nothing_else_leads_to_published() -> None:
    reached, waiting = {DraftState.DRAFT}, [DraftState.DRAFT]
    while waiting:
        at = waiting.pop()
        for (state, _), after in STEPS.items():
            if state is at and after is not DraftState.REVIEW and after not in reached:
                reached.add(after)  # type: ignore[arg-type]
                waiting.append(after)  # type: ignore[arg-type]

    assert reached == {DraftState.DRAFT, DraftState.DISCARDED}


@pytest.mark.parametrize("state", EVERY_STATE)
@pytest.mark.parametrize("step", Step)
def test_what_is_not_in_the_table_is_refused_with_the_steps_there_are(state: DraftState | State, step: Step) -> None:
    if (state, step) in STEPS:
        assert next_state(state, step) is STEPS[state, step]
        return

    with pytest.raises(IllegalStep) as caught:
        next_state(state, step)

    allowed = [str(one) for at, one in STEPS if at is state]
    assert caught.value.status == 409
    assert caught.value.facts == {"state": str(state), "step": str(step), "allowed": allowed}
