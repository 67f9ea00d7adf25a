"""What all workers of one test run share: a folder, and what the first worker who needs it puts there.

controller ── begin() ──▶ folder, named to the workers by the environment ── end() ──▶ gone
workers    ── once("shipped"): one at a time ──▶ what is dear is made by one, and used by all
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_FOLDER = "TESTS_OF_ONE_RUN"


def begin() -> None:
    """Make the folder; called by the process that starts the workers, or runs the tests itself."""
    os.environ[_FOLDER] = tempfile.mkdtemp(prefix="portal-tests-")


def end() -> None:
    """Remove the folder."""
    shutil.rmtree(os.environ.pop(_FOLDER), ignore_errors=True)


def folder() -> Path:
    """Give the folder of this run."""
    return Path(os.environ[_FOLDER])


@contextmanager
def once(name: str) -> Iterator[Path]:
    """Give a folder of this name, to one process at a time: whoever finds it empty fills it."""
    found = folder() / name
    found.mkdir(exist_ok=True)
    with (folder() / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield found
