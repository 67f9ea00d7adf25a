"""A dataset is taken from the public with a reason and given back; no restart and no clock undoes what was decided."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from portal.accounts.actor import NOBODY, command
from portal.accounts.roles import Role
from portal.catalogue.dataset import Dataset, State
from portal.catalogue.draft import Draft, DraftState
from portal.catalogue.reading import catalog_state, standing
from portal.events.public import public_events
from portal.events.verifying import verify_chain
from portal.foundation.db import reading, transaction
from portal.foundation.errors import Conflict, Forbidden, IllegalStep, InvalidInput, NotFound, Unauthenticated
from portal.foundation.text import LangString
from portal.publishing.catalog_documents import whole
from portal.publishing.folder import read_folder
from portal.publishing.saving import save_draft
from portal.publishing.seed import Loaded, load, news
from portal.publishing.withdrawal import restore, withdraw
from portal.web.app import create_app
from portal.wiring import Portal
from tests.builders import a_folder
from tests.people import NOON, a_draft, someone
from tests.templates import PortalWith

REASON = LangString("Falsche Zeilen", "Wrong rows")
LATER = NOON + timedelta(hours=1)


@pytest.fixture
def portal(portal_with: PortalWith) -> Portal:
    """A portal with one public dataset."""
    return portal_with(one_dataset)


def one_dataset(portal: Portal, folder: Path) -> None:
    assert loaded(portal, a_folder(folder / "baeume", slug="baeume")) == [Loaded("baeume", 1)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of the dataset that is public."""
    return a_folder(tmp_path / "baeume", slug="baeume")


def loaded(portal: Portal, *folders: Path) -> list[Loaded]:
    return list(
        load(
            portal.engine,
            portal.store,
            portal.settings,
            list(folders),
            drafts=portal.drafts,
            actor="command:load",
            at=NOON,
        )
    )


def take_away(portal: Portal) -> None:
    withdraw(portal.engine, "baeume", reason=REASON, by=command("withdraw"), at=LATER)


def client_of(portal: Portal) -> FlaskClient:
    return create_app(portal, refresh_s=0).test_client()


@pytest.mark.parametrize(
    "address",
    [
        "/datasets/baeume",
        "/datasets/baeume.ttl",
        "/datasets/baeume.zip",
        "/datasets/baeume/trees.csv",
        "/datasets/baeume/v/1/trees.csv",
        "/datasets/baeume/v/1.ttl",
        "/api/v1/datasets/baeume",
        "/api/v1/datasets/baeume/tables/trees/rows",
    ],
)
def test_every_address_of_a_withdrawn_dataset_says_gone_and_why(portal: Portal, folder: Path, address: str) -> None:
    client = client_of(portal)
    before = client.get(address).status_code

    take_away(portal)
    gone = client.get(address, headers={"Accept": "application/json", "Accept-Language": "en"})
    restore(portal.engine, "baeume", by=command("restore"), at=LATER)

    assert (gone.status_code, client.get(address).status_code) == (410, before)
    assert "Wrong rows" in gone.get_data(as_text=True)


def test_the_catalogue_leaves_a_withdrawn_dataset_out_and_takes_it_back(portal: Portal, folder: Path) -> None:
    parts = (portal.engine, portal.store, portal.settings)

    def in_catalogue() -> bool:
        return b"/id/dataset/baeume" in portal.store.read(whole(*parts, ".ttl").digest)

    assert in_catalogue()
    take_away(portal)
    assert not in_catalogue()
    restore(portal.engine, "baeume", by=command("restore"), at=LATER)
    assert in_catalogue()


def test_a_withdrawal_is_a_change_of_the_catalogue(portal: Portal, folder: Path) -> None:
    with reading(portal.engine) as session:
        generation, _ = catalog_state(session)

    take_away(portal)

    with reading(portal.engine) as session:
        stands = standing(session, "baeume")
        assert catalog_state(session) == (generation + 1, LATER)
    assert stands is not None
    assert (stands.state, stands.reason_de, stands.reason_en) == (State.WITHDRAWN, "Falsche Zeilen", "Wrong rows")


