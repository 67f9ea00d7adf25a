"""The wheel is the whole portal: installed far from the checkout, it serves the catalogue it carries."""

import subprocess
import sys
import sysconfig
import venv
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from portal import __version__
from tests.releases import trees
from tests.shipped import PROJECT, Served, copy_of_shipped, environment, start, stop
from tests.sources import shipped_folders, tables

CARRIED = ("schemas", "migrations", "datasets")


@dataclass(frozen=True)
class Installed:
    """A virtual environment in which the wheel is installed."""

    python: Path
    portal: Path


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel; the build tool and its back end are those of the development environment."""
    target = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(target), str(PROJECT)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return next(target.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """Install the wheel alone; what it depends on is lent by the environment that runs the tests."""
    folder = tmp_path_factory.mktemp("elsewhere") / "venv"
    venv.create(folder, with_pip=False, symlinks=True)
    python = folder / "bin" / "python"
    asked = "import sysconfig; print(sysconfig.get_paths()['purelib'])"
    site = Path(subprocess.run([python, "-c", asked], capture_output=True, text=True, check=True).stdout.strip())
    (site / "lent.pth").write_text(sysconfig.get_paths()["purelib"] + "\n")
    command = [
        sys.executable,
        "-m",
        "pip",
        "--python",
        str(python),
        "install",
        "--quiet",
        "--no-deps",
        "--no-index",
        str(wheel),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return Installed(python, folder / "bin" / "portal")


@pytest.fixture(scope="module")
def served(installed: Installed, shipped: Served, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Serve with the installed portal what the checkout's has loaded: it compares every folder that it carries."""
    folder = tmp_path_factory.mktemp("far-away")
    data = copy_of_shipped(shipped, folder / "data")
    served = start(data, command=[str(installed.portal), "serve"], cwd=folder, base_url=shipped.url)
    yield served
    assert stop(served) == 0


def test_the_wheel_holds_every_shipped_file(wheel: Path) -> None:
    inside = set(zipfile.ZipFile(wheel).namelist())

    shipped = [path for name in CARRIED for path in (PROJECT / name).rglob("*") if path.is_file()]
    expected = {f"portal/_shipped/{path.relative_to(PROJECT)}" for path in shipped if "__pycache__" not in path.parts}
    sources = {str(path.relative_to(PROJECT)) for path in (PROJECT / "portal").rglob("*.py")}
    assert not expected - inside
    assert not sources - inside
    assert {"portal/web/static/portal.css", "portal/web/templates/base.html"} <= inside


def test_the_wheel_holds_nothing_else(wheel: Path) -> None:
    inside = zipfile.ZipFile(wheel).namelist()

    assert {name.split("/")[0] for name in inside} == {"portal", f"datenwerkstatt-{__version__}.dist-info"}
    assert not [name for name in inside if name.endswith(".pyc") or "/tests/" in name]


def test_the_installed_portal_is_the_wheel_not_the_checkout(installed: Installed, tmp_path: Path) -> None:
    asked = "import portal; from portal.foundation.resources import shipped; print(portal.__file__, shipped('schemas'))"

    said = subprocess.run([installed.python, "-c", asked], cwd=tmp_path, capture_output=True, text=True, check=True)

    assert str(PROJECT) not in said.stdout
    assert "portal/_shipped/schemas" in said.stdout


def test_the_installed_command_tells_its_version(installed: Installed, tmp_path: Path) -> None:
    said = subprocess.run([installed.portal, "--version"], cwd=tmp_path, capture_output=True, text=True, check=True)

    assert __version__ in said.stdout


def test_the_installed_command_loads_a_folder_into_an_empty_portal(installed: Installed, tmp_path: Path) -> None:
    command, around = (
        [installed.portal, "load", trees(tmp_path / "baeume", "Linde")],
        environment(data=tmp_path / "data"),
    )

    said = subprocess.run(command, cwd=tmp_path, env=around, capture_output=True, text=True, check=True)

    assert said.stdout == "baeume: version 1\n"


def test_the_installed_portal_serves_the_catalogue_it_carries(served: Served) -> None:
    assert "Loading datasets" in served.log.read_text()
    assert "could be loaded" not in served.log.read_text()
    listed = served.get("/api/v1/datasets?limit=100").json()

    assert {item["name"]: item["rows"] for item in listed["items"]} == {
        folder.name: sum(len(table.texts) for table in tables(folder)) for folder in shipped_folders()
    }
    assert served.bytes_of("/datasets/orte/places.csv").startswith(b"id,name,")
    assert "Datenwerkstatt" in served.get("/", Accept="text/html").text
    assert served.get("/static/portal.css").status_code == 200
