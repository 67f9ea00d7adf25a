"""A decision on personal data: who may take it, what is recorded, and that the data is not repeated."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.actor import Actor
from portal.accounts.roles import Role
from portal.catalogue.draft import Draft, DraftState
from portal.events.log import Event, Kind
from portal.foundation.db import transaction
from portal.foundation.errors import Forbidden, IllegalStep, InvalidInput
from portal.foundation.text import LangString
from portal.publishing.deciding import decide_privacy
from portal.publishing.privacy import Decision
from portal.wiring import Portal
from tests.builders import a_field
from tests.people import NOON, a_dataset, a_draft, a_publisher, someone

WHY = LangString("Nicht nötig.", "Not needed.")
FIELDS = [a_field("id"), a_field("name"), a_field("height", "integer"), a_field("illness", dataProtection="special")]
DESCRIPTOR = {"name": "baeume", "resources": [{"name": "trees", "schema": {"fields": FIELDS}}]}


@pytest.fixture
def session(portal: Portal) -> Iterator[Session]:
    with transaction(portal.engine) as opened:
        yield opened


class Case:
    """A draft, and an editor who decides."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.publisher = a_publisher(session)
        self.draft = a_draft(session, a_dataset(session, self.publisher), descriptor=DESCRIPTOR)
        self.editor = self.someone(Role.EDITOR)

    def someone(self, role: Role) -> Actor:
        return someone(1, {self.publisher.id: {role}})

    def decide(self, decision: Decision = Decision.WITHHOLD, *, by: Actor | None = None, **facts: Any) -> None:
        given = {"resource": "trees", "column": "name", "finding": "name", "reason": WHY} | facts
        decide_privacy(self.session, self.draft, decision=decision, by=by or self.editor, at=NOON, **given)

    def events(self) -> list[Event]:
        return list(self.session.scalars(select(Event).where(Event.kind == Kind.PRIVACY_DECIDED)))


@pytest.fixture
def case(session: Session) -> Case:
    return Case(session)


def test_a_decision_stands_in_the_descriptor_without_and_in_the_draft_with_its_decider(case: Case) -> None:
    case.decide(legal_basis=None)

    (public,), (own,) = case.draft.descriptor["privacyDecisions"], case.draft.privacy_decisions
    assert public == {
        "resource": "trees", "column": "name", "finding": "name", "decision": "withhold",
        "reason": {"de": "Nicht nötig.", "en": "Not needed."}, "decidedBy": "curator", "decidedOn": "2026-11-21",
    }  # fmt: skip
    assert (own["decidedBy"], own["decidedAt"]) == ("user:1", "2026-11-21T12:00:00+00:00")


def test_a_later_decision_takes_the_place_of_an_earlier_one_on_the_same_thing_only(case: Case) -> None:
    case.decide(Decision.RELEASE, row="x-1")
    case.decide(Decision.WITHHOLD)
    case.decide(Decision.RELEASE, column="id")
    case.decide(Decision.DROP_ROWS)

    kept = [(one["column"], one.get("row"), one["decision"]) for one in case.draft.descriptor["privacyDecisions"]]

    assert kept == [("name", "x-1", "release"), ("id", None, "release"), ("name", None, "drop-rows")]
    assert len(case.draft.privacy_decisions) == 3


def test_the_log_has_the_decision_but_neither_row_nor_value(case: Case) -> None:
    case.decide(Decision.DROP_ROWS, row="geheim-1")

    (event,) = case.events()

    assert event.facts == {
        "resource": "trees", "column": "name", "finding": "name", "decision": "drop-rows", "reason": WHY.as_dict(),
    }  # fmt: skip
    assert (event.actor, event.dataset) == ("user:1", "baeume")


@pytest.mark.parametrize("role", [Role.VIEWER, Role.ADMINISTRATOR])
def test_who_neither_edits_nor_approves_does_not_decide(case: Case, role: Role) -> None:
    with pytest.raises(Forbidden):
        case.decide(by=case.someone(role))

    assert case.draft.privacy_decisions == []


def test_a_draft_that_is_being_released_is_left_as_it_is(case: Case) -> None:
    case.draft.state = DraftState.BUILDING

    with pytest.raises(IllegalStep):
        case.decide()


@pytest.mark.parametrize(
    ("decision", "facts"),
    [
        (Decision.WITHHOLD, {"column": "nmae"}),
        (Decision.WITHHOLD, {"resource": "other"}),
        (Decision.WITHHOLD, {"finding": "mood"}),
        (Decision.WITHHOLD, {"row": "x-1"}),
        (Decision.WITHHOLD, {"parameters": {"to": "year"}}),
        (Decision.WITHHOLD, {"reason": LangString("  ")}),
        (Decision.COARSEN, {}),
        (Decision.COARSEN, {"parameters": {"to": "year"}}),
        (Decision.COARSEN, {"parameters": {"characters": "2"}}),
        (Decision.COARSEN, {"parameters": {"step": float("nan")}, "column": "height"}),
        (Decision.RELEASE, {"column": "illness", "finding": "personal-column"}),
    ],
)
def test_a_decision_that_cannot_be_meant_is_refused_and_stores_nothing(
    case: Case, decision: Decision, facts: dict[str, Any]
) -> None:
    with pytest.raises(InvalidInput):
        case.decide(decision, **facts)

    assert (case.draft.descriptor, case.draft.privacy_decisions, case.events()) == (DESCRIPTOR, [], [])


def test_a_classed_column_is_released_on_a_legal_basis(case: Case) -> None:
    basis = "Ausdrückliche Einwilligung, Art. 9 Abs. 2 a DSGVO"

    case.decide(Decision.RELEASE, column="illness", finding="personal-column", legal_basis=basis)

    assert case.draft.descriptor["privacyDecisions"][0]["legalBasis"] == basis
    assert case.events()[0].facts["legalBasis"] == basis


def test_a_draft_of_another_revision_is_not_lost(case: Case) -> None:
    before = case.draft.revision

    case.decide()

    assert case.session.get_one(Draft, case.draft.id).revision == before + 1
