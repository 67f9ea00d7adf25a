"""No mail address, telephone, bank or tax number is in anything shipped or served; the portal's own scan looks.

The scan reads text columns; so every line of text is put into a table of one column.
"""

import csv
import html
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from portal.foundation.tableschema import read_schema
from portal.ingest.engine import Engine
from portal.ingest.privacy import PersonalHit, scan
from portal.ingest.typed import build_table
from tests.shipped import PROJECT, Served
from tests.sources import descriptor, shipped_folders, tables

NUMBERS = {"email", "phone", "iban", "tax"}
PAGES = ("/", "/datasets", "/licences", "/contact", "/api/docs", "/problems/not-found")
SCHEMA = {"fields": [{"name": "line", "type": "string"}]}


def test_the_scan_sees_what_it_should(tmp_path: Path) -> None:
    lines = ["ich@example.org", "Tel. 0151 23456789", "DE89 3704 0044 0532 0130 00", "Nichts von alledem."]

    assert {hit.kind for hit in _scan(lines, tmp_path)} >= {"email", "phone", "iban"}


def test_no_number_of_a_person_is_in_the_shipped_tables_or_their_descriptions(tmp_path: Path) -> None:
    lines = [text for folder in shipped_folders() for text in _strings(descriptor(folder))]
    lines += [
        text for folder in shipped_folders() for table in tables(folder) for row in table.texts for text in row.values()
    ]

    assert not [hit for hit in _scan(lines, tmp_path) if hit.kind in NUMBERS]


def test_no_number_of_a_person_is_in_the_documents_of_the_project(tmp_path: Path) -> None:
    pages = [*PROJECT.glob("*.md"), *(PROJECT / "docs").rglob("*.md"), *(PROJECT / "schemas").rglob("*.csv")]
    lines = [re.sub(r"\S+://\S+", "", line) for page in pages for line in page.read_text("utf-8").splitlines()]

    assert not [hit for hit in _scan(lines, tmp_path) if hit.kind in NUMBERS]


@pytest.mark.parametrize("language", ["de", "en"])
def test_no_number_of_a_person_is_on_a_page(shipped: Served, language: str, tmp_path: Path) -> None:
    addresses = [*PAGES, *(f"/datasets/{folder.name}" for folder in shipped_folders())]
    lines = [line for address in addresses for line in _page(shipped, f"{address}?lang={language}")]

    assert not [hit for hit in _scan(lines, tmp_path) if hit.kind in NUMBERS]


def test_no_number_of_a_person_is_in_the_metadata(shipped: Served, tmp_path: Path) -> None:
    lines = [
        text for folder in shipped_folders() for text in _strings(shipped.get(f"/datasets/{folder.name}.json").json())
    ]
    lines += re.findall(r'"((?:[^"\\]|\\.)*)"', shipped.bytes_of("/catalog.ttl").decode())

    assert not [hit for hit in _scan(lines, tmp_path) if hit.kind in NUMBERS]


def test_withheld_columns_are_in_no_file(shipped: Served) -> None:
    withheld = [(folder.name, one) for folder in shipped_folders() for one in descriptor(folder).get("withheld", [])]

    assert withheld
    for slug, one in withheld:
        document = shipped.get(f"/datasets/{slug}.json").json()
        columns = {
            f["name"] for r in document["resources"] if r["name"] == one["resource"] for f in r["schema"]["fields"]
        }
        assert one["column"] not in columns
        assert one["reason"]["de"]
        assert one["reason"]["en"]


def test_decisions_never_repeat_a_name() -> None:
    for folder in shipped_folders():
        for decision in descriptor(folder).get("privacyDecisions", []):
            assert decision["decidedBy"] == "curator"
            assert set(decision) <= {
                "resource",
                "column",
                "row",
                "finding",
                "decision",
                "reason",
                "decidedBy",
                "decidedOn",
            }


def _scan(lines: list[str], folder: Path) -> list[PersonalHit]:
    source = folder / "lines.csv"
    with source.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["line"], *([line] for line in lines if line.strip())])
    with Engine.open(folder) as engine:
        table, report = build_table(source, read_schema(SCHEMA), folder / "lines.typed", table="lines", engine=engine)
        assert table is not None, report.as_dict()
        return scan(table, engine=engine)


def _strings(value: Any) -> Iterator[str]:
    """Give every text in a JSON value but digests and addresses."""
    if isinstance(value, str):
        if not re.match(r"https?://|sha256:", value):
            yield value
    elif isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _strings(one)


def _page(shipped: Served, address: str) -> list[str]:
    """Give the text of a page without its marks, line by line."""
    answer = shipped.get(address, Accept="text/html")
    assert answer.status_code == 200, address
    return [html.unescape(re.sub(r"<[^>]+>", "\n", line)) for line in answer.text.splitlines()]
