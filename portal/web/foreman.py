"""Sees to it that what is due gets done: starts a worker process when there is work, or a time has come.

The work is done in processes of its own (`portal work --only releases`, `--only jobs`), so that readers wait for nothing, a
release does not wait for a long delivery, and memory goes when it is done. A nudge only says *look now*; a look every `LOOK_S`
finds what no nudge told of: a release set for a time, and what a crash left. Whether catalogue documents are behind is
asked after a nudge only: `portal load` sees to that itself, once at its end.
"""

import logging
import subprocess
import threading

from sqlalchemy.exc import SQLAlchemyError

from portal.foundation.children import is_running, start_command, stop_command
from portal.foundation.clock import now
from portal.publishing.catalog_documents import is_behind
from portal.publishing.standing import Work, jobs_wait, unfinished
from portal.wiring import Portal

LOOK_S = 2.0
"""A release set for a time is begun at most so much later."""

_PATIENCE_S = 10
"""The look that is being taken gets this long."""

_log = logging.getLogger(__name__)


class Foreman:
    """Watches one portal from a thread of its own; at most one worker for each kind of work is started by it."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal
        self._look = threading.Event()
        self._stopping = False
        self._nudged = False
        self._workers: dict[Work, subprocess.Popen[bytes]] = {}
        self._thread = threading.Thread(target=self._watch, name="foreman", daemon=True)

    def start(self) -> None:
        """Begin to watch."""
        self._thread.start()

    def nudge(self) -> None:
        """Say that there is something to do."""
        self._nudged = True
        self._look.set()

    def stop(self) -> None:
        """Stop watching and the workers; what they were at is taken up by the next start."""
        self._stopping = True
        self._look.set()
        self._thread.join(timeout=_PATIENCE_S)
        for worker in self._workers.values():
            stop_command(worker)

    def _watch(self) -> None:
        while not self._stopping:
            self._look.wait(timeout=LOOK_S)
            self._look.clear()
            try:
                for work in Work:
                    if not self._stopping and not is_running(self._workers.get(work)) and self._is_due(work):
                        self._workers[work] = start_command(self._portal.settings, "work", "--only", work)
            except (SQLAlchemyError, OSError):
                _log.exception("the foreman could not look after the work; it will look again")

    def _is_due(self, work: Work) -> bool:
        if work is Work.RELEASES:
            return unfinished(self._portal.engine, at=now())
        nudged = self._nudged  # a nudge while a worker works is kept until it has ended
        if nudged:  # else one that comes just now would be taken back unseen
            self._nudged = False
        return jobs_wait(self._portal.engine) or (nudged and is_behind(self._portal.engine, self._portal.settings))
