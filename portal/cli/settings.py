"""`portal settings`: every setting with its value, default and meaning."""

import json
from dataclasses import fields

import click

from portal.foundation.config import PREFIX, Settings


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the settings as JSON.")
def settings(as_json: bool) -> None:
    """Show every setting with its value and meaning. Secrets are not shown."""
    chosen = Settings.from_environment()
    rows = [(PREFIX + one.name.upper(), _shown(one.name, chosen), str(one.metadata["help"])) for one in fields(chosen)]
    if as_json:
        click.echo(json.dumps({name: {"value": value, "help": text} for name, value, text in rows}, indent=2))
        return
    for name, value, text in rows:
        click.echo(f"{name}={value}\n    {text}")


def _shown(name: str, chosen: Settings) -> str:
    value = str(getattr(chosen, name))
    if name == "database_url" and "@" in value:
        scheme, _, rest = value.partition("://")
        user, _, host = rest.rpartition("@")
        return f"{scheme}://{user.split(':')[0]}:***@{host}"
    return "***" if name == "oidc_client_secret" and value else value
