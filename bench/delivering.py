"""What it costs to take a large table over HTTP: PUT, submit, approve, until everyone can read it.

python -m bench.delivering [ROWS]      1,000,000 rows × 8 columns unless told otherwise

One server with its worker, tokens as people have them. The delivery and the submission are jobs; the figures are of
the whole server, master, workers and `portal work` together: memory is sampled, the processor is what all of them took.
"""

import json
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.request import Request, urlopen

from bench.processes import BASE_URL, Server, free_port, portal_environment, portal_server
from bench.synthetic import dataset_descriptor, write_rows

_SAMPLE_S = 0.25
SLUG = "maengel"


def main() -> None:
    """Measure every step and print a line for each."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with TemporaryDirectory() as named:
        folder = Path(named)
        source = write_rows(folder / "defects.csv", rows)
        print(f"{rows:,} rows, {source.stat().st_size / 1e6:.0f} MB")
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        company, city = _people(folder / "data")
        before = used.ru_utime + used.ru_stime
        with portal_server(folder / "data", free_port()) as server, _watched(server) as seen:
            _walk(_Door(server, seen), source, company, city)
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        print(f"processor {used.ru_utime + used.ru_stime - before:.1f} s, people and start included")


class _Door:
    """Asks the server and says how long it took."""

    def __init__(self, server: Server, seen: list[float]) -> None:
        self._url, self._seen = f"http://127.0.0.1:{server.port}/api/v1", seen

    def ask(
        self, method: str, path: str, token: str, body: bytes | Path | None = None, **headers: str
    ) -> Any:  # Any: JSON
        sent = {"Authorization": f"Bearer {token}", **{name.replace("_", "-"): one for name, one in headers.items()}}
        if isinstance(body, Path):
            sent["Content-Length"] = str(body.stat().st_size)
            with body.open("rb") as stream, urlopen(Request(self._url + path, stream, sent, method=method)) as answer:
                return json.load(answer)
        with urlopen(Request(self._url + path, body, sent, method=method)) as answer:
            return json.load(answer)

    def timed(self, name: str, method: str, path: str, token: str, body: bytes | Path | None = None) -> None:
        """Ask for something that becomes a job, wait for its end, and say what it took."""
        self._seen.clear()
        started = time.perf_counter()
        job = self.ask(method, path, token, body, Prefer="respond-async")
        answered = time.perf_counter() - started
        while job["state"] in ("waiting", "running"):
            time.sleep(0.1)
            job = self.ask("GET", job["links"]["self"].removeprefix(f"{BASE_URL}/api/v1"), token)
        whole = time.perf_counter() - started
        assert job["state"] == "done", job
        peak = max(self._seen, default=0.0)
        print(f"{name}: answered after {answered:.1f} s, done after {whole:.1f} s, up to {peak:.0f} MB PSS", flush=True)


def _walk(door: _Door, source: Path, company: str, city: str) -> None:
    metadata = dataset_descriptor(SLUG, 0)
    resources, name = metadata.pop("resources"), metadata.pop("name")
    described = {key: one for key, one in metadata.items() if not key.startswith("$")}
    body = json.dumps({"name": name, "publisher": "stadt", "metadata": described}).encode()
    door.ask("POST", "/datasets", company, body, Content_Type="application/json")
    draft, table = f"/datasets/{SLUG}/draft", resources[0]["name"]
    door.timed("PUT", "PUT", f"{draft}/tables/{table}?filename=defects.csv", company, source)
    door.timed("submit", "POST", f"{draft}/submit", company)
    door.timed("approve to released", "POST", f"{draft}/approve", city)


def _people(data: Path) -> tuple[str, str]:
    """Make a publisher, an editor and an approver, and give their tokens."""
    environment = portal_environment(data)

    def portal(*arguments: str) -> str:
        command = [sys.executable, "-m", "portal.cli", *arguments]
        words = "ein langes Passwort\n"
        done = subprocess.run(command, env=environment, input=words, capture_output=True, text=True, check=True)
        return done.stdout.strip()

    portal("publisher", "add", "stadt", "--name", "Stadt")
    tokens = []
    for name, role, actions in (
        ("firma", "editor", ("read_draft", "edit_draft", "submit")),
        ("amt", "approver", ("read_draft", "approve")),
    ):
        portal("user", "add", name)
        portal("member", "add", name, "stadt", role)
        tokens.append(portal("token", "issue", name, *(word for action in actions for word in ("--action", action))))
    return tokens[0], tokens[1]


@contextmanager
def _watched(server: Server) -> Iterator[list[float]]:
    """Sample the memory of the server and everything below it, in MB, for a block."""
    seen: list[float] = []
    over = threading.Event()

    def sample() -> None:
        while not over.wait(_SAMPLE_S):
            try:
                seen.append(server.memory.pss_mb)
            except (FileNotFoundError, ProcessLookupError):
                continue  # a process ended while it was looked at

    watcher = threading.Thread(target=sample)
    watcher.start()
    try:
        yield seen
    finally:
        over.set()
        watcher.join()


if __name__ == "__main__":
    main()
