"""Personal data in a delivery: asked, decided, kept from the public, and the next delivery is treated alike."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from portal.accounts.actor import Actor
from portal.accounts.roles import Role
from portal.catalogue.dataset import Dataset
from portal.catalogue.draft import Draft
from portal.catalogue.version import Version
from portal.curation.deciding import decide, personal_data
from portal.curation.delivering import deliver
from portal.curation.opening import open_draft
from portal.curation.received import Upload
from portal.curation.submitting import approve_draft, submit_draft
from portal.curation.working import take_up
from portal.foundation.db import reading, transaction
from portal.foundation.errors import InvalidDataset
from portal.foundation.text import LangString
from portal.publishing.privacy import Decision
from portal.wiring import Portal
from tests.people import NOON, a_user, someone
from tests.releases import content, publish, trees
from tests.templates import PortalWith

MAIL = "id,name,kontakt\nx-1,Linde,frau.beispiel@example.org\nx-2,Eiche,\n"


@pytest.fixture
def published(portal_with: PortalWith) -> Portal:
    return portal_with(trees_and_two_people)


def trees_and_two_people(portal: Portal, folder: Path) -> None:
    """Publish the dataset `baeume`, and make two people: 1 edits, 2 approves."""
    publish(portal, trees(folder, "Linde", "Eiche"))
    with transaction(portal.engine) as session:
        a_user(session, "anna")
        a_user(session, "berta")


def test_a_release_waits_for_a_decision(published: Portal, tmp_path: Path) -> None:
    _deliver(published, MAIL, tmp_path)

    with pytest.raises(InvalidDataset, match="decision is missing"):
        submit_draft(published.engine, published.drafts, "baeume", revision=None, by=_editor(published), at=NOON)

    _, found = personal_data(published.engine, published.drafts, "baeume", by=_editor(published))
    assert [(one["code"], one["row"], one["column"]) for one in found] == [("personal-email", 1, "kontakt")]


def test_a_withheld_column_stays_withheld_delivery_after_delivery(published: Portal, tmp_path: Path) -> None:
    _deliver(published, MAIL, tmp_path)
    _withhold(published, "kontakt", "email")
    _release(published)
    assert content(published, "trees.csv", number=2) == b"id,name\r\nx-1,Linde\r\nx-2,Eiche\r\n"

    _deliver(published, MAIL.replace("Eiche", "Esche"), tmp_path, new_schema=False)
    _release(published)

    assert content(published, "trees.csv", number=3) == b"id,name\r\nx-1,Linde\r\nx-2,Esche\r\n"
    with reading(published.engine) as session:
        last = session.scalars(select(Version).order_by(Version.number.desc())).first()
    assert last is not None
    assert [one["column"] for one in last.descriptor["withheld"]] == ["kontakt"]


def test_a_draft_that_nobody_delivers_to_is_released_as_it_is_public(published: Portal, tmp_path: Path) -> None:
    _deliver(published, MAIL, tmp_path)
    _withhold(published, "kontakt", "email")
    _release(published)

    open_draft(published.engine, published.store, published.drafts, "baeume", by=_editor(published), at=NOON)
    _release(published)

    assert content(published, "trees.csv", number=3) == content(published, "trees.csv", number=2)


def test_what_was_found_is_not_written_into_the_database(published: Portal, tmp_path: Path) -> None:
    _deliver(published, MAIL, tmp_path)

    with reading(published.engine) as session:
        draft = session.scalars(select(Draft)).one()
    assert "example.org" not in repr([draft.descriptor, draft.deliveries, draft.report])


def _deliver(portal: Portal, text: str, folder: Path, *, new_schema: bool = True) -> None:
    path = folder / "lieferung.csv"
    path.write_text(text, encoding="utf-8")
    upload = Upload(path=path, filename="lieferung.csv", new_schema=new_schema)
    deliver(portal.engine, portal.store, portal.drafts, "baeume", "trees", upload, by=_editor(portal), at=NOON)


def _withhold(portal: Portal, column: str, finding: str) -> None:
    facts: dict[str, Any] = {
        "resource": "trees",
        "column": column,
        "finding": finding,
        "decision": Decision.WITHHOLD,
        "reason": LangString("Mailadressen von Personen."),
    }
    with transaction(portal.engine) as session:
        decide(session, "baeume", facts, revision=None, by=_editor(portal), at=NOON)


def _release(portal: Portal) -> None:
    submit_draft(portal.engine, portal.drafts, "baeume", revision=None, by=_editor(portal), at=NOON)
    approve_draft(portal.engine, "baeume", release_at=None, revision=None, by=_approver(portal), at=NOON)
    assert take_up(portal.engine, portal.store, portal.settings, drafts=portal.drafts, at=NOON) == ["baeume"]


def _editor(portal: Portal) -> Actor:
    return _with_role(portal, 1, Role.EDITOR)


def _approver(portal: Portal) -> Actor:
    return _with_role(portal, 2, Role.APPROVER)


def _with_role(portal: Portal, user_id: int, role: Role) -> Actor:
    with reading(portal.engine) as session:
        publisher_id = session.scalars(select(Dataset.publisher_id)).one()
    return someone(user_id, {publisher_id: {role}})
