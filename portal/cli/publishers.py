"""`portal publisher`: the bodies that publish."""

import json

import click

from portal.accounts.actor import command
from portal.catalogue.publishers import add_publisher, find_publisher, publishers
from portal.cli.parts import ready_portal
from portal.curation.working import take_up_jobs
from portal.foundation.clock import now
from portal.foundation.db import reading, transaction
from portal.publishing.catalog_documents import refresh
from portal.publishing.publishers import change_publisher


@click.group()
def publisher() -> None:
    """Look after the bodies that publish."""


@publisher.command()
@click.argument("slug")
@click.option("--name", required=True, help="Name in German.")
@click.option("--name-en", help="Name in English.")
def add(slug: str, name: str, name_en: str | None) -> None:
    """Make a publisher; SLUG stands in its addresses and never changes."""
    portal = ready_portal()
    with transaction(portal.engine) as session:
        add_publisher(session, slug=slug, name_de=name, name_en=name_en, by=command("publisher"), at=now())
    click.echo(f"{slug} is a publisher. Members: portal member add NAME {slug} ROLE")


@publisher.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object per publisher.")
def list_command(as_json: bool) -> None:
    """List all publishers."""
    portal = ready_portal()
    with reading(portal.engine) as session:
        for one in publishers(session):
            line = {
                "slug": one.slug,
                "name": one.name.as_dict(),
                "type": one.type_code,
                "homepage": one.homepage,
                "contact": one.contact,
                "default_licence": one.default_licence,
                "logo_url": one.logo_url,
                "four_eyes": one.four_eyes,
            }
            text = f"{one.slug} ({one.name_de}){'' if one.four_eyes else ' four eyes off'}"
            click.echo(json.dumps(line, ensure_ascii=False) if as_json else text)


@publisher.command()
@click.argument("slug")
@click.option("--name", "name_de", help="Name in German.")
@click.option("--name-en", help="Name in English; empty: none.")
@click.option("--type", "type_code", help="Kind of body (code of the ADMS publisher types); empty: not said.")
@click.option("--homepage", help="Web address; empty: none.")
@click.option("--contact-name", help="Name of the contact point; empty: the publisher's.")
@click.option("--contact-email", help="Mail address of the contact point; empty: none.")
@click.option("--contact-url", help="Web address of the contact point; empty: none.")
@click.option("--default-licence", help="Code of the licence of new datasets; empty: none.")
@click.option("--logo-url", help="Web address of the logo; empty: none.")
@click.option("--four-eyes/--no-four-eyes", default=None, help="Must the approver be another than the submitter?")
def edit(
    slug: str,
    contact_name: str | None,
    contact_email: str | None,
    contact_url: str | None,
    four_eyes: bool | None,
    **given: str | None,
) -> None:
    """Change what is said about the publisher SLUG; what is not given stays."""
    portal = ready_portal()
    facts: dict[str, object] = {name: value or None for name, value in given.items() if value is not None}
    contact = {"name": contact_name, "email": contact_email, "url": contact_url}
    by, at = command("publisher"), now()
    with transaction(portal.engine) as session:
        found = find_publisher(session, slug)
        if any(value is not None for value in contact.values()):
            merged = {**found.contact, **{key: value for key, value in contact.items() if value is not None}}
            facts["contact"] = {key: value for key, value in merged.items() if value}
        job = change_publisher(session, portal.settings, found, facts=facts, four_eyes=four_eyes, by=by, at=at)
    if job is not None:
        click.echo("Making the files that name it anew …", err=True)
        for _ in take_up_jobs(portal.engine, portal.store, portal.settings, drafts=portal.drafts):
            pass
        refresh(portal.engine, portal.store, portal.settings)
    click.echo(f"{slug} is up to date.")
