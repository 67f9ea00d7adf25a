"""`portal settings`: what is set; and how every command refuses a setting that does not fit."""

import json
from pathlib import Path

import pytest

from tests.commands import call_portal


def test_every_setting_is_printed_with_value_and_meaning(tmp_path: Path) -> None:
    done = call_portal("settings", data=tmp_path / "data", title_en="Open Krefeld")

    assert done.returncode == 0
    assert "PORTAL_TITLE_EN=Open Krefeld\n    Name of the portal in English.\n" in done.stdout
    assert "PORTAL_PORT=8000\n" in done.stdout


def test_settings_are_json_for_scripts(tmp_path: Path) -> None:
    done = call_portal("settings", "--json", data=tmp_path / "data")

    told = json.loads(done.stdout)
    assert told["PORTAL_DATA"]["value"] == str(tmp_path / "data")
    assert all(name.startswith("PORTAL_") and one["help"] for name, one in told.items())


def test_a_password_is_not_shown(tmp_path: Path) -> None:
    done = call_portal("settings", data=tmp_path / "data", database_url="postgresql+psycopg://portal:geheim@db/portal")

    assert "geheim" not in done.stdout + done.stderr
    assert "PORTAL_DATABASE_URL=postgresql+psycopg://portal:***@db/portal" in done.stdout


@pytest.mark.parametrize(
    ("setting", "value", "said"),
    [
        ("colour", "red", "There is no setting PORTAL_COLOUR."),
        ("port", "eighty", "PORTAL_PORT must be a whole number, not 'eighty'."),
        ("port", "70000", "PORTAL_PORT must be between 0 and 65535, not 70000."),
        ("threads", "0", "PORTAL_THREADS and PORTAL_WORKERS must be at least 1."),
        ("access_log", "maybe", "PORTAL_ACCESS_LOG must be true or false, not 'maybe'."),
        (
            "base_url",
            "https://daten.example/portal",
            "PORTAL_BASE_URL is the address of a host, such as https://daten.example, without a path, not 'https://daten.example/portal'.",
        ),
        ("base_url", "daten.example", "PORTAL_BASE_URL must begin with http:// or https://, not 'daten.example'."),
    ],
)
@pytest.mark.parametrize("command", [["settings"], ["serve"]], ids=" ".join)
def test_a_setting_that_does_not_fit_is_one_line_and_status_1(
    command: list[str], setting: str, value: str, said: str, tmp_path: Path
) -> None:
    done = call_portal(*command, data=tmp_path / "data", **{setting: value})

    assert done.returncode == 1
    assert done.stderr.startswith(f"Error: {said}")
    assert len(done.stderr.splitlines()) == 1
    assert done.stdout == ""


@pytest.mark.parametrize(
    ("setting", "value", "said"),
    [
        ("database_url", "nonsense", "PORTAL_DATABASE_URL is no address of a database"),
        ("database_url", "oracle://scott:tiger@db/portal", "PORTAL_DATABASE_URL is no address of a database"),
        ("database_url", "sqlite:////nowhere/at/all.sqlite", "The database cannot be reached: unable to open"),
        ("database_url", "postgresql+psycopg://portal:tiger@127.0.0.1:1/portal", "The database cannot be reached: "),
        ("log_level", "loud", ""),
    ],
)
@pytest.mark.parametrize("command", ["load", "serve"])
def test_a_value_that_only_shows_itself_in_use_is_refused_without_a_traceback(
    command: str, setting: str, value: str, said: str, tmp_path: Path
) -> None:
    done = call_portal(command, data=tmp_path / "data", datasets="-", port="0", **{setting: value})

    assert done.returncode == 1
    assert done.stderr.startswith(f"Error: {said}")
    assert len(done.stderr.splitlines()) == 1
    assert "tiger" not in done.stderr


def test_an_operator_of_a_kind_that_no_list_knows_is_refused(tmp_path: Path) -> None:
    done = call_portal("load", data=tmp_path / "data", datasets="-", operator_type="Empire")

    assert done.returncode == 1
    assert done.stderr.startswith("Error: ")
    assert "'Empire'" in done.stderr
