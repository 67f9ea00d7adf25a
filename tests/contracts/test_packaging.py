"""What the project depends on has a reason and a hash, and nothing of the place where it was made is left in it."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from tests.shipped import PROJECT

PYPROJECT = (PROJECT / "pyproject.toml").read_text("utf-8")
LOCKS = ("requirements.txt", "requirements-dev.txt", "bench/peers.txt")
MAX_BYTES = 2_000_000

PLACES = r"/(?:home|root|work|tmp|Users|mnt)/(?!\.\.\.)[a-z0-9_.-]+"
"""A folder of somebody's machine."""


def _tracked() -> list[Path]:
    """Give the files of the project that a clone would have."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    if listed.returncode != 0:
        pytest.skip("this is no checkout")
    return [PROJECT / name for name in listed.stdout.splitlines() if (PROJECT / name).is_file()]


def _texts() -> list[tuple[Path, str]]:
    return [(path.relative_to(PROJECT), path.read_text("utf-8", errors="replace")) for path in _tracked()]


def test_every_dependency_has_a_reason() -> None:
    project = tomllib.loads(PYPROJECT)["project"]

    for name in [*project["dependencies"], *project["optional-dependencies"]["dev"]]:
        assert re.search(rf'^    "{re.escape(name)}", +# \S.{{4,}}', PYPROJECT, re.MULTILINE), name


def test_every_ignored_rule_and_missing_type_has_a_reason() -> None:
    ignored = PYPROJECT.partition("ignore = [\n")[2].partition("]")[0]

    assert all("#" in line for line in ignored.splitlines())
    assert all(
        "#" in line for line in PYPROJECT.splitlines() if line.startswith(("ignore_missing", "disallow_untyped"))
    )


@pytest.mark.parametrize("name", LOCKS)
def test_locks_hold_exact_versions_with_hashes_and_no_addresses(name: str) -> None:
    text = (PROJECT / name).read_text("utf-8")

    packages = re.findall(
        r"^([a-z0-9._-]+(?:\[[a-z,]+\])?)==(\S+) \\\n((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)",
        text,
        re.MULTILINE,
    )
    named = re.findall(r"^[A-Za-z0-9]", text, re.MULTILINE)
    assert packages
    assert len(packages) == len(named), "a line without version or hash"
    assert not re.search(r"https?://|--index|--find-links|--trusted", text)


def test_every_dependency_is_locked() -> None:
    project = tomllib.loads(PYPROJECT)["project"]
    locked = {name: (PROJECT / name).read_text("utf-8").lower() for name in LOCKS[:2]}

    for dependency in project["dependencies"]:
        name = re.split(r"[\[><=]", dependency)[0].lower()
        assert re.search(rf"^{re.escape(name)}(\[[a-z,]+\])?==", locked["requirements.txt"], re.MULTILINE), name
    for dependency in [*project["dependencies"], *project["optional-dependencies"]["dev"]]:
        name = re.split(r"[\[><=]", dependency)[0].lower()
        assert re.search(rf"^{re.escape(name)}(\[[a-z,]+\])?==", locked["requirements-dev.txt"], re.MULTILINE), name


def test_both_locks_agree_on_versions() -> None:
    versions = [
        dict(re.findall(r"^([a-z0-9._-]+)(?:\[[a-z,]+\])?==(\S+)", (PROJECT / name).read_text("utf-8"), re.MULTILINE))
        for name in LOCKS[:2]
    ]

    differing = {name for name in set(versions[0]) & set(versions[1]) if versions[0][name] != versions[1][name]}
    assert not differing


def test_no_file_names_a_folder_of_somebodys_machine() -> None:
    found = [
        f"{path}: {place}"
        for path, text in _texts()
        if path.name != Path(__file__).name
        for place in re.findall(PLACES, text)
    ]

    assert not found


def test_addresses_of_this_machine_are_loopback_only() -> None:
    local = r"https?://(?:10\.\d|172\.(?:1[6-9]|2\d|3[01])\.|192\.168\.|[a-z0-9-]+\.(?:local|internal|lan|corp)\b)[^\s\"')]*"

    found = [
        f"{path}: {one}"
        for path, text in _texts()
        if path.name != Path(__file__).name
        for one in re.findall(local, text)
    ]

    assert not found


def test_nothing_is_left_to_be_done() -> None:
    mark = re.compile(r"\b(?:TODO|FIXME|HACK)\b(?! ?#?\d)|raise NotImplementedError")

    found = [
        f"{path}: {line.strip()}"
        for path, text in _texts()
        if path.suffix == ".py" and path.name != Path(__file__).name
        for line in text.splitlines()
        if mark.search(line)
    ]

    assert not found


def test_no_file_is_large_or_derived() -> None:
    for path in _tracked():
        assert path.stat().st_size < MAX_BYTES, path
        assert path.suffix not in (".pyc", ".sqlite", ".parquet", ".whl", ".log"), path
