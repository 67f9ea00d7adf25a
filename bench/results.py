"""Under which conditions figures were taken: without them they mean nothing."""

import os
import platform
import sqlite3
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

_PACKAGES = ("duckdb", "gunicorn", "flask", "sqlalchemy", "isal", "pyoxigraph")


def conditions() -> str:
    """Give machine, load and versions in words."""
    packages = ", ".join(f"{name} {version(name)}" for name in _PACKAGES)
    load = ", ".join(f"{value:.2f}" for value in os.getloadavg())
    return "\n".join(
        [
            f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {os.cpu_count()} cores ({_processor()}), {_memory_gb():.0f} GB",
            f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {packages}",
            f"load average before the run (1, 5, 15 min): {load}",
            "client and server on the same machine over loopback; server settings are the defaults (access log on)",
        ]
    )


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.machine())


def _memory_gb() -> float:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
