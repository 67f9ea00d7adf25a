"""The served catalogue passes the official checkers: no violation in either profile, 405 of 405 points.

Needs the folder of official shapes (STANDARDS_FOLDER, or ../shared/standards beside the project).
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.shipped import Served
from tests.sources import shipped_folders

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


def _checked(*command: Path | str) -> Any:
    """Give what a checker says as JSON."""
    done = subprocess.run([sys.executable, *map(str, command), "--json"], capture_output=True, text=True, check=False)
    said = done.stdout
    assert said, done.stderr
    return json.JSONDecoder().raw_decode(said)[0]
