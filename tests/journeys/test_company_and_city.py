"""A company delivers roadworks, the city releases them, a stranger reads them; docs/curation.md tells the same as curl.

company: PUT ─▶ 422 with row and column ─▶ PUT, remedy accepted ─▶ submit
city:    changes ─▶ approve ─▶ job ─▶ public;  next day: the same file again, the remedy is remembered
"""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.shipped import Served, run_portal, serving

API = "/api/v1"
DRAFT = f"{API}/datasets/baustellen/draft"
TABLE = f"{DRAFT}/tables/baustellen"

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
    """Somebody with a token, or a stranger without one."""

    served: Served
    token: str | None = None

    def ask(self, method: str, path: str, **more: Any) -> requests.Response:
        headers = more.pop("headers", {})
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        return requests.request(method, self.served.absolute(path), headers=headers, timeout=60, **more)

    def put(self, content: bytes, query: str = "") -> requests.Response:
        return self.ask("PUT", f"{TABLE}?filename=baustellen.csv{query}", data=content)


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    data = tmp_path / "data"
    for command, password in (
        ("publisher add stadtwerke --name Stadtwerke", None),
        ("user add firma", "ein langes Passwort"),
        ("user add stadt", "noch ein langes Passwort"),
        ("member add firma stadtwerke editor", None),
        ("member add stadt stadtwerke approver", None),
    ):
        done = run_portal(*command.split(), given=password, data=data)
        assert done.returncode == 0, done.stderr
    with serving(data, datasets="-") as running:
        yield running


@pytest.fixture
def company(served: Served) -> Client:
    return Client(served, _token(served, "firma", "read_draft", "edit_draft", "submit", "decide_privacy"))


@pytest.fixture
def city(served: Served) -> Client:
    return Client(served, _token(served, "stadt", "read_draft", "approve", "return"))


def test_from_a_messy_file_to_a_download_and_the_next_day_again(served: Served, company: Client, city: Client) -> None:
    stranger = Client(served)
    begun = company.ask(
        "POST", f"{API}/datasets", json={"name": "baustellen", "publisher": "stadtwerke", "metadata": METADATA}
    )
    assert begun.status_code == 201, begun.text

    refused = company.put(FIRST_DAY)
    assert refused.status_code == 422
    assert [(one["code"], one["row"], one["remedy"]["code"]) for one in refused.json()["findings"]] == [
        ("total-row", 4, "drop-rows")
    ]

    taken = company.put(FIRST_DAY, "&accept=total-row")
    assert taken.status_code == 200, taken.text
    assert taken.json()["rows"] == 3
    with_key = company.ask("PATCH", DRAFT, json={"metadata": KEY}, headers={"If-Match": taken.headers["ETag"]})
    assert with_key.status_code == 200, with_key.text
    assert with_key.json()["gaps"] == []

    _release(company, city)

    first = stranger.ask("GET", "/datasets/baustellen/baustellen.csv")
    assert first.text.splitlines()[1] == "b-1,Musterstraße,2026-03-01,2026-03-15,120.50"
    assert len(first.text.splitlines()) == 4

    broken = company.put(NEXT_DAY.replace(b"07.04.2026", b""))
    assert broken.status_code == 422
    assert ("required", 3, "Beginn") in [(one["code"], one["row"], one["column"]) for one in broken.json()["findings"]]
    again = company.put(NEXT_DAY)  # the remedy of the first day is remembered
    assert again.status_code == 200, again.text
    assert again.json()["rows"] == 3

    assert stranger.ask("GET", "/datasets/baustellen/baustellen.csv").content == first.content
    told = city.ask("GET", f"{DRAFT}/changes").json()["tables"][0]
    assert {kind: told["rows"][kind] for kind in ("added", "removed", "changed", "unchanged")} == {
        "added": 1, "removed": 1, "changed": 1, "unchanged": 1,
    }  # fmt: skip
    rows = city.ask("GET", f"{TABLE}/changes").json()["changes"]
    assert [(one["change"], one["key"]["Nr"], one["columns"]) for one in rows] == [
        ("changed", "b-1", ["Ende"]), ("removed", "b-2", []), ("added", "b-4", []),
    ]  # fmt: skip
    assert city.ask("GET", f"{TABLE}/changes.csv").text.splitlines()[1].startswith("changed,Ende,b-1,")
    preview = city.ask("GET", f"{DRAFT}/preview/baustellen.csv")
    assert preview.status_code == 200, preview.text
    _release(company, city)

    assert stranger.ask("GET", "/datasets/baustellen/baustellen.csv").content == preview.content
    assert stranger.ask("GET", "/datasets/baustellen/v/1/baustellen.csv").content == first.content
    since = stranger.ask("GET", f"{API}/datasets/baustellen/tables/baustellen/changes?since=1").json()
    assert since["changes"] == rows
    done = run_portal("events", "verify", data=served.data)
    assert done.returncode == 0, done.stderr


def test_the_company_cannot_release_what_it_submitted(company: Client, city: Client) -> None:
    company.ask("POST", f"{API}/datasets", json={"name": "baustellen", "publisher": "stadtwerke", "metadata": METADATA})
    company.put(FIRST_DAY, "&accept=total-row")
    assert company.ask("POST", f"{DRAFT}/submit").status_code == 200

    assert company.ask("POST", f"{DRAFT}/approve", json={}).status_code == 403
    returned = city.ask("POST", f"{DRAFT}/return", json={"comment": "Bitte die Enddaten ergänzen."})
    assert returned.status_code == 200
    assert company.ask("GET", DRAFT).json()["comment"] == "Bitte die Enddaten ergänzen."


def test_a_stranger_learns_nothing_of_a_draft(served: Served, company: Client) -> None:
    company.ask("POST", f"{API}/datasets", json={"name": "baustellen", "publisher": "stadtwerke", "metadata": METADATA})
    stranger = Client(served)

    assert stranger.ask("GET", DRAFT).status_code == 401
    assert stranger.put(FIRST_DAY).status_code == 401
    assert stranger.ask("GET", "/datasets/baustellen").status_code == 404
    assert "baustellen" not in stranger.ask("GET", "/catalog.ttl").text


def _release(company: Client, city: Client) -> None:
    """Submit, approve, and wait until the job is done."""
    submitted = company.ask("POST", f"{DRAFT}/submit")
    assert submitted.status_code == 200, submitted.text
    approved = city.ask("POST", f"{DRAFT}/approve", json={}, headers={"If-Match": submitted.headers["ETag"]})
    assert approved.status_code == 202, approved.text
    job = approved.headers["Location"]
    for _ in range(300):
        told = city.ask("GET", job).json()
        if told["state"] not in ("waiting", "running"):
            break
        time.sleep(0.2)
    assert told["state"] == "done", told
    time.sleep(0.2)  # readers look for news ten times a second


def _token(served: Served, name: str, *actions: str) -> str:
    wanted = [part for action in actions for part in ("--action", action)]
    done = run_portal("token", "issue", name, "--publisher", "stadtwerke", *wanted, "--json", data=served.data)
    assert done.returncode == 0, done.stderr
    return str(json.loads(done.stdout)["secret"])
