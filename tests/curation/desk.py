"""A portal with one publisher, somebody who edits for it and somebody who approves, on both databases."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from portal.accounts.actor import Actor
from portal.accounts.roles import Role
from portal.accounts.users import find_user
from portal.catalogue.dataset import Dataset
from portal.catalogue.draft import Draft
from portal.catalogue.publishers import find_publisher
from portal.curation.delivering import Delivered
from portal.curation.editing import edit_draft
from portal.curation.finding import find_draft
from portal.curation.opening import open_draft
from portal.curation.submitting import approve_draft, discard_draft, return_draft, submit_draft
from portal.curation.working import take_up
from portal.events.log import Event
from portal.foundation.db import reading, transaction
from portal.jobs.job import Job
from portal.wiring import Portal
from tests.curating import CSV, add_person, add_publisher, begin, deliver_bytes
from tests.people import NOON, someone
from tests.templates import PortalWith

SLUG = "baeume"


@dataclass(frozen=True)
class Desk:
    """The services as two people use them, on the dataset `baeume`."""

    portal: Portal
    folder: Path
    anna: Actor
    """Edits."""
    ben: Actor
    """Approves."""

    def begin(self) -> None:
        begin(self.portal, SLUG, "stadt")

    def deliver(self, content: bytes = CSV, **facts: Any) -> Delivered:
        return deliver_bytes(self.portal, self.folder, SLUG, content, **{"by": self.anna, **facts})

    def open(self) -> int:
        return open_draft(self.portal.engine, self.portal.store, self.portal.drafts, SLUG, by=self.anna, at=NOON)

    def edit(self, patch: dict[str, Any], revision: int | None = None, **facts: Any) -> None:
        with transaction(self.portal.engine) as session:
            _, draft = find_draft(session, SLUG, by=self.anna)
            edit_draft(session, draft, patch=patch, revision=revision or draft.revision, by=self.anna, at=NOON, **facts)

    def submit(self, revision: int | None = None) -> None:
        submit_draft(self.portal.engine, self.portal.drafts, SLUG, revision=revision, by=self.anna, at=NOON)

    def approve(self, release_at: datetime | None = None, revision: int | None = None) -> str:
        """Approve and give the id of the job."""
        job = approve_draft(self.portal.engine, SLUG, release_at=release_at, revision=revision, by=self.ben, at=NOON)
        return job.id

    def give_back(self, comment: str = "Bitte prüfen.") -> None:
        return_draft(self.portal.engine, SLUG, comment=comment, revision=None, by=self.ben, at=NOON)

    def discard(self, revision: int | None = None) -> None:
        discard_draft(self.portal.engine, SLUG, revision=revision, by=self.anna, at=NOON)

    def work(self, at: datetime = NOON) -> list[str]:
        portal = self.portal
        return take_up(portal.engine, portal.store, portal.settings, drafts=portal.drafts, at=at)

    def publish(self, content: bytes = CSV) -> None:
        """Take *content* the whole way."""
        self.deliver(content)
        self.submit()
        self.approve()
        assert self.work() == [SLUG]

    def draft(self) -> Draft | None:
        with reading(self.portal.engine) as session:
            named = select(Draft).join(Dataset, Dataset.id == Draft.dataset_id).where(Dataset.slug == SLUG)
            return session.scalar(named)

    def the_draft(self) -> Draft:
        draft = self.draft()
        assert draft is not None
        return draft

    def job(self, job_id: str) -> Job:
        with reading(self.portal.engine) as session:
            return session.get_one(Job, job_id)

    def events(self) -> list[str]:
        with reading(self.portal.engine) as session:
            return list(session.scalars(select(Event.kind).where(Event.dataset == SLUG).order_by(Event.id)))

    def blobs(self) -> set[str]:
        return {path.name for path in self.portal.drafts.root.glob("??/*")}

    def stored(self) -> tuple[Any, ...]:
        """Give all that a refusal must leave as it is."""
        draft = self.draft()
        facts = (draft.revision, draft.sources, draft.descriptor, draft.state) if draft else None
        return facts, self.events(), self.blobs(), list(self.portal.drafts.work.iterdir())


def two_people_and_a_draft(portal: Portal, folder: Path) -> None:
    add_publisher(portal)
    add_person(portal, "anna", Role.EDITOR)
    add_person(portal, "ben", Role.APPROVER)
    begin(portal, SLUG, "stadt")


@pytest.fixture
def desk(portal_with: PortalWith, tmp_path: Path) -> Desk:
    """Two people, and a dataset that was begun and has no table yet."""
    portal = portal_with(two_people_and_a_draft)
    with reading(portal.engine) as session:
        publisher_id = find_publisher(session, "stadt").id
        anna, ben = (find_user(session, name).id for name in ("anna", "ben"))
    editor, approver = someone(anna, {publisher_id: {Role.EDITOR}}), someone(ben, {publisher_id: {Role.APPROVER}})
    return Desk(portal, tmp_path / "uploads", editor, approver)
