"""A company delivers roadworks, the city releases them, a stranger reads them; docs/curation.md tells the same as curl.

company: PUT ─▶ 422 with row and column ─▶ PUT, remedy accepted ─▶ submit
city:    changes ─▶ approve ─▶ job ─▶ public;  next day: the same file again, the remedy is remembered
"""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import Any

import pytest
import requests

from tests.commands import call_portal
from tests.shipped import Served, serving
from tests.waiting import wait_until

API = "/api/v1"
NUMBERS = count(1)

METADATA = {
    "title": "Baustellen",
    "description": "Alle Baustellen im Netzgebiet.",
    "keywords": ["Baustelle", "Straße"],
    "licenses": [{"name": "dl-zero-de/2.0"}],
    "dcat": {
        "theme": ["TRAN"],
        "accrualPeriodicity": "DAILY",
        "accessRights": "PUBLIC",
        "spatial": ["krefeld"],
        "temporal": {"start": "2026-01-01"},
        "rights": {"de": "Frei verwendbar.", "en": "Free to use."},
    },
}
KEY = {
    "resources": [
        {
            "name": "baustellen",
            "schema": {"primaryKey": ["Nr"], "fields": [{"name": "Beginn", "constraints": {"required": True}}]},
        }
    ]
}

FIRST_DAY = (
    "Nr;Straße;Beginn;Ende;Länge (m)\n"
    "b-1;Musterstraße;01.03.2026;15.03.2026;120,5\n"
    "b-2;Beispielweg;02.03.2026;20.04.2026;80\n"
    "b-3;Testallee;05.04.2026;;30,25\n"
    "Summe;;;;230,75\n"
).encode("windows-1252")

NEXT_DAY = (
    "Nr;Straße;Beginn;Ende;Länge (m)\n"
    "b-1;Musterstraße;01.03.2026;22.03.2026;120,5\n"
    "b-3;Testallee;05.04.2026;;30,25\n"
    "b-4;Am Beispiel;07.04.2026;;12\n"
    "Summe;;;;162,75\n"
).encode("windows-1252")


@dataclass(frozen=True)
class Client:
    """Somebody with a token, or a stranger without one, on the dataset of one test."""

    served: Served
    slug: str
    token: str | None = None

    @property
    def draft(self) -> str:
        return f"{API}/datasets/{self.slug}/draft"

    @property
    def table(self) -> str:
        return f"{self.draft}/tables/baustellen"

    def begin(self) -> requests.Response:
        return self.ask(
            "POST", f"{API}/datasets", json={"name": self.slug, "publisher": "stadtwerke", "metadata": METADATA}
        )

    def ask(self, method: str, path: str, **more: Any) -> requests.Response:
        headers = more.pop("headers", {})
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        return requests.request(method, self.served.absolute(path), headers=headers, timeout=60, **more)

    def put(self, content: bytes, query: str = "") -> requests.Response:
        return self.ask("PUT", f"{self.table}?filename=baustellen.csv{query}", data=content)


@dataclass(frozen=True)
class Town:
    """A running portal with a publisher, and the tokens of the two who work for it."""

    served: Served
    company: str
    city: str


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    data = tmp_path_factory.mktemp("town") / "data"
    for command, password in (
        ("publisher add stadtwerke --name Stadtwerke", None),
        ("user add firma", "ein langes Passwort"),
        ("user add stadt", "noch ein langes Passwort"),
        ("member add firma stadtwerke editor", None),
        ("member add stadt stadtwerke approver", None),
    ):
        done = call_portal(*command.split(), given=password, data=data)
        assert done.returncode == 0, done.stderr
    with serving(data, datasets="-") as running:
        company = _token(running, "firma", "read_draft", "edit_draft", "submit", "decide_privacy")
        yield Town(running, company, _token(running, "stadt", "read_draft", "approve", "return"))


@pytest.fixture
def slug() -> str:
    """Give each test a dataset of its own."""
    return f"baustellen-{next(NUMBERS)}"


@pytest.fixture
def company(town: Town, slug: str) -> Client:
    return Client(town.served, slug, town.company)


@pytest.fixture
def city(town: Town, slug: str) -> Client:
    return Client(town.served, slug, town.city)


@pytest.fixture
def stranger(town: Town, slug: str) -> Client:
    return Client(town.served, slug)


