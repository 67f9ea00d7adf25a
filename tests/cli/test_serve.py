"""`portal serve`: starts, stops as it should, and has nothing to do the second time (the bench measures how fast)."""

import signal
import socket
from dataclasses import dataclass
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest
import requests

from tests.releases import trees
from tests.shipped import run_portal, serving, start, stop
from tests.waiting import wait_until


@dataclass(frozen=True)
class FirstStart:
    """A server that started on an empty machine and was stopped again: where it served, and what it left and said."""

    folder: Path
    url: str
    data: Path
    health: object
    log: str

    def again(self, path: Path) -> dict[str, Any]:
        """Give what the next start has: a copy of the data in *path*, the same settings."""
        return {
            "data": copytree(self.data, path / "data"),
            "datasets": str(self.folder),
            "port": self.url.rsplit(":")[-1],
        }


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> FirstStart:
    path = tmp_path_factory.mktemp("first")
    folder = trees(path / "baeume", "Linde")
    with serving(path / "data", datasets=str(folder)) as served:
        health = served.get("/health").json()
    return FirstStart(folder, served.url, served.data, health, served.log.read_text())


def test_a_first_start_loads_the_folder_and_says_where_it_serves(first: FirstStart) -> None:
    assert first.health == {"status": "ok", "datasets": 1}
    assert f"serves on {first.url}" in first.log
    assert "`portal admin NAME` makes the first administrator" in first.log


def test_a_second_start_has_nothing_to_do(first: FirstStart, tmp_path: Path) -> None:
    with serving(**first.again(tmp_path)) as second:
        assert second.get("/datasets/baeume.json").status_code == 200
        assert "Loading datasets" not in second.log.read_text()


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_is_graceful(first: FirstStart, tmp_path: Path, sign: signal.Signals) -> None:
    served = start(**first.again(tmp_path))

    served.process.send_signal(sign)

    assert served.process.wait(timeout=35) == 0
    assert "Traceback" not in served.log.read_text()


def test_a_broken_folder_does_not_keep_the_server_from_serving_the_others(tmp_path: Path) -> None:
    alle = tmp_path / "alle"
    trees(alle / "ahorn", "Feldahorn", slug="ahorn")
    (trees(alle / "zeder", "Zeder", slug="zeder") / "trees.csv").write_text("kein,kopf\n", encoding="utf-8")

    with serving(tmp_path / "data", datasets=str(alle)) as served:
        assert served.get("/datasets/ahorn.json").status_code == 200
        assert served.get("/datasets/zeder.json").status_code == 404
        assert "serving what is there" in served.log.read_text()


def test_a_port_that_is_taken_is_said_in_one_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]

        done = run_portal("serve", data=tmp_path / "data", datasets="-", port=port)

    assert done.returncode == 1
    assert done.stderr.startswith(f"Error: 127.0.0.1, port {port}, cannot be listened on: ")
    assert len(done.stderr.splitlines()) == 1


def test_requests_are_logged_as_json_without_the_address_of_the_client(first: FirstStart, tmp_path: Path) -> None:
    served = start(**first.again(tmp_path))
    requests.get(f"{served.url}/datasets/baeume/trees.csv?secret=1", headers={"X-Request-Id": "abc-1"}, timeout=10)
    stop(served)

    line = next(line for line in served.log.read_text().splitlines() if "abc-1" in line)
    assert '"status": 200' in line
    assert "127.0.0.1" not in line
    assert "secret" not in line


def test_another_public_address_does_not_keep_the_server_from_answering(first: FirstStart, tmp_path: Path) -> None:
    with serving(**first.again(tmp_path), base_url="https://neu.example") as served:
        assert "made anew while the server answers" in served.log.read_text()
        wait_until(lambda: "https://neu.example/datasets/baeume" in served.get("/datasets/baeume.ttl").text)

    assert "Loading datasets" not in served.log.read_text()
    assert "Traceback" not in served.log.read_text()
