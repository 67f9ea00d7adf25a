"""Packages written through CKAN's door: drafts, releases where they are possible, and plain words where they are not."""

import pytest

from portal.foundation.db import reading
from tests.releases import versions
from tests.web.ckan.writing import CSV, PACKAGE, Writers


def _extras(package: dict) -> dict[str, str]:
    return {one["key"]: one["value"] for one in package["extras"]}


def test_a_package_without_a_table_is_a_draft_that_says_what_is_missing(writers: Writers):
    made = writers.done("emil", "package_create", **PACKAGE | {"name": "anfang", "license_id": "notspecified"})

    assert made["state"] == "draft"
    assert made["message"].startswith("Not public yet. ")
    assert "There is no table yet." in _extras(made)["draft_missing"]
    assert "licenses" in _extras(made)["draft_missing"]
    assert writers.call(None, "package_show", id="anfang").status_code == 404
    assert writers.call("kai", "package_show", id="anfang").status_code == 404
    assert writers.done("vera", "package_show", id=made["id"])["state"] == "draft"
    assert "anfang" not in writers.done("emil", "package_list")
    assert "anfang" in writers.done("emil", "package_list", include_drafts=True)
    found = writers.done("eva", "package_search", fq="state:draft name:anfang", include_drafts=True)
    assert [one["title"] for one in found["results"]] == ["Neue Bäume"]
    assert writers.done(None, "package_search", fq="state:draft", include_drafts=True)["count"] == 0


def test_with_its_table_it_is_public_at_once_where_four_eyes_are_off(writers: Writers):
    writers.done("emil", "package_create", **PACKAGE | {"name": "sofort"})
    resource = writers.send("emil", "resource_create", CSV, package_id="sofort", name="Bäume")
    shown = writers.done(None, "package_show", id="sofort")

    assert (resource["state"], resource["datastore_active"], resource["name"]) == ("active", True, "Bäume (CSV)")
    assert (shown["state"], shown["version"], shown["title"]) == ("active", "1", "Neue Bäume")
    assert [one["name"] for one in shown["groups"]] == ["envi"]
    assert _extras(shown)["frequency"] == "ANNUAL"

    again = writers.done("emil", "package_update", **writers.done("emil", "package_show", id="sofort"))
    patched = writers.done("emil", "package_patch", id=shown["id"], title="Bäume, neu", tags=[{"name": "Wald"}])
    assert (again["state"], again["version"]) == ("active", "1")
    assert (patched["version"], patched["title"]) == ("2", "Bäume, neu")
    assert [one["name"] for one in patched["tags"]] == ["Wald"]
    assert len(versions(writers.portal, "sofort")) == 2


def test_what_is_held_back_becomes_one_version_when_it_is_let_go(writers: Writers):
    writers.done("emil", "package_create", **PACKAGE | {"name": "gesammelt", "state": "draft"})
    first = writers.send("emil", "resource_create", CSV, package_id="gesammelt", name="eins")
    writers.send("emil", "resource_create", CSV, package_id="gesammelt", name="zwei")
    shown = writers.done("emil", "package_show", id="gesammelt")
    writers.done("emil", "package_update", **shown | {"notes": "Gesammelt."})

    assert "held" in first["message"]
    assert versions(writers.portal, "gesammelt") == []
    released = writers.done("emil", "package_patch", id="gesammelt", state="active")
    assert (released["state"], released["version"], released["notes"]) == ("active", "1", "Gesammelt.")
    assert sorted(versions(writers.portal, "gesammelt")[0].rows) == ["eins", "zwei"]


def test_with_four_eyes_the_public_stays_as_it_is_and_the_answer_says_so(writers: Writers):
    writers.done("kai", "package_create", **PACKAGE | {"name": "vier", "owner_org": "kreis"})
    resource = writers.send("kai", "resource_create", CSV, package_id="vier", name="b")

    assert resource["state"] == "draft"
    assert "Another person has to approve it (four eyes)." in resource["message"]
    assert versions(writers.portal, "vier") == []


def test_an_editor_changes_a_public_dataset_and_readers_see_it_as_it_was(writers: Writers):
    before = writers.done(None, "package_show", id="baeume")
    changed = writers.done("eva", "package_patch", id="baeume", title="Anders")

    assert (changed["title"], changed["state"], changed["version"]) == ("Anders", "draft", before["version"])
    assert "The token may not submit and approve it." in changed["message"]
    assert writers.done(None, "package_show", id="baeume") == before
    assert writers.done("vera", "package_show", id="baeume")["title"] == "Anders"
    back = writers.done("emil", "package_patch", id="baeume", title=before["title"])
    assert back["state"] == "active"
    assert back["version"] == before["version"]


def test_what_is_not_given_in_an_update_is_emptied_tables_too(writers: Writers):
    writers.done("emil", "package_create", **PACKAGE | {"name": "leeren"})
    writers.send("emil", "resource_create", CSV, package_id="leeren", name="b")
    emptied = writers.done("emil", "package_update", id="leeren", title="Nur das")

    assert (emptied["state"], emptied["title"], emptied["notes"]) == ("draft", "Nur das", "")
    assert (emptied["tags"], emptied["groups"], emptied["resources"], emptied["license_id"]) == ([], [], [], None)
    assert "frequency" not in _extras(emptied)
    assert writers.done(None, "package_show", id="leeren")["title"] == "Neue Bäume"


