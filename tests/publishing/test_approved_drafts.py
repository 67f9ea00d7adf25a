"""A person's draft is built only when approved, in its time, and as it was approved; it is never thrown away."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from portal.accounts.roles import Role
from portal.catalogue.dataset import Dataset, State
from portal.catalogue.draft import Draft, DraftState
from portal.catalogue.review import approve, return_to_editors, submit
from portal.catalogue.version import Version
from portal.curation.working import take_up
from portal.events.log import Event
from portal.foundation.db import reading, transaction
from portal.foundation.errors import Conflict, IllegalStep, InvalidDataset
from portal.foundation.text import LangString
from portal.publishing import release
from portal.publishing.deciding import decide_privacy
from portal.publishing.folder import read_folder
from portal.publishing.privacy import Decision
from portal.publishing.rebuild import draft_digests
from portal.publishing.release import release_draft
from portal.publishing.saving import save_draft
from portal.publishing.standing import unfinished
from portal.publishing.told_problems import told_problem
from portal.wiring import Portal
from tests.builders import a_folder, a_table
from tests.people import NOON, a_user, someone

TOMORROW = NOON + timedelta(days=1)


class Case:
    """A draft in review, with an editor who submitted it and an approver."""

    def __init__(self, portal: Portal, folder: Path) -> None:
        self.portal, self.engine = portal, portal.engine
        draft_id = save_draft(
            portal.engine, read_folder(folder), drafts=portal.drafts,
            publisher=portal.settings.operator, notes="", actor="user:1", at=NOON,
        )  # fmt: skip
        assert draft_id is not None
        self.draft_id = draft_id
        with transaction(self.engine) as session:
            draft = session.get_one(Draft, draft_id)
            publisher = session.get_one(Dataset, draft.dataset_id).publisher_id
            roles = {publisher: {Role.EDITOR, Role.APPROVER}}
            self.ben = someone(a_user(session, "ben").id, roles)
            draft.state = DraftState.DRAFT
            self.anna = someone(a_user(session, "anna").id, roles)
            submit(session, draft, by=self.anna, at=NOON)

    def approve(self, **facts: Any) -> None:
        with transaction(self.engine) as session:
            approve(session, session.get_one(Draft, self.draft_id), by=self.ben, at=NOON, **facts)

    def take_back(self) -> None:
        with transaction(self.engine) as session:
            return_to_editors(
                session, session.get_one(Draft, self.draft_id), comment="Doch nicht", by=self.ben, at=NOON
            )

    def release(self, **facts: Any) -> int:
        at = facts.get("at", NOON)
        return release_draft(
            self.engine, self.portal.store, self.portal.settings, self.draft_id, drafts=self.portal.drafts, at=at
        )

    def draft(self) -> Draft | None:
        with reading(self.engine) as session:
            return session.get(Draft, self.draft_id)

    def versions(self) -> int:
        with reading(self.engine) as session:
            return len(session.scalars(select(Version.id)).all())


@pytest.fixture
def case(portal: Portal, tmp_path: Path) -> Case:
    return Case(portal, a_folder(tmp_path / "baeume"))


def test_an_approved_draft_becomes_a_version_and_is_gone(case: Case) -> None:
    case.approve()

    assert case.release() == 1

    assert case.draft() is None
    with reading(case.engine) as session:
        assert session.scalars(select(Dataset.state)).one() == State.PUBLISHED


def test_a_draft_in_review_is_not_released_by_anyone(case: Case) -> None:
    with pytest.raises(IllegalStep):
        case.release()

    assert take_up(case.engine, case.portal.store, case.portal.settings, drafts=case.portal.drafts, at=TOMORROW) == []
    assert case.versions() == 0


def test_a_draft_waits_for_its_time(case: Case) -> None:
    case.approve(release_at=TOMORROW)
    early = TOMORROW - timedelta(seconds=1)

    with pytest.raises(IllegalStep):
        case.release(at=early)
    assert not unfinished(case.engine, at=early)
    assert take_up(case.engine, case.portal.store, case.portal.settings, drafts=case.portal.drafts, at=early) == []

    assert unfinished(case.engine, at=TOMORROW)
    assert take_up(case.engine, case.portal.store, case.portal.settings, drafts=case.portal.drafts, at=TOMORROW) == [
        "baeume"
    ]
    assert case.versions() == 1


def test_a_draft_taken_back_while_it_is_built_is_not_released(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    case.approve()
    _meanwhile(monkeypatch, case.take_back)

    with pytest.raises(Conflict, match="taken back while it was built"):
        case.release()

    draft = case.draft()
    assert draft is not None
    assert (draft.state, draft.comment, case.versions()) == (DraftState.DRAFT, "Doch nicht", 0)


def test_a_draft_that_cannot_be_built_is_a_draft_again_and_its_findings_stay_out_of_the_log(
    portal: Portal, tmp_path: Path
) -> None:
    twice = a_table(rows=[("geheim-1", "Linde"), ("geheim-1", "Ahorn")])
    case = Case(portal, a_folder(tmp_path / "baeume", tables={"trees": twice}))
    case.approve()

    with pytest.raises(InvalidDataset):
        case.release()

    draft = case.draft()
    assert draft is not None
    assert draft.state == DraftState.DRAFT
    assert draft.report is not None
    told = told_problem(portal.drafts, draft.report)
    assert told is not None
    assert "geheim" in str(told["findings"])
    assert "geheim" not in str(draft.report)
    with reading(case.engine) as session:
        told = session.scalars(select(Event).order_by(Event.id)).all()
    assert (told[-1].kind, told[-1].actor) == ("draft-returned", "job:release")
    assert "geheim" not in str([event.facts for event in told])


def test_the_files_of_a_waiting_draft_are_spared_by_the_sweep(case: Case) -> None:
    drafts = case.portal.drafts
    draft = case.draft()
    assert draft is not None

    drafts.sweep(draft_digests(case.engine), younger_than_s=-1)

    assert drafts.damaged(draft.sources.values()) == []
    case.approve()
    assert case.release() == 1


def _meanwhile(monkeypatch: pytest.MonkeyPatch, happens: Callable[[], None]) -> None:
    """Let something happen when everything is built and only the switch is left."""
    verify = release._verify

    def then(store: Any, derived: Any) -> None:
        verify(store, derived)
        happens()

    monkeypatch.setattr(release, "_verify", then)


def test_a_draft_whose_delivered_files_are_lost_is_a_draft_again_and_says_so(case: Case) -> None:
    case.approve()
    case.portal.drafts.sweep(set(), younger_than_s=-1)

    with pytest.raises(InvalidDataset, match="deliver them again"):
        case.release()

    draft = case.draft()
    assert draft is not None
    assert draft.state == DraftState.DRAFT


def test_what_is_not_released_lies_where_only_the_portal_s_user_reads_and_not_among_the_published(
    case: Case,
) -> None:
    draft = case.draft()
    assert draft is not None

    (source,) = draft.sources.values()

    assert case.portal.settings.drafts.stat().st_mode & 0o777 == 0o700
    assert case.portal.drafts.path(source).is_relative_to(case.portal.settings.drafts)
    assert not case.portal.store.has(source)


def test_what_a_report_quoted_and_a_person_withheld_is_overwritten_with_the_draft(
    portal: Portal, tmp_path: Path
) -> None:
    mark = "Musterfrau-Qqxyz"
    case = Case(portal, a_folder(tmp_path / "baeume", tables={"trees": a_table(rows=[("x-1", f"Erika {mark}")])}))
    case.approve()
    with pytest.raises(InvalidDataset):
        case.release()
    draft = case.draft()
    assert draft is not None
    assert mark in str(told_problem(portal.drafts, draft.report))
    assert mark not in str(draft.report)

    with transaction(case.engine) as session:
        decide_privacy(
            session, session.get_one(Draft, case.draft_id), resource="trees", column="name", finding="name",
            decision=Decision.WITHHOLD, reason=LangString("Nicht nötig."), by=case.ben, at=NOON,
        )  # fmt: skip
        submit(session, session.get_one(Draft, case.draft_id), by=case.anna, at=NOON)
    case.approve()

    assert case.release() == 1
    with reading(case.engine) as session:
        version = session.scalars(select(Version)).one()
    publisher = portal.settings.operator_name_de
    assert [one["decidedBy"] for one in version.descriptor["privacyDecisions"]] == [publisher]
    assert version.approved_descriptor is not None
    portal.engine.dispose()
    kept = [path for path in portal.settings.data.rglob("*") if path.is_file() and "drafts" not in path.parts]
    assert [path.name for path in kept if mark.encode() in path.read_bytes()] == []
