"""What an action is given: the arguments, a session for reading, the portal, and the catalogue as it is now."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from portal.foundation.errors import NotFound
from portal.web.ckan.arguments import Arguments
from portal.web.ckan.catalogue import Entry, Snapshot
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
            raise NotFound("Dataset was not found.", detail_de="Diesen Datensatz gibt es nicht.")
        return found
