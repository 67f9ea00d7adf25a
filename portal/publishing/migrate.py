"""The shape of the database, brought up to date by Alembic; checked at every start without loading it."""

from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import OperationalError

from portal.foundation.errors import Misconfigured
from portal.foundation.resources import shipped
from portal.publishing.alembic_run import run_upgrade

HEAD = "0006"
"""The newest migration (a test holds it and the folder together)."""


def current_revision(engine: Engine) -> str | None:
    """Give the migration the database stands at; None: it is empty.

    Raises:
        Misconfigured: the database cannot be reached.
    """
    try:
        with engine.connect() as connection:
            if not inspect(connection).has_table("alembic_version"):
                return None
            return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    except OperationalError as error:
        reason = " ".join(str(error.orig).split())
        raise Misconfigured(
            f"The database cannot be reached: {reason}.", detail_de=f"Die Datenbank ist nicht erreichbar: {reason}."
        ) from None


def upgrade(engine: Engine) -> bool:
    """Bring the database to `HEAD`; tell whether anything had to be done.

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
    run_upgrade(engine)
    return True
