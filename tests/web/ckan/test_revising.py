"""`package_revise`: matched, filtered and updated in depth, and nothing happens that was not understood."""

import pytest

from portal.web.ckan import package_edits
from tests.releases import versions
from tests.web.ckan.writing import CSV, PACKAGE, Writers

NAME = "genau"


@pytest.fixture(scope="module")
def table(writers: Writers) -> str:
    """Id of the table of a public package with two tables, which are many files."""
    writers.done("emil", "package_create", **PACKAGE | {"name": NAME, "state": "draft"})
    writers.send("emil", "resource_create", CSV, package_id=NAME, name="zwei")
    table = writers.send("emil", "resource_create", CSV, package_id=NAME, name="Eins")["id"]
    assert writers.done("emil", "package_patch", id=NAME, state="active")["state"] == "active"
    return table


def _revise(writers: Writers, **arguments) -> dict:
    return writers.done("emil", "package_revise", match__name=NAME, **arguments)["package"]


def _resource(package: dict, resource_id: str) -> dict:
    return next(one for one in package["resources"] if one["id"] == resource_id)


def test_a_package_is_revised_if_it_is_what_the_caller_believes(writers: Writers, table):
    wrong = writers.fields("emil", "package_revise", match={"name": NAME, "title": "Alt"}, update={"title": "X"})
    deep = writers.fields("emil", "package_revise", match={"id": NAME}, match__tags__0__name="?", update={"title": "X"})
    right = _revise(writers, match__title="Neue Bäume", update__title="X", include="+title, +state, -*")

    assert [list(one) for one in (wrong, deep)] == [["match"], ["match"]]
    assert "tags__0__name" in deep["match"][0]
    assert right == {"title": "X", "state": "active"}
    assert writers.done(None, "package_show", id=NAME)["title"] == "X"


def test_what_lies_deep_is_changed_by_number_and_by_id(writers: Writers, table):
    before = len(versions(writers.portal, NAME))
    changed = _revise(
        writers, **{f"update__resources__{table[:8]}__description": "Genau das."}, update__resources__0__name="Zwei, neu",
        update__tags__extend=[{"name": "Ast"}], update__extras__extend=[{"key": "farbe", "value": "grün"}],
    )  # fmt: skip

    assert _resource(changed, table)["description"] == "Genau das."
    assert changed["resources"][0]["name"] == "Zwei, neu (CSV)"
    assert "Ast" in [one["name"] for one in changed["tags"]]
    assert {"key": "farbe", "value": "grün"} in changed["extras"]
    assert len(versions(writers.portal, NAME)) == before + 1
    same = _revise(writers, update={"title": changed["title"], "resources": [{"name": "Zwei, neu (CSV)"}]})
    assert (same["version"], len(versions(writers.portal, NAME))) == (changed["version"], before + 1)


def test_patterns_empty_fields_and_take_tables_out(writers: Writers, table):
    emptied = _revise(writers, filter="-notes, -tags", update__notes="Neu.")
    without = _revise(writers, filter=[f"-resources__{table[:6]}"])
    alone = _revise(writers, filter="-resources", update__state="draft")

    assert (emptied["notes"], emptied["tags"], emptied["state"]) == ("Neu.", [], "draft")
    assert {one["table"] for one in without["resources"]} == {"zwei"}
    assert alone["resources"] == []
    assert len(writers.done(None, "package_show", id=NAME)["resources"]) > 2


def test_a_resource_that_is_added_waits_for_its_rows(writers: Writers, table):
    added = _revise(
        writers, update__resources__extend=[{"name": "drei"}, {"name": "L", "url": "https://x.example/a.csv"}]
    )

    assert "drei" in {one["table"] for one in added["resources"]}
    assert "has no rows yet" in added["message"]
    assert "https://x.example/a.csv" in str(added["extras"])


@pytest.mark.parametrize(
    ("given", "key"),
    [
        ({"update__resources__99__name": "x"}, "resources__99__name"),
        ({"update__resources__0__url": "https://x.example/a.csv"}, "resources__0__url"),
        ({"update__resources__0": {"format": "PDF"}}, "resources__0__format"),
        ({"update__title__0": "x"}, "title__0"),
        ({"update__resources": "x"}, "resources"),
        ({"update": {"tags": "x"}}, "tags"),
        ({"update": {"owner_org": "kreis"}}, "owner_org"),
        ({"update__name": "anders"}, "name"),
        ({"update__gibtesnicht": 1}, "gibtesnicht"),
        ({"filter": "-resources__1"}, "filter"),
        ({"filter": {"a": 1}}, "filter"),
        ({"update__resources__0__upload": "x"}, "resources__0__upload"),
        ({"update__resources__0__farbe": "x"}, "resources__0__farbe"),
        ({"update__resources__extend": [{"name": "x", "farbe": "rot"}]}, "farbe"),
        ({"update__resources__extend": ["x"]}, "resources"),
        ({"reason": "x"}, "reason"),
        ({"match__id": []}, "match"),
        ({"match": {}}, "match"),
    ],
)
def test_what_is_not_understood_is_refused_by_its_key(writers: Writers, given, key):
    name = "tief"
    if writers.call("emil", "package_show", id=name).status_code == 404:
        writers.done("emil", "package_create", **PACKAGE | {"name": name})
        writers.send("emil", "resource_create", CSV, package_id=name, name="b")
    before = writers.done("emil", "package_show", id=name)
    match = {} if "match" in given else {"match__name": name}

    assert list(writers.fields("emil", "package_revise", **match | given)) == [key]
    assert writers.done("emil", "package_show", id=name) == before


def test_a_package_that_changed_after_it_was_matched_is_left_as_it_is(writers: Writers, monkeypatch):
    writers.done("emil", "package_create", **PACKAGE | {"name": "treffer-zugleich"})
    settle = package_edits.settle

    def settle_while_somebody_else_edits(call, slug: str) -> None:
        monkeypatch.setattr(package_edits, "settle", settle)
        writers.done("emil", "package_patch", id="treffer-zugleich", title="Von anderen")
        settle(call, slug)

    monkeypatch.setattr(package_edits, "settle", settle_while_somebody_else_edits)
    late = {"match__name": "treffer-zugleich", "match__title": PACKAGE["title"], "update__title": "Zu spät"}
    answer = writers.call("emil", "package_revise", **late)

    assert (answer.status_code, answer.get_json()["error"]["__type"]) == (409, "Validation Error")
    assert writers.done("emil", "package_show", id="treffer-zugleich")["title"] == "Von anderen"


def test_who_may_not_change_a_package_is_told_so_before_anything_is_worked_out(writers: Writers, table):
    for who in ("kai", "vera"):
        answer = writers.call(who, "package_revise", match={"name": NAME, "title": "?"}, update__title__0="x")
        assert answer.status_code == 403


def test_no_call_has_more_keys_than_anybody_writes(writers: Writers, table):
    many = {f"update__a{number}": 1 for number in range(2_001)}

    assert list(writers.fields("emil", "package_revise", match__name=NAME, **many)) == ["update__KEY"]
