"""Runs the migrations on the engine that the portal hands over (portal/publishing/migrate.py)."""

from alembic import context
from sqlalchemy import Engine, text

from portal.accounts import identities, membership, retries, throttle, tokens, users  # noqa: F401 - mapped classes register themselves
from portal.catalogue import bulk_change, catalog, choices, combination, dataset, draft, look, publisher, version  # noqa: F401 - the same
from portal.events import chain, log  # noqa: F401 - the same
from portal.foundation.db import Record
from portal.jobs import job  # noqa: F401 - the same

engine: Engine = context.config.attributes["engine"]
ONE_AT_A_TIME = 7_014_158_215
"""Key of the advisory lock under which PostgreSQL is migrated; SQLite's writers wait for each other at `BEGIN IMMEDIATE`."""

# One transaction around all of it, begun before Alembic looks where the database stands: on SQLite it would commit each
# migration for itself, and a second start would find the database between two of them.
with engine.connect().execution_options(writes=True) as connection, connection.begin():
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SELECT pg_advisory_xact_lock({ONE_AT_A_TIME})"))
    context.configure(connection=connection, target_metadata=Record.metadata, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()
