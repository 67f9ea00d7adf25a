"""`portal serve`: bring everything up to date, then serve."""

import json
import subprocess
from functools import partial
from pathlib import Path

import click
from sqlalchemy import Engine

from portal.accounts.users import has_portal_admin
from portal.foundation.children import run_command, start_command, stop_command
from portal.foundation.clock import now
from portal.foundation.config import Settings
from portal.foundation.db import reading
from portal.foundation.errors import Misconfigured
from portal.publishing.folder_list import dataset_folders, fingerprint, folder_to_load
from portal.publishing.revision import HEAD, current_revision
from portal.publishing.standing import outdated, unfinished
from portal.web.server import check_address, run_server
from portal.wiring import build


@click.command()
def serve() -> None:
    """Load what is new, then serve until stopped (Ctrl-C or SIGTERM; running answers are finished).

    Files made for another public address, or by an older portal, are made anew while it serves.
    """
    settings = Settings.from_environment()
    check_address(settings)
    portal = build(settings)
    _upgrade(portal.engine, settings)
    folder = folder_to_load(settings)
    mark = fingerprint(dataset_folders(folder)) if folder else ""
    seen = _SeenMark(settings.data / "loaded.json")
    if seen.mark != mark or current_revision(portal.engine) != HEAD or unfinished(portal.engine, at=now()):
        click.echo("Loading datasets …", err=True)
        # In a process of its own: what loading needs (DuckDB and the writers) would stay in the server's memory.
        status = run_command(settings, "load", "--at-start")
        if current_revision(portal.engine) != HEAD:
            raise Misconfigured("The database cannot be used; what is wrong stands above.")
        if status != 0:
            click.echo("Not everything could be loaded; serving what is there.", err=True)
        else:
            seen.write(mark)
    _say_who_administers(portal.engine)
    behind = _rebuild_behind(portal.engine, settings)
    portal.engine.dispose()
    click.echo(f"{settings.title_en} serves on {settings.public_url}", err=True)
    run_server(settings, at_stop=partial(stop_command, behind))


def _upgrade(engine: Engine, settings: Settings) -> None:
    """Bring an older database up to date; an empty one is left to the loading."""
    if current_revision(engine) in (None, HEAD):
        return
    if run_command(settings, "db", "upgrade") != 0:
        raise Misconfigured("The database cannot be used; what is wrong stands above.")


def _rebuild_behind(engine: Engine, settings: Settings) -> "subprocess.Popen[bytes] | None":
    """Start making outdated files anew beside the server; until then the old ones are served, current ones go first."""
    if not outdated(engine, settings):
        return None
    click.echo(
        "Files made for another address or by an older portal are made anew while the server answers …", err=True
    )
    return start_command(settings, "db", "rebuild", "--outdated")


def _say_who_administers(engine: Engine) -> None:
    with reading(engine) as session:
        if not has_portal_admin(session):
            click.echo(
                "Nobody administers the portal yet: `portal admin NAME` makes the first administrator.", err=True
            )


class _SeenMark:
    """The fingerprint of the folders that were loaded last, so that a second start has nothing to do."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self.mark = str(json.loads(path.read_bytes())["mark"])
        except (OSError, ValueError, KeyError, TypeError):
            self.mark = ""

    def write(self, mark: str) -> None:
        self._path.write_text(json.dumps({"mark": mark}), encoding="utf-8")
