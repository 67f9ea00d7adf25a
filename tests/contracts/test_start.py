"""A server that starts loads what it reads with, and nothing of what writes: the bench measures what that saves."""

import subprocess
import sys

import pytest

SELDOM = (
    "adbc_driver_manager", "alembic", "duckdb", "faker", "jsonschema", "nanoarrow", "phonenumbers", "pyoxigraph",
    "python_calamine", "rdflib", "requests", "stdnum", "xlsxwriter", "portal.web.whole", "portal.publishing.build",
)  # fmt: skip
"""Loaded when it is first used (portal/foundation/lazily.py, portal/web/halves.py): half a second, and fifty megabytes."""


@pytest.fixture(scope="module")
def loaded() -> set[str]:
    """Give the modules that `portal serve` has loaded before it does anything."""
    told = "import sys, portal.cli.serve; print(*sys.modules, sep='\\n')"
    return set(subprocess.run([sys.executable, "-c", told], check=True, capture_output=True, text=True).stdout.split())


@pytest.mark.parametrize("module", SELDOM)
def test_a_server_does_not_load_what_it_needs_only_sometimes(loaded: set[str], module: str) -> None:
    assert module not in loaded
