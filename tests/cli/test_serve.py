"""`portal serve`: starts, stops as it should, and has nothing to do the second time (the bench measures how fast)."""

import signal
import socket
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import requests

from tests.releases import trees
from tests.shipped import free_port, run_portal, serving, start, stop


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return trees(tmp_path / "baeume", "Linde")


def test_a_first_start_loads_the_folder_and_says_where_it_serves(folder: Path, tmp_path: Path) -> None:
    with serving(tmp_path / "data", datasets=str(folder)) as served:
        answer = served.get("/health").json()

        assert answer == {"status": "ok", "datasets": 1}
        assert f"serves on {served.url}" in served.log.read_text()


def test_a_second_start_has_nothing_to_do(folder: Path, tmp_path: Path) -> None:
    port = str(free_port())
    with serving(tmp_path / "data", datasets=str(folder), port=port) as first:
        first.log.write_text("")

    with serving(tmp_path / "data", datasets=str(folder), port=port) as second:
        assert second.get("/datasets/baeume.json").status_code == 200
        assert "Loading datasets" not in second.log.read_text()


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_is_graceful(folder: Path, tmp_path: Path, sign: signal.Signals) -> None:
    served = start(tmp_path / "data", datasets=str(folder))

    served.process.send_signal(sign)

    assert served.process.wait(timeout=35) == 0
    assert "Traceback" not in served.log.read_text()


def test_a_broken_folder_does_not_keep_the_server_from_serving_the_others(folder: Path, tmp_path: Path) -> None:
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


def test_requests_are_logged_as_json_without_the_address_of_the_client(folder: Path, tmp_path: Path) -> None:
    served = start(tmp_path / "data", datasets=str(folder))
    requests.get(f"{served.url}/datasets/baeume/trees.csv?secret=1", headers={"X-Request-Id": "abc-1"}, timeout=10)
    stop(served)

    line = next(line for line in served.log.read_text().splitlines() if "abc-1" in line)
    assert '"status": 200' in line
    assert "127.0.0.1" not in line
    assert "secret" not in line


def test_another_public_address_does_not_keep_the_server_from_answering(folder: Path, tmp_path: Path) -> None:
    with serving(tmp_path / "data", datasets=str(folder), base_url="https://alt.example"):
        pass

    with serving(tmp_path / "data", datasets=str(folder), base_url="https://neu.example") as served:
        assert "made anew while the server answers" in served.log.read_text()
        wait_until(lambda: "https://neu.example/datasets/baeume" in served.get("/datasets/baeume.ttl").text)

    assert "Loading datasets" not in served.log.read_text().split("made anew while the server answers")[1]
    assert "Traceback" not in served.log.read_text()


def wait_until(holds: Callable[[], bool]) -> None:
    until = time.monotonic() + 120
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.1)
