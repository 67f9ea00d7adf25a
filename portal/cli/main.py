"""`portal`: the commands, and how an error is told."""

import gc
import sys
from importlib import import_module
from types import ModuleType

import click

from portal import __version__
from portal.foundation.errors import PortalError

COMMANDS = {
    "serve": "serve",
    "load": "load",
    "export": "export",
    "check": "check",
    "receive": "receive",
    "settings": "settings",
    "db": "database",
    "admin": "admin",
    "user": "users",
    "member": "members",
    "publisher": "publishers",
    "token": "tokens",
    "withdraw": "withdrawal",
    "restore": "withdrawal",
    "events": "events",
    "work": "work",
    "jobs": "jobs",
}
"""Command ↔ the module below portal.cli that holds it."""


class _Commands(click.Group):
    """Loads a command when it is called: serving must not wait for what loading needs."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command = getattr(_loaded(f"portal.cli.{COMMANDS[cmd_name]}"), cmd_name)
        assert isinstance(command, click.Command)
        return command


def _loaded(module: str) -> ModuleType:
    """Load a module without looking for garbage in what it brings, now or later: looking takes a tenth of the start, and there is none."""
    if module in sys.modules:
        return sys.modules[module]
    gc.disable()
    try:
        return import_module(module)
    finally:
        gc.freeze()
        gc.enable()


@click.command(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="portal")
def cli() -> None:
    """An open data portal that starts with one command."""


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
        click.echo(f"Error: {error.detail.in_language('en')}", err=True)
        sys.exit(1)
    except BrokenPipeError:
        sys.exit(0)
    except OSError as error:  # a folder that is none, a file that may not be written: for the operator to see to
        told = f"{error.filename}: {error.strerror}" if error.filename else str(error)
        click.echo(f"Error: {told}.", err=True)
        sys.exit(1)