def test_from_a_messy_file_to_a_download_and_the_next_day_again(
    company: Client, city: Client, stranger: Client
) -> None:
    begun = company.begin()
    assert begun.status_code == 201, begun.text

    refused = company.put(FIRST_DAY)
    assert refused.status_code == 422
    assert [(one["code"], one["row"], one["remedy"]["code"]) for one in refused.json()["findings"]] == [
        ("total-row", 4, "drop-rows")
    ]

    taken = company.put(FIRST_DAY, "&accept=total-row")
    assert taken.status_code == 200, taken.text
    assert taken.json()["rows"] == 3
    with_key = company.ask("PATCH", company.draft, json={"metadata": KEY}, headers={"If-Match": taken.headers["ETag"]})
    assert with_key.status_code == 200, with_key.text
    assert with_key.json()["gaps"] == []

    _release(company, city)

    first = stranger.ask("GET", f"/datasets/{company.slug}/baustellen.csv")
    assert first.text.splitlines()[1] == "b-1,Musterstraße,2026-03-01,2026-03-15,120.50"
    assert len(first.text.splitlines()) == 4

    broken = company.put(NEXT_DAY.replace(b"07.04.2026", b""))
    assert broken.status_code == 422
    assert ("required", 3, "Beginn") in [(one["code"], one["row"], one["column"]) for one in broken.json()["findings"]]
    again = company.put(NEXT_DAY)  # the remedy of the first day is remembered
    assert again.status_code == 200, again.text
    assert again.json()["rows"] == 3

    assert stranger.ask("GET", f"/datasets/{company.slug}/baustellen.csv").content == first.content
    told = city.ask("GET", f"{company.draft}/changes").json()["tables"][0]
    assert {kind: told["rows"][kind] for kind in ("added", "removed", "changed", "unchanged")} == {
        "added": 1, "removed": 1, "changed": 1, "unchanged": 1,
    }  # fmt: skip
    rows = city.ask("GET", f"{company.table}/changes").json()["changes"]
    assert [(one["change"], one["key"]["Nr"], one["columns"]) for one in rows] == [
        ("changed", "b-1", ["Ende"]), ("removed", "b-2", []), ("added", "b-4", []),
    ]  # fmt: skip
    assert city.ask("GET", f"{company.table}/changes.csv").text.splitlines()[1].startswith("changed,Ende,b-1,")
    preview = city.ask("GET", f"{company.draft}/preview/baustellen.csv")
    assert preview.status_code == 200, preview.text
    _release(company, city)

    assert stranger.ask("GET", f"/datasets/{company.slug}/baustellen.csv").content == preview.content
    assert stranger.ask("GET", f"/datasets/{company.slug}/v/1/baustellen.csv").content == first.content
    since = stranger.ask("GET", f"{API}/datasets/{company.slug}/tables/baustellen/changes?since=1").json()
    assert since["changes"] == rows
    done = call_portal("events", "verify", data=company.served.data)
    assert done.returncode == 0, done.stderr


def test_the_company_cannot_release_what_it_submitted(company: Client, city: Client) -> None:
    company.begin()
    company.put(FIRST_DAY, "&accept=total-row")
    assert company.ask("POST", f"{company.draft}/submit").status_code == 200

    assert company.ask("POST", f"{company.draft}/approve", json={}).status_code == 403
    returned = city.ask("POST", f"{company.draft}/return", json={"comment": "Bitte die Enddaten ergänzen."})
    assert returned.status_code == 200
    assert company.ask("GET", company.draft).json()["comment"] == "Bitte die Enddaten ergänzen."


def test_a_stranger_learns_nothing_of_a_draft(company: Client, stranger: Client) -> None:
    company.begin()

    assert stranger.ask("GET", company.draft).status_code == 401
    assert stranger.put(FIRST_DAY).status_code == 401
    assert stranger.ask("GET", f"/datasets/{company.slug}").status_code == 404
    assert company.slug not in stranger.ask("GET", "/catalog.ttl").text


def _release(company: Client, city: Client) -> None:
    """Submit, approve, and wait until the job is done."""
    submitted = company.ask("POST", f"{company.draft}/submit")
    assert submitted.status_code == 200, submitted.text
    approved = city.ask("POST", f"{company.draft}/approve", json={}, headers={"If-Match": submitted.headers["ETag"]})
    assert approved.status_code == 202, approved.text
    job = approved.headers["Location"]
    wait_until(lambda: city.ask("GET", job).json()["state"] not in ("waiting", "running"))
    told = city.ask("GET", job).json()
    assert told["state"] == "done", told
    time.sleep(0.2)  # readers look for news ten times a second


def _token(served: Served, name: str, *actions: str) -> str:
    wanted = [part for action in actions for part in ("--action", action)]
    done = call_portal("token", "issue", name, "--publisher", "stadtwerke", *wanted, "--json", data=served.data)
    assert done.returncode == 0, done.stderr
    return str(json.loads(done.stdout)["secret"])
