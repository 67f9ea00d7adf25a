"""`portal check`: findings with their places, before anything is published."""

import json
from pathlib import Path

import pytest

from tests.builders import a_field, a_folder, a_table
from tests.commands import call_portal
from tests.releases import trees


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    """Give a folder whose numbers are none, whose key is there twice, and which names a mail address."""
    table = a_table(
        fields=[a_field("id"), a_field("count", "integer"), a_field("note")],
        rows=[("x-1", "drei", "gut"), ("x-1", "4", "an person@example.org")],
    )
    return a_folder(tmp_path / "baeume", tables={"trees": table})


def test_nothing_found_is_told_on_stderr_alone(tmp_path: Path) -> None:
    done = call_portal("check", str(trees(tmp_path / "baeume", "Linde")), data=tmp_path / "data")

    assert done.returncode == 0, done.stdout
    assert done.stdout == ""
    assert "nothing found" in done.stderr


def test_findings_say_dataset_table_row_and_column(bad: Path, tmp_path: Path) -> None:
    done = call_portal("check", str(bad), data=tmp_path / "data")

    assert done.returncode == 1
    assert "baeume trees row 1 column count: " in done.stdout
    assert done.stderr.strip().splitlines()[-1].startswith("Error: ")
    assert "Traceback" not in done.stderr


def test_findings_are_json_lines_in_both_languages(bad: Path, tmp_path: Path) -> None:
    done = call_portal("check", "--json", str(bad), data=tmp_path / "data")

    findings = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 1
    assert {finding["dataset"] for finding in findings} == {"baeume"}
    assert all(finding["message"]["de"] and finding["message"]["en"] for finding in findings)
    assert ("trees", 1, "count", "drei") in [
        tuple(one[key] for key in ("table", "row", "column", "value")) for one in findings
    ]


def test_personal_data_without_a_decision_is_found(tmp_path: Path) -> None:
    folder = trees(tmp_path / "baeume", "Fragen an person@example.org")

    done = call_portal("check", "--json", str(folder), data=tmp_path / "data")

    assert done.returncode == 1
    assert json.loads(done.stdout)["code"] == "personal-email"


def test_a_descriptor_that_is_no_json_is_a_finding_not_a_crash(tmp_path: Path) -> None:
    folder = trees(tmp_path / "baeume", "Linde")
    (folder / "datapackage.json").write_text("{", encoding="utf-8")

    done = call_portal("check", "--json", str(folder), data=tmp_path / "data")

    assert done.returncode == 1
    assert "is not JSON" in json.loads(done.stdout)["message"]["en"]


def test_checking_leaves_no_trace_in_the_data_folder(tmp_path: Path) -> None:
    call_portal("check", str(trees(tmp_path / "baeume", "Linde")), data=tmp_path / "data")

    assert not (tmp_path / "data").exists()