def test_everyone_sees_in_the_log_that_and_why(portal: Portal, folder: Path) -> None:
    take_away(portal)
    restore(portal.engine, "baeume", by=command("restore"), at=LATER)

    with reading(portal.engine) as session:
        seen = [(event.kind, dict(event.facts)) for event in public_events(session, dataset="baeume")][:2]
        assert verify_chain(session).broken is None
    assert seen == [
        ("dataset-restored", {}),
        ("dataset-withdrawn", {"reason_de": "Falsche Zeilen", "reason_en": "Wrong rows"}),
    ]


def test_only_what_is_public_is_withdrawn_and_only_what_is_withdrawn_restored(portal: Portal, folder: Path) -> None:
    by = command("withdraw")

    with pytest.raises(IllegalStep):
        restore(portal.engine, "baeume", by=by, at=LATER)
    take_away(portal)
    with pytest.raises(IllegalStep):
        take_away(portal)
    with pytest.raises(NotFound):
        withdraw(portal.engine, "nichts", reason=REASON, by=by, at=LATER)


@pytest.mark.parametrize(
    "reason", [LangString(""), LangString("  "), LangString("x" * 2001), LangString("a", "x" * 2001)]
)
def test_a_withdrawal_needs_a_reason(portal: Portal, folder: Path, reason: LangString) -> None:
    with pytest.raises(InvalidInput):
        withdraw(portal.engine, "baeume", reason=reason, by=command("withdraw"), at=LATER)


def test_an_editor_or_a_stranger_withdraws_nothing(portal: Portal, folder: Path) -> None:
    with reading(portal.engine) as session:
        publisher_id = session.scalars(select(Dataset.publisher_id)).one()

    for by, refusal in (
        (someone(1, {publisher_id: {Role.EDITOR, Role.VIEWER}}), Forbidden),
        (someone(1, {publisher_id + 1: set(Role)}), Forbidden),
        (NOBODY, Unauthenticated),
    ):
        with pytest.raises(refusal):
            withdraw(portal.engine, "baeume", reason=REASON, by=by, at=LATER)
    withdraw(portal.engine, "baeume", reason=REASON, by=someone(1, {publisher_id: {Role.APPROVER}}), at=LATER)


def test_loading_does_not_undo_a_withdrawal(portal: Portal, folder: Path, tmp_path: Path) -> None:
    take_away(portal)
    changed = a_folder(tmp_path / "neu", slug="baeume", title="Neue Bäume")

    assert loaded(portal, folder, changed) == [Loaded("baeume", None, withdrawn=True)] * 2
    assert news(portal.engine, [folder, changed]) == []
    with pytest.raises(Conflict, match="restore it first"):
        save_draft(
            portal.engine, read_folder(changed), drafts=portal.drafts,
            publisher=portal.settings.operator, notes="", actor="test", at=LATER,
        )  # fmt: skip


def test_a_start_loads_new_content_only_where_no_person_has_the_dataset_in_hand(
    portal: Portal, folder: Path, tmp_path: Path
) -> None:
    second = a_folder(tmp_path / "second", slug="baeume", title="Andere Bäume")
    assert news(portal.engine, [folder, second]) == [second]

    loaded(portal, second)
    assert news(portal.engine, [folder, second]) == []  # the first folder is an old version now, not news

    third = a_folder(tmp_path / "third", slug="baeume", title="Wieder andere")
    with transaction(portal.engine) as session:
        a_draft(session, session.scalars(select(Dataset)).one())
    assert news(portal.engine, [third]) == []


def test_a_release_that_waits_for_its_time_is_a_draft_again_after_a_withdrawal(portal: Portal, folder: Path) -> None:
    with transaction(portal.engine) as session:
        dataset = session.scalars(select(Dataset)).one()
        a_draft(session, dataset, state=DraftState.BUILDING, release_at=LATER + timedelta(days=1))

    take_away(portal)

    with reading(portal.engine) as session:
        draft = session.scalars(select(Draft)).one()
    assert (draft.state, draft.release_at, draft.comment) == (DraftState.DRAFT, None, "The dataset was withdrawn.")


def test_withdrawals_at_once_are_one(portal: Portal, folder: Path) -> None:
    def outcome(_: int) -> str:
        try:
            take_away(portal)
        except IllegalStep:
            return "refused"
        return "withdrawn"

    with ThreadPoolExecutor(6) as pool:
        outcomes = sorted(pool.map(outcome, range(6)))

    assert outcomes == ["refused"] * 5 + ["withdrawn"]
