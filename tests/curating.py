"""Two publishers who curate, and people who come to the HTTP door: what tests of curation begin with.

stadt, kreis          publishers
stadt-neu, kreis-neu  datasets that the public has never seen, with a draft that could be submitted
stadt-da, kreis-da    datasets that are public, with a draft of the next version
"""

import shutil
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from portal.accounts.membership import add_member
from portal.accounts.permissions import NEVER_BY_TOKEN, Action, Role
from portal.accounts.sessions import session_mark
from portal.accounts.tokens import issue
from portal.accounts.users import User
from portal.catalogue.dataset import Dataset
from portal.catalogue.draft import Draft
from portal.catalogue.publishers import find_publisher
from portal.curation.delivering import Delivered, deliver
from portal.curation.opening import open_draft, start_dataset
from portal.curation.received import Upload
from portal.foundation.db import reading, transaction
from portal.foundation.secret import secret_key
from portal.publishing.operator import ensure_operator
from portal.publishing.seed import load
from portal.web.app import create_app
from portal.wiring import Portal
from tests.builders import a_folder
from tests.people import NOON, OPERATOR, a_publisher, a_user
from tests.templates import an_empty_portal

CSV = b"id,name\nx-1,Linde\nx-2,Ahorn\n"
TABLE = "trees"

EVERYTHING = tuple(action for action in Action if action not in NEVER_BY_TOKEN)
"""All that a token may be given."""

METADATA: dict[str, Any] = {
    "title": "Bäume",
    "description": "Alle Bäume.",
    "keywords": ["Baum", "Grün"],
    "licenses": [{"name": "dl-zero-de/2.0"}],
    "dcat": {
        "theme": ["ENVI"],
        "accrualPeriodicity": "ANNUAL",
        "accessRights": "PUBLIC",
        "spatial": ["krefeld"],
        "temporal": {"start": "2026-01-01"},
        "rights": {"de": "Frei verwendbar.", "en": "Free to use."},
    },
}
"""A descriptor without gaps, but for its tables."""


def begin(portal: Portal, slug: str, publisher: str, *, metadata: dict[str, Any] | None = None) -> None:
    """Begin a dataset and its first draft."""
    with transaction(portal.engine) as session:
        start_dataset(
            session, slug=slug, publisher=publisher, metadata=METADATA if metadata is None else metadata,
            by=OPERATOR, at=NOON,
        )  # fmt: skip


def deliver_bytes(portal: Portal, folder: Path, slug: str, content: bytes, **facts: Any) -> Delivered:
    """Deliver *content* as the table `trees`; *facts* are those of `Upload`, or `by`, `table`, `revision`."""
    by, table, revision = facts.pop("by", OPERATOR), facts.pop("table", TABLE), facts.pop("revision", None)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "upload.csv"
    path.write_bytes(content)
    upload = Upload(path=path, filename="upload.csv", **facts)
    parts = portal.engine, portal.store, portal.drafts
    return deliver(*parts, slug, table, upload, revision=revision, by=by, at=NOON)


def two_publishers(folder: Path) -> Portal:
    """Build the portal of this module's first lines, on SQLite."""
    portal = an_empty_portal(folder / "data")
    for publisher in ("stadt", "kreis"):
        settings = replace(portal.settings, operator=publisher)
        ensure_operator(portal.engine, settings)
        source = a_folder(folder / publisher, slug=f"{publisher}-da")
        list(load(portal.engine, portal.store, settings, [source], drafts=portal.drafts, actor="test", at=NOON))
        open_draft(portal.engine, portal.store, portal.drafts, f"{publisher}-da", by=OPERATOR, at=NOON)
        begin(portal, f"{publisher}-neu", publisher)
        deliver_bytes(portal, folder, f"{publisher}-neu", CSV)
    return portal


def set_drafts(portal: Portal, **facts: Any) -> None:
    """Put every draft into the state that a test begins with; *facts* are columns by name."""
    with transaction(portal.engine) as session:
        session.execute(update(Draft).values(**facts))


