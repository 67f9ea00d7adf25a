"""`package_search`: Solr's query text, facets, order and pages, on a catalogue of three datasets."""

import pytest

FINDS = {
    "": ["archiv", "baeume", "strassen"],
    "*:*": ["archiv", "baeume", "strassen"],
    "strasse": ["strassen"],
    "STRASSEN": ["strassen"],
    "Straßen": ["strassen"],
    "verkehr": ["strassen"],
    '"Straßen und Verkehrslenkung"': ["strassen"],
    '"Verkehrslenkung und"': [],
    "title:Straßen": ["strassen"],
    "title:verk*": ["strassen"],
    "name:b*": ["baeume"],
    "name:(baeume OR archiv)": ["archiv", "baeume"],
    "name:baeume archiv": [],
    "name:baeume OR name:archiv": ["archiv", "baeume"],
    "NOT name:baeume": ["archiv", "strassen"],
    "-name:baeume +tags:Grünfläche": ["archiv", "strassen"],
    "tags:grünfläche": [],
    'tags:"a-b- c"': ["archiv"],
    "license_id:cc-by-4.0": ["archiv"],
    "license_id:*": ["archiv", "baeume", "strassen"],
    "organization:datenwerkstatt AND (name:archiv || name:baeume)": ["archiv", "baeume"],
    "groups:envi": ["archiv", "baeume", "strassen"],
    "res_format:Parquet AND res_name:more": ["baeume"],
    "capacity:public state:active": ["archiv", "baeume", "strassen"],
    "metadata_modified:[2026-01-01T00:00:00Z TO *]": ["archiv", "baeume", "strassen"],
    "metadata_modified:[* TO 2026-01-01T00:00:00Z]": [],
    "metadata_modified:{2026-01-01 TO 2027-01-01}": ["archiv", "baeume", "strassen"],
    "metadata_modified:[2000-01-01T00:00:00Z TO NOW-3650DAYS]": [],
    "spatial:krefeld": ["archiv", "baeume", "strassen"],
    "unknown_field:x": [],
    "it's half a (bracket": [],
    "baeume^4 title:Baeume~0.8": ["baeume"],
    "url:https\\://daten.example/datasets/baeume": ["baeume"],
}


@pytest.mark.parametrize(("text", "names"), FINDS.items())
def test_queries_find_what_solr_would(result, text, names):
    found = result("package_search", q=text, sort="name asc")

    assert [one["name"] for one in found["results"]] == names
    assert found["count"] == len(names)


@pytest.mark.parametrize("text", [text for text in FINDS if ":" in text])
def test_filters_find_the_same_as_queries(result, text):
    asked = result("package_search", q=text)["count"]

    assert result("package_search", fq=text)["count"] == asked
    assert result("package_search", fq_list=[text, "*:*"])["count"] == asked


def test_the_title_weighs_more(result):
    found = result("package_search", q="baeume")

    assert found["results"][0]["name"] == "baeume"


def test_pages_hold_everything_once(result):
    pages = [result("package_search", rows=1, start=start, sort="id asc") for start in range(4)]

    assert sorted(one["name"] for page in pages for one in page["results"]) == ["archiv", "baeume", "strassen"]
    assert [page["count"] for page in pages] == [3, 3, 3, 3]


def test_too_many_rows_are_capped_without_a_word_as_in_ckan(result):
    assert len(result("package_search", rows=5000)["results"]) == 3


@pytest.mark.parametrize("fields", [["license_id", "tags"], '["license_id", "tags"]', "license_id,tags"])
def test_facets_count_all_that_was_found(result, fields):
    found = result("package_search", **{"facet.field": fields, "rows": 0, "facet.mincount": 1, "facet.limit": -1})

    assert found["results"] == []
    assert found["facets"]["license_id"] == {"dl-de-zero-2.0": 2, "cc-by-4.0": 1}
    assert found["facets"]["tags"]["Grünfläche"] == 3
    assert found["search_facets"]["license_id"]["items"][1] == {
        "name": "cc-by-4.0",
        "display_name": "Creative Commons Namensnennung 4.0 International (CC BY 4.0)",
        "count": 1,
    }


def test_only_the_fields_asked_for_are_given(result):
    assert result("package_search", fl=["name", "none"], q="name:archiv")["results"] == [{"name": "archiv"}]
