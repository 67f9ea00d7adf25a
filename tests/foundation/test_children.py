"""Commands in processes of their own: for the portal of these settings, whatever the environment says."""

from pathlib import Path

import pytest

from portal.foundation.children import is_running, run_command, start_command, stop_command
from portal.foundation.config import Settings


def test_a_command_works_for_the_portal_of_its_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTAL_DATA", str(tmp_path / "other"))

    status = run_command(Settings(data=tmp_path / "data"), "db", "upgrade")

    assert status == 0
    assert (tmp_path / "data" / "portal.sqlite").exists()
    assert not (tmp_path / "other").exists()


def test_a_command_that_is_stopped_has_ended(tmp_path: Path) -> None:
    process = start_command(Settings(data=tmp_path / "data"), "db", "status")

    stop_command(process)

    assert not is_running(process)
    stop_command(process)
    stop_command(None)
