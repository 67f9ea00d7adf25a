"""Every operation that is not for everyone × who asks × own or foreign publisher × draft or public, from one table.

What is expected comes from `ALLOWED` and the rules stated in `_expected`, never from a view. The operations are those of
the OpenAPI document: one without a row fails here.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import product
from typing import Any

import pytest
from sqlalchemy import select, text, update

from portal.accounts.permissions import ALLOWED, BY_PORTAL_ADMIN, NEVER_BY_TOKEN, Action, Role
from portal.accounts.users import User
from portal.catalogue.dataset import State
from portal.catalogue.draft import DraftState
from portal.catalogue.publisher import Publisher
from portal.foundation.db import reading, transaction
from portal.jobs.job import Job, JobState
from portal.web.api.openapi import committed_document
from portal.wiring import Portal
from tests.combining import a_combination
from tests.curating import (
    CSV,
    EVERYTHING,
    Caller,
    Door,
    Snapshot,
    add_person,
    set_datasets,
    set_drafts,
    stranger,
    two_publishers,
    with_browser,
    with_token,
)
from tests.people import PASSWORD

OPERATIONS: dict[str, dict[str, Any]] = {
    f"{method.upper()} {path.removeprefix('/api/v1')}": described
    for path, methods in committed_document()["paths"].items()
    for method, described in methods.items()
    if method in ("get", "post", "put", "patch", "delete")
}
NEW_PASSWORD = "ein anderes langes Passwort"
DECISION = {
    "resource": "trees",
    "column": "name",
    "finding": "personal-column",
    "decision": "withhold",
    "reason": {"de": "Nicht nötig."},
}
REASON = {"reason": {"de": "Falsch."}}
COMBINATION = {"publisher": "{publisher}", "title": {"de": "Neu."}, "dataset": "{publisher}-da", "table": "trees"}


@dataclass(frozen=True)
class Row:
    """An operation: what it needs, what it is sent, and what it answers to somebody who may."""

    action: Action | None
    """None: whoever is known."""
    done: int
    of: str = "dataset"
    """What the permission is for: a `dataset`, a `publisher` or the `portal`."""
    sent: Any = None  # Any: JSON
    query: str = ""
    looks_at: bool = False
    """It wants If-Match."""
    media_type: str = "application/json"
    draft: DraftState = DraftState.DRAFT
    dataset: State = State.PUBLISHED
    """Where the public datasets stand."""
    job: JobState = JobState.WAITING
    """How far the jobs are."""
    done_unpublished: int | None = None
    """What it answers where the dataset was never public; None: the same."""


A = Action
ROWS = {
    "POST /datasets": Row(A.EDIT_DRAFT, 201, of="publisher", sent={"name": "ganz-neu", "publisher": "{publisher}"}),
    "GET /drafts": Row(None, 200, of="portal"),
    "GET /datasets/{slug}/draft": Row(A.READ_DRAFT, 200),
    "POST /datasets/{slug}/draft": Row(A.EDIT_DRAFT, 201),
    "PATCH /datasets/{slug}/draft": Row(A.EDIT_DRAFT, 200, sent={"notes": "Neu."}, looks_at=True),
    "DELETE /datasets/{slug}/draft": Row(A.DISCARD, 204),
    "PUT /datasets/{slug}/draft/tables/{table}": Row(
        A.EDIT_DRAFT, 200, sent=CSV, query="?filename=b.csv", media_type="text/csv"
    ),
    "PUT /datasets/{slug}/draft/deliveries": Row(
        A.EDIT_DRAFT, 200, sent=CSV, query="?filename=trees.csv", media_type="text/csv"
    ),
    "GET /datasets/{slug}/draft/changes": Row(A.READ_DRAFT, 200),
    "GET /datasets/{slug}/draft/tables/{table}/changes": Row(A.READ_DRAFT, 200),
    "GET /datasets/{slug}/draft/tables/{table}/changes.csv": Row(A.READ_DRAFT, 200),
    "GET /datasets/{slug}/draft/quality": Row(A.READ_DRAFT, 200),
    "GET /datasets/{slug}/draft/privacy": Row(A.DECIDE_PRIVACY, 200),
    "POST /datasets/{slug}/draft/privacy": Row(A.DECIDE_PRIVACY, 200, sent=DECISION),
    "DELETE /datasets/{slug}/draft/tables/{table}": Row(A.EDIT_DRAFT, 200, looks_at=True),
    "GET /datasets/{slug}/draft/preview": Row(A.READ_DRAFT, 200),
    "GET /datasets/{slug}/draft/preview/{name}": Row(A.READ_DRAFT, 200),
    "POST /datasets/{slug}/draft/submit": Row(A.SUBMIT, 200),
    "POST /datasets/{slug}/draft/approve": Row(A.APPROVE, 202, draft=DraftState.REVIEW),
    "POST /datasets/{slug}/draft/return": Row(A.RETURN, 200, sent={"comment": "Nein."}, draft=DraftState.REVIEW),
    "GET /jobs": Row(None, 200, of="portal"),
    "GET /jobs/{job_id}": Row(A.READ_DRAFT, 200),
    "GET /jobs/{job_id}/report": Row(A.READ_DRAFT, 200, job=JobState.DONE),
    "DELETE /jobs/{job_id}": Row(A.EDIT_DRAFT, 200),
    "POST /datasets/{slug}/withdraw": Row(A.WITHDRAW, 200, sent=REASON, done_unpublished=409),
    "POST /datasets/{slug}/restore": Row(A.RESTORE, 200, dataset=State.WITHDRAWN, done_unpublished=409),
    "PUT /combinations/{slug}": Row(A.SAVE_COMBINATION, 201, of="publisher", sent=COMBINATION),
    "DELETE /combinations/{slug}": Row(A.SAVE_COMBINATION, 204, of="publisher"),
    "POST /publishers": Row(A.MANAGE_PORTAL, 201, of="portal", sent={"name": "land", "title": "Land"}),
    "PATCH /publishers/{name}": Row(
        A.MANAGE_PUBLISHER, 200, of="publisher", sent={"fourEyes": False}, media_type="application/merge-patch+json"
    ),
    "GET /publishers/{slug}/members": Row(A.READ_MEMBERS, 200, of="publisher"),
    "GET /publishers/{slug}/members/{name}": Row(A.READ_MEMBERS, 200, of="publisher"),
    "PUT /publishers/{slug}/members/{name}": Row(A.MANAGE_MEMBERS, 200, of="publisher", sent={"roles": ["viewer"]}),
    "DELETE /publishers/{slug}/members/{name}": Row(A.MANAGE_MEMBERS, 204, of="publisher"),
    "GET /me": Row(None, 200, of="portal"),
    "PUT /me/password": Row(None, 204, of="portal", sent={"current": PASSWORD, "new": PASSWORD}),
    "GET /tokens": Row(None, 200, of="portal"),
    "POST /tokens": Row(
        A.ISSUE_TOKEN, 201, of="publisher", sent={"actions": ["read_draft"], "publisher": "{publisher}"}
    ),
    "DELETE /tokens/{prefix}": Row(A.MANAGE_MEMBERS, 204, of="publisher"),
    "GET /users": Row(A.MANAGE_PORTAL, 200, of="portal"),
    "POST /users": Row(A.MANAGE_PORTAL, 201, of="portal", sent={"name": "neu", "password": NEW_PASSWORD}),
    "GET /users/{name}": Row(A.MANAGE_PORTAL, 200, of="portal"),
    "PATCH /users/{name}": Row(A.MANAGE_PORTAL, 200, of="portal", sent={"disabled": True}),
}


OF_MANY = {
    "POST /bulk-changes",
    "GET /bulk-changes/{change_id}",
    "POST /bulk-changes/{change_id}/undo",
    "POST /bulk-changes/{change_id}/submit",
    "GET /metadata.csv",
    "POST /metadata.csv",
}
"""They concern many datasets and say of each whether one may: tests/web/api/test_bulk.py has their table."""


@dataclass(frozen=True)
class Who:
    """Somebody with roles for the publisher `stadt`; for `kreis` they have none."""

    roles: tuple[Role, ...] = ()
    portal_admin: bool = False
    token: tuple[Action, ...] | None = None
    """What their token may do; None: they come themselves."""
    narrowed_to: str | None = None
    unknown: bool = False
    """Nobody, or somebody who is not let in any more."""


ALL = tuple(Role)
WHO = {
    "nobody": Who(unknown=True),
    **{f"{role}": Who((role,)) for role in Role},
    **{f"{role}-token": Who((role,), token=EVERYTHING) for role in Role},
    "portal-admin": Who(portal_admin=True),
    "portal-admin-token": Who(portal_admin=True, token=EVERYTHING),
    "out-of-scope": Who(ALL, token=(Action.READ_EVENTS,)),
    "narrowed-elsewhere": Who(ALL, token=EVERYTHING, narrowed_to="kreis"),
    "no-role": Who(),
    "disabled": Who(ALL, unknown=True),
    "disabled-token": Who(ALL, token=EVERYTHING, unknown=True),
}


def _may(who: Who, action: Action, publisher: str | None) -> bool:
    """Say from the tables of permissions whether *who* may do *action* for a publisher (None: the portal)."""
    if who.unknown:
        return False
    if who.token is not None:
        if action in NEVER_BY_TOKEN or action not in who.token:
            return False
        if who.narrowed_to is not None and who.narrowed_to != publisher:
            return False
    if who.portal_admin and action in BY_PORTAL_ADMIN:
        return True
    return publisher == "stadt" and bool(ALLOWED[action] & set(who.roles))


def _expected(operation: str, who: Who, publisher: str, public: bool) -> int:
    row = ROWS[operation]
    if who.unknown:
        return 401
    if _in_person(operation) and who.token is not None:
        return 403
    if row.action is None or _is_allowed(row, who, publisher):
        return row.done if public or row.done_unpublished is None else row.done_unpublished
    return 403 if public or row.of != "dataset" or _knows_of(who, publisher) else 404


def _is_allowed(row: Row, who: Who, publisher: str) -> bool:
    assert row.action is not None
    return _may(who, row.action, None if row.of == "portal" else publisher)


def _knows_of(who: Who, publisher: str) -> bool:
    """Tell whether somebody may know that there is a dataset that was never public."""
    return any(_may(who, action, publisher) for action in (Action.READ_DRAFT, Action.EDIT_DRAFT))


def _in_person(operation: str) -> bool:
    return bool(OPERATIONS[operation]["security"] == [{"basic": []}])


@dataclass(frozen=True)
class Case:
    """The portal as every question finds it, and those who ask."""

    portal: Portal
    snapshot: Snapshot
    callers: dict[str, Caller]
    tokens: dict[str, str]
    """Prefix of a token of somebody else, by publisher."""


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    portal = two_publishers(tmp_path_factory.mktemp("matrix"))
    door = Door.of(portal)
    callers = {name: _caller(door, name, who) for name, who in WHO.items()}
    tokens = {}
    for publisher in ("stadt", "kreis"):
        add_person(portal, f"mitglied-{publisher}", Role.VIEWER, publisher=publisher)
        issued = with_token(door, f"mitglied-{publisher}", publisher=publisher)
        tokens[publisher] = issued.headers["Authorization"].removeprefix("Bearer ").rsplit("_", 1)[0][:14]
        add_person(portal, f"leser-{publisher}", Role.VIEWER, publisher=publisher)
        reader = with_token(door, f"leser-{publisher}")
        for kind in ("neu", "da"):
            assert reader.ask("GET", f"/datasets/{publisher}-{kind}/draft/preview").status_code == 200
    for caller in callers.values():
        caller.ask("GET", "/me")  # notes the day of the token's use
    with transaction(portal.engine) as session:
        for publisher in session.scalars(select(Publisher)):
            session.add_all(
                a_combination(f"{publisher.slug}-{kind}", publisher, dataset=f"{publisher.slug}-da")
                for kind in ("neu", "da")
            )
        session.add_all(_job(publisher, kind) for publisher, kind in product(("stadt", "kreis"), ("neu", "da")))
    yield Case(portal, Snapshot.of(portal), callers, tokens)
    portal.engine.dispose()


def test_every_operation_that_is_not_for_everyone_has_a_row() -> None:
    private = {name for name, described in OPERATIONS.items() if {} not in described.get("security", [{}])}
    writing = {name for name in OPERATIONS if not name.startswith("GET ")}

    assert private == set(ROWS) | OF_MANY
    assert writing - private == {"POST /sql"}  # a question that is too long for an address; changes nothing


@pytest.mark.parametrize("operation", ROWS)
def test_everybody_may_what_the_table_allows_and_nothing_else(case: Case, operation: str) -> None:
    _prepare(case, ROWS[operation])
    untouched = _content(case.portal)
    wrong = []
    for (name, who), publisher, public in product(WHO.items(), ("stadt", "kreis"), (True, False)):
        expected = _expected(operation, who, publisher, public)
        answer = _ask(case, operation, case.callers[name], publisher, public)
        if answer.status_code != expected:
            wrong.append(f"{name} {publisher} {'public' if public else 'draft'}: {answer.status_code}, not {expected}")
        if answer.status_code < 400 and not operation.startswith("GET"):
            _prepare(case, ROWS[operation])
        elif answer.status_code >= 400:
            assert answer.mimetype == "application/problem+json"

    assert not wrong
    assert _content(case.portal) == untouched


def test_drafts_are_listed_to_those_alone_who_may_see_them(case: Case) -> None:
    case.snapshot.restore()

    seen = {
        name: {one["dataset"] for one in caller.ask("GET", "/drafts").get_json().get("items", ())}
        for name, caller in case.callers.items()
    }

    own = {"stadt-neu", "stadt-da"}
    every = own | {"kreis-neu", "kreis-da"}
    assert seen == {
        name: {slug for slug in every if _may(who, Action.READ_DRAFT, slug.split("-")[0])} for name, who in WHO.items()
    }
    assert (seen["viewer"], seen["portal-admin"], seen["no-role"]) == (own, every, set())


def test_the_log_of_a_dataset_says_who_only_to_those_who_look_after_it(case: Case) -> None:
    case.snapshot.restore()

    for (name, who), slug in product(WHO.items(), ("stadt-da", "kreis-da")):
        answer = case.callers[name].ask("GET", f"/datasets/{slug}/events")
        if answer.status_code == 401:
            assert name == "disabled-token"
            continue
        told = any("actor" in event for event in answer.get_json()["items"])
        assert told is _may(who, Action.READ_EVENTS, slug.split("-")[0]), f"{name} {slug}"


def _caller(door: Door, name: str, who: Who) -> Caller:
    if name == "nobody":
        return stranger(door)
    add_person(door.portal, name, *who.roles, portal_admin=who.portal_admin)
    if who.token is None:
        caller = with_browser(door, name)
    else:
        caller = with_token(door, name, actions=who.token, publisher=who.narrowed_to)
    if who.unknown:
        with transaction(door.portal.engine) as session:
            session.query(User).filter_by(name=name).one().disabled = True
    return caller


def _job(publisher: str, kind: str) -> Job:
    at = datetime.now(UTC)
    return Job(
        id=f"job-{publisher}-{kind}", kind="delivery", dataset=f"{publisher}-{kind}", actor="test", created_at=at, updated_at=at
    )  # fmt: skip


def _prepare(case: Case, row: Row) -> None:
    case.snapshot.restore()
    set_drafts(case.portal, state=row.draft)
    with transaction(case.portal.engine) as session:
        session.execute(update(Job).values(state=row.job))
    reason = "Falsch." if row.dataset == State.WITHDRAWN else None
    set_datasets(case.portal, "stadt-da", "kreis-da", state=row.dataset, withdrawal_reason_de=reason)


def _ask(case: Case, operation: str, caller: Caller, publisher: str, public: bool) -> Any:  # Any: an answer
    row = ROWS[operation]
    method, path = operation.split(" ")
    kind = "da" if public else "neu"
    if path.startswith("/publishers/{slug}"):
        path = path.replace("{slug}", publisher)
    path = path.replace("{name}", publisher if row.action is A.MANAGE_PUBLISHER else "{name}")
    name = "trees.csv" if "/preview/" in path else f"mitglied-{publisher}"
    path = path.format(
        slug=f"{publisher}-{kind}", table="trees", name=name, job_id=f"job-{publisher}-{kind}", prefix=case.tokens[publisher]
    )  # fmt: skip
    headers = {"If-Match": _revision(case.portal, f"{publisher}-{kind}")} if row.looks_at else {}
    if isinstance(row.sent, bytes):
        sent = {"data": row.sent, "content_type": row.media_type}
    elif row.sent is not None:
        named = {
            key: value.replace("{publisher}", publisher) if isinstance(value, str) else value
            for key, value in row.sent.items()
        }
        sent = {"json": named, "content_type": row.media_type}
    else:
        sent = {}
    return caller.ask(method, f"{path}{row.query}", headers=headers, **sent)


def _revision(portal: Portal, slug: str) -> str:
    named = "SELECT revision FROM draft JOIN dataset ON dataset.id = dataset_id WHERE slug = :slug"
    with reading(portal.engine) as session:
        return f'"r{session.execute(text(named), {"slug": slug}).scalar()}"'


def _content(portal: Portal) -> list[Any]:
    """Give what a refused request must leave as it is."""
    tables = (
        "event",
        "draft",
        "dataset",
        "publisher",
        "membership",
        "user_account",
        "token",
        "job",
        "saved_combination",
    )
    with reading(portal.engine) as session:
        return [session.execute(text(f"SELECT * FROM {table}")).all() for table in tables]
