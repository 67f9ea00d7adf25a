"""Alembic at work; apart from `migrate`, so that a start with nothing to migrate need not load it."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine

from portal.foundation.resources import shipped
from portal.store.local import LocalStore


def run_upgrade(engine: Engine, drafts: LocalStore | None) -> None:
    """Bring the database to the newest migration."""
    command.upgrade(alembic_config(shipped("migrations"), engine, drafts), "head")


def alembic_config(folder: Path, engine: Engine, drafts: LocalStore | None = None) -> Config:
    """Give Alembic's configuration for the migrations in *folder*, running on *engine*; what quotes data goes to *drafts*."""
    config = Config()
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    config.attributes["engine"], config.attributes["drafts"] = engine, drafts
    return config
