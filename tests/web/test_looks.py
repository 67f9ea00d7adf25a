"""Looking at drafts over HTTP: at once while they are small, by a job when they are large; kept until they change."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from portal.accounts.roles import Role
from portal.catalogue.look import DraftLook
from portal.catalogue.publishers import find_publisher
from portal.curation.working import take_up, take_up_jobs
from portal.foundation.clock import now
from portal.foundation.db import reading, transaction
from portal.publishing.rebuild import draft_digests
from portal.wiring import Portal
from tests.commands import call_portal
from tests.curating import (
    CSV,
    TABLE,
    Caller,
    Door,
    Snapshot,
    add_person,
    add_publisher,
    begin,
    deliver_bytes,
    stranger,
    with_browser,
    with_token,
)
from tests.templates import an_empty_portal

DRAFT = "/datasets/baeume/draft"
LATER = {"Prefer": "respond-async"}
MORE = CSV + b"x-3,Eiche\n"
MAIL = b"id,name\nx-1,Linde\nx-2,erika.musterfrau@example.org\n"
ROWS, ALL_ROWS = f"{DRAFT}/tables/{TABLE}/changes", f"{DRAFT}/tables/{TABLE}/changes.csv"
PREVIEW, CHANGES, SCAN = f"{DRAFT}/preview", f"{DRAFT}/changes", f"{DRAFT}/privacy"
ADDRESSES = {
    PREVIEW: "preview", f"{PREVIEW}/trees.csv": "preview", CHANGES: "comparison", ROWS: "comparison",
    ALL_ROWS: "comparison", SCAN: "scan",
}  # fmt: skip
"""Address ↔ kind of the job that it becomes."""


@dataclass(frozen=True)
class Case:
    """A public dataset with a draft of its next version, and those who look at it."""

    portal: Portal
    folder: Path
    editor: Caller
    viewer: Caller
    browser: Caller
    nobody: Caller

    def deliver(self, content: bytes) -> None:
        deliver_bytes(self.portal, self.folder, "baeume", content)

    def work(self) -> None:
        portal = self.portal
        list(take_up_jobs(portal.engine, portal.store, portal.settings, drafts=portal.drafts))

    def ordered(self, address: str, by: Caller | None = None) -> str:
        """Ask with patience and give the address of the job below `/api/v1`."""
        answer = (by or self.editor).ask("GET", address, headers=LATER)
        assert answer.status_code == 202, answer.text
        return str(answer.headers["Location"]).removeprefix("https://daten.example/api/v1")

    def told(self, job: str, by: Caller | None = None) -> Any:  # Any: JSON
        return (by or self.editor).ask("GET", job).get_json()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Case, Snapshot]]:
    folder = tmp_path_factory.mktemp("looks")
    portal = an_empty_portal(folder / "data")
    add_publisher(portal)
    add_person(portal, "anna", Role.EDITOR, Role.APPROVER)
    add_person(portal, "vera", Role.VIEWER)
    begin(portal, "baeume", "stadt")
    door = Door.of(portal)
    anna = with_token(door, "anna")
    case = Case(portal, folder, anna, with_token(door, "vera"), with_browser(door, "anna"), stranger(door))
    case.deliver(CSV)
    with_key = {"metadata": {"resources": [{"name": TABLE, "schema": {"primaryKey": ["id"]}}]}}
    tag = anna.ask("GET", DRAFT).headers["ETag"]
    assert anna.ask("PATCH", DRAFT, json=with_key, headers={"If-Match": tag}).status_code == 200
    publish(case, door)
    case.deliver(MORE)
    yield case, Snapshot.of(portal)
    portal.engine.dispose()


def publish(case: Case, door: Door) -> None:
    portal = case.portal
    add_person(portal, "ben", Role.APPROVER)
    assert case.editor.ask("POST", f"{DRAFT}/submit").status_code == 200
    assert with_token(door, "ben").ask("POST", f"{DRAFT}/approve").status_code == 202
    assert take_up(portal.engine, portal.store, portal.settings, drafts=portal.drafts, at=now()) == ["baeume"]


@pytest.fixture
def case(made: tuple[Case, Snapshot]) -> Case:
    case, snapshot = made
    snapshot.restore()
    return case


@pytest.fixture
def impatient(case: Case) -> Case:
    """The same, where every draft counts as large."""
    door = Door.of(replace(case.portal, settings=replace(case.portal.settings, job_above_bytes=10)))
    return replace(case, editor=Caller(door.app.test_client(), case.editor.headers))


@pytest.mark.parametrize(("address", "kind"), ADDRESSES.items())
def test_a_look_that_was_ordered_is_answered_at_once_when_its_job_has_ended(
    case: Case, address: str, kind: str
) -> None:
    ordered = case.ordered(address)
    assert (case.told(ordered)["kind"], case.told(ordered)["state"]) == (kind, "waiting")
    case.work()

    done = case.told(ordered)
    assert (done["state"], done["steps_done"], done["problem"]) == ("done", done["steps_total"], None)
    assert done["rows"] == 3
    assert done["result"]["url"].startswith(f"https://daten.example/api/v1{DRAFT}/")
    patient = case.editor.ask("GET", address, headers=LATER)
    assert (patient.status_code, patient.data) == (200, case.editor.ask("GET", address).data)


@pytest.mark.parametrize("address", [PREVIEW, ROWS, SCAN])
def test_a_large_draft_is_looked_at_by_a_job_whatever_the_client_prefers(impatient: Case, address: str) -> None:
    answer = impatient.editor.ask("GET", address)
    assert (answer.status_code, answer.headers["Retry-After"]) == (202, "1")
    assert "Preference-Applied" not in answer.headers

    impatient.work()

    assert impatient.editor.ask("GET", address).status_code == 200


def test_a_large_draft_is_submitted_by_a_job(impatient: Case) -> None:
    answer = impatient.editor.ask("POST", f"{DRAFT}/submit")
    impatient.work()

    assert answer.status_code == 202
    assert impatient.editor.ask("GET", DRAFT).get_json()["state"] == "review"


def test_the_same_question_is_the_same_job_and_a_changed_draft_is_another_question(case: Case) -> None:
    first = case.ordered(CHANGES)

    assert case.ordered(ROWS) == case.ordered(ALL_ROWS) == first
    assert case.ordered(PREVIEW) != first
    case.deliver(CSV + b"x-9,Esche\n")
    assert case.ordered(CHANGES) != first

    case.work()
    assert case.editor.ask("GET", ROWS).get_json()["changes"][0]["key"] == {"id": "x-9"}


def test_what_was_kept_is_of_no_use_for_a_draft_that_changed(case: Case) -> None:
    tag = case.editor.ask("GET", f"{PREVIEW}/trees.csv").headers["ETag"]
    assert case.editor.ask("GET", f"{PREVIEW}/trees.csv", headers={"If-None-Match": tag}).status_code == 304
    assert case.editor.ask("GET", ROWS).get_json()["total"] == 1

    case.deliver(CSV)

    changed = case.editor.ask("GET", f"{PREVIEW}/trees.csv", headers={"If-None-Match": tag})
    assert (changed.status_code, b"Eiche" in changed.data) == (200, False)
    assert case.editor.ask("GET", ROWS).get_json()["total"] == 0
    assert case.editor.ask("GET", ALL_ROWS).text.count("\n") == 1


def test_pages_of_changed_rows_and_all_of_them_say_the_same(case: Case) -> None:
    case.deliver(b"id,name\nx-1,Esche\nx-3,Eiche\n")

    pages, address = [], f"{ROWS}?limit=1"
    while address:
        told = case.editor.ask("GET", address).get_json()
        pages += told["changes"]
        address = (told["next"] or "").removeprefix("https://daten.example/api/v1")

    assert [(one["change"], one["key"]["id"], one["columns"]) for one in pages] == [
        ("changed", "x-1", ["name"]), ("removed", "x-2", []), ("added", "x-3", []),
    ]  # fmt: skip
    assert (pages[0]["before"]["name"], pages[0]["after"]["name"]) == ("Linde", "Esche")
    csv = case.editor.ask("GET", ALL_ROWS)
    assert csv.text.splitlines() == ["_change,_columns,id,name", "changed,name,x-1,Esche", "removed,,x-2,Ahorn", "added,,x-3,Eiche"]  # fmt: skip
    assert (csv.headers["Row-Count"], csv.headers["Cache-Control"]) == ("3", "no-store")
    assert case.editor.ask("GET", f"{DRAFT}/tables/none/changes").status_code == 404


def test_a_look_is_ordered_by_who_may_look_and_seen_by_who_may_see(case: Case) -> None:
    for address in (PREVIEW, CHANGES, SCAN):
        assert case.nobody.ask("GET", address, headers=LATER).status_code == 401
    assert case.viewer.ask("GET", SCAN, headers=LATER).status_code == 403
    assert case.editor.ask("GET", PREVIEW.replace("baeume", "nichts"), headers=LATER).status_code == 404
    assert case.told("/jobs?open=true") == {"items": []}

    job = case.ordered(PREVIEW, by=case.viewer)
    case.work()

    assert case.told(job, by=case.viewer)["state"] == "done"
    assert case.viewer.ask("GET", PREVIEW, headers=LATER).status_code == 200
    assert case.nobody.ask("GET", job).status_code == 401


def test_a_look_is_cancelled_and_leaves_nothing(case: Case) -> None:
    job = case.ordered(CHANGES)

    assert case.viewer.ask("DELETE", job).status_code == 403
    assert case.editor.ask("DELETE", job).get_json()["state"] == "cancelled"

    case.work()
    assert case.ordered(CHANGES) != job
    with reading(case.portal.engine) as session:
        assert session.query(DraftLook).count() == 0


def test_a_draft_that_could_not_be_released_is_told_of_without_values_to_who_may_not_see_them(case: Case) -> None:
    case.deliver(MAIL)
    mine, theirs = case.ordered(CHANGES), case.ordered(CHANGES, by=case.viewer)
    case.work()

    for address in (PREVIEW, CHANGES):
        whole, veiled = (caller.ask("GET", address) for caller in (case.editor, case.viewer))
        assert (whole.status_code, veiled.status_code) == (422, 422)
        assert "musterfrau" in whole.text
        assert "musterfrau" not in veiled.text
        (found,) = veiled.get_json()["findings"]
        assert (found["code"], found["row"], found["column"]) == ("personal-email", 2, "name")
    assert "musterfrau" in repr(case.told(mine))
    for job in (mine, theirs):
        assert case.told(job, by=case.viewer)["state"] == "failed"
        assert "musterfrau" not in repr([case.told(job, by=case.viewer), case.told(f"{job}/report", by=case.viewer)])


def test_a_look_that_was_refused_is_refused_at_once_until_the_draft_is_another(impatient: Case) -> None:
    impatient.deliver(MAIL)
    assert impatient.editor.ask("GET", PREVIEW).status_code == 202
    impatient.work()

    again = impatient.editor.ask("GET", PREVIEW)
    assert (again.status_code, again.get_json()["findings"][0]["code"]) == (422, "personal-email")
    assert "musterfrau" in again.text
    assert impatient.told("/jobs?open=true") == {"items": []}

    impatient.deliver(MORE + b"x-4,Esche\n")
    assert impatient.editor.ask("GET", PREVIEW).status_code == 202


def test_what_a_look_made_is_spared_by_the_sweep_and_goes_with_the_draft(case: Case) -> None:
    case.editor.ask("GET", CHANGES)
    case.editor.ask("GET", PREVIEW)
    drafts = case.portal.drafts
    drafts.sweep(draft_digests(case.portal.engine), younger_than_s=-1)
    assert case.editor.ask("GET", ALL_ROWS).status_code == 200
    assert case.editor.ask("GET", f"{PREVIEW}/trees.csv").status_code == 200

    tag = case.editor.ask("GET", DRAFT).headers["ETag"]
    assert case.editor.ask("DELETE", DRAFT, headers={"If-Match": tag}).status_code == 204

    with reading(case.portal.engine) as session:
        assert session.query(DraftLook).count() == 0


def test_a_browser_sees_the_job_and_is_led_to_what_it_made(case: Case) -> None:
    page = case.ordered(PREVIEW)
    case.work()

    headers = {**case.browser.headers, "Accept": "text/html", "Accept-Language": "de"}
    client = case.browser.client
    shown = client.get(page, headers=headers, base_url="https://localhost").text
    listed = client.get("/jobs", headers=headers, base_url="https://localhost").text

    assert "Vorschau: baeume" in shown
    assert f'<a href="https://daten.example/api/v1{PREVIEW}">Ergebnis</a>' in shown
    assert "Vorschau" in listed


def test_notes_are_part_of_what_is_previewed(case: Case) -> None:
    case.editor.ask("GET", PREVIEW)
    tag = case.editor.ask("GET", DRAFT).headers["ETag"]
    noted = case.editor.ask("PATCH", DRAFT, json={"notes": "Neu gezählt."}, headers={"If-Match": tag})
    assert noted.status_code == 200

    job = case.ordered(PREVIEW)
    case.work()

    assert case.told(job)["state"] == "done"
    assert "Neu gezählt." in case.editor.ask("GET", f"{PREVIEW}/.ttl").text


def test_what_is_said_of_the_publisher_is_part_of_what_is_previewed(case: Case) -> None:
    case.editor.ask("GET", PREVIEW)
    with transaction(case.portal.engine) as session:
        find_publisher(session, "stadt").homepage = "https://neu.example/"

    assert "https://neu.example/" in case.editor.ask("GET", f"{PREVIEW}/.ttl").text


@pytest.mark.parametrize("address", [PREVIEW, CHANGES, SCAN])
def test_a_delivered_file_that_was_lost_is_said_to_be_and_asked_for_again(case: Case, address: str) -> None:
    case.deliver(MORE)
    for digest in draft_digests(case.portal.engine):
        case.portal.drafts.path(digest).unlink(missing_ok=True)

    answer = case.editor.ask("GET", address)
    case.deliver(MORE)

    assert answer.status_code == 422, answer.text
    assert case.editor.ask("GET", address).status_code == 200
    assert "nicht mehr da; bitte noch einmal liefern" in answer.get_json()["detail"]


def test_the_command_line_lists_and_shows_the_job_and_works_it_off(case: Case) -> None:
    job_id = case.ordered(SCAN).removeprefix("/jobs/")
    data = case.portal.settings.data

    waiting = call_portal("jobs", "list", "--open", data=data).stdout
    worked = call_portal("work", "--only", "releases", data=data), call_portal("work", "--only", "jobs", data=data)
    shown = call_portal("jobs", "show", job_id, data=data).stdout

    assert f"{job_id} " in waiting
    assert waiting.rstrip().endswith("scan baeume waiting")
    assert [one.returncode for one in worked] == [0, 0]
    assert ["scan" in one.stderr for one in worked] == [False, True]
    assert "done" in shown
    assert "/draft/privacy" in shown
