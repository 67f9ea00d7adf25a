"""A portal with people who write through CKAN's door: what tests of the writers begin with.

stadt   publishes at once: four eyes are switched off    kreis    has four eyes
baeume  is public and belongs to stadt
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from portal.accounts.permissions import Action
from portal.accounts.roles import Role
from portal.catalogue.dataset import Dataset
from portal.catalogue.publisher import Publisher
from portal.curation.working import take_up
from portal.foundation.clock import now
from portal.foundation.db import transaction
from portal.web.app import create_app
from portal.wiring import Portal
from tests.curating import Door, add_person, add_publisher, with_token
from tests.releases import publish, trees
from tests.templates import an_empty_portal

PACKAGE: dict[str, Any] = {
    "name": "neu",
    "owner_org": "stadt",
    "title": "Neue Bäume",
    "notes": "Alle neuen Bäume.",
    "license_id": "dl-de-zero-2.0",
    "tags": [{"name": "Baum"}, {"name": "Grün"}],
    "groups": [{"name": "envi"}],
    "extras": [
        {"key": "frequency", "value": "ANNUAL"},
        {"key": "access_rights", "value": "PUBLIC"},
        {"key": "spatial_text", "value": "krefeld"},
        {"key": "temporal_start", "value": "2026-01-01"},
        {"key": "rights", "value": "Frei verwendbar."},
        {"key": "rights_en", "value": "Free to use."},
    ],
}
"""A package without gaps, but for its tables."""

CSV = b"id,name\nx-1,Linde\nx-2,Ahorn\n"

PEOPLE: dict[str, tuple[str, tuple[Role, ...]]] = {
    "vera": ("stadt", (Role.VIEWER,)),
    "eva": ("stadt", (Role.EDITOR,)),
    "alma": ("stadt", (Role.APPROVER,)),
    "moritz": ("stadt", (Role.ADMINISTRATOR,)),
    "emil": ("stadt", (Role.EDITOR, Role.APPROVER)),
    "kai": ("kreis", (Role.EDITOR, Role.APPROVER)),
    "ole": ("datenwerkstatt", (Role.EDITOR,)),
}
"""Login name ↔ publisher and roles. All invented."""


@dataclass(frozen=True)
class Writers:
    """A portal whose releases are built when somebody nudges, and the tokens of its people."""

    portal: Portal
    app: Flask
    tokens: Mapping[str, str]

    def call(self, who: str | None, name: str, /, **arguments: Any) -> TestResponse:
        """Call an action as one of the people, or as nobody."""
        return self._post(who, name, json=arguments)

    def done(self, who: str | None, name: str, /, **arguments: Any) -> Any:
        """Call an action that succeeds, and give its result."""
        return _result(self.call(who, name, **arguments))

    def send(self, who: str, name: str, /, content: bytes, filename: str = "baeume.csv", **arguments: str) -> Any:
        """Call an action with a file, and give its result."""
        return _result(self.sent(who, name, content, filename, **arguments))

    def sent(
        self, who: str, name: str, /, content: bytes, filename: str = "baeume.csv", **arguments: str
    ) -> TestResponse:
        """Call an action with a file."""
        return self._post(who, name, data={**arguments, "upload": (BytesIO(content), filename)})

    def fields(self, who: str, name: str, /, **arguments: Any) -> dict[str, Any]:
        """Call an action that refuses a value, and give what it says of which key."""
        answer = self.call(who, name, **arguments)
        told: dict[str, Any] = answer.get_json()["error"]
        assert (answer.status_code, told.pop("__type")) == (409, "Validation Error"), answer.text
        return told

    def with_tokens(self, **tokens: str) -> "Writers":
        """Give the same with further tokens, by a name."""
        return replace(self, tokens={**self.tokens, **tokens})

    def _post(self, who: str | None, name: str, **more: Any) -> TestResponse:
        headers = {"Authorization": self.tokens[who]} if who else {}
        return self.app.test_client(use_cookies=False).post(f"/api/action/{name}", headers=headers, **more)


def a_portal_of_writers(folder: Path, base_url: str = "https://daten.example") -> Writers:
    """Build the portal of this module's first lines, on SQLite."""
    portal = an_empty_portal(folder / "data", base_url=base_url)
    for publisher in ("stadt", "kreis"):
        add_publisher(portal, publisher)
    with transaction(portal.engine) as session:
        session.scalars(select(Publisher).where(Publisher.slug == "stadt")).one().four_eyes = False
    app = create_app(portal, refresh_s=0, nudge=lambda: _work(portal))
    for name, (publisher, roles) in PEOPLE.items():
        add_person(portal, name, *roles, publisher=publisher)
    return Writers(portal, app, {name: token(portal, app, name) for name in PEOPLE})


def with_baeume(writers: Writers, folder: Path) -> Writers:
    """Publish `baeume` for stadt."""
    publish(writers.portal, trees(folder / "baeume", "Linde", "Eiche"))
    with transaction(writers.portal.engine) as session:
        stadt = session.scalars(select(Publisher).where(Publisher.slug == "stadt")).one()
        session.scalars(select(Dataset).where(Dataset.slug == "baeume")).one().publisher_id = stadt.id
    return writers


def token(portal: Portal, app: Flask, name: str, *actions: Action, publisher: str | None = None) -> str:
    """Give the secret of a token, for all that tokens can do if no *actions* are named."""
    more = {"actions": actions} if actions else {}
    return with_token(Door(portal, app), name, publisher=publisher, **more).headers["Authorization"].split()[1]


def _work(portal: Portal) -> None:
    take_up(portal.engine, portal.store, portal.settings, drafts=portal.drafts, at=now())


def _result(answer: TestResponse) -> Any:
    told = answer.get_json()
    assert answer.headers["Content-Type"] == "application/json;charset=utf-8"
    assert (answer.status_code, told["success"]) == (200, True), answer.text
    return told["result"]
