"""Runs the migrations on the engine that the portal hands over (portal/publishing/migrate.py)."""

from alembic import context
from sqlalchemy import Engine

from portal.accounts import membership, throttle, tokens, users  # noqa: F401 - mapped classes register themselves
from portal.catalogue import catalog, dataset, draft, publisher, version  # noqa: F401 - the same
from portal.events import chain, log  # noqa: F401 - the same
from portal.foundation.db import Record

engine: Engine = context.config.attributes["engine"]

with engine.connect().execution_options(writes=True) as connection:
    context.configure(connection=connection, target_metadata=Record.metadata, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
