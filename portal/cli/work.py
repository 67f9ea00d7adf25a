"""`portal work`: build and publish what was approved, and carry out what waits besides."""

import click

from portal.cli.parts import ready_portal
from portal.curation.working import take_up, take_up_jobs
from portal.foundation.clock import now
from portal.publishing.catalog_documents import refresh
from portal.publishing.standing import Work
from portal.wiring import Portal


@click.command()
@click.option(
    "--only",
    type=click.Choice([work.value for work in Work]),
    help="Only what was approved, or only the other jobs; two such workers may be at it at once.",
)
def work(only: str | None) -> None:
    """Release every draft that was approved and whose time has come, carry out the jobs that wait, then end.

    `portal serve` starts this by itself, a worker for each of the two; with several servers on one database there is only
    one of each at a time. `portal jobs list` shows how far it is.
    """
    portal = ready_portal()
    if only != Work.JOBS:
        _release(portal)
    if only != Work.RELEASES:
        for job in take_up_jobs(portal.engine, portal.store, portal.settings, drafts=portal.drafts):
            of = f" of {job.dataset}" if job.dataset else ""
            click.echo(f"Job {job.id} ({job.kind}{of}) was carried out.", err=True)
            if only is None:
                _release(portal)
    refresh(portal.engine, portal.store, portal.settings)


def _release(portal: Portal) -> None:
    """Release what is due, and what becomes due meanwhile; each once."""
    released: list[str] = []
    parts = (portal.engine, portal.store, portal.settings)
    while done := [slug for slug in take_up(*parts, drafts=portal.drafts, at=now()) if slug not in released]:
        released += done
        click.echo(f"Released or given back: {', '.join(done)}.", err=True)
