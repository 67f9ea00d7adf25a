"""`portal member`: who is what for which publisher."""

import json

import click

from portal.accounts.actor import command
from portal.accounts.membership import add_member, list_members, remove_member
from portal.accounts.roles import Role
from portal.accounts.users import find_user
from portal.catalogue.publishers import find_publisher
from portal.cli.parts import ready_portal
from portal.foundation.clock import now
from portal.foundation.db import reading, transaction

_ROLE = click.Choice([str(role) for role in Role])


@click.group()
def member() -> None:
    """Say who is what for which publisher: viewer, editor, approver, administrator."""


@member.command()
@click.argument("name")
@click.argument("publisher")
@click.argument("role", type=_ROLE)
def add(name: str, publisher: str, role: str) -> None:
    """Give the user NAME a role for PUBLISHER; one person may have several."""
    portal = ready_portal()
    with transaction(portal.engine) as session:
        found, publisher_id = find_user(session, name), find_publisher(session, publisher).id
        add_member(session, found, publisher_id=publisher_id, role=Role(role), by=command("member"), at=now())
    click.echo(f"{name} is {role} for {publisher}.")


@member.command()
@click.argument("name")
@click.argument("publisher")
@click.argument("role", type=_ROLE)
def remove(name: str, publisher: str, role: str) -> None:
    """Take a role for PUBLISHER from the user NAME."""
    portal = ready_portal()
    with transaction(portal.engine) as session:
        found, publisher_id = find_user(session, name), find_publisher(session, publisher).id
        remove_member(session, found, publisher_id=publisher_id, role=Role(role), by=command("member"), at=now())
    click.echo(f"{name} is not {role} for {publisher}.")


@member.command("list")
@click.argument("publisher")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object per role.")
def list_command(publisher: str, as_json: bool) -> None:
    """List the members of PUBLISHER with their roles."""
    portal = ready_portal()
    with reading(portal.engine) as session:
        for found, role in list_members(session, find_publisher(session, publisher).id, by=command("member")):
            line = {"user": found.name, "role": str(role), "disabled": found.disabled}
            click.echo(json.dumps(line) if as_json else f"{found.name} {role}{' (disabled)' if found.disabled else ''}")
