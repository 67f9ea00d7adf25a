"""`portal user`: people who may log in."""

import json

import click

from portal.accounts.actor import command
from portal.accounts.identities import link_identity
from portal.accounts.users import add_user, disable_user, enable_user, find_user, list_users, set_password
from portal.cli.parts import ready_portal
from portal.cli.passwords import asked_password
from portal.foundation.clock import now
from portal.foundation.db import reading, transaction
from portal.foundation.errors import Misconfigured


@click.group()
def user() -> None:
    """Look after the people who may log in."""


@user.command()
@click.argument("name")
@click.option("--display-name", default="", help="Name that others see (default: NAME).")
def add(name: str, display_name: str) -> None:
    """Make a user with the login NAME and no role; the password is asked for or read from stdin."""
    portal = ready_portal()
    password = asked_password()
    with transaction(portal.engine) as session:
        made = add_user(session, name=name, display_name=display_name, password=password, by=command("user"), at=now())
        click.echo(f"{made.name} is user:{made.id}.")


@user.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object per user.")
def list_command(as_json: bool) -> None:
    """List all users."""
    portal = ready_portal()
    with reading(portal.engine) as session:
        for one in list_users(session, by=command("user")):
            line = {
                "id": one.id,
                "name": one.name,
                "display_name": one.display_name,
                "portal_admin": one.portal_admin,
                "disabled": one.disabled,
                "created_at": one.created_at.isoformat(),
            }
            marks = [mark for mark in ("portal_admin", "disabled") if line[mark]]
            text = " ".join([one.label, one.name, f"({one.display_name})", *marks])
            click.echo(json.dumps(line, ensure_ascii=False) if as_json else text)


@user.command()
@click.argument("name")
def disable(name: str) -> None:
    """Let NAME in no more, neither by password nor by token. Nothing they did is lost."""
    portal = ready_portal()
    with transaction(portal.engine) as session:
        disable_user(session, find_user(session, name), by=command("user"), at=now())
    click.echo(f"{name} may not log in any more.")


@user.command()
@click.argument("name")
def enable(name: str) -> None:
    """Let NAME in again."""
    portal = ready_portal()
    with transaction(portal.engine) as session:
        enable_user(session, find_user(session, name), by=command("user"), at=now())
    click.echo(f"{name} may log in again.")


@user.command()
@click.argument("name")
def password(name: str) -> None:
    """Give NAME another password; it is asked for or read from stdin."""
    portal = ready_portal()
    with reading(portal.engine) as session:
        find_user(session, name)
    new = asked_password()
    with transaction(portal.engine) as session:
        set_password(session, find_user(session, name), password=new, by=command("user"), at=now())
    click.echo(f"{name} has a new password.")


@user.command()
@click.argument("name")
@click.argument("subject")
@click.option("--issuer", help="The provider (default: PORTAL_OIDC_ISSUER).")
def link(name: str, subject: str, issuer: str | None) -> None:
    """Let NAME log in as SUBJECT of the OpenID Connect provider; the provider knows people by such names."""
    portal = ready_portal()
    provider = issuer or portal.settings.oidc_issuer
    if not provider:
        raise Misconfigured(
            "There is no provider: give --issuer or set PORTAL_OIDC_ISSUER.",
            detail_de="Es gibt keinen Anbieter: bitte --issuer angeben oder PORTAL_OIDC_ISSUER setzen.",
        )
    with transaction(portal.engine) as session:
        found = find_user(session, name)
        link_identity(session, found, issuer=provider, subject=subject, by=command("user"), at=now())
    click.echo(f"{name} may log in by {provider}.")
