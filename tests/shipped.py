"""The portal as its users meet it: commands in processes of their own, and a server on a free port.

run_portal("load", data=folder)         one command, its output and exit status
serving(data, port=…)                   a server for the length of a with block
shipped                                 the fixture: a server with the shipped catalogue, one for the whole test run
"""

import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from shutil import copytree

import pytest
import requests

from tests import run
from tests.ports import free_port
from tests.waiting import PATIENCE_S, wait_until

PROJECT = Path(__file__).resolve().parents[1]
DATASETS = PROJECT / "datasets"


@dataclass(frozen=True)
class Served:
    """A running server."""

    url: str
    data: Path
    log: Path

    def get(self, address: str, **headers: str) -> requests.Response:
        """Ask for a path or a full address; nothing is followed, underscores in header names stand for hyphens."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return requests.get(self.absolute(address), headers=named, timeout=30, allow_redirects=False)

    def absolute(self, address: str) -> str:
        return address if address.startswith("http") else self.url + address

    def bytes_of(self, address: str) -> bytes:
        """Give the content of an address that must answer 200."""
        return _content(self.absolute(address))


@dataclass(frozen=True)
class Started(Served):
    """A running server of this process's own."""

    process: subprocess.Popen[bytes]


@cache
def _content(address: str) -> bytes:
    response = requests.get(address, timeout=60, headers={"Accept-Encoding": "identity"})
    assert response.status_code == 200, f"{address} answers {response.status_code}: {response.text[:300]}"
    return response.content


def environment(**settings: str | Path) -> dict[str, str]:
    """Give an environment with these settings (`data=…`, `port=…`) and no others of the portal."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}
    return kept | {f"PORTAL_{name.upper()}": str(value) for name, value in settings.items()}


def run_portal(*arguments: str, given: str | None = None, **settings: str | Path) -> subprocess.CompletedProcess[str]:
    """Run `portal` with *arguments* in a process of its own; *given* is what it is told on stdin."""
    command = [sys.executable, "-m", "portal.cli", *arguments]
    return subprocess.run(
        command,
        cwd=PROJECT,
        env=environment(**settings),
        input=given,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@contextmanager
def serving(data: Path, *, log: int | None = None, **settings: str) -> Iterator[Started]:
    """Serve until the block ends."""
    served = start(data, log=log, **settings)
    try:
        yield served
    finally:
        stop(served)


def start(
    data: Path, *, command: list[str] | None = None, cwd: Path = PROJECT, log: int | None = None, **settings: str
) -> Started:
    """Start a server and wait for its first answer; its log goes to a file beside *data*, or to the descriptor *log*."""
    port = settings.setdefault("port", str(free_port()))
    url = f"http://127.0.0.1:{port}"
    data.mkdir(parents=True, exist_ok=True)
    log_file = data.parent / f"{data.name}.log"
    with log_file.open("ab") as out:
        process = subprocess.Popen(
            command or [sys.executable, "-m", "portal.cli", "serve"],
            cwd=cwd, env=environment(data=str(data), **settings), stdout=out, stderr=out if log is None else log, start_new_session=True,
        )  # fmt: skip
    served = Started(url, data, log_file, process)
    try:
        wait_until(lambda: _is_serving(served))
    except AssertionError:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        raise
    return served


def _is_serving(served: Started) -> bool:
    ended = served.process.poll()
    assert ended is None, f"the server ended with {ended}: {served.log.read_text()[-2000:]}"
    with suppress(requests.ConnectionError):
        return requests.get(f"{served.url}/health", timeout=PATIENCE_S).status_code == 200
    return False


def stop(served: Started) -> int:
    """Stop a server as an operator does (SIGTERM); give its exit status."""
    if served.process.poll() is None:
        served.process.send_signal(signal.SIGTERM)
    return served.process.wait(PATIENCE_S)


@pytest.fixture(scope="session")
def shipped() -> Served:
    """Give a running server with the shipped catalogue and nothing else; tests only read from it."""
    with run.once("shipped") as folder:
        note = folder / "served.json"
        if not note.exists():
            served = start(folder / "data", sql="true", sql_timeout_s="3")
            note.write_text(json.dumps({"url": served.url, "log": str(served.log), "pid": served.process.pid}))
        told = json.loads(note.read_text())
    return Served(told["url"], folder / "data", Path(told["log"]))


def stop_shipped() -> None:
    """Stop that server at the end of the run, if any test wanted it; it is the child of a worker that is gone."""
    note = run.folder() / "shipped" / "served.json"
    if note.exists():
        os.kill(int(json.loads(note.read_text())["pid"]), signal.SIGTERM)


def copy_of_shipped(shipped: Served, target: Path) -> Path:
    """Give a data folder with the shipped catalogue as it is served, to be changed; its addresses are *shipped*'s."""
    copytree(shipped.data / "blobs", target / "blobs", copy_function=os.link)
    with (
        closing(sqlite3.connect(shipped.data / "portal.sqlite")) as record,
        closing(sqlite3.connect(target / "portal.sqlite")) as copy,
    ):
        record.backup(copy)
    return target
