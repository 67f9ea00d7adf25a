"""The command line as a whole: help, version, wrong calls."""

from pathlib import Path

import pytest

from portal import __version__
from portal.cli.main import COMMANDS
from tests.commands import call_portal
from tests.shipped import run_portal


def test_help_lists_every_command() -> None:
    said = call_portal("--help").stdout

    assert all(f"\n  {name} " in said for name in COMMANDS)


def test_the_version_is_told() -> None:
    assert run_portal("--version").stdout == f"portal, version {__version__}\n"


@pytest.mark.parametrize("arguments", [["fly"], ["load", "--wings"], ["db", "fly"], ["check"]], ids=" ".join)
def test_a_wrong_call_is_told_how_to_call(arguments: list[str]) -> None:
    done = call_portal(*arguments)

    assert done.returncode == 2
    assert "Usage: portal" in done.stderr or "Usage: " in done.stderr
    assert "Traceback" not in done.stderr


def test_a_data_folder_that_cannot_be_one_is_said_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")

    done = call_portal("publisher", "list", data=tmp_path / "file" / "data")

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"Error: {tmp_path / 'file' / 'data'}: Not a directory.\n"
