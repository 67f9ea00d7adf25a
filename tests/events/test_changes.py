"""Before and after of an edit, fact by fact."""

from portal.events.changes import changes


def test_equal_facts_have_no_changes() -> None:
    assert changes({"a": [1, {"b": None}]}, {"a": [1, {"b": None}]}) == {}


def test_a_fact_changed_added_or_removed_is_told_by_its_pointer() -> None:
    before = {"title": "Alt", "dcat": {"theme": ["ENVI"], "rights": {"de": "frei"}}, "gone": 1}
    after = {"title": "Neu", "dcat": {"theme": ["ENVI", "TRAN"], "rights": {"de": "frei", "en": "free"}}}

    assert changes(before, after) == {
        "/dcat/rights/en": {"after": "free"},
        "/dcat/theme": {"before": ["ENVI"], "after": ["ENVI", "TRAN"]},
        "/gone": {"before": 1},
        "/title": {"before": "Alt", "after": "Neu"},
    }


def test_names_with_slashes_are_escaped_and_one_is_not_true() -> None:
    assert changes({"a/b~c": 1}, {"a/b~c": True}) == {"/a~1b~0c": {"before": 1, "after": True}}
