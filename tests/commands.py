"""The command line called in this process: the same `main` as `portal` runs, without a second's start for each command.

call_portal("load", str(folder), data=tmp_path)    its output and exit status, as `run_portal` of tests/shipped.py gives

What a process of its own proves beyond that (stdin, exit status, nothing on a terminal) is kept by one test a group.
"""

import os
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from portal.cli.main import main


@dataclass(frozen=True)
class Called:
    """How a command ended and what it said."""

    returncode: int
    stdout: str
    stderr: str


def call_portal(*arguments: str, given: str | None = None, **settings: str | Path) -> Called:
    """Call `portal` with *arguments*, these settings and no others; *given* is what it is told on stdin."""
    others: dict[str, str | None] = {name: None for name in os.environ if name.startswith("PORTAL_")}
    named = {f"PORTAL_{name.upper()}": str(value) for name, value in settings.items()}
    with pytest.MonkeyPatch.context() as patch, CliRunner().isolation(given, env=others | named) as (out, err, _):
        patch.setattr(sys, "argv", ["portal", *arguments])
        code = _exit_status()
        sys.stdout.flush()
        sys.stderr.flush()
        return Called(code, out.getvalue().decode(), err.getvalue().decode())


def _exit_status() -> int:
    try:
        main()
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    return 0
