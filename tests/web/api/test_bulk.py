"""Quality, bulk changes and the metadata file over HTTP: who may, what is answered, what is left behind."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator
from werkzeug.test import TestResponse

from portal.accounts.permissions import Action, Role
from portal.accounts.tokens import issue
from portal.accounts.users import find_user
from portal.foundation.clock import now
from portal.foundation.db import transaction
from portal.web.api.openapi import committed_document
from portal.web.app import create_app
from portal.wiring import Portal, build
from tests.people import NOON, OPERATOR, a_member, a_publisher
from tests.public import a_public_dataset
from tests.templates import Templates

API = "/api/v1"
CSV = f"{API}/metadata.csv"
BULK = f"{API}/bulk-changes"
QUALITY = f"{API}/datasets/baeume/draft/quality"
DAILY = {"patch": {"dcat": {"accrualPeriodicity": "DAILY"}}, "datasets": ["baeume"]}
DOCUMENT = committed_document()
ROLES = {"editor": "stadt", "viewer": "stadt", "neighbour": "fremd"}


@dataclass(frozen=True)
class Door:
    """The portal's door, and the tokens of those who come to it."""

    client: FlaskClient
    tokens: dict[str, str]

    def ask(self, method: str, path: str, who: str = "editor", **more: Any) -> TestResponse:
        headers = more.pop("headers", {})
        if who != "nobody":
            headers["Authorization"] = f"Bearer {self.tokens[who]}"
        return self.client.open(path, method=method, headers=headers, **more)

    def change(self, **more: Any) -> TestResponse:
        return self.ask("POST", BULK, json={**DAILY, **more})

    def changed(self) -> str:
        """Change something and give the address of the change."""
        return self.change().headers["Location"].removeprefix("https://daten.example")


@pytest.fixture
def door(templates: Templates, tmp_path: Path) -> Iterator[Door]:
    with templates.copy(two_publishers_with_editors, "sqlite", tmp_path) as settings:
        portal = build(settings)
        yield Door(create_app(portal, refresh_s=0).test_client(), _tokens(portal))
        portal.engine.dispose()


def two_publishers_with_editors(portal: Portal, folder: Path) -> None:
    with transaction(portal.engine) as session:
        publishers = {slug: a_publisher(session, slug) for slug in ("stadt", "fremd")}
        for slug in ("baeume", "parks"):
            a_public_dataset(session, portal.store, publishers["stadt"], slug)
        a_public_dataset(session, portal.store, publishers["fremd"], "hafen")
        for name, publisher in ROLES.items():
            role = Role.VIEWER if name == "viewer" else Role.EDITOR
            a_member(session, name, publishers[publisher], role)


def _tokens(portal: Portal) -> dict[str, str]:
    tokens = {}
    with transaction(portal.engine) as session:
        for name in ROLES:
            owner = find_user(session, name)
            actions = {Action.READ_DRAFT, Action.EDIT_DRAFT, Action.SUBMIT, Action.DISCARD}
            tokens[name] = issue(
                session, owner, publisher_id=None, actions=actions, expires_at=now() + timedelta(days=1), by=OPERATOR, at=NOON
            ).secret  # fmt: skip
    return tokens


RIGHTS = """
request                     nobody  neighbour  viewer  editor
GET quality                 401     403        200     200
GET metadata.csv            401     200        403     200
GET metadata.csv?publisher  401     403        403     200
POST metadata.csv           401     422        403     200
POST bulk-changes           401     409        403     201
GET bulk-change             401     404        200     200
POST submit                 401     404        403     202
POST undo                   401     404        403     200
"""
"""Request ↔ status for each; the neighbour edits for another publisher."""

HEAD, *LINES = (line.rsplit(maxsplit=4) for line in RIGHTS.strip().splitlines())
CASES = [(line[0].strip(), who, int(status)) for line in LINES for who, status in zip(HEAD[1:], line[1:], strict=True)]


