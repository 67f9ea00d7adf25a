"""Which shape the database has; asked at every start without loading Alembic."""

from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import OperationalError

from portal.foundation.errors import Misconfigured

HEAD = "0009"
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
