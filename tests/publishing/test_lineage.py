"""Lineage: what an answer was made of, under which licence it may be passed on, and whom to credit."""

import pytest

from portal.catalogue.lookup import public_version
from portal.foundation.db import reading
from portal.foundation.errors import InvalidInput
from portal.publishing.lineage import Lineage, input_of, lineage_of
from portal.vocabularies.combining import Verdict
from portal.wiring import Portal
from tests.releases import publish, trees


def made_of(portal: Portal, *slugs: str) -> Lineage:
    with reading(portal.engine) as session:
        return lineage_of([input_of(session, public_version(session, slug, None), portal.settings) for slug in slugs])


@pytest.fixture
def forest(portal, tmp_path):
    """Datasets named after their licence."""
    for slug, code in {"frei": "dl-zero-de/2.0", "by": "cc-by/4.0", "sa": "cc-by-sa/4.0", "odbl": "odbl"}.items():
        publish(portal, trees(tmp_path / slug, "Linde", slug=slug, licenses=[{"name": code}]))
    return portal


def test_an_answer_says_versions_licence_and_credit(forest):
    lineage = made_of(forest, "frei", "by")

    assert [(one.dataset, one.version, one.url.rsplit("/datasets/", 1)[1]) for one in lineage.inputs] == [
        ("frei", 1, "frei/v/1"),
        ("by", 1, "by/v/1"),
    ]
    assert (lineage.answer, lineage.licence.code) == (Verdict.YES, "cc-by/4.0")
    assert lineage.credit.de.count("„") >= 2
    assert lineage.credit.in_language("en").endswith(". Data combined and adapted.")


@pytest.mark.parametrize(
    ("slugs", "answer", "licence"),
    [
        (["frei"], "yes", "dl-zero-de/2.0"),
        (["by", "sa"], "yes", "cc-by-sa/4.0"),
        (["by", "odbl"], "unclear", None),
        (["sa", "odbl"], "no", None),
    ],
)
def test_the_licence_is_that_of_the_combination_or_none(forest, slugs, answer, licence):
    lineage = made_of(forest, *slugs)

    assert lineage.answer == answer
    assert (lineage.licence.code if lineage.licence else None) == licence
    assert lineage.as_dict()["answer"] == answer
    assert lineage.as_dict()["summary"]["en"]


def test_what_goes_in_twice_is_told_once(forest):
    assert made_of(forest, "by", "frei", "by") == made_of(forest, "by", "frei")


def test_of_nothing_there_is_no_lineage():
    with pytest.raises(InvalidInput):
        lineage_of([])