def set_datasets(portal: Portal, *slugs: str, **facts: Any) -> None:
    """Put datasets into the state that a test begins with; *facts* are columns by name."""
    with transaction(portal.engine) as session:
        session.execute(update(Dataset).where(Dataset.slug.in_(slugs)).values(**facts))


@dataclass(frozen=True)
class Caller:
    """Somebody at the HTTP door."""

    client: FlaskClient
    headers: Mapping[str, str] = field(default_factory=dict)

    def ask(self, method: str, path: str, **more: Any) -> TestResponse:
        """Ask for an address below `/api/v1`."""
        headers = {**self.headers, **more.pop("headers", {})}
        return self.client.open(f"/api/v1{path}", method=method, headers=headers, **more)


@dataclass(frozen=True)
class Door:
    """The HTTP door of a portal."""

    portal: Portal
    app: Flask

    @classmethod
    def of(cls, portal: Portal) -> "Door":
        return cls(portal, create_app(portal, refresh_s=0))


def stranger(door: Door) -> Caller:
    return Caller(door.app.test_client())


def with_token(
    door: Door, name: str, *, actions: Collection[Action] = EVERYTHING, publisher: str | None = None
) -> Caller:
    """Give a caller with a token of the user *name*."""
    now = datetime.now(UTC)
    with transaction(door.portal.engine) as session:
        issued = issue(
            session,
            _user(session, name),
            publisher_id=find_publisher(session, publisher).id if publisher else None,
            actions=actions,
            expires_at=now + timedelta(days=1),
            by=OPERATOR,
            at=now,
        )
    return Caller(door.app.test_client(), {"Authorization": f"Bearer {issued.secret}"})


def with_browser(door: Door, name: str) -> Caller:
    """Give a caller whose browser is logged in as the user *name*."""
    client = door.app.test_client()
    with reading(door.portal.engine) as session:
        user_id = _user(session, name).id
        mark = session_mark(session, user_id, secret=secret_key(door.portal.settings.data))
    with client.session_transaction(base_url="https://localhost") as session_of_browser:
        session_of_browser["user"], session_of_browser["mark"] = user_id, mark
    cookie = client.get_cookie("__Host-session")
    assert cookie is not None
    headers = {"Cookie": f"{cookie.key}={cookie.value}", "Sec-Fetch-Site": "same-origin"}
    return _Browser(door.app.test_client(use_cookies=False), headers)


class _Browser(Caller):
    def ask(self, method: str, path: str, **more: Any) -> TestResponse:
        return super().ask(method, path, base_url="https://localhost", **more)  # the cookie is for HTTPS


def add_person(portal: Portal, name: str, *roles: Role, publisher: str = "stadt", portal_admin: bool = False) -> int:
    """Make a user with roles for a publisher; give their id."""
    with transaction(portal.engine) as session:
        user = a_user(session, name)
        user.portal_admin = portal_admin
        for role in roles:
            publisher_id = find_publisher(session, publisher).id
            add_member(session, user, publisher_id=publisher_id, role=role, by=OPERATOR, at=NOON)
        return user.id


def add_publisher(portal: Portal, slug: str = "stadt") -> None:
    with transaction(portal.engine) as session:
        a_publisher(session, slug)


@dataclass(frozen=True)
class Snapshot:
    """A SQLite database put aside, to be put back in milliseconds."""

    portal: Portal
    copy: Path

    @classmethod
    def of(cls, portal: Portal) -> "Snapshot":
        snapshot = cls(portal, portal.settings.data / "snapshot.sqlite")
        portal.engine.dispose()
        shutil.copyfile(snapshot._database, snapshot.copy)
        return snapshot

    def restore(self) -> None:
        self.portal.engine.dispose()
        for leftover in ("-wal", "-shm"):
            Path(f"{self._database}{leftover}").unlink(missing_ok=True)
        shutil.copyfile(self.copy, self._database)

    @property
    def _database(self) -> Path:
        return self.portal.settings.data / "portal.sqlite"


def _user(session: Session, name: str) -> User:
    return session.query(User).filter_by(name=name).one()
