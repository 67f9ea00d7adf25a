"""The licence registry: which licences there are, under which names, and how to credit."""

from collections import Counter

import pytest

from portal.foundation.errors import InvalidInput
from portal.foundation.text import LangString
from portal.vocabularies.licences import attribution, licence, licences, recommended_licences, successor


def test_the_whole_list_is_there():
    entries = licences().values()

    assert len(entries) == 52
    assert sum(not entry.superseded for entry in entries) == 34


def test_few_licences_are_recommended_and_all_of_them_open():
    codes = [entry.code for entry in recommended_licences()]

    assert codes == ["dl-zero-de/2.0", "dl-by-de/2.0", "cc-zero", "cc-by/4.0"]
    assert all(entry.open and entry.url for entry in recommended_licences())


@pytest.mark.parametrize(
    "spelling",
    [
        "cc-by/4.0",
        "http://dcat-ap.de/def/licenses/cc-by/4.0",
        "https://creativecommons.org/licenses/by/4.0/",
        "http://creativecommons.org/licenses/by/4.0",
        "https://www.creativecommons.org/licenses/by/4.0/",
        "http://publications.europa.eu/resource/authority/licence/CC_BY_4_0",
        "CC-BY-4.0",
    ],
)
def test_a_licence_is_known_under_many_names(spelling):
    assert licence(spelling).code == "cc-by/4.0"


def test_no_spelling_means_two_current_licences():
    spellings = Counter(
        name
        for entry in licences().values()
        if not entry.superseded
        for name in {entry.iri, entry.url, entry.spdx_id, *entry.other_iris}
        if name
    )

    assert [name for name, count in spellings.items() if count > 1] == []


def test_an_unknown_licence_is_refused_with_advice():
    with pytest.raises(InvalidInput, match="dl-zero-de/"):
        licence("all rights reserved")


def test_superseded_spellings_lead_to_a_current_licence():
    for entry in licences().values():
        assert not successor(entry).superseded or entry.code == "cc-nc"
    assert successor(licence("dl-by-de/2_0")).code == "dl-by-de/2.0"
    assert successor(licence("cc-zero")).code == "cc-zero"


def test_what_forbids_commerce_or_change_is_not_open():
    assert not [
        entry.code for entry in licences().values() if entry.open and (entry.non_commercial or entry.no_derivatives)
    ]


def test_the_credit_names_provider_dataset_address_and_licence():
    line = attribution(
        licence("dl-by-de/2.0"),
        publisher=LangString("Stadt Beispiel", "City of Example"),
        title=LangString("Bäume {alle}"),
        url="https://daten.example.de/datasets/baeume",
    )

    assert line.de == (
        "Datenquelle: Stadt Beispiel, „Bäume {alle}“, https://daten.example.de/datasets/baeume, "
        "Datenlizenz Deutschland – Namensnennung – Version 2.0 (https://www.govdata.de/dl-de/by-2-0)"
    )
    assert line.en.startswith("Data source: City of Example, “Bäume {alle}”")


@pytest.mark.parametrize("code", list(licences()))
def test_every_licence_gives_a_credit_in_both_languages(code):
    name = LangString("Ä", "A")

    line = attribution(licence(code), publisher=name, title=name, url="https://x.example/")

    assert "{" not in line.de
    assert line.en
    assert "()" not in line.de
