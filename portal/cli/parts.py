"""What several commands need: the portal, ready to be worked on."""

from portal.foundation.config import Settings
from portal.publishing.migrate import upgrade
from portal.publishing.seed import ensure_operator
from portal.wiring import Portal, build


def ready_portal() -> Portal:
    """Give the portal of the environment's settings, its database at the newest shape.

    Raises:
        Misconfigured: a setting does not fit, or the database is newer than the program.
    """
    portal = build(Settings.from_environment())
    upgrade(portal.engine, portal.drafts)
    ensure_operator(portal.engine, portal.settings)
    return portal
