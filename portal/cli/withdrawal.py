"""`portal withdraw` and `portal restore`: a dataset taken from the public and given back."""

import click

from portal.accounts.actor import command
from portal.cli.parts import ready_portal
from portal.foundation.clock import now
from portal.foundation.text import LangString
from portal.publishing.withdrawal import restore as restore_dataset
from portal.publishing.withdrawal import withdraw as withdraw_dataset


@click.command()
@click.argument("slug")
@click.option("--reason", required=True, help="Why, in German; everyone who asks for the dataset reads it.")
@click.option("--reason-en", help="Why, in English.")
def withdraw(slug: str, reason: str, reason_en: str | None) -> None:
    """Take the dataset SLUG from the public: its addresses answer 410 with the reason. Nothing is deleted."""
    portal = ready_portal()
    withdraw_dataset(portal.engine, slug, reason=LangString(reason, reason_en), by=command("withdraw"), at=now())
    click.echo(f"{slug} is withdrawn.")


@click.command()
@click.argument("slug")
def restore(slug: str) -> None:
    """Put the withdrawn dataset SLUG before the public again, as it was."""
    portal = ready_portal()
    restore_dataset(portal.engine, slug, by=command("restore"), at=now())
    click.echo(f"{slug} is public again.")
