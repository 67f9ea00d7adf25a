"""Alembic at work; apart from `migrate`, so that a start with nothing to migrate need not load it."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine

from portal.foundation.resources import shipped


def run_upgrade(engine: Engine) -> None:
    """Bring the database to the newest migration."""
    command.upgrade(alembic_config(shipped("migrations"), engine), "head")


def alembic_config(folder: Path, engine: Engine) -> Config:
    """Give Alembic's configuration for the migrations in *folder*, running on *engine*."""
    config = Config()
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    config.attributes["engine"] = engine
    return config
