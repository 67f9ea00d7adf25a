"""What is said about a publisher, changed through CKAN's door by its administrators."""

import pytest

from tests.curating import add_person
from tests.web.ckan.writing import Writers, token

EXTRAS = [
    {"key": "title_en", "value": "Town"},
    {"key": "homepage", "value": "https://stadt.example/"},
    {"key": "contact_email", "value": "daten@stadt.example"},
]


def test_an_organization_that_comes_back_as_it_was_shown_changes_nothing(writers: Writers):
    changed = writers.done("moritz", "organization_patch", id="stadt", extras=EXTRAS, title="Die Stadt")
    again = writers.done("moritz", "organization_update", **writers.done(None, "organization_show", id="stadt"))

    assert (changed["title"], changed["extras"]) == ("Die Stadt", EXTRAS)
    assert again == changed
    emptied = writers.done("moritz", "organization_update", id=changed["id"], title="Stadt")
    assert (emptied["title"], emptied["extras"]) == ("Stadt", [])


@pytest.mark.parametrize(
    ("given", "key"),
    [
        ({"title": ""}, "title"),
        ({"name": "dorf"}, "name"),
        ({"description": "Eine Stadt."}, "description"),
        ({"extras": [{"key": "farbe", "value": "rot"}]}, "extras"),
        ({"extras": [{"key": "homepage", "value": "keine Adresse"}]}, "__before"),
        ({"titel": "x"}, "titel"),
    ],
)
def test_what_does_not_do_is_refused(writers: Writers, given, key):
    assert list(writers.fields("moritz", "organization_patch", id="stadt", **given)) == [key]


def test_an_organization_that_is_not_there_is_not_found(writers: Writers):
    assert writers.call("moritz", "organization_patch", id="none", title="x").status_code == 404


def test_neither_door_lets_a_token_make_an_organization(writers: Writers):
    add_person(writers.portal, "chef", portal_admin=True)
    chef = token(writers.portal, writers.app, "chef")
    headers = {"Authorization": f"Bearer {chef}"}

    told = writers.with_tokens(chef=chef).call("chef", "organization_create", name="dorf", title="Dorf")
    rest = writers.app.test_client().post("/api/v1/publishers", json={"name": "dorf", "title": "Dorf"}, headers=headers)

    assert (told.status_code, rest.status_code) == (403, 403)
    assert "in person" in told.get_json()["error"]["message"]
    assert writers.call(None, "organization_show", id="dorf").status_code == 404
