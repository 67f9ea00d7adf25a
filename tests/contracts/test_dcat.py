"""The served catalogue passes the official checkers: no violation in either profile, 405 of 405 points. That of saved combinations, which is not harvested,
lacks sizes alone: nobody knows them before the files are fetched.

Needs the folder of official shapes (STANDARDS_FOLDER, or ../shared/standards beside the project).
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.saving import Case, case
from tests.shipped import Served
from tests.sources import shipped_folders

__all__ = ["case"]

ALL_POINTS = 405


@pytest.mark.parametrize("profile", ["dcat-ap", "dcat-ap-de"])
def test_the_served_catalogue_has_no_violation(profile: str, shipped: Served, standards: Path) -> None:
    told = _checked(standards / "validate.py", f"{shipped.url}/catalog.ttl", "--profile", profile)

    assert told["counts"]["Dataset"] >= len(shipped_folders())
    assert [finding for finding in told["findings"] if finding["severity"] == "Violation"] == []


def test_every_dataset_has_all_points_with_every_address_asked(shipped: Served, standards: Path) -> None:
    rows = _checked(standards / "mqa_score.py", f"{shipped.url}/catalog.ttl", "--check-urls", shipped.url)

    assert len(rows) == len(shipped_folders())
    assert {row["title"]: row["missing"] for row in rows if row["points"] != ALL_POINTS} == {}
    assert not any(row["not_assessed"] for row in rows)


@pytest.fixture(scope="module")
def catalogue(case: Case, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the served document as a file, with a combination of two datasets and one of groups."""
    case.saved("pflege-der-baeume", description={"de": "Wann welcher Baum gepflegt wurde."})
    case.saved("je-art", query={"group_by": "species.label"})
    file = tmp_path_factory.mktemp("dcat") / "combinations.ttl"
    file.write_bytes(case.everyone.client.get("/combinations.ttl").data)
    return file


@pytest.mark.parametrize("profile", ["dcat-ap", "dcat-ap-de"])
def test_the_catalogue_of_combinations_has_no_violation(profile: str, catalogue: Path, standards: Path) -> None:
    told = _checked(standards / "validate.py", catalogue, "--profile", profile)

    assert told["counts"]["Dataset"] == 2
    assert [finding for finding in told["findings"] if finding["severity"] == "Violation"] == []


def test_combinations_lack_nothing_but_sizes(catalogue: Path, standards: Path) -> None:
    rows = _checked(standards / "mqa_score.py", catalogue, "--assume-urls", "--no-shacl")

    assert {tuple(name for name in row["missing"]) for row in rows} == {("byteSize",)}


def _checked(*command: Path | str) -> Any:
    """Give what a checker says as JSON."""
    done = subprocess.run([sys.executable, *map(str, command), "--json"], capture_output=True, text=True, check=False)
    said = done.stdout
    assert said, done.stderr
    return json.JSONDecoder().raw_decode(said)[0]
