"""`GET /api/v1/licences/combine`: licences and datasets, in words and with the credit to paste."""

import pytest

from tests.releases import publish, trees
from tests.web.problems import PROBLEM_JSON

ASKED = "/licences/combine"


def test_two_licences_are_answered_with_result_reasons_and_templates(town):
    answer = town.call("GET", f"{ASKED}?of=dl-by-de/2.0,cc-zero")

    told = answer.get_json()
    assert answer.status_code == 200
    assert (told["of"], told["answer"]) == (["dl-by-de/2.0", "cc-zero"], "yes")
    assert told["publishUnder"][0]["code"] == "dl-by-de/2.0"
    assert told["credit"]["required"] is True
    assert told["credit"]["lines"][0]["de"].startswith("Datenquelle: {publisher}, „{title}“, {url}, ")
    assert told["credit"]["line"]["en"].endswith(". Data combined and adapted.")
    assert told["reasons"][1]["sentence"]["de"] == "„Creative Commons Zero (CC0 1.0)“ stellt keine Bedingung."


def test_datasets_are_answered_with_their_versions_and_finished_lines(town, tmp_path):
    publish(town.portal, trees(tmp_path / "a", "Linde", slug="linden", licenses=[{"name": "cc-by/4.0"}]))
    publish(town.portal, trees(tmp_path / "b", "Eiche", slug="eichen", licenses=[{"name": "odbl"}]))

    told = town.call("GET", f"{ASKED}?datasets=linden,eichen").get_json()

    assert told["answer"] == "unclear"
    assert [(one["name"], one["version"], one["licence"]) for one in told["datasets"]] == [
        ("linden", 1, "cc-by/4.0"),
        ("eichen", 1, "odbl"),
    ]
    assert "{" not in told["credit"]["line"]["de"]
    assert "„Linden der Stadt“ von " in told["credit"]["line"]["de"]
    assert told["reasons"][-1]["source"].startswith("https://blog.openstreetmap.org/")


def test_a_dataset_goes_with_a_licence_from_elsewhere(town):
    told = town.call("GET", f"{ASKED}?datasets=baeume&of=cc-by-sa/4.0").get_json()

    assert told["of"] == ["dl-zero-de/2.0", "cc-by-sa/4.0"]
    assert told["publishUnder"][0]["code"] == "cc-by-sa/4.0"


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 400),
        ("of=", 400),
        ("of=,,", 400),
        ("of=cc-by,none", 400),
        ("of=" + "cc-zero" * 1000, 400),
        ("of=a%00", 400),
        ("of=cc-by&of=odbl", 400),
        ("with=cc-by", 400),
        ("datasets=none", 404),
        ("datasets=geheim", 404),
        ("datasets=..%2F..", 404),
    ],
)
def test_what_cannot_be_answered_is_refused_with_a_sentence(town, query, status):
    answer = town.call("GET", f"{ASKED}?{query}")

    assert answer.status_code == status
    assert answer.content_type == PROBLEM_JSON
    assert answer.get_json()["detail"]
