"""A town that publishes, the people around it, and how each of them calls the portal.

stadt     has the datasets `baeume` (public) and `geheim` (never public), and one member for each role
firma     another publisher; `fremde` has every role there and none for stadt
"""

import base64
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from portal.accounts.membership import add_member
from portal.accounts.permissions import NEVER_BY_TOKEN
from portal.accounts.roles import Action, Role
from portal.accounts.tokens import issue
from portal.accounts.users import User, find_user, name_portal_admin
from portal.catalogue.dataset import Dataset
from portal.catalogue.publishers import find_publisher
from portal.events.log import Event
from portal.foundation.clock import now
from portal.foundation.db import reading, transaction
from portal.web.app import create_app
from portal.wiring import Portal
from tests.people import NOON, OPERATOR, PASSWORD, a_dataset, a_publisher, a_user
from tests.releases import publish, trees

API = "/api/v1"
EVERYTHING = [action for action in Action if action not in NEVER_BY_TOKEN]

PEOPLE: dict[str, tuple[str, tuple[Role, ...]]] = {
    "niemandes": ("stadt", ()),
    "vera": ("stadt", (Role.VIEWER,)),
    "eva": ("stadt", (Role.EDITOR,)),
    "alma": ("stadt", (Role.APPROVER,)),
    "moritz": ("stadt", (Role.ADMINISTRATOR,)),
    "fremde": ("firma", tuple(Role)),
}
"""Login name ↔ publisher and roles; `chef` is portal administrator. All invented."""


@dataclass(frozen=True)
class Town:
    """A portal with people, and the ways to call it."""

    portal: Portal
    app: Flask

    @classmethod
    def of(cls, portal: Portal) -> "Town":
        return cls(portal, create_app(portal, refresh_s=0))

    def call(
        self, method: str, path: str, body: object = None, *, secret: str | None = None, **headers: str
    ) -> TestResponse:
        """Call as nobody, or with a token's *secret*; header names have underscores here."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if secret is not None:
            sent["Authorization"] = f"Bearer {secret}"
        client = self.app.test_client(use_cookies=False)
        if isinstance(body, bytes):
            return client.open(API + path, method=method, data=body, headers=sent)
        sent = {"Content-Type": "application/json"} | sent if body is not None else sent
        text = None if body is None else json.dumps(body)  # half a surrogate stays an escape
        return client.open(API + path, method=method, data=text, headers=sent)

    def person(self, name: str, method: str, path: str, body: object = None, **headers: str) -> TestResponse:
        """Call with name and password."""
        return self.call(method, path, body, Authorization=basic(name), **headers)

    def token(self, owner: str, *actions: Action, publisher: str | None = None) -> str:
        """Give the secret of a token of *owner*, for all that tokens can do if no *actions* are named."""
        with transaction(self.portal.engine) as session:
            return issue(
                session,
                find_user(session, owner),
                publisher_id=find_publisher(session, publisher).id if publisher else None,
                actions=actions or EVERYTHING,
                expires_at=now() + timedelta(days=1),
                by=OPERATOR,
                at=now(),
            ).secret

    def events(self) -> int:
        """Give how many events there are."""
        with reading(self.portal.engine) as session:
            return session.scalar(select(func.count()).select_from(Event)) or 0

    def last_event(self) -> Event:
        with reading(self.portal.engine) as session:
            return session.scalars(select(Event).order_by(Event.id.desc())).first() or Event()


def basic(name: str, password: str = PASSWORD) -> str:
    """Give the value of `Authorization` for a name and a password."""
    return "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()


def a_town(portal: Portal, folder: Path) -> Town:
    """Make *portal* a town; *folder* is for what it publishes."""
    fill_town(portal, folder)
    return Town.of(portal)


def fill_town(portal: Portal, folder: Path) -> None:
    """Put publishers, people and a dataset into *portal*."""
    publish(portal, trees(folder / "baeume", "Linde", "Eiche"))
    with transaction(portal.engine) as session:
        publishers = {slug: a_publisher(session, slug) for slug in ("stadt", "firma")}
        session.scalars(select(Dataset).where(Dataset.slug == "baeume")).one().publisher_id = publishers["stadt"].id
        a_dataset(session, publishers["stadt"], "geheim")
        name_portal_admin(session, a_user(session, "chef"), by=OPERATOR, at=NOON)
        for name, (slug, roles) in PEOPLE.items():
            _add_roles(session, a_user(session, name), publishers[slug].id, roles)


def _add_roles(session: Session, user: User, publisher_id: int, roles: Iterable[Role]) -> None:
    for role in roles:
        add_member(session, user, publisher_id=publisher_id, role=role, by=OPERATOR, at=NOON)
