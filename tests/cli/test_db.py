"""`portal db`: the state of the record, and files looked after."""

import json
from pathlib import Path

import pytest

from portal.publishing.revision import HEAD
from tests.commands import call_portal
from tests.releases import trees


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Give the data folder of a portal with one dataset."""
    assert call_portal("load", str(trees(tmp_path / "baeume", "Linde")), data=tmp_path / "data").returncode == 0
    return tmp_path / "data"


def test_a_new_database_is_brought_to_the_newest_shape_once(tmp_path: Path) -> None:
    before = call_portal("db", "status", "--json", data=tmp_path / "data")
    first = call_portal("db", "upgrade", data=tmp_path / "data")
    second = call_portal("db", "upgrade", data=tmp_path / "data")
    after = call_portal("db", "status", "--json", data=tmp_path / "data")

    assert json.loads(before.stdout) == {"database": None, "portal": HEAD}
    assert (first.stdout, second.stdout) == ("Brought up to date.\n", "Nothing to do.\n")
    assert json.loads(after.stdout) == {"database": HEAD, "portal": HEAD}


def test_whole_files_are_told_whole(data: Path) -> None:
    done = call_portal("db", "verify", data=data)

    assert done.returncode == 0
    assert done.stdout.endswith("stored files are as they were written.\n")


def test_a_damaged_file_is_named_and_made_anew(data: Path) -> None:
    victim = _largest(data)
    victim.chmod(0o644)
    victim.write_bytes(b"damaged")

    found = call_portal("db", "verify", data=data)
    made = call_portal("db", "rebuild", data=data)
    after = call_portal("db", "verify", data=data)

    assert found.returncode == 1
    assert victim.name in found.stdout
    assert found.stderr.strip().splitlines()[-1].startswith("Error: 1 of ")
    assert made.stdout == "1 versions made anew.\n"
    assert after.returncode == 0, after.stdout


def test_sweeping_leaves_what_is_referred_to_alone(data: Path) -> None:
    before = sorted((data / "blobs").rglob("*"))

    done = call_portal("db", "sweep", data=data)

    assert done.stdout == "0 files removed.\n"
    assert sorted((data / "blobs").rglob("*")) == before


def _largest(data: Path) -> Path:
    """Give the workbook or another derived file: Parquet files are what all else is made from."""
    files = [
        path for path in (data / "blobs").rglob("*") if path.is_file() and not path.read_bytes().startswith(b"PAR1")
    ]
    return max(files, key=lambda path: path.stat().st_size)
