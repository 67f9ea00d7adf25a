"""What an action is given: the arguments, who calls, a session for reading, the portal, and the catalogue as it is now."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from portal.accounts.actor import Actor
from portal.foundation.clock import now
from portal.foundation.db import reading
from portal.foundation.errors import NotFound
from portal.web.ckan.arguments import Arguments
from portal.web.ckan.catalogue import CkanCatalogue, Entry, Snapshot
from portal.wiring import Portal


@dataclass(frozen=True)
class Call:
    """One call of an action."""

    name: str
    arguments: Arguments
    session: Session
    portal: Portal
    catalogue: Snapshot
    at: datetime
    by: Actor

    @property
    def base_url(self) -> str:
        return self.portal.settings.public_url

    def entry(self, *names: str) -> Entry:
        """Give the package that one of the arguments *names* says, by name or id.

        Raises:
            InvalidInput: none of them is there.
            NotFound: there is no such package.
        """
        wanted = self.arguments.needed(*names)
        found = self.catalogue.find(wanted)
        if found is None:
            raise no_dataset()
        return found


@dataclass(frozen=True)
class SentFile:
    """The file that a call brings along."""

    path: Path
    filename: str


@dataclass(frozen=True, kw_only=True)
class WritingCall:
    """One call of an action that changes something: what it calls has transactions of its own."""

    name: str
    arguments: Arguments
    by: Actor
    portal: Portal
    kept: CkanCatalogue
    nudge: Callable[[], None]
    """Says that there is work for the worker."""
    file: SentFile | None
    at: datetime

    @property
    def base_url(self) -> str:
        return self.portal.settings.public_url

    @contextmanager
    def looking(self) -> Iterator[Call]:
        """Give a call that reads, on what is in the record now."""
        with reading(self.portal.engine) as session:
            snapshot = self.kept.snapshot(session)
            yield Call(self.name, self.arguments, session, self.portal, snapshot, now(), self.by)


def no_dataset() -> NotFound:
    """Give the error for a package that is not there, or not for whoever asks."""
    return NotFound("Dataset was not found.", detail_de="Diesen Datensatz gibt es nicht.")
