"""The shape of the database, brought up to date by Alembic."""

from typing import TYPE_CHECKING

from sqlalchemy import Engine

from portal.foundation.errors import Misconfigured
from portal.foundation.lazily import later
from portal.foundation.resources import shipped
from portal.publishing.revision import HEAD, current_revision
from portal.store.local import LocalStore

if TYPE_CHECKING:
    from portal.publishing import alembic_run
else:
    alembic_run = later("portal.publishing.alembic_run")


def upgrade(engine: Engine, drafts: LocalStore | None = None) -> bool:
    """Bring the database to `HEAD`; tell whether anything had to be done.

    What quotes data and stood in an older database moves to *drafts*; None: it is a new one.

    Raises:
        Misconfigured: the database was made by a newer portal.
    """
    found = current_revision(engine)
    if found == HEAD:
        return False
    if found is not None and not list((shipped("migrations") / "versions").glob(f"{found}_*.py")):
        raise Misconfigured(
            f"The database stands at migration {found}, which this portal does not know. It was made by a newer one.",
            detail_de=f"Die Datenbank steht bei Migration {found}, die dieses Portal nicht kennt; sie stammt von einem neueren.",
        )
    alembic_run.run_upgrade(engine, drafts)
    return True
