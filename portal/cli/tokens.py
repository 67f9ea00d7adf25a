"""`portal token`: what scripts send instead of a password."""

import json
from datetime import timedelta

import click

from portal.accounts.actor import command
from portal.accounts.permissions import NEVER_BY_TOKEN, Action
from portal.accounts.tokens import find_token, issue, list_tokens, revoke
from portal.accounts.users import find_user
from portal.catalogue.publishers import find_publisher
from portal.cli.parts import ready_portal
from portal.foundation.clock import now
from portal.foundation.db import reading, transaction

_ACTION = click.Choice([str(action) for action in Action if action not in NEVER_BY_TOKEN])


@click.group()
def token() -> None:
    """Look after tokens: what scripts send instead of a password."""


@token.command("issue")
@click.argument("name")
@click.option("--publisher", help="Only for this publisher (default: every one NAME has a role for).")
@click.option("--action", "actions", multiple=True, required=True, type=_ACTION, help="What it may do (several times).")
@click.option("--days", default=180, show_default=True, type=click.IntRange(1, 730), help="Days until it expires.")
@click.option("--note", default="", help="What it is for.")
@click.option("--json", "as_json", is_flag=True, help="Print the token as JSON.")
def issue_command(
    name: str, publisher: str | None, actions: tuple[str, ...], days: int, note: str, as_json: bool
) -> None:
    """Issue a token that acts for the user NAME. The secret is printed once and kept nowhere."""
    portal, at = ready_portal(), now()
    with transaction(portal.engine) as session:
        issued = issue(
            session,
            find_user(session, name),
            publisher_id=find_publisher(session, publisher).id if publisher else None,
            actions=[Action(action) for action in actions],
            expires_at=at + timedelta(days=days),
            note=note,
            by=command("token"),
            at=at,
        )
        line = {"prefix": issued.token.prefix, "expires_at": issued.token.expires_at.isoformat()}
    click.echo(json.dumps({**line, "secret": issued.secret}) if as_json else issued.secret)
    click.echo(f"{line['prefix']} expires {line['expires_at']}; its secret is not shown again.", err=True)


@token.command("list")
@click.option("--user", "name", help="Only the tokens of this user.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object per token.")
def list_command(name: str | None, as_json: bool) -> None:
    """List tokens, newest first, without their secrets."""
    portal = ready_portal()
    with reading(portal.engine) as session:
        owner = find_user(session, name) if name else None
        for one, user in list_tokens(session, owner, by=command("token")):
            line = {
                "prefix": one.prefix,
                "user": user.name,
                "note": one.note,
                "publisher_id": one.publisher_id,
                "actions": one.actions,
                "expires_at": one.expires_at.isoformat(),
                "last_used_on": one.last_used_on.isoformat() if one.last_used_on else None,
                "revoked_at": one.revoked_at.isoformat() if one.revoked_at else None,
            }
            state = "revoked" if one.revoked_at else f"expires {one.expires_at:%Y-%m-%d}"
            text = f"{one.prefix} {user.name} {','.join(one.actions)} {state} {one.note}".rstrip()
            click.echo(json.dumps(line, ensure_ascii=False) if as_json else text)


@token.command("revoke")
@click.argument("prefix")
def revoke_command(prefix: str) -> None:
    """End the token that lists show as PREFIX; it stays ended."""
    portal = ready_portal()
    with transaction(portal.engine) as session:
        revoke(session, find_token(session, prefix), by=command("token"), at=now())
    click.echo(f"{prefix} is revoked.")
