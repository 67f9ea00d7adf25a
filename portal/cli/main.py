"""`portal`: the commands, and how an error is told."""

import sys

import click

from portal import __version__
from portal.cli.check import check
from portal.cli.database import db
from portal.cli.export import export
from portal.cli.load import load
from portal.cli.serve import serve
from portal.cli.settings import settings
from portal.foundation.errors import PortalError


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="portal")
def cli() -> None:
    """An open data portal that starts with one command."""


for command in (serve, load, export, check, settings, db):
    cli.add_command(command)


def main() -> None:
    """Run the command line; a refusal is one line on stderr and exit status 1, without a traceback."""
    try:
        cli(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        click.echo("Stopped.", err=True)
        sys.exit(130)
    except PortalError as error:
        click.echo(f"Error: {error.detail.en}", err=True)
        sys.exit(1)
    except BrokenPipeError:
        sys.exit(0)
