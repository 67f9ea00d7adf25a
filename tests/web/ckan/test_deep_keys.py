"""Keys into the depth of a package, laid over it and taken out of it as CKAN does."""

import pytest

from portal.foundation.errors import InvalidInput
from portal.web.ckan.deep_keys import differing, differing_at, filtered, laid_over, put_at, read_patterns

PACKAGE = {
    "title": "Bäume",
    "notes": None,
    "tags": [{"name": "Baum"}, {"name": "Wald"}],
    "resources": [
        {"id": "1f9ab-1", "name": "eins"},
        {"id": "1f9ab-2", "name": "zwei", "url": "x"},
        {"id": "777777", "name": "drei"},
    ],
}


@pytest.mark.parametrize(
    ("key", "value", "place", "found"),
    [
        ("title", "Neu", lambda p: p["title"], "Neu"),
        ("notes", "Da", lambda p: p["notes"], "Da"),
        ("neu", 1, lambda p: p["neu"], 1),
        ("resources__0__name", "A", lambda p: p["resources"][0]["name"], "A"),
        ("resources__-1__name", "A", lambda p: p["resources"][2]["name"], "A"),
        ("resources__1f9ab-2__name", "A", lambda p: p["resources"][1], {"id": "1f9ab-2", "name": "A", "url": "x"}),
        ("resources__77777", {"name": "A"}, lambda p: p["resources"][2], {"id": "777777", "name": "A"}),
        ("resources__0", '{"name": "A"}', lambda p: p["resources"][0]["name"], "A"),
        ("tags__extend", [{"name": "Ast"}], lambda p: [one["name"] for one in p["tags"]], ["Baum", "Wald", "Ast"]),
        ("tags__extend", '[{"name": "Ast"}]', lambda p: len(p["tags"]), 3),
        ("tags", [{"name": "Ast"}], lambda p: [one["name"] for one in p["tags"]], ["Ast", "Wald"]),
    ],
)
def test_a_value_is_put_where_its_key_leads(key, value, place, found):
    assert place(put_at(PACKAGE, key, value)) == found
    assert PACKAGE["title"] == "Bäume"


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("resources__3__name", "x"),
        ("resources__1f9ab__name", "x"),  # two begin so
        ("resources__1f9a__name", "x"),  # too short
        ("resources__x__y__z", "x"),
        ("title__0", "x"),
        ("none__none", "x"),
        ("resources__0__name__deeper", "x"),
        ("tags__extend", "x"),
        ("tags__extend", {"name": "x"}),
        ("tags", "x"),
        ("resources__0", "x"),
        ("tags__extend__0", []),
        ("__", "x"),
    ],
)
def test_a_key_that_leads_nowhere_is_refused_by_its_name(key, value):
    with pytest.raises(InvalidInput) as refused:
        put_at(PACKAGE, key, value)

    assert list(refused.value.facts["fields"]) == [key]


def test_a_tree_is_laid_over_level_by_level():
    after = laid_over(PACKAGE, {"title": "Neu", "resources": [{"name": "A"}, {}, {}, {"name": "vier"}]}, "")

    assert [one["name"] for one in after["resources"]] == ["A", "zwei", "drei", "vier"]
    assert (after["title"], after["tags"]) == ("Neu", PACKAGE["tags"])


@pytest.mark.parametrize(
    ("patterns", "left"),
    [
        ([], PACKAGE),
        (["-*"], {}),
        (["+title", "-*"], {"title": "Bäume"}),
        (["-resources", "-tags__0", "notes"], {"title": "Bäume", "tags": [{"name": "Wald"}]}),
        (["+resources__777777", "-*"], {"resources": [{"id": "777777", "name": "drei"}]}),
        (["+resources__1__id", "-resources__1__*", "+resources__1", "-*"], {"resources": [{"id": "1f9ab-2"}]}),
        (
            ["-resources__*", "-tags__-1__name", "-notes"],
            {"title": "Bäume", "tags": [{"name": "Baum"}, {}], "resources": []},
        ),
        (["-none", "-title__deeper"], PACKAGE),
    ],
)
def test_patterns_take_out_what_none_before_them_keeps(patterns, left):
    assert filtered(PACKAGE, read_patterns(patterns, "filter")) == left


def test_what_differs_is_told_by_its_key():
    wanted = {"title": "Bäume", "resources": [{"name": "eins"}, {"name": "?"}], "tags": {"-1": {"name": "Wald"}}}

    assert list(differing(PACKAGE, wanted)) == ["resources__1__name"]
    assert list(differing(PACKAGE, {"tags": [{}] * 3, "x": 1, "title": ["Bäume"]})) == ["tags", "x", "title"]
    assert list(differing_at(PACKAGE, "resources__777777__name", "drei")) == []
    assert list(differing_at(PACKAGE, "resources__9", {})) == ["resources__9"]
