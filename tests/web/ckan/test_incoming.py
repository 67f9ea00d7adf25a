"""A package that comes back says what it said; what is not understood is refused by name."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.catalogue.dataset import Dataset
from portal.catalogue.publisher import Publisher
from portal.curation.merging import merged
from portal.foundation.errors import InvalidInput
from portal.publishing.descriptor import check_unfinished
from portal.web.ckan.extras import patch_between
from portal.web.ckan.incoming import read_incoming
from portal.web.ckan.package_object import PackageFacts, own_facts, package_object
from tests.laws import examples

A, B = "https://a.example", "https://b.example"
MOMENT = datetime(2026, 1, 1, tzinfo=UTC)
BLANK: dict[str, Any] = {
    "name": "x",
    "title": "",
    "description": "",
    "keywords": [],
    "licenses": [],
    "dcat": {},
    "resources": [],
}

TEXTS = st.text(
    st.characters(min_codepoint=32, max_codepoint=0x2FFF, exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12
)
CODES = st.sampled_from


def _some(**fields: Any) -> st.SearchStrategy[dict[str, Any]]:
    """Any of these keys, each there or not."""
    return st.fixed_dictionaries({}, optional=fields)


DESCRIPTORS = st.fixed_dictionaries(
    {
        "title": TEXTS | st.just(""),
        "description": TEXTS | st.just(""),
        "keywords": st.lists(TEXTS, max_size=4, unique=True),
        "licenses": CODES([[], [{"name": "dl-zero-de/2.0"}], [{"name": "cc-by/4.0", "title": "CC BY"}]]),
        "dcat": _some(
            theme=st.lists(CODES(["ENVI", "TRAN", "GOVE"]), min_size=1, max_size=3, unique=True),
            accrualPeriodicity=CODES(["ANNUAL", "NEVER"]),
            accessRights=st.just("PUBLIC"),
            language=CODES([["DEU"], ["ENG", "DEU"]]),
            spatial=CODES([["krefeld"], ["krefeld", "https://orte.example/1"]]),
            temporal=_some(start=st.just("2020-01-01"), end=st.just("2021")).filter(bool),
            rights=st.builds(dict, de=TEXTS),
            provenance=st.builds(dict, de=TEXTS, en=TEXTS),
            politicalGeocodingLevel=st.just(["municipality"]),
            applicableLegislation=st.just(["http://data.europa.eu/eli/reg_impl/2023/138/oj"]),
        ),
    },
    optional={
        "translations": st.builds(dict, en=_some(title=TEXTS, description=TEXTS, keywords=st.lists(TEXTS, min_size=1, max_size=2))),
        "sources": st.lists(st.builds(dict, title=TEXTS, path=TEXTS), min_size=1, max_size=2),
        "ckan": st.builds(dict, extras=st.dictionaries(CODES(["one", "two"]), TEXTS, min_size=1), author=TEXTS),
    },
).map(lambda found: {**BLANK, **found})  # fmt: skip


def _package(descriptor: dict[str, Any], base_url: str, more: dict[str, str | None] | None = None) -> dict[str, Any]:
    publisher = Publisher(slug="stadt", name_de="Stadt", contact={"email": "post@stadt.example"})
    facts = PackageFacts(
        dataset=Dataset(slug="x"), publisher=publisher, descriptor=descriptor, state="active", version=3,
        created=MOMENT, modified=MOMENT, more=more or {"version_url": f"{base_url}/datasets/x/v/3"},
    )  # fmt: skip
    return package_object(facts, [], base_url)


def _read(package: dict[str, Any], before: dict[str, Any], base_url: str) -> dict[str, Any]:
    publisher = Publisher(slug="stadt", name_de="Stadt", contact={"email": "post@stadt.example"})
    incoming = read_incoming(package, before, own_facts(publisher, "x", 3, base_url))
    return patch_between(before, incoming.places)


@examples(40)
@given(DESCRIPTORS)
def test_a_package_that_comes_back_as_it_was_shown_changes_nothing(descriptor):
    assert _read(_package(descriptor, A), descriptor, A) == {}


@examples(40)
@given(DESCRIPTORS)
def test_a_package_of_one_portal_says_the_same_in_another(descriptor):
    there = merged(BLANK, _read(_package(descriptor, A), BLANK, B))

    check_unfinished({**there, "resources": []})
    before, after = _package(descriptor, A), _package(there, B)
    for key in ("title", "notes", "license_id", "groups", "author", "maintainer"):
        assert before[key] == after[key]
    assert [one["name"] for one in before["tags"]] == [one["name"] for one in after["tags"]]
    derived = ("uri", "identifier", "publisher_uri", "attribution", "version_url", "keywords")
    assert _extras(before, derived) == _extras(after, derived)


def _extras(package: dict[str, Any], without: tuple[str, ...]) -> dict[str, str]:
    return {one["key"]: one["value"] for one in package["extras"] if one["key"] not in without}


FOREIGN: dict[str, Any] = {
    "id": "8a4e3f5e-0000-4000-8000-000000000000", "name": "x", "title": "Luftgüte", "notes": "Alles.", "version": "1.0",
    "author": "Amt", "author_email": "", "maintainer": None, "maintainer_email": "amt@amt.example",
    "url": "https://amt.example/luft", "license_id": "cc-by", "license_title": "CC BY", "license_url": "https://x.example",
    "isopen": True, "private": False, "state": "active", "type": "dataset", "num_tags": 1, "num_resources": 1,
    "creator_user_id": "u", "owner_org": "o", "organization": {"name": "amt"}, "metadata_created": "2020-01-01T00:00:00",
    "metadata_modified": "2020-01-01T00:00:00", "relationships_as_subject": [], "relationships_as_object": [],
    "tracking_summary": {"total": 1}, "tags": [{"name": "Luft", "id": "t", "state": "active", "vocabulary_id": None}],
    "groups": [], "extras": [
        {"key": "harvest_object_id", "value": "h"}, {"key": "frequency", "value": "manchmal"},
        {"key": "theme", "value": '["http://publications.europa.eu/resource/authority/data-theme/ENVI"]'},
        {"key": "uri", "value": "https://amt.example/id/1"}, {"key": "spatial_text", "value": "Nirgendwo"},
    ],
    "resources": [
        {"id": "r", "name": "Messwerte", "url": "https://amt.example/luft.csv", "format": "CSV", "hash": "", "position": 0}
    ],
}  # fmt: skip
"""A package as a CKAN portal dumps it, with the keys it usually has. Invented."""


def test_a_package_of_a_real_ckan_is_taken_and_nothing_of_it_is_lost():
    there = merged(BLANK, _read(FOREIGN, BLANK, B))
    shown = _package(there, B)
    extras = {one["key"]: one["value"] for one in shown["extras"]}

    assert (shown["title"], shown["author"], shown["maintainer_email"]) == ("Luftgüte", "Amt", "amt@amt.example")
    assert there["dcat"] == {"theme": ["ENVI"]}
    assert there["sources"] == [{"title": "Messwerte", "path": "https://amt.example/luft.csv"}]
    assert extras["harvest_object_id"] == "h"
    assert extras["frequency"] == "manchmal"
    assert extras["spatial_text"] == "Nirgendwo"
    assert extras["source_uri"] == "https://amt.example/id/1"
    assert extras["source_version"] == "1.0"
    assert extras["uri"] == f"{B}/id/dataset/x"
    assert _read(shown, there, B) == {}


@pytest.mark.parametrize(
    ("given", "key"),
    [
        ({"titel": "x"}, "titel"),
        ({"title": ["x"]}, "title"),
        ({"title": {"de": "x"}}, "title"),
        ({"notes": "\x00"}, "notes"),
        ({"tags": ["Luft"]}, "tags"),
        ({"tags": [{"name": ["x"]}]}, "tags"),
        ({"tags": {"name": "x"}}, "tags"),
        ({"extras": {"frequency": "ANNUAL"}}, "extras"),
        ({"extras": [{"value": "x"}]}, "extras"),
        ({"extras": [{"key": "a", "value": {}}]}, "extras"),
        ({"extras": [{"key": "a", "value": "1"}, {"key": "a", "value": "2"}]}, "extras"),
        ({"extras": "[{"}, "extras"),
        ({"groups": [{"name": "verkehr"}]}, "groups"),
        ({"license_id": "uk-ogl"}, "license_id"),
        ({"state": "deleted"}, "state"),
        ({"type": "harvest"}, "type"),
        ({"private": True}, "private"),
        ({"relationships_as_subject": [{"subject": "x"}]}, "relationships_as_subject"),
        ({"resources": "x"}, "resources"),
        ({"resources": [{"url": ["x"]}]}, "resources"),
    ],
)
def test_what_is_not_understood_is_refused_by_its_key(given, key):
    with pytest.raises(InvalidInput) as caught:
        _read(given, BLANK, B)

    assert list(caught.value.facts["fields"]) == [key]
