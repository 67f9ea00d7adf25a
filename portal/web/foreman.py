"""Sees to it that what is due gets done: starts a worker process when somebody approved a release, or a time has come.

The work is done in a process of its own (`portal work`), so that readers wait for nothing and its memory goes when it is
done. A nudge only says *look now*; a look every `LOOK_S` finds what no nudge told of: a release set for a time, and
what a crash left.
"""

import logging
import os
import subprocess
import sys
import threading

from sqlalchemy.exc import SQLAlchemyError

from portal.foundation.clock import now
from portal.publishing.standing import unfinished
from portal.wiring import Portal

LOOK_S = 2.0
"""A release set for a time is begun at most so much later."""

_PATIENCE_S = 10
"""A worker that was told to stop gets this long."""

_log = logging.getLogger(__name__)


class Foreman:
    """Watches one portal from a thread of its own; at most one worker at a time is started by it."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal
        self._look = threading.Event()
        self._stopping = False
        self._worker: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._watch, name="foreman", daemon=True)

    def start(self) -> None:
        """Begin to watch."""
        self._thread.start()

    def nudge(self) -> None:
        """Say that there is something to do."""
        self._look.set()

    def stop(self) -> None:
        """Stop watching and the worker; what it was at is taken up by the next start."""
        self._stopping = True
        self._look.set()
        self._thread.join(timeout=_PATIENCE_S)
        if self._worker is not None and self._worker.poll() is None:
            self._worker.terminate()
            try:
                self._worker.wait(timeout=_PATIENCE_S)
            except subprocess.TimeoutExpired:
                self._worker.kill()

    def _watch(self) -> None:
        while not self._stopping:
            self._look.wait(timeout=LOOK_S)
            self._look.clear()
            try:
                if not self._stopping and not self._is_working() and unfinished(self._portal.engine, at=now()):
                    self._start_worker()
            except (SQLAlchemyError, OSError):
                _log.exception("the foreman could not look after the work; it will look again")

    def _is_working(self) -> bool:
        return self._worker is not None and self._worker.poll() is None

    def _start_worker(self) -> None:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}
        environment = kept | self._portal.settings.as_environment()
        self._worker = subprocess.Popen([sys.executable, "-m", "portal.cli", "work"], env=environment)
