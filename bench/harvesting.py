"""What the whole catalogue costs: as Turtle, warm, and for the first reader after one dataset changed."""

import json
import statistics
from collections.abc import Iterator
from pathlib import Path

from bench.catalogues import release_folder
from bench.client import fetch
from bench.figures import Figure
from bench.processes import Server, bare_server, free_port, portal_server
from bench.synthetic import SMALL_ROWS, write_dataset

_ROUNDS = 5
_ADDRESS = "/catalog.ttl"


def measure_catalogue(data: Path, work: Path, datasets: int) -> Iterator[Figure]:
    """Fetch the whole catalogue in turns with a file of its size; change one dataset and fetch it again."""
    with portal_server(data, free_port()) as portal:
        body, first_s = fetch(portal.port, _ADDRESS)
        copy = work / "catalog.ttl"
        copy.write_bytes(body)
        name = f"catalogue of {datasets:,} as Turtle ({len(body) / 1e6:.0f} MB)"
        yield Figure(work=f"{name}, made for the first time", measured=first_s, unit="s")
        with bare_server({"catalog": copy}, free_port(), work / "bare.log") as bare:
            warm = statistics.median(_ratios(portal, bare))
            yield Figure(work=f"{name}, warm", measured=warm, target="≤ 2.0")
            changed = []
            for number in range(_ROUNDS):
                _change_one(data, work / f"change{number}", number)
                changed.append((fetch(portal.port, _ADDRESS)[1], fetch(bare.port, "/file/catalog")[1]))
    ours_s, peer_s = (statistics.median(times) for times in zip(*changed, strict=True))
    yield Figure(
        work=f"{name}, first reader after one dataset changed",
        measured=statistics.median(ours / peer for ours, peer in changed),
        target="≤ 2.0",
        detail=f"{ours_s * 1000:.0f} ms against {peer_s * 1000:.0f} ms",
    )


def _ratios(portal: Server, bare: Server) -> Iterator[float]:
    """Give seconds of the portal's answer by seconds of the file's, round by round."""
    for _ in range(_ROUNDS):
        yield fetch(portal.port, _ADDRESS)[1] / fetch(bare.port, "/file/catalog")[1]


def _change_one(data: Path, folder: Path, number: int) -> None:
    """Release the next version of dataset 0 in another process, as an operator would."""
    changed = write_dataset(folder / "bezirk-0", "bezirk-0", SMALL_ROWS, number=0)
    descriptor = json.loads((changed / "datapackage.json").read_bytes())
    descriptor["description"] += f" Stand {number} von {folder.stat().st_mtime_ns}."
    (changed / "datapackage.json").write_text(json.dumps(descriptor), encoding="utf-8")
    release_folder(data, changed)
