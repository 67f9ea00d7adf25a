"""Builders for DCAT tests: a valid dataset and catalogue; take only what a test is about."""

import importlib
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from portal.dcat.described import DescribedCatalog, DescribedDataset, DescribedDistribution, DescribedPublisher
from portal.foundation.text import LangString

BASE = "https://daten.example.de"
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
OPERATOR = DescribedPublisher(
    slug="stadt-beispiel",
    name=LangString("Stadt Beispiel", "City of Example"),
    type_code="LocalAuthority",
    homepage="https://www.example.de/",
    contact_name="Open-Data-Stelle",
    contact_email="opendata@example.de",
    contact_url="https://daten.example.de/kontakt",
)
DESCRIPTOR: dict[str, Any] = {
    "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
    "name": "ideen",
    "title": "Ideen der Werkstatt",
    "description": "Alle Ideen, Zeile für Zeile.",
    "keywords": ["Ideen", "Werkstatt"],
    "licenses": [{"name": "dl-zero-de/2.0"}],
    "sources": [{"title": "Dokumentation der Werkstatt", "document": "doc-002", "creator": "IKU GmbH"}],
    "translations": {
        "en": {"title": "Ideas of the workshop", "description": "All ideas, row by row.", "keywords": ["ideas"]}
    },
    "dcat": {
        "theme": ["GOVE", "ECON"],
        "accrualPeriodicity": "NEVER",
        "accessRights": "PUBLIC",
        "language": ["DEU", "ENG"],
        "spatial": ["duisburg", "rhein-mosel"],
        "temporal": {"start": "2018-09-27", "end": "2018-10-31"},
        "politicalGeocodingLevel": ["municipality"],
        "rights": {"de": "Gilt für die Zusammenstellung.", "en": "Covers the compilation."},
        "provenance": {"de": "Von Hand ausgewertet.", "en": "Evaluated by hand."},
    },
}


def files_of(slug: str) -> tuple[DescribedDistribution, ...]:
    title = LangString("Ideen", "Ideas")
    table = {"table": "ideas", "title": title, "row_count": 271, "size_bytes": 48213, "digest": "9f" * 32}
    return (
        DescribedDistribution(
            name="ideas.csv", media_type="text/csv; charset=utf-8; header=present", file_type="CSV", **table
        ),
        DescribedDistribution(name="ideas.jsonl", media_type="application/x-ndjson", **table),
        DescribedDistribution(name="ideas.parquet", media_type="application/vnd.apache.parquet", **table),
        DescribedDistribution(
            name=f"{slug}.zip",
            title=LangString("Alles als Paket", "Everything as a package"),
            media_type="application/zip",
            file_type="ZIP",
            package_media_type="application/zip",
            size_bytes=99000,
            digest="ab" * 32,
        ),
    )


def build_dataset(slug: str = "ideen", *, dcat: dict[str, Any] | None = None, **facts: Any) -> DescribedDataset:
    """Give a valid dataset; *dcat* is laid over the descriptor's `dcat`, `descriptor` over the descriptor."""
    descriptor = DESCRIPTOR | {"name": slug} | facts.pop("descriptor", {})
    descriptor["dcat"] = descriptor["dcat"] | (dcat or {})
    values: dict[str, Any] = {
        "slug": slug,
        "descriptor": descriptor,
        "version": 2,
        "issued_at": NOON,
        "modified_at": NOON,
        "publisher": OPERATOR,
        "distributions": files_of(slug),
        "base_url": BASE,
        "version_notes": LangString("Zwei Zeilen berichtigt.", "Two rows corrected."),
        "previous_version": 1,
        "contributor_id": "openNRW",
    }
    return DescribedDataset(**(values | facts))


@pytest.fixture
def a_dataset() -> Callable[..., DescribedDataset]:
    return build_dataset


@pytest.fixture
def a_catalog() -> Callable[..., DescribedCatalog]:
    def build(**facts: Any) -> DescribedCatalog:
        values: dict[str, Any] = {
            "title": LangString("Offene Daten", "Open data"),
            "description": LangString("Alle offenen Datensätze.", "All open datasets."),
            "publisher": OPERATOR,
            "issued_at": NOON,
            "modified_at": NOON,
            "base_url": BASE,
            "licence_code": "cc-zero",
            "spatial": ("duisburg",),
            "dataset_count": 3,
        }
        return DescribedCatalog(**(values | facts))

    return build


def standards_folder() -> Path:
    """Give the folder with the official shapes and their checkers: STANDARDS_FOLDER, or beside the project."""
    project = Path(__file__).resolve().parents[2]
    return Path(os.environ.get("STANDARDS_FOLDER") or project.parent / "shared" / "standards")


@pytest.fixture
def official(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], ModuleType]:
    """Give the official checkers by name: `validate` (SHACL) and `mqa_score`; skip where they are not at hand."""
    folder = standards_folder()
    if not (folder / "validate.py").exists():
        pytest.skip("the official shapes are not at hand (STANDARDS_FOLDER)")
    monkeypatch.syspath_prepend(str(folder))
    return importlib.import_module
