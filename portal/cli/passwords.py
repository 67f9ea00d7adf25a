"""A password from the keyboard or from stdin, never from the command line: that is in history and process lists."""

import sys

import click


def asked_password() -> str:
    """Give the password typed twice, or the first line of stdin where nobody types."""
    if sys.stdin.isatty():
        return str(click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True))
    return sys.stdin.readline().rstrip("\r\n")
