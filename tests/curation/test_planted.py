"""What is withheld is in no table of the database, whatever is done with it on the way: a mark is planted, and looked for.

It stands in cells that remedies name (a heading between rows, a word for no value), in a column that is withheld, and in what
people send along: choices, keys for requests that are sent again.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import pytest
from sqlalchemy import MetaData, select

from portal.accounts.permissions import Action
from portal.accounts.roles import Role
from portal.curation.working import take_up, take_up_jobs
from portal.foundation.clock import now
from portal.publishing.rebuild import draft_digests
from portal.wiring import Portal
from tests.curating import Caller, Door, add_person, with_token
from tests.curation.desk import Desk

MARK = "Musterfrau-Zyxwv"
DRAFT = "/datasets/baeume/draft"
FILE = f"{DRAFT}/tables/trees?filename=b.csv"
LATER = {"Prefer": "respond-async"}
CLEAN = [f"x-{number},Linde,{number + 2},Baum {number}\n" for number in range(1, 12)]
MESSY = "".join(
    [
        "id,name,alter,kontakt\n",
        *CLEAN[:5],
        f"Gruppe {MARK},,,\n",
        *CLEAN[5:],
        f"x-12,Eiche,{MARK},{MARK}@example.org\n",
    ]
).encode()


@dataclass(frozen=True)
class Planted:
    """A desk whose people come by HTTP."""

    portal: Portal
    door: Door
    anna: Caller
    vera: Caller
    ben: Caller

    def work(self) -> None:
        portal = self.portal
        list(take_up_jobs(portal.engine, portal.store, portal.settings, drafts=portal.drafts))
        self.look("the jobs")

    def look(self, after: str) -> None:
        """Look for the mark in every table, as text."""
        found = [name for name, text in database(self.portal) if MARK.lower() in text.lower()]
        assert found == [], after

    def ask(
        self, method: str, path: str, *statuses: int, by: Caller | None = None, **more: Any
    ) -> Any:  # Any: an answer
        answer = (by or self.anna).ask(method, path, **more)
        assert answer.status_code in statuses, answer.text
        self.look(f"{method} {path}")
        return answer


def database(portal: Portal) -> Iterator[tuple[str, str]]:
    """Give every table that there is, mapped or not, as one text."""
    found = MetaData()
    found.reflect(portal.engine)
    with portal.engine.connect() as connection:
        for table in found.tables.values():
            yield table.name, "\n".join(_text(cell) for row in connection.execute(select(table)) for cell in row)


def _text(cell: object) -> str:
    if isinstance(cell, bytes):
        return cell.decode("utf-8", "replace")
    return json.dumps(cell, ensure_ascii=False) if isinstance(cell, dict | list) else str(cell)


@pytest.fixture
def planted(desk: Desk) -> Planted:
    add_person(desk.portal, "vera", Role.VIEWER)
    door = Door.of(desk.portal)
    return Planted(desk.portal, door, *(with_token(door, name) for name in ("anna", "vera", "ben")))


def test_a_planted_mark_is_in_no_table_from_the_delivery_to_the_release_and_the_next_day(planted: Planted) -> None:
    asked = planted.ask("PUT", FILE, 422, data=MESSY)
    assert MARK in asked.text
    planted.ask("PUT", FILE, 202, data=MESSY, headers=LATER)
    planted.work()
    accepting = f"{FILE}&accept=heading-row,mixed-types"
    planted.ask("PUT", accepting, 200, data=MESSY)
    chosen = json.loads(planted.anna.ask("GET", DRAFT).text)["tables"][0]["delivery"]["choices"]
    assert MARK in repr(chosen)
    planted.ask("PUT", f"{FILE}&choices={quote(json.dumps(chosen))}", 202, data=MESSY, headers=LATER)
    planted.work()

    for address in ("privacy", "preview", "changes"):
        planted.ask("GET", f"{DRAFT}/{address}", 202, headers=LATER)
    planted.work()
    (found,) = planted.ask("GET", f"{DRAFT}/privacy", 200).get_json()["open"]
    assert MARK in found["value"]
    refused = planted.ask("POST", f"{DRAFT}/submit", 422, headers={"Idempotency-Key": "submit-1"})
    assert MARK in refused.text
    narrow = with_token(planted.door, "anna", actions=[Action.SUBMIT])
    assert MARK not in planted.ask("POST", f"{DRAFT}/submit", 422, by=narrow).text
    planted.ask("POST", f"{DRAFT}/submit", 202, headers=LATER)
    planted.work()

    tag = planted.anna.ask("GET", DRAFT).headers["ETag"]
    with_key = {"metadata": {"resources": [{"name": "trees", "schema": {"primaryKey": ["id"]}}]}}
    patched = planted.ask("PATCH", DRAFT, 200, json=with_key, headers={"If-Match": tag, "Idempotency-Key": "patch-1"})
    assert patched.get_json()["tables"][0]["delivery"]["rows"] == 12
    decision = {
        "resource": "trees", "column": "kontakt", "finding": found["code"].removeprefix("personal-"), "decision": "withhold",
        "reason": {"de": "Personen.", "en": "Persons."},
    }  # fmt: skip
    planted.ask("POST", f"{DRAFT}/privacy", 200, json=decision, headers={"Idempotency-Key": "decide-1"})
    for address in ("privacy", "preview", "changes"):
        assert MARK not in planted.ask("GET", f"{DRAFT}/{address}", 200).text
    planted.ask("POST", f"{DRAFT}/submit", 200, headers={"Idempotency-Key": "submit-2"})
    planted.ask("POST", f"{DRAFT}/approve", 202, by=planted.ben)
    portal = planted.portal
    assert take_up(portal.engine, portal.store, portal.settings, drafts=portal.drafts, at=now()) == ["baeume"]
    planted.look("the release")

    portal.drafts.sweep(draft_digests(portal.engine), younger_than_s=-1)
    again = planted.ask("PUT", FILE, 200, data=MESSY).get_json()
    assert "heading-row" not in again["counts"]
    assert [one["code"] for one in again["choices"]["accepted"]] == ["drop-rows", "as-missing"]


def test_a_viewer_is_told_of_every_finding_and_of_no_cell(planted: Planted) -> None:
    planted.ask("PUT", f"{FILE}&accept=heading-row,mixed-types", 200, data=MESSY)
    planted.ask("PUT", FILE.replace("trees", "more"), 202, data=MESSY, headers=LATER)
    planted.work()

    for address in (DRAFT, f"{DRAFT}/preview", f"{DRAFT}/changes", "/jobs"):
        answer = planted.vera.ask("GET", address)
        assert MARK not in answer.text, address
    (job,) = planted.vera.ask("GET", "/jobs").get_json()["items"]
    report = planted.vera.ask("GET", f"/jobs/{job['id']}/report")
    assert MARK not in report.text
    assert [one["code"] for one in report.get_json()["problem"]["findings"] if one["row"] == 6] == ["heading-row"]


def test_what_means_nothing_is_refused_before_it_becomes_a_job(planted: Planted) -> None:
    refused = planted.ask("PUT", f"{FILE}&accept=heading-row,%20totalrow", 400, data=MESSY, headers=LATER)

    assert "unbekannt: totalrow. Es gibt:" in refused.get_json()["detail"]
    planted.ask("PUT", f"{FILE}&choices={quote(json.dumps({'encodng': 'utf-8'}))}", 400, data=MESSY, headers=LATER)
    assert planted.anna.ask("GET", "/jobs").get_json()["items"] == []
