"""Who may write through CKAN's door: the same table as everywhere, a token narrows it, and a stranger learns nothing."""

import pytest

from portal.accounts.permissions import Action
from tests.web.ckan.writing import CSV, PACKAGE, Writers, token

MINE = PACKAGE | {"name": "rechte"}


@pytest.fixture(scope="module")
def table(writers: Writers) -> str:
    """Id of the table of the draft `rechte`, which is held back."""
    writers.done("emil", "package_create", **MINE, state="draft")
    return writers.send("emil", "resource_create", CSV, package_id="rechte", name="b")["id"]


CALLS: dict[str, tuple[dict[str, object], set[str]]] = {
    "package_create": (PACKAGE | {"name": "baeume"}, {"eva", "emil"}),
    "package_patch": ({"id": "rechte", "title": "Neue Bäume"}, {"eva", "emil"}),
    "package_update": ({"id": "rechte", "name": "anders"}, {"eva", "emil"}),
    "package_revise": ({"match": {"name": "rechte", "title": "?"}}, {"eva", "emil"}),
    "resource_patch": ({"id": "TABLE", "description": ""}, {"eva", "emil"}),
    "resource_create": ({"package_id": "rechte"}, {"eva", "emil"}),
    "datastore_upsert": ({"resource_id": "TABLE", "records": [{"no": 1}], "method": "insert"}, {"eva", "emil"}),
    "datastore_create": ({"resource_id": "TABLE", "records": [{"no": 1}]}, {"eva", "emil"}),
    "organization_patch": ({"id": "stadt", "title": "Stadt"}, {"moritz"}),
}
"""Action ↔ a call that changes nothing, and who gets past the question of permission."""

PEOPLE = ("vera", "eva", "alma", "moritz", "emil", "kai")
REFUSED = {403: "Authorization Error", 404: "Not Found Error"}


@pytest.mark.parametrize("name", CALLS)
def test_who_may_do_it_stands_in_the_one_table(writers: Writers, table, name):
    given, allowed = CALLS[name]
    arguments = {key: table if value == "TABLE" else value for key, value in given.items()}

    for who in PEOPLE:
        answer = writers.call(who, name, **arguments)
        if who in allowed:
            assert answer.status_code in (200, 409), f"{who}: {answer.text}"
        else:
            assert answer.get_json()["error"]["__type"] == REFUSED[answer.status_code], f"{who}: {answer.text}"
    assert writers.call(None, name, **arguments).status_code == 403


def test_a_stranger_does_not_learn_that_there_is_a_draft(writers: Writers, table):
    for name, arguments in {
        "package_show": {"id": "rechte"},
        "package_patch": {"id": "rechte", "title": "x"},
        "package_delete": {"id": "rechte"},
        "resource_show": {"id": table},
        "resource_delete": {"id": table},
        "datastore_delete": {"resource_id": table},
    }.items():
        told = writers.call("kai", name, **arguments)
        other = writers.call("kai", name, **dict.fromkeys(arguments, "gibt-es-nicht"))
        assert (told.status_code, told.get_json()["error"]) == (other.status_code, other.get_json()["error"])
        assert told.status_code == 404


def test_a_token_does_no_more_than_it_was_given(writers: Writers, table):
    narrow = writers.with_tokens(
        reader=token(writers.portal, writers.app, "emil", Action.READ_DRAFT),
        editor=token(writers.portal, writers.app, "emil", Action.EDIT_DRAFT),
        elsewhere=token(writers.portal, writers.app, "emil", publisher="kreis"),
    )

    assert narrow.done("reader", "package_show", id="rechte")["state"] == "draft"
    assert narrow.call("reader", "package_patch", id="rechte", title="x").status_code == 403
    edited = narrow.done("editor", "package_patch", id="rechte", notes="Neu.")
    assert (edited["notes"], "may not submit and approve" in edited["message"]) == ("Neu.", True)
    assert narrow.call("elsewhere", "package_patch", id="rechte", title="x").status_code == 404
    assert narrow.call("elsewhere", "package_patch", id="baeume", title="x").status_code == 403


@pytest.mark.parametrize("header", ["Authorization", "X-CKAN-API-Key"])
@pytest.mark.parametrize("scheme", ["", "Bearer ", "bearer "])
def test_a_token_comes_bare_or_with_a_scheme_in_either_header(writers: Writers, header, scheme):
    answer = writers.app.test_client(use_cookies=False).post(
        "/api/3/action/user_show", headers={header: scheme + writers.tokens["eva"]}, json={}
    )

    assert answer.get_json()["result"]["name"] == "eva"
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("sent", ["wrong", "dwt_0123456789_" + "x" * 43, "Basic ZW1pbDp4", "\xff\xfe", "x" * 5_000, ""])
def test_a_wrong_token_reads_and_does_not_write(writers: Writers, sent):
    client = writers.app.test_client(use_cookies=False)
    headers = {"Authorization": sent, "X-CKAN-API-Key": sent}

    assert client.post("/api/action/package_list", headers=headers, json={}).status_code == 200
    assert client.post("/api/action/package_create", headers=headers, json=MINE).status_code == 403


def test_a_browsers_cookie_writes_nothing_here(writers: Writers):
    client = writers.app.test_client()
    login = client.post(
        "/login", data={"name": "emil", "password": "korrekt pferd batterie"}, base_url="https://localhost",
        headers={"Sec-Fetch-Site": "same-origin"},
    )  # fmt: skip
    assert login.status_code == 303

    answer = client.post("/api/action/package_create", json=MINE, base_url="https://localhost")

    assert answer.status_code == 403


def test_the_organizations_of_a_user_are_those_they_may_do_something_in(writers: Writers):
    def names(who: str | None, **arguments: str) -> list[tuple[str, str]]:
        found = writers.done(who, "organization_list_for_user", **arguments)
        return [(one["name"], one["capacity"]) for one in found]

    assert names("emil") == names("emil", permission="create_dataset") == [("stadt", "editor")]
    assert names("moritz", permission="admin") == [("stadt", "admin")]
    assert names("vera", permission="read") == [("stadt", "member")]
    assert names("vera", permission="create_dataset") == names(None) == []
    assert list(writers.fields("emil", "organization_list_for_user", permission="fly")) == ["permission"]
