"""Commands in processes of their own that may be killed or race: forked from one that has everything loaded.

Starting Python and loading the portal costs a second; what these tests are about comes after that.
"""

import os
import signal
import sys
import time
from dataclasses import dataclass
from functools import cache
from multiprocessing import get_context
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path
from tempfile import mkstemp

from portal.cli.main import main
from portal.foundation.config import Settings
from tests.shipped import environment
from tests.waiting import PATIENCE_S

LOADED = ["portal.cli.database", "portal.cli.load", "portal.cli.work", "tests.forked"]


@dataclass(frozen=True)
class Forked:
    """A running command."""

    process: ForkServerProcess
    complaints: Path

    def end(self) -> tuple[str, int | None]:
        """Wait; give what it said on stderr and its exit status."""
        self.process.join(PATIENCE_S)
        said = self.complaints.read_text()
        self.complaints.unlink()
        return said, self.process.exitcode

    def kill_after(self, delay_s: float) -> None:
        """Let it work for that long, then kill it unless it has ended."""
        time.sleep(delay_s)
        if self.process.is_alive():
            os.kill(self.process.pid or 0, signal.SIGKILL)
        self.end()


def start(settings: Settings, *arguments: str) -> Forked:
    """Start the command line with *arguments* on the portal of *settings*."""
    handle, complaints = mkstemp(prefix="forked-")
    os.close(handle)
    process = _context().Process(target=_command, args=(_environment(settings), arguments, complaints))
    process.start()
    return Forked(process, Path(complaints))


def timed(settings: Settings, *arguments: str) -> float:
    """Run a command to its good end; tell how long it took, in seconds."""
    _context()
    begun = time.monotonic()
    said, code = start(settings, *arguments).end()
    assert code == 0, said
    return time.monotonic() - begun


@cache
def _context() -> ForkServerContext:
    context = get_context("forkserver")
    context.set_forkserver_preload(LOADED)
    ready = context.Process(target=_nothing)
    ready.start()
    ready.join(PATIENCE_S)
    return context


def _environment(settings: Settings) -> dict[str, str]:
    return environment(data=settings.data, database_url=settings.database_url, base_url=settings.base_url)


def _command(around: dict[str, str], arguments: tuple[str, ...], complaints: str) -> None:
    os.environ.clear()
    os.environ.update(around)
    with Path(complaints).open("wb") as said, Path(os.devnull).open("wb") as nowhere:
        os.dup2(said.fileno(), 2)
        os.dup2(nowhere.fileno(), 1)
        sys.argv = ["portal", *arguments]
        try:
            main()
        finally:
            sys.stderr.flush()


def _nothing() -> None:
    """Come and go: then the process that others are forked from has loaded everything."""
