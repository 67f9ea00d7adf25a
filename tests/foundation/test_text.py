"""Texts in two languages, and the addresses made of them."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.foundation.text import LangString, slugify


def test_a_missing_translation_is_answered_in_german() -> None:
    only_german = LangString("Ideen")

    assert only_german.in_language("en") == "Ideen"
    assert only_german.as_dict() == {"de": "Ideen"}


def test_each_language_gets_its_own_text() -> None:
    both = LangString("Ideen", "Ideas")

    assert [both.in_language(language) for language in ("de", "en", "fr")] == ["Ideen", "Ideas", "Ideen"]
    assert both.items() == [("de", "Ideen"), ("en", "Ideas")]


@pytest.mark.parametrize(
    ("described", "expected"),
    [
        ({"title": "Ideen", "translations": {"en": {"title": "Ideas"}}}, LangString("Ideen", "Ideas")),
        ({"title": "Ideen", "translations": {"en": {}}}, LangString("Ideen")),
        ({"title": "Ideen", "translations": None}, LangString("Ideen")),
        ({}, LangString("")),
    ],
)
def test_a_text_is_read_from_a_data_package_object(described: dict[str, object], expected: LangString) -> None:
    assert LangString.of(described, "title") == expected


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("Straßen & Plätze in Köln", "strassen-plaetze-in-koeln"),
        ("  ÄÖÜ – 2018/19 ", "aeoeue-2018-19"),
        ("Café à la carte", "cafe-a-la-carte"),
        ("日本", ""),
    ],
)
def test_a_slug_is_readable_ascii(text: str, slug: str) -> None:
    assert slugify(text) == slug


@given(st.text())
def test_every_slug_fits_an_address_and_is_its_own_slug(text: str) -> None:
    slug = slugify(text)

    assert re.fullmatch(r"([a-z0-9]+(-[a-z0-9]+)*)?", slug)
    assert slugify(slug) == slug