def test_deleting_withdraws_what_is_public_and_throws_away_what_never_was(writers: Writers):
    writers.done("emil", "package_create", **PACKAGE | {"name": "weg"})
    writers.done("emil", "package_create", **PACKAGE | {"name": "nie"})
    writers.send("emil", "resource_create", CSV, package_id="weg", name="b")

    assert writers.call("eva", "package_delete", id="weg").status_code == 403
    assert writers.done("emil", "package_delete", id="weg", reason="Fehlerhaft.") is None
    assert writers.done("emil", "package_delete", id="nie") is None

    page = writers.app.test_client().get("/api/v1/datasets/weg")
    assert (page.status_code, "Fehlerhaft." in page.text) == (410, True)
    assert writers.call("emil", "package_delete", id="weg").status_code == 404
    assert writers.call("emil", "package_show", id="nie").status_code == 404
    assert len(versions(writers.portal, "weg")) == 1
    changed = writers.done("emil", "package_update", id="weg", title="Zurück?")
    assert "withdrawn" in changed["message"]
    assert writers.call(None, "package_show", id="weg").status_code == 404
    writers.done("emil", "package_patch", id="weg", state="active")
    assert writers.done(None, "package_show", id="weg")["title"] == "Neue Bäume"


def test_links_are_kept_as_sources_and_never_fetched(writers: Writers):
    link = {"name": "Woanders", "url": "http://127.0.0.1:1/x.csv"}
    made = writers.done("emil", "package_create", **PACKAGE | {"name": "verweis", "resources": [link]})

    assert made["resources"] == []
    assert "fetches nothing" in made["message"]
    assert '"path": "http://127.0.0.1:1/x.csv"' in _extras(made)["sources"]


def test_a_draft_in_review_is_not_changed(writers: Writers):
    writers.done("kai", "package_create", **PACKAGE | {"name": "liegt", "owner_org": "kreis"})
    writers.send("kai", "resource_create", CSV, package_id="liegt", name="b")
    headers = {"Authorization": f"Bearer {writers.tokens['kai']}"}
    assert writers.app.test_client().post("/api/v1/datasets/liegt/draft/submit", headers=headers).status_code == 200

    assert list(writers.fields("kai", "package_patch", id="liegt", title="X")) == ["__before"]
    assert "waits" in writers.done("kai", "package_show", id="liegt")["message"]


@pytest.mark.parametrize(
    ("given", "key"),
    [
        ({"name": "baeume"}, "name"),
        ({"name": ""}, "name"),
        ({"name": "Große Bäume"}, "name"),
        ({"name": "../x"}, "name"),
        ({"name": ["x"]}, "name"),
        ({"owner_org": ""}, "owner_org"),
        ({"owner_org": "niemand"}, "owner_org"),
        ({"license_id": "cc-by-nc-4.0"}, "license_id"),
        ({"title": "x" * 30_000}, "title"),
        ({"tags": [{"name": "x" * 300}]}, "tags"),
        ({"tags": [{"name": ""}, {"name": "x" * 300}]}, "tags"),
        ({"extras": [{"key": "title_en", "value": "x" * 30_000}]}, "extras"),
        ({"gibtesnicht": 1}, "gibtesnicht"),
    ],
)
def test_a_package_that_does_not_do_is_refused_by_its_key_and_nothing_is_stored(writers: Writers, given, key):
    fields = writers.fields("emil", "package_create", **PACKAGE | {"name": "falsch"} | given)

    assert list(fields) == [key]
    assert all(isinstance(one, str) for one in fields[key])
    assert writers.call("emil", "package_show", id="falsch").status_code == 404


def test_a_name_that_is_taken_is_told_in_ckans_own_words(writers: Writers):
    assert writers.fields("emil", "package_create", **PACKAGE | {"name": "baeume"}) == {
        "name": ["That URL is already in use."]
    }


def test_name_and_organization_of_a_dataset_do_not_change(writers: Writers):
    assert list(writers.fields("emil", "package_patch", id="baeume", name="andere")) == ["name"]
    assert list(writers.fields("emil", "package_patch", id="baeume", owner_org="kreis")) == ["owner_org"]


def test_what_has_no_place_here_is_refused_with_the_reason(writers: Writers):
    for name, word in {
        "dataset_purge": "nothing is ever lost",
        "group_create": "themes",
        "organization_create": "administrators",
        "api_token_create": "looked after over /api/v1",
        "resource_view_create": "no such thing",
    }.items():
        told = writers.call("emil", name, id="baeume").get_json()["error"]
        assert told["__type"] == "Authorization Error"
        assert word in told["message"]


def test_a_thousand_packages_wait_for_no_release(writers: Writers):
    for number in range(20):
        made = writers.done("emil", "package_create", **PACKAGE | {"name": f"viele-{number}"})
        assert made["state"] == "draft"
    with reading(writers.portal.engine) as session:
        assert (
            session.connection().exec_driver_sql("SELECT count(*) FROM job WHERE dataset LIKE 'viele-%'").scalar() == 0
        )
