"""The controlled vocabularies: complete, in two languages, and strict about unknown codes."""

import pytest

from portal.foundation.errors import InvalidInput
from portal.vocabularies.concepts import SCHEMES, concept, concepts
from portal.vocabularies.file_types import file_types
from portal.vocabularies.places import place, places


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_term_has_an_iri_of_its_own_and_two_labels(scheme):
    terms = concepts(scheme)

    assert terms
    assert len({term.iri for term in terms.values()}) == len(terms)
    assert all(term.label.de and term.label.en for term in terms.values())
    assert all(term.iri.startswith("http") and term.iri.endswith(code) for code, term in terms.items())


def test_a_term_is_found_by_code_and_by_iri():
    found = concept("data-theme", "ECON")

    assert found.label.en == "Economy and finance"
    assert concept("data-theme", found.iri) == found


def test_an_unknown_code_is_refused_with_the_known_ones():
    with pytest.raises(InvalidInput, match="ECON") as caught:
        concept("data-theme", "MONEY")

    assert "TRAN" in caught.value.facts["known"]


def test_an_unknown_scheme_is_refused():
    with pytest.raises(InvalidInput, match="data-theme"):
        concepts("horoscopes")


def test_terms_cannot_be_changed():
    with pytest.raises(TypeError):
        concepts("language")["XXX"] = concept("language", "DEU")


def test_the_format_lists_of_the_quality_assessment_are_kept():
    types = file_types()

    assert len(types) >= 60
    assert types["CSV"].machine_readable
    assert types["CSV"].non_proprietary
    assert not types["XLSX"].non_proprietary
    assert not types["PDF"].machine_readable


def test_every_media_type_of_a_file_type_is_a_registered_one():
    assert all(kind.media_type in concepts("media-type") for kind in file_types().values() if kind.media_type)


def test_places_are_known_by_id():
    assert place("duisburg").iris[0] == "https://sws.geonames.org/2934691/"
    assert all(-180 <= spot.centroid[0] <= 180 for spot in places().values() if spot.centroid)
    for spot in places().values():
        if spot.bbox and spot.centroid:
            west, south, east, north = spot.bbox
            assert west < spot.centroid[0] < east
            assert south < spot.centroid[1] < north


def test_an_unknown_place_is_refused():
    with pytest.raises(InvalidInput, match="krefeld"):
        place("atlantis")
