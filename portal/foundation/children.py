"""Commands of the portal in processes of their own: what they need (DuckDB, the writers) goes when they are done."""

import os
import subprocess
import sys

from portal.foundation.config import PREFIX, Settings

_PATIENCE_S = 10
"""A process that was told to stop gets this long."""


def run_command(settings: Settings, *arguments: str) -> int:
    """Run `portal ARGUMENTS` for the portal of *settings*, wait for it, and give its exit status."""
    return start_command(settings, *arguments).wait()


def start_command(settings: Settings, *arguments: str) -> "subprocess.Popen[bytes]":
    """Start `portal ARGUMENTS` for the portal of *settings* beside this process; its words go where ours go."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    command = [sys.executable, "-m", "portal.cli", *arguments]
    return subprocess.Popen(command, env=kept | settings.as_environment())  # noqa: S603 - our own command line


def is_running(process: "subprocess.Popen[bytes] | None") -> bool:
    """Tell whether *process* was started and has not ended."""
    return process is not None and process.poll() is None


def stop_command(process: "subprocess.Popen[bytes] | None") -> None:
    """End a process if it runs, by force if it does not listen; what it was at is taken up by whoever looks next."""
    if process is None or process.poll() is not None:
        return
    process.terminate()
    try:
        process.wait(timeout=_PATIENCE_S)
    except subprocess.TimeoutExpired:
        process.kill()
