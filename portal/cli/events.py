"""`portal events`: the log, and whether it is as it was written."""

import json

import click

from portal.accounts.actor import command
from portal.catalogue.history import portal_events
from portal.cli.parts import ready_portal
from portal.events.verifying import verify_chain
from portal.foundation.db import reading
from portal.foundation.errors import PortalError


@click.group()
def events() -> None:
    """Read and verify the log of events."""


@events.command("list")
@click.option("--dataset", help="Only events of this dataset (its slug).")
@click.option("--limit", default=100, show_default=True, type=click.IntRange(1), help="How many, newest first.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object per event.")
def list_command(dataset: str | None, limit: int, as_json: bool) -> None:
    """List events, newest first."""
    portal = ready_portal()
    with reading(portal.engine) as session:
        found = portal_events(session, dataset=dataset, limit=limit, by=command("events"))
    for one in found:
        line = {
            "id": one.id,
            "at": one.at.isoformat(),
            "kind": one.kind,
            "actor": one.actor,
            "dataset": one.dataset,
            "version": one.version,
            "facts": one.facts,
            "digest": one.digest,
        }
        what = f"{one.dataset or ''}{f' v{one.version}' if one.version else ''}"
        text = f"{one.id} {one.at:%Y-%m-%d %H:%M:%S} {one.kind} {what} {one.actor}"
        click.echo(json.dumps(line, ensure_ascii=False) if as_json else " ".join(text.split()))


@events.command()
@click.option("--noted", multiple=True, help="A digest noted earlier that must still stand in the log (several times).")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def verify(noted: tuple[str, ...], as_json: bool) -> None:
    """Recompute every event's digest; exit status 1 if one was changed, removed or slipped in.

    Note the digest it prints somewhere else: with --noted it shows later that nobody rewrote the log up to there.
    """
    portal = ready_portal()
    with reading(portal.engine) as session:
        found = verify_chain(session, noted=noted)
    if as_json:
        broken = {"event": found.broken.event_id, **found.broken.reason.as_dict()} if found.broken else None
        click.echo(json.dumps({"events": found.events, "head": found.head, "broken": broken}, ensure_ascii=False))
    else:
        click.echo(f"{found.events} events hold; the last digest is {found.head}")
    if found.broken is not None:
        place = f"event {found.broken.event_id}" if found.broken.event_id is not None else "end of the log"
        raise PortalError(f"The log is broken at {place}: {found.broken.reason.en}")
