"""Every item of the five documents is found in the served files, and nothing that no document says.

The counts stand here a second time, so that no row can disappear unnoticed. Where the documents lie beside the project
(../shared/sources), every quoted wording is looked up in the lines that its row names.
"""

import csv
import io
import re

import pytest

from tests.shipped import PROJECT, Served
from tests.sources import parsed, shipped_folders, tables

SOURCES = PROJECT.parent / "shared" / "sources"
QUOTED = ("text", "wording", "date_printed")
"""Columns that hold what is printed, letter by letter; corrections stand in columns of their own."""

COUNTS = {
    "doc-000": {
        "krefeld-2017-zukunftswerkstatt/statements": 150,
        "krefeld-2017-zukunftswerkstatt/projects": 9,
        "krefeld-2017-zukunftswerkstatt/patronages": 8,
        "workshops/groups": 12,
    },
    "doc-001": {
        "industrieinitiativen/initiatives": 6,
        "industrieinitiativen/topics": 155,
        "industrieinitiativen/members": 65,
        "industrieinitiativen/key_figures": 33,
        "dialogprojekt/chapters": 14,
    },
    "doc-002": {
        "duisburg-2018-wirtschaft/ideas": 69,
        "duisburg-2018-wirtschaft/posters": 13,
        "duisburg-2018-wirtschaft/poster_lines": 95,
        "open-data-empfehlungen/recommendations": 30,
        "workshops/groups": 5,
    },
    "doc-003": {"dialogprojekt/goals": 10, "dialogprojekt/formats": 4, "dialogprojekt/study_questions": 6},
    "doc-004": {
        "smart-city-krefeld/fields_of_action": 6,
        "smart-city-krefeld/sub_topics": 18,
        "smart-city-krefeld/commitments": 108,
    },
}
"""Document ↔ rows of a table that come from it."""

WORDINGS = {
    "krefeld-2017-zukunftswerkstatt/statements": "Krefeld – klüger ist das!",
    "duisburg-2018-wirtschaft/ideas": "Vision „Silicon Valley“",
    "duisburg-2018-wirtschaft/posters": "Data on the road",
    "industrieinitiativen/initiatives": "Bündnis für Industrie Thüringen",
    "dialogprojekt/formats": "Welt-Café",
    "smart-city-krefeld/sub_topics": "Open Data & Beteiligung",
    "open-data-empfehlungen/recommendations": "Open-Data-Portal für DU",
    "orte/places": "Rhein-Mosel",
}
"""Table ↔ a wording that must be found in it."""


@pytest.mark.parametrize("document", COUNTS)
def test_every_document_has_given_all_its_rows(document: str, shipped: Served) -> None:
    for key, count in COUNTS[document].items():
        assert sum(row["source_document"] == document for row in _served(shipped, key)) == count, key


@pytest.mark.parametrize("key", WORDINGS)
def test_what_the_documents_say_is_found(key: str, shipped: Served) -> None:
    assert any(WORDINGS[key] in row.values() for row in _served(shipped, key))


def test_what_is_served_is_what_is_shipped_row_for_row(shipped: Served) -> None:
    for folder in shipped_folders():
        for table in tables(folder):
            found = [
                {name: parsed(text, table.types[name]) for name, text in row.items()}
                for row in _served(shipped, table.key)
            ]
            assert found == table.rows, table.key


def test_every_row_says_which_lines_it_comes_from(shipped: Served) -> None:
    lines = {row["id"]: int(row["text_lines"]) for row in _served(shipped, "documents/documents")}
    sourced = [
        table.key for folder in shipped_folders() for table in tables(folder) if "source_document" in table.columns
    ]

    assert len(sourced) > 60
    for key in sourced:
        for row in _served(shipped, key):
            first, last = int(row["source_line_from"]), int(row["source_line_to"])
            assert 1 <= first <= last <= lines[row["source_document"]], f"{key} {row['id']}"


def test_no_identifier_is_given_twice(shipped: Served) -> None:
    for folder in shipped_folders():
        for table in tables(folder):
            ids = [row["id"] for row in _served(shipped, table.key)]
            assert len(set(ids)) == len(ids), table.key


@pytest.mark.skipif(not SOURCES.is_dir(), reason="the documents do not lie beside the project (../shared/sources)")
def test_every_quoted_wording_stands_in_the_lines_it_names(shipped: Served) -> None:
    documents = {f"doc-{path.name[:3]}": path.read_text("utf-8").split("\n") for path in SOURCES.glob("*.txt")}
    quoted = [
        (table.key, row, row[column])
        for folder in shipped_folders()
        for table in tables(folder)
        for column in QUOTED
        if column in table.columns and "source_line_from" in table.columns
        for row in _served(shipped, table.key)
        if row[column]
    ]

    assert len(documents) == 5
    assert len(quoted) > 900
    for key, row, wording in quoted:
        lines = documents[row["source_document"]][int(row["source_line_from"]) - 1 : int(row["source_line_to"])]
        assert _stands_in(wording, " ".join(lines)), f"{key} {row['id']}: {wording!r}"


def _served(shipped: Served, key: str) -> list[dict[str, str]]:
    text = shipped.bytes_of(f"/datasets/{key}.csv").decode()
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


def _stands_in(wording: str, lines: str) -> bool:
    """Tell whether the words of *wording* follow each other in *lines*; page headings and marks may stand between them."""
    plain = re.sub(r"<[^>]*>", "", lines).lower()
    return re.search(".*?".join(map(re.escape, re.findall(r"\w+", wording.lower()))), plain) is not None
