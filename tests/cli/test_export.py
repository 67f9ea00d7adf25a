"""`portal export`: the published files on the disk, byte for byte as they are served."""

import hashlib
import json
from pathlib import Path

import pytest

from tests.commands import call_portal
from tests.releases import trees


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("export")
    trees(folder / "alle" / "ahorn", "Feldahorn", slug="ahorn")
    trees(folder / "alle" / "birke", "Hängebirke", slug="birke")
    assert call_portal("load", str(folder / "alle"), data=folder / "data").returncode == 0
    return folder / "data"


def test_everything_is_written_below_the_target(data: Path, tmp_path: Path) -> None:
    done = call_portal("export", str(tmp_path / "out"), "--json", data=data)

    written = {str(path.relative_to(tmp_path / "out")) for path in (tmp_path / "out").rglob("*") if path.is_file()}
    assert done.returncode == 0
    assert {
        "catalog.ttl",
        "catalog.zip",
        "ahorn.ttl",
        "ahorn.zip",
        "birke/trees.csv",
        "birke/datapackage.json",
    } <= written
    assert json.loads(done.stdout) == {"files": len(written) - 2}


def test_only_the_datasets_asked_for_are_written(data: Path, tmp_path: Path) -> None:
    call_portal("export", str(tmp_path / "out"), "--dataset", "ahorn", data=data)

    assert (tmp_path / "out" / "ahorn" / "trees.xlsx").is_file()
    assert not (tmp_path / "out" / "birke").exists()
    assert not (tmp_path / "out" / "catalog.ttl").exists()


def test_the_files_have_the_digests_that_the_descriptor_tells(data: Path, tmp_path: Path) -> None:
    call_portal("export", str(tmp_path / "out"), "--dataset", "ahorn", data=data)

    described = json.loads((tmp_path / "out" / "ahorn" / "datapackage.json").read_bytes())
    content = (tmp_path / "out" / "ahorn" / "trees.csv").read_bytes()
    assert described["resources"][0]["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"


def test_an_unknown_dataset_is_refused_in_one_line(data: Path, tmp_path: Path) -> None:
    done = call_portal("export", str(tmp_path / "out"), "--dataset", "ahron", data=data)

    assert done.returncode == 1
    assert done.stderr == "Error: There is no dataset 'ahron'.\n"
