"""The written record holds: decisions are numbered, commands and addresses stand in the manual, links lead somewhere."""

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from portal import __version__
from portal.cli.main import cli
from tests.shipped import PROJECT

OPERATIONS = (PROJECT / "docs" / "operations.md").read_text("utf-8")
README = (PROJECT / "README.md").read_text("utf-8")
CHANGELOG = (PROJECT / "CHANGELOG.md").read_text("utf-8")
DECISIONS = sorted((PROJECT / "docs" / "adr").glob("*.md"))
PAGES = [*sorted(PROJECT.glob("*.md")), *sorted((PROJECT / "docs").rglob("*.md"))]


def _commands(group: click.Command = cli, name: str = "portal") -> Iterator[tuple[str, click.Command]]:
    """Give every command with its full name; groups are passed through."""
    if isinstance(group, click.Group):
        context = click.Context(group)
        for one in group.list_commands(context):
            found = group.get_command(context, one)
            assert found is not None
            yield from _commands(found, f"{name} {one}")
    else:
        yield name, group


COMMANDS = dict(_commands())


def test_decisions_are_numbered_once_and_without_a_gap() -> None:
    numbers = [path.name[:4] for path in DECISIONS]

    assert numbers == [f"{number:04}" for number in range(1, len(DECISIONS) + 1)]


@pytest.mark.parametrize("path", DECISIONS, ids=lambda path: path.stem)
def test_a_decision_has_its_context_its_consequences_and_what_was_turned_down(path: Path) -> None:
    page = path.read_text("utf-8").lower()

    assert re.match(r"# \d{4}\b|# ", page)
    for part in ("context", "decision", "consequences", "turned down"):
        assert part in page, part


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_and_stands_in_the_manual(name: str) -> None:
    command = COMMANDS[name]

    assert command.help
    assert command.help.strip().split("\n")[0].endswith(".")
    assert f"`{name}" in OPERATIONS
    for option in (one for one in command.params if isinstance(one, click.Option)):
        assert option.help, f"{name} {option.name}"


def test_every_command_of_the_manual_exists() -> None:
    told = re.findall(r"^\| `(portal [a-z ]+?)(?: [A-Z\[].*?)?` \|", OPERATIONS, re.MULTILINE)

    assert set(told) == set(COMMANDS)


def test_the_readme_shows_the_portal_working_with_two_commands() -> None:
    assert "make serve" in README
    assert "make test" in README
    assert "http://127.0.0.1:8000" in README


def test_the_changelog_keeps_its_form() -> None:
    versions = re.findall(r"^## \[(.+?)\](?: - (\d{4}-\d{2}-\d{2}|unreleased))?$", CHANGELOG, re.MULTILINE)
    kinds = re.findall(r"^### (.+)$", CHANGELOG, re.MULTILINE)

    assert CHANGELOG.startswith("# Changelog\n")
    assert versions[0][0] in (__version__, "Unreleased")
    assert set(kinds) <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}
    assert not re.search(r"^- .*\n- ", CHANGELOG, re.MULTILINE), "one blank line between entries"


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(PROJECT)))
def test_links_between_documents_lead_somewhere(path: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", path.read_text("utf-8"))

    missing = [link for link in links if "://" not in link and not (path.parent / link).exists()]
    assert not missing
