"""`portal admin`: the portal administrator."""

import click

from portal.accounts.actor import command
from portal.accounts.users import add_user, name_portal_admin, user_called
from portal.cli.parts import ready_portal
from portal.cli.passwords import asked_password
from portal.foundation.clock import now
from portal.foundation.db import reading, transaction


@click.command()
@click.argument("name")
@click.option("--display-name", default="", help="Name that others see (default: NAME).")
def admin(name: str, display_name: str) -> None:
    """Make NAME portal administrator; a user who does not exist yet is made, with a password asked for or on stdin.

    A portal administrator looks after users, publishers and members. To edit or release they need a role like
    everyone: portal member add NAME PUBLISHER editor.
    """
    portal = ready_portal()
    with reading(portal.engine) as session:
        password = None if user_called(session, name) else asked_password()
    by, at = command("admin"), now()
    with transaction(portal.engine) as session:
        user = user_called(session, name)
        if user is None:
            user = add_user(session, name=name, display_name=display_name, password=password or "", by=by, at=at)
        name_portal_admin(session, user, by=by, at=at)
        click.echo(f"{user.name} is portal administrator.")
