"""`portal work`: build and publish what was approved."""

import click

from portal.cli.parts import ready_portal
from portal.curation.working import take_up
from portal.foundation.clock import now
from portal.publishing.catalog_documents import refresh


@click.command()
def work() -> None:
    """Release every draft that was approved and whose time has come, then end.

    `portal serve` starts this by itself; with several servers on one database only one worker works at a time.
    """
    portal = ready_portal()
    released: list[str] = []
    while done := [
        slug
        for slug in take_up(portal.engine, portal.store, portal.settings, drafts=portal.drafts, at=now())
        if slug not in released
    ]:
        released += done
    if released:
        refresh(portal.engine, portal.store, portal.settings)
        click.echo(f"Worked on {', '.join(released)}.", err=True)
