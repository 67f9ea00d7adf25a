"""`portal db`: the record and what is derived from it."""

import json
import sys

import click

from portal.cli.parts import ready_portal
from portal.foundation.clock import now
from portal.foundation.config import Settings
from portal.foundation.errors import PortalError
from portal.publishing.catalog_documents import refresh
from portal.publishing.migrate import upgrade
from portal.publishing.rebuild import all_versions, draft_digests, referred_digests, stale_versions
from portal.publishing.rebuild import rebuild as rebuild_versions
from portal.publishing.revision import HEAD, current_revision
from portal.wiring import build

_TELL_EVERY = 100
"""Versions made anew from one line in the server's log to the next."""


@click.group()
def db() -> None:
    """Look after the database and the stored files."""


@db.command("upgrade")
def upgrade_command() -> None:
    """Bring the database to the newest shape (serve and load do this by themselves)."""
    portal = build(Settings.from_environment())
    click.echo("Brought up to date." if upgrade(portal.engine, portal.drafts) else "Nothing to do.")


@db.command()
@click.option("--json", "as_json", is_flag=True, help="Print the state as JSON.")
def status(as_json: bool) -> None:
    """Tell which shape the database has and which this portal needs."""
    portal = build(Settings.from_environment())
    found = current_revision(portal.engine)
    click.echo(json.dumps({"database": found, "portal": HEAD}) if as_json else f"database {found}, portal {HEAD}")


@db.command()
@click.option(
    "--outdated", is_flag=True, help="Only what was made for another address or by another builder (done by serve)."
)
def rebuild(outdated: bool) -> None:
    """Make every derived file of every version anew from the record and the Parquet files."""
    portal = ready_portal()
    versions = stale_versions(portal.engine, portal.settings) if outdated else all_versions(portal.engine)
    done = rebuild_versions(portal.engine, portal.store, portal.settings, versions, actor="command:rebuild", at=now())
    with click.progressbar(length=len(versions), label="Versions", file=sys.stderr) as bar:
        for count, _ in enumerate(done, 1):
            bar.update(1)
            if outdated and count % _TELL_EVERY == 0:
                click.echo(f"{count} of {len(versions)} versions made anew …", err=True)
    refresh(portal.engine, portal.store, portal.settings)
    click.echo(f"{len(versions)} versions made anew.", err=outdated)


@db.command()
def verify() -> None:
    """Read every stored file and compare it with its digest; exit status 1 if one is missing or damaged."""
    portal = ready_portal()
    digests = [(digest, portal.store) for digest in sorted(referred_digests(portal.engine))]
    digests += [(digest, portal.drafts) for digest in sorted(draft_digests(portal.engine))]
    with click.progressbar(digests, label="Files", file=sys.stderr) as bar:
        damaged = [digest for digest, store in bar if store.damaged([digest])]
    for digest in damaged:
        click.echo(digest)
    if damaged:
        raise PortalError(
            f"{len(damaged)} of {len(digests)} stored files are missing or damaged; `portal db rebuild` makes derived ones anew."
        )
    click.echo(f"{len(digests)} stored files are as they were written.")


@db.command()
def sweep() -> None:
    """Remove stored files that nothing refers to and that are older than an hour."""
    portal = ready_portal()
    gone = portal.store.sweep(referred_digests(portal.engine)) + portal.drafts.sweep(draft_digests(portal.engine))
    click.echo(f"{gone} files removed.")