@pytest.mark.parametrize(("request_name", "who", "status"), CASES)
def test_everyone_may_do_what_the_table_says(door: Door, request_name: str, who: str, status: int) -> None:
    sheet = door.ask("GET", CSV).data
    address = door.changed()
    requests: dict[str, tuple[str, str, dict[str, Any]]] = {
        "GET quality": ("GET", QUALITY, {}),
        "GET metadata.csv": ("GET", CSV, {}),
        "GET metadata.csv?publisher": ("GET", f"{CSV}?publisher=stadt", {}),
        "POST metadata.csv": ("POST", CSV, {"data": sheet.replace(b",v1\r\n", b",v9\r\n") if who == "neighbour" else door.ask("GET", CSV).data}),
        "POST bulk-changes": ("POST", BULK, {"json": {**DAILY, "patch": {"title": "Neu"}}}),
        "GET bulk-change": ("GET", address, {}),
        "POST submit": ("POST", f"{address}/submit", {}),
        "POST undo": ("POST", f"{address}/undo", {}),
    }  # fmt: skip
    method, path, more = requests[request_name]

    answer = door.ask(method, path, who, **more)

    assert answer.status_code == status, answer.text[:500]
    _is_as_documented(method, path, answer)
    if status >= 400:
        assert set(answer.get_json()["translations"]) == {"de", "en"}


def test_a_complete_draft_has_all_points_and_an_incomplete_one_is_told_what_to_do_first(door: Door) -> None:
    door.changed()
    complete = door.ask("GET", QUALITY).get_json()
    door.change(patch={"dcat": {"theme": None, "temporal": None}, "licenses": [], "title": "", "translations": None})

    found = door.ask("GET", QUALITY).get_json()

    assert (complete["points"], complete["max"], complete["rating"], complete["next"]) == (405, 405, "excellent", [])
    assert [(one["metric"], one["max"]) for one in found["next"]] == [
        ("category", 30), ("dcat-ap", 30), ("time", 20), ("licence", 20), ("licence-known", 10),
    ]  # fmt: skip
    assert found["points"] == 405 - sum(one["max"] for one in found["next"])
    assert {one["pointer"] for one in found["gaps"]} == {"/dcat/theme", "/dcat/temporal", "/licenses", "/title"}


def test_a_dataset_of_which_little_is_known_has_few_points_and_no_error(door: Door) -> None:
    begun = door.ask("POST", f"{API}/datasets", json={"name": "neu", "publisher": "stadt"})
    assert begun.status_code == 201

    found = door.ask("GET", f"{API}/datasets/neu/draft/quality").get_json()

    assert 0 < found["points"] < 300
    assert found["rating"] in ("good", "sufficient")
    assert "machine-readable" not in {one["metric"] for one in found["metrics"] if one["points"]}


def test_a_change_is_shown_then_applied_then_looked_at_then_undone(door: Door) -> None:
    shown = door.change(datasets=["baeume", "parks", "hafen"], dry_run=True)
    assert shown.status_code == 200
    assert shown.get_json()["counts"] == {"changed": 2, "unchanged": 0, "refused": 1}
    assert door.ask("GET", f"{API}/datasets/baeume/draft").status_code == 404

    applied = door.change(datasets=["baeume", "parks", "hafen"])
    address = applied.headers["Location"].removeprefix("https://daten.example")
    assert applied.get_json()["refusals"][0]["problem"] == "forbidden"
    assert [one["dataset"] for one in door.ask("GET", address).get_json()["items"]] == ["baeume", "parks"]

    undone = door.ask("POST", f"{address}/undo")
    assert undone.get_json()["outcomes"] == {"baeume": "discarded", "parks": "discarded"}
    assert door.ask("GET", f"{API}/datasets/baeume/draft").status_code == 404
    assert door.ask("POST", f"{address}/undo").status_code == 409


def test_a_filter_changes_what_one_may_edit(door: Door) -> None:
    answer = door.ask("POST", BULK, json={"filter": {"theme": "ENVI"}, "patch": DAILY["patch"]})

    assert [one["dataset"] for one in answer.get_json()["changes"]] == ["baeume", "parks"]


@pytest.mark.parametrize(
    "body",
    [
        {"patch": {"title": "x"}},
        {**DAILY, "filter": {"theme": "ENVI"}},
        {"patch": {"title": "x"}, "filter": {}},
        {"patch": {"title": "x"}, "filter": {"theme": "NICHTS"}},
        {"patch": {}, "datasets": ["baeume"]},
        {**DAILY, "datasets": []},
        {**DAILY, "datasets": ["baeume", "baeume"]},
        {**DAILY, "datasets": ["a\x00b"]},
        {**DAILY, "datasets": "baeume"},
        {**DAILY, "other": 1},
        [],
    ],
)
def test_what_is_no_bulk_change_is_refused_and_stores_nothing(door: Door, body: Any) -> None:
    answer = door.ask("POST", BULK, json=body)

    assert answer.status_code == 400, answer.text
    assert answer.content_type == "application/problem+json"
    assert door.ask("GET", f"{API}/drafts").get_json()["total"] == 0


