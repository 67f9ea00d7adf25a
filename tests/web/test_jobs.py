"""Long work over HTTP and with a browser: 202 with an address that says how far it is, and what came of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from portal.accounts.permissions import Action
from portal.accounts.roles import Role
from portal.catalogue.draft import Draft
from portal.curation.working import take_up_jobs
from portal.foundation.db import reading
from portal.web.app import create_app
from portal.wiring import Portal
from tests.curating import CSV, Caller, Door, add_person, add_publisher, begin, stranger, with_browser, with_token
from tests.templates import an_empty_portal

TABLE = "/datasets/baeume/draft/tables/trees?filename=b.csv"
LATER = {"Prefer": "respond-async"}
WRONG = b"id,height\nx-1,3\nx-2,4\nSumme,7\n"


@dataclass(frozen=True)
class Case:
    """A draft without tables, and those who look after it."""

    portal: Portal
    nudges: list[None]
    editor: Caller
    viewer: Caller
    browser: Caller
    nobody: Caller

    def put(self, content: bytes = CSV, path: str = TABLE, **headers: str) -> Any:  # Any: an answer
        return self.editor.ask("PUT", path, data=content, headers={**LATER, **headers})

    def ordered(self, content: bytes = CSV) -> str:
        """Order a delivery and give the address of its job below `/api/v1`."""
        answer = self.put(content)
        assert answer.status_code == 202, answer.text
        return str(answer.headers["Location"]).removeprefix(f"{self.portal.settings.public_url}/api/v1")

    def work(self) -> None:
        portal = self.portal
        list(take_up_jobs(portal.engine, portal.store, portal.settings, drafts=portal.drafts))

    def page(self, address: str, language: str = "de") -> Any:  # Any: an answer
        headers = {**self.browser.headers, "Accept": "text/html", "Accept-Language": language}
        client: FlaskClient = self.browser.client
        return client.get(address, headers=headers, base_url="https://localhost")

    def sources(self) -> dict[str, str]:
        with reading(self.portal.engine) as session:
            return session.query(Draft).one().sources


@pytest.fixture
def case(tmp_path: Path) -> Iterator[Case]:
    portal = an_empty_portal(tmp_path / "data", job_above_bytes=500)
    add_publisher(portal)
    for name, role in (("anna", Role.EDITOR), ("vera", Role.VIEWER)):
        add_person(portal, name, role)
    begin(portal, "baeume", "stadt")
    nudges: list[None] = []
    door = Door(portal, create_app(portal, refresh_s=0, nudge=lambda: nudges.append(None)))
    anna = with_token(door, "anna", actions=[Action.EDIT_DRAFT, Action.SUBMIT])
    yield Case(portal, nudges, anna, with_token(door, "vera"), with_browser(door, "anna"), stranger(door))
    portal.engine.dispose()


def test_who_prefers_not_to_wait_gets_the_address_of_a_job_that_tells_the_rest(case: Case) -> None:
    at_once = case.editor.ask("PUT", f"{TABLE}&dry_run=true", data=CSV).get_json()
    answer = case.put()
    assert (answer.status_code, answer.headers["Preference-Applied"]) == (202, "respond-async")
    address = answer.headers["Location"].removeprefix("https://daten.example/api/v1")
    waiting = case.editor.ask("GET", address)
    assert (waiting.get_json()["state"], waiting.headers["Retry-After"]) == ("waiting", "1")
    assert case.nudges
    assert case.sources() == {}

    case.work()

    done = case.editor.ask("GET", address)
    told = done.get_json()
    assert (told["state"], told["rows"], told["bytes"]) == ("done", 2, len(CSV))
    assert "Retry-After" not in done.headers
    report = case.editor.ask("GET", told["links"]["report"].removeprefix("https://daten.example/api/v1")).get_json()
    (table,) = report["tables"]
    assert {key: at_once[key] for key in table} == table
    assert list(case.sources()) == ["trees"]


def test_a_large_file_becomes_a_job_whatever_the_client_prefers(case: Case) -> None:
    large = CSV + b"".join(b"k-%d,Eiche\n" % number for number in range(100))

    answer = case.editor.ask("PUT", TABLE, data=large)
    whole = case.editor.ask("PUT", "/datasets/baeume/draft/deliveries?filename=alle.csv", data=large)

    assert (answer.status_code, whole.status_code) == (202, 202)
    assert "Preference-Applied" not in answer.headers
    case.work()
    assert sorted(case.sources()) == ["alle", "trees"]


def test_a_request_whose_answer_was_lost_is_sent_again_and_is_the_same_job(case: Case) -> None:
    assert case.ordered() == case.ordered()
    key = {**LATER, "Idempotency-Key": "k-1"}
    case.work()

    first, again = (case.editor.ask("POST", "/datasets/baeume/draft/submit", headers=key) for _ in range(2))

    assert first.headers["Location"] == again.headers["Location"]
    assert again.headers["Idempotency-Replayed"] == "true"
    case.work()
    assert case.editor.ask("GET", "/datasets/baeume/draft/tables").status_code in (404, 405)
    assert case.viewer.ask("GET", "/datasets/baeume/draft").get_json()["state"] == "review"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"{TABLE}&choices=%7B", 400),
        (f"{TABLE}&choices=%5B1%5D", 400),
        (TABLE.replace("trees", "UPPER"), 400),
        (TABLE.replace("baeume", "gibtsnicht"), 404),
    ],
)
def test_what_can_be_refused_is_refused_before_a_job_is_made(case: Case, path: str, status: int) -> None:
    assert case.put(path=path).status_code == status
    assert case.put(**{"If-Match": '"r99"'}).status_code == 412
    assert case.viewer.ask("PUT", TABLE, data=CSV, headers=LATER).status_code == 403
    assert case.nobody.ask("PUT", TABLE, data=CSV, headers=LATER).status_code == 401
    assert case.viewer.ask("GET", "/jobs").get_json() == {"items": []}


def test_findings_are_told_whole_to_who_ordered_and_without_values_to_a_viewer(case: Case) -> None:
    address = case.ordered(WRONG)
    case.work()

    own = case.editor.ask("GET", address).get_json()["problem"]
    seen = case.viewer.ask("GET", address).get_json()["problem"]
    report = case.viewer.ask("GET", f"{address}/report")

    assert [(one["row"], one["value"]) for one in own["findings"]] == [(3, "Summe")]
    assert [one["row"] for one in seen["findings"]] == [3]
    assert "Summe" not in report.text.replace("Summenzeile", "")
    assert case.nobody.ask("GET", address).status_code == 401


def test_a_viewer_of_a_draft_is_told_of_its_deliveries_without_what_quotes_them(case: Case) -> None:
    case.editor.ask("PUT", TABLE, data=CSV)

    told = case.viewer.ask("GET", "/datasets/baeume/draft").get_json()["tables"][0]["delivery"]

    assert told["rows"] == 2
    assert "Linde" not in repr(told)


def test_a_job_is_cancelled_and_has_no_report_before_its_end(case: Case) -> None:
    address = case.ordered()
    assert case.editor.ask("GET", f"{address}/report").status_code == 404

    assert case.viewer.ask("DELETE", address).status_code == 403
    assert case.editor.ask("DELETE", address).get_json()["state"] == "cancelled"

    assert case.editor.ask("DELETE", address).status_code == 409
    case.work()
    assert case.sources() == {}


def test_a_browser_sees_a_bar_that_asks_again_until_there_is_a_result(case: Case) -> None:
    address = case.ordered(WRONG)
    page = f"/jobs/{address.rsplit('/', 1)[1]}"

    led = case.page(f"/api/v1{address}")
    running, english = case.page(page), case.page(page, "en")
    case.work()
    ended = case.page(page)

    assert (led.status_code, led.headers["Location"]) == (303, f"https://daten.example{page}")
    assert "<progress" in running.text
    assert running.headers["Refresh"] == "2"
    assert "Lieferung: baeume" in running.text
    assert "Delivery: baeume" in english.text
    assert "<script" not in running.text
    assert "nicht gelungen" in ended.text
    assert "Summenzeile" in ended.text
    assert "Refresh" not in ended.headers
    assert running.headers["Cache-Control"] == "no-store"
    assert page in case.page("/jobs").text


def test_a_browser_that_is_not_logged_in_is_led_to_the_login(case: Case) -> None:
    page = f"/jobs/{case.ordered().rsplit('/', 1)[1]}"

    for address in (page, "/jobs"):
        answer = case.nobody.client.get(address, headers={"Accept": "text/html"})
        assert (answer.status_code, answer.headers["Location"]) == (303, f"/login?next={address}")
    assert case.page("/jobs/nichts").status_code == 404
