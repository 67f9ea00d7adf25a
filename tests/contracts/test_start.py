"""A server that starts loads what it reads with, and nothing of what writes: the bench measures what that saves."""

import subprocess
import sys

import pytest

SELDOM = (
    "adbc_driver_manager", "alembic", "duckdb", "faker", "jsonschema", "nanoarrow", "phonenumbers", "pyoxigraph",
    "python_calamine", "rdflib", "requests", "stdnum", "xlsxwriter", "portal.web.whole", "portal.publishing.build",
)  # fmt: skip
"""Loaded when it is first used (portal/foundation/lazily.py, portal/web/halves.py): half a second, and fifty megabytes."""


COMMANDS = ("admin", "events", "members", "tokens", "users")
"""Commands that change nothing that is published, by their module."""


@pytest.fixture(scope="module")
def loaded() -> set[str]:
    """Give the modules that `portal serve` has loaded before it does anything."""
    return _loaded("portal.cli.serve")


@pytest.mark.parametrize("module", SELDOM)
def test_a_server_does_not_load_what_it_needs_only_sometimes(loaded: set[str], module: str) -> None:
    assert module not in loaded


def test_a_command_that_looks_after_people_does_not_load_what_publishes() -> None:
    known = _loaded(*(f"portal.cli.{command}" for command in COMMANDS))

    assert known & set(SELDOM) == set()


def _loaded(*modules: str) -> set[str]:
    told = f"import sys, {', '.join(modules)}; print(*sys.modules, sep='\\n')"
    return set(subprocess.run([sys.executable, "-c", told], check=True, capture_output=True, text=True).stdout.split())
