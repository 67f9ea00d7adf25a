"""Servers and commands as whole processes: started, waited for, accounted, stopped. Loopback only."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

BASE_URL = "http://daten.example"
"""The public address stands in every document: it stays the same whatever the port."""

_START_TIMEOUT_S = 600.0
"""A first start may have to make everything anew; a second one takes about a second."""
_POLL_S = 0.005


@dataclass(frozen=True)
class Spent:
    """What a finished process took."""

    wall_s: float
    cpu_s: float
    peak_mb: float
    """Largest resident set of the process (getrusage, ru_maxrss), in MB of 10^6 bytes."""


@dataclass(frozen=True)
class Memory:
    """What a process and its children hold, in MB of 10^6 bytes."""

    pss_mb: float
    """Proportional set size: shared pages are counted once."""
    rss_mb: float


@dataclass(frozen=True)
class Server:
    """A running server."""

    port: int
    pid: int
    ready_after_s: float
    """From starting the process to the last byte of its first answer."""

    @property
    def memory(self) -> Memory:
        """Give what the server holds now, master and workers together."""
        return _memory(_family(self.pid))


def portal_environment(data: Path, port: int = 8000, datasets: str = "-") -> dict[str, str]:
    """Give the environment of a portal with its data in *data*; everything else is the default."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}
    return {
        **kept,
        "PORTAL_DATA": str(data),
        "PORTAL_PORT": str(port),
        "PORTAL_DATASETS": datasets,
        "PORTAL_BASE_URL": BASE_URL,
    }


@contextmanager
def portal_server(data: Path, port: int, datasets: str = "-") -> Iterator[Server]:
    """Run `portal serve` for a block."""
    data.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "portal.cli", "serve"]
    with running(command, portal_environment(data, port, datasets), port, "/health", data / "server.log") as server:
        yield server


@contextmanager
def bare_server(paths: dict[str, Path], port: int, log: Path) -> Iterator[Server]:
    """Run the bare server with the files *paths* for a block."""
    named = [f"{name}={path}" for name, path in paths.items()]
    command = [sys.executable, "-m", "bench.bare", str(port), *named]
    with running(command, dict(os.environ), port, f"/file/{next(iter(paths))}", log) as server:
        yield server


def run(command: Sequence[str], environment: dict[str, str] | None = None) -> Spent:
    """Run *command* to its end and account for it.

    Raises:
        subprocess.CalledProcessError: it failed.
    """
    accounted = [sys.executable, "-I", "-S", "-c", _ACCOUNT, *command]
    finished = subprocess.run(accounted, env=environment, check=True, capture_output=True)
    wall_s, cpu_s, peak_kb = (float(word) for word in finished.stdout.splitlines()[-1].split())
    return Spent(wall_s, cpu_s, peak_kb * 1024 / 1e6)


_ACCOUNT = """import resource, subprocess, sys, time
started = time.perf_counter()
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)
wall_s, used = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
print(wall_s, used.ru_utime + used.ru_stime, used.ru_maxrss)"""
"""As /usr/bin/time does it. A small process of its own: a child's peak begins with the size of what started it."""


def free_port() -> int:
    """Give a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(command: Sequence[str], environment: dict[str, str], port: int, path: str, log: Path) -> Iterator[Server]:
    """Run a server for a block, once *path* is answered."""
    started = time.perf_counter()
    with log.open("wb") as words, subprocess.Popen(command, env=environment, stdout=words, stderr=words) as process:
        try:
            _wait_for(process, port, path)
            yield Server(port, process.pid, time.perf_counter() - started)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=40)


def _wait_for(process: "subprocess.Popen[bytes]", port: int, path: str) -> None:
    """Wait until *path* is answered."""
    request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n".encode()
    deadline = time.monotonic() + _START_TIMEOUT_S
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"The server on port {port} stopped with {process.returncode}.")
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
                connection.sendall(request)
                if connection.recv(65536).startswith(b"HTTP/1.1 200"):
                    return
        except OSError:
            time.sleep(_POLL_S)
    raise TimeoutError(f"Nothing answers on port {port}.")


def _family(pid: int) -> list[int]:
    """Give a process and everything below it, whichever of its threads started it."""
    threads = list(Path(f"/proc/{pid}/task").iterdir())
    children = [child for one in threads for child in (one / "children").read_text(encoding="ascii").split()]
    return [pid, *(one for child in children for one in _family(int(child)))]


def _memory(pids: Sequence[int]) -> Memory:
    kilobytes = {"Pss": 0, "Rss": 0}
    for pid in pids:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines():
            name = line.split(":", 1)[0]
            if name in kilobytes:
                kilobytes[name] += int(line.split()[1])
    return Memory(kilobytes["Pss"] * 1024 / 1e6, kilobytes["Rss"] * 1024 / 1e6)
