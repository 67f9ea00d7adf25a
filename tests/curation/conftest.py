"""A city with two datasets and a foreign publisher with one, all public, and who edits what.

stadt    baeume, parks     editor, viewer
fremd    hafen             neighbour
"""

from dataclasses import dataclass
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
from portal.catalogue.review import submit
from portal.curation.bulk import Edit, Plan, apply_plan, plan_edits
from portal.curation.editing import edit_draft
from portal.curation.finding import find_draft
from portal.curation.opening import open_draft
from portal.events.log import Event
from portal.foundation.db import reading, transaction
from portal.wiring import Portal
from tests.curation.desk import desk
from tests.people import NOON, a_member, a_publisher, someone
from tests.public import a_public_dataset
from tests.templates import PortalWith

__all__ = ["desk"]

MEMBERS = (("editor", "stadt", Role.EDITOR), ("viewer", "stadt", Role.VIEWER), ("neighbour", "fremd", Role.EDITOR))
"""Login name, publisher and role."""


@dataclass(frozen=True)
class City:
    """The portal, and those who act in it."""

    portal: Portal
    editor: Actor
    viewer: Actor
    neighbour: Actor
    both: Actor
    """Edits for either publisher."""

    def plan(self, patch: dict[str, Any], *slugs: str, by: Actor | None = None) -> Plan:
        with reading(self.portal.engine) as session:
            return plan_edits(session, [Edit(slug, patch) for slug in slugs], by=by or self.editor)

    def apply(self, patch: dict[str, Any], *slugs: str, by: Actor | None = None) -> str:
        """Plan and apply; give the id of the change."""
        done = self.apply_plan(self.plan(patch, *slugs, by=by), by=by)
        assert done is not None
        return done

    def apply_plan(self, plan: Plan, by: Actor | None = None) -> str | None:
        portal = self.portal
        return apply_plan(portal.engine, portal.store, portal.drafts, plan, by=by or self.editor, at=NOON)

    def open(self, slug: str) -> None:
        portal = self.portal
        open_draft(portal.engine, portal.store, portal.drafts, slug, by=self.both, at=NOON)

    def edit(self, slug: str, patch: dict[str, Any], by: Actor | None = None) -> None:
        """Change a draft by itself."""
        with transaction(self.portal.engine) as session:
            _, draft = find_draft(session, slug, by=self.both)
            edit_draft(session, draft, patch=patch, revision=draft.revision, by=by or self.both, at=NOON)

    def submit(self, slug: str) -> None:
        with transaction(self.portal.engine) as session:
            submit(session, find_draft(session, slug, by=self.both)[1], by=self.both, at=NOON)

    def draft(self, slug: str) -> Draft | None:
        with reading(self.portal.engine) as session:
            return session.scalar(select(Draft).join(Dataset).where(Dataset.slug == slug))

    def descriptor(self, slug: str) -> dict[str, Any]:
        draft = self.draft(slug)
        assert draft is not None
        return draft.descriptor

    def events(self) -> list[Event]:
        with reading(self.portal.engine) as session:
            return list(session.scalars(select(Event).order_by(Event.id)))


def three_datasets(portal: Portal, folder: Path) -> None:
    with transaction(portal.engine) as session:
        stadt, fremd = a_publisher(session, "stadt"), a_publisher(session, "fremd")
        for publisher, slug in ((stadt, "baeume"), (stadt, "parks"), (fremd, "hafen")):
            a_public_dataset(session, portal.store, publisher, slug)
        for name, publisher, role in MEMBERS:
            a_member(session, name, stadt if publisher == "stadt" else fremd, role)


@pytest.fixture
def city(portal_with: PortalWith) -> City:
    portal = portal_with(three_datasets)
    with reading(portal.engine) as session:
        stadt, fremd = find_publisher(session, "stadt"), find_publisher(session, "fremd")
        editor, viewer, neighbour = (find_user(session, name).id for name, _, _ in MEMBERS)
    return City(
        portal,
        someone(editor, {stadt.id: {Role.EDITOR}}),
        someone(viewer, {stadt.id: {Role.VIEWER}}),
        someone(neighbour, {fremd.id: {Role.EDITOR}}),
        someone(neighbour, {stadt.id: {Role.EDITOR}, fremd.id: {Role.EDITOR}}),
    )
