"""The commands for people, publishers, tokens, withdrawals and the log."""

import json
from pathlib import Path

import pytest

from tests.builders import a_folder
from tests.commands import Called, call_portal
from tests.people import PASSWORD
from tests.shipped import run_portal


def with_password(data: Path, *arguments: str, password: str = PASSWORD) -> Called:
    """Call `portal` with a password on stdin."""
    return call_portal(*arguments, given=f"{password}\n", data=data, datasets="-")


def portal(data: Path, *arguments: str) -> Called:
    return call_portal(*arguments, data=data, datasets="-")


def lines(finished: Called) -> list[dict[str, object]]:
    assert finished.returncode == 0, finished.stderr
    return [json.loads(line) for line in finished.stdout.splitlines()]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


def test_the_first_administrator_is_made_by_a_command(data: Path) -> None:
    done = run_portal(
        "admin", "anna", given=f"{PASSWORD}\n", data=data, datasets="-"
    )  # as operators do, on a real stdin

    assert done.stdout == "anna is portal administrator.\n"
    assert portal(data, "admin", "anna").returncode == 0  # there already: no password is asked for
    (user,) = lines(portal(data, "user", "list", "--json"))
    assert (user["name"], user["portal_admin"], user["disabled"]) == ("anna", True, False)


def test_users_are_added_disabled_and_get_passwords(data: Path) -> None:
    assert with_password(data, "user", "add", "anna", "--display-name", "Anna S.").returncode == 0
    assert with_password(data, "user", "password", "anna", password="kurz").returncode == 1
    assert with_password(data, "user", "password", "anna", password="ein anderes langes").returncode == 0
    assert portal(data, "user", "disable", "anna").returncode == 0

    assert portal(data, "user", "list").stdout == "user:1 anna (Anna S.) disabled\n"
    refused = portal(data, "user", "disable", "ben")
    assert (refused.returncode, refused.stderr) == (1, "Error: There is no user 'ben'.\n")


def test_a_user_is_linked_with_who_they_are_at_the_provider(data: Path) -> None:
    with_password(data, "user", "add", "anna")

    assert portal(data, "user", "link", "anna", "s-1").stderr.startswith("Error: There is no provider")
    linked = portal(data, "user", "link", "anna", "s-1", "--issuer", "https://login.example")
    assert linked.stdout == "anna may log in by https://login.example.\n"


def test_no_command_takes_a_password_as_an_argument(data: Path) -> None:
    for command in (("user", "add"), ("user", "password"), ("admin",)):
        said = portal(data, *command, "--help").stdout
        assert "--password" not in said
        assert "stdin" in said


def test_members_get_and_lose_roles(data: Path) -> None:
    with_password(data, "user", "add", "anna")
    portal(data, "publisher", "add", "stadt", "--name", "Stadt")
    for role in ("editor", "approver"):
        assert portal(data, "member", "add", "anna", "stadt", role).returncode == 0
    portal(data, "member", "remove", "anna", "stadt", "approver")

    assert portal(data, "member", "list", "stadt").stdout == "anna editor\n"
    assert portal(data, "member", "add", "anna", "stadt", "king").returncode == 2


def test_a_publisher_is_edited_and_the_operator_left_to_its_settings(data: Path) -> None:
    portal(data, "publisher", "add", "stadt", "--name", "Stadt", "--name-en", "City")
    edited = portal(
        data, "publisher", "edit", "stadt", "--contact-email", "daten@stadt.example", "--name-en", "",
        "--default-licence", "dl-zero-de/2.0", "--no-four-eyes",
    )  # fmt: skip
    assert edited.returncode == 0, edited.stderr

    found = {str(line["slug"]): line for line in lines(portal(data, "publisher", "list", "--json"))}
    assert found["stadt"]["name"] == {"de": "Stadt"}
    assert found["stadt"]["contact"] == {"email": "daten@stadt.example"}
    assert (found["stadt"]["default_licence"], found["stadt"]["four_eyes"]) == ("dl-zero-de/2.0", False)
    refused = portal(data, "publisher", "edit", "datenwerkstatt", "--name", "Anders")
    assert (refused.returncode, "PORTAL_OPERATOR" in refused.stderr) == (1, True)
    assert portal(data, "publisher", "edit", "datenwerkstatt", "--no-four-eyes").returncode == 0


def test_a_token_is_shown_once_listed_and_revoked(data: Path) -> None:
    with_password(data, "user", "add", "anna")
    issued = portal(data, "token", "issue", "anna", "--action", "edit_draft", "--action", "submit", "--note", "Skript")
    secret = issued.stdout.strip()
    prefix = secret.rsplit("_", 1)[0] if secret.count("_") == 2 else "_".join(secret.split("_")[:2])

    listed = portal(data, "token", "list", "--json")
    assert secret not in listed.stdout
    (token,) = lines(listed)
    assert (token["prefix"], token["actions"], token["note"]) == (prefix, ["edit_draft", "submit"], "Skript")

    assert portal(data, "token", "revoke", prefix).returncode == 0
    assert "revoked" in portal(data, "token", "list").stdout
    assert portal(data, "token", "issue", "anna", "--action", "manage_members").returncode == 2


def test_a_dataset_is_withdrawn_and_restored_and_the_log_tells_it(data: Path, tmp_path: Path) -> None:
    loaded = portal(data, "load", str(a_folder(tmp_path / "baeume", slug="baeume")))
    assert loaded.returncode == 0, loaded.stderr

    withdrawn = portal(data, "withdraw", "baeume", "--reason", "Falsch", "--reason-en", "Wrong")
    again = portal(data, "withdraw", "baeume", "--reason", "Falsch")
    restored = portal(data, "restore", "baeume")

    assert (withdrawn.returncode, again.returncode, restored.returncode) == (0, 1, 0)
    assert "'withdraw' is not open in the state 'withdrawn'" in again.stderr
    events = lines(portal(data, "events", "list", "--dataset", "baeume", "--json"))
    assert [(event["kind"], event["actor"]) for event in events] == [
        ("dataset-restored", "command:restore"),
        ("dataset-withdrawn", "command:withdraw"),
        ("version-released", "command:load"),
    ]


def test_the_log_is_verified_and_its_head_can_be_noted(data: Path) -> None:
    with_password(data, "admin", "anna")
    (found,) = lines(portal(data, "events", "verify", "--json"))
    head = str(found["head"])
    portal(data, "user", "disable", "anna")

    assert portal(data, "events", "verify", "--noted", head).returncode == 0
    broken = portal(data, "events", "verify", "--noted", "f" * 64)
    assert (broken.returncode, "written anew" in broken.stderr) == (1, True)