@pytest.mark.parametrize(
    "patch",
    [
        {"name": "other"},
        {"resources": None},
        {"dcat": 7},
        {"licenses": [{"name": "frei"}]},
        {"title": 1},
        {"resources": "x"},
    ],
)
def test_a_patch_that_breaks_every_dataset_is_a_clear_refusal(door: Door, patch: dict[str, Any]) -> None:
    answer = door.change(patch=patch)

    assert answer.status_code == 409
    assert answer.get_json()["refusals"][0]["findings"]
    assert door.ask("GET", f"{API}/drafts").get_json()["total"] == 0


def test_a_request_that_is_sent_again_under_its_key_is_done_once(door: Door) -> None:
    key = {"headers": {"Idempotency-Key": "k-1"}}

    first, again = (door.ask("POST", BULK, json=DAILY, **key) for _ in range(2))

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.headers["Location"] == again.headers["Location"]


def test_the_file_goes_out_and_comes_back_changed(door: Door) -> None:
    text = door.ask("GET", f"{CSV}?variant=excel").data.decode()
    assert text.startswith("\ufeffname;title_de;")
    assert door.ask("POST", CSV, data=text.encode()).get_json()["counts"]["changed"] == 0
    edited = text.replace("Bäume der Stadt", "Alle Bäume", 1).encode("cp1252", "ignore")

    shown = door.ask("POST", f"{CSV}?dry_run=true", data=edited)
    applied = door.ask("POST", CSV, data=edited, headers={"Idempotency-Key": "k-2"})
    again = door.ask("POST", CSV, data=edited)

    assert shown.get_json()["changes"] == [
        {"dataset": "baeume", "opens": True, "row": 1, "changes": {"/title": {"before": "Bäume der Stadt", "after": "Alle Bäume"}}}
    ]  # fmt: skip
    assert applied.status_code == 201, applied.text
    assert again.status_code == 422
    assert [(one["code"], one["row"], one["column"]) for one in again.get_json()["findings"]] == [
        ("outdated", 1, "_revision")
    ]
    address = applied.headers["Location"].removeprefix("https://daten.example")
    assert door.ask("POST", f"{address}/undo").get_json()["outcomes"] == {"baeume": "discarded"}


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"\x00" * 100, b"a,b\r\n", "ä".encode() * 1000 + b"\xff"])
def test_what_is_no_such_file_is_refused(door: Door, content: bytes) -> None:
    answer = door.ask("POST", CSV, data=content)

    assert answer.status_code == 400
    assert answer.content_type == "application/problem+json"


@pytest.mark.parametrize("key", [{}, {"Idempotency-Key": "k-3"}])
def test_a_file_may_be_larger_than_other_requests(door: Door, key: dict[str, str]) -> None:
    content = door.ask("GET", CSV).data + b"\r\n" * 600_000

    answer = door.ask("POST", CSV, data=content, headers=dict(key))

    assert answer.status_code == 200, answer.text
    assert answer.get_json()["counts"] == {"changed": 0, "unchanged": 2, "refused": 0}


def test_answers_are_kept_by_nobody(door: Door) -> None:
    assert door.ask("GET", CSV).headers["Cache-Control"] == "no-store"


def _is_as_documented(method: str, path: str, answer: TestResponse) -> None:
    """Hold an answer against the OpenAPI document."""
    plain = path.partition("?")[0]
    templates = {path_: path_.replace("{slug}", "baeume") for path_ in DOCUMENT["paths"]}
    template = next((name for name, real in templates.items() if real == plain), None) or (
        f"{BULK}/{{change_id}}" + plain.removeprefix(BULK)[33:]
    )
    response = DOCUMENT["paths"][template][method.lower()]["responses"][str(answer.status_code)]
    if "$ref" in response:
        response = DOCUMENT["components"]["responses"][response["$ref"].rsplit("/", 1)[-1]]
    (media_type,) = response["content"]
    assert answer.content_type.split(";")[0] == media_type
    if media_type != "text/csv":
        schema = {**response["content"][media_type]["schema"], "components": DOCUMENT["components"]}
        assert not list(Draft202012Validator(schema).iter_errors(answer.get_json()))
