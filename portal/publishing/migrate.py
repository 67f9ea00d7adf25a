"""The shape of the database, brought up to date by Alembic."""

from sqlalchemy import Engine

from portal.foundation.errors import Misconfigured
from portal.foundation.resources import shipped
from portal.publishing.alembic_run import run_upgrade
from portal.publishing.revision import HEAD, current_revision
from portal.store.local import LocalStore


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
    run_upgrade(engine, drafts)
    return True
