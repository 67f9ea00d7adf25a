"""`portal work`: build and publish what was approved, and carry out what waits besides."""

import click

from portal.cli.parts import ready_portal
from portal.curation.working import take_up, take_up_jobs
from portal.foundation.clock import now
from portal.publishing.catalog_documents import refresh


@click.command()
def work() -> None:
    """Release every draft that was approved and whose time has come, carry out the jobs that wait, then end.

    `portal serve` starts this by itself; with several servers on one database only one worker works at a time.
    `portal jobs list` shows how far it is.
    """
    portal = ready_portal()
    parts = (portal.engine, portal.store, portal.settings)
    released: list[str] = []
    while done := [slug for slug in take_up(*parts, drafts=portal.drafts, at=now()) if slug not in released]:
        released += done
        click.echo(f"Released or given back: {', '.join(done)}.", err=True)
    for job in take_up_jobs(*parts, drafts=portal.drafts):
        click.echo(f"Job {job.id} ({job.kind}{f' of {job.dataset}' if job.dataset else ''}) was carried out.", err=True)
    refresh(*parts)
