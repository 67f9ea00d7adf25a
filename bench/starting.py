"""What the portal costs while nobody asks: from starting it to the first answer, and what it holds in memory."""

import statistics
import time
from collections.abc import Iterator
from pathlib import Path

from bench.client import fetch
from bench.figures import Figure
from bench.processes import free_port, portal_server

_ROUNDS = 5
_SETTLE_S = 2.0


def measure_start(data: Path, name: str, datasets: str) -> Iterator[Figure]:
    """Start on *data* and the folder *datasets* once to load what is new, then again and again."""
    with portal_server(data, free_port(), datasets):
        pass
    waits, memories = [], []
    for _ in range(_ROUNDS):
        with portal_server(data, free_port(), datasets) as server:
            waits.append(server.ready_after_s)
            for address in ("/", "/catalog.ttl?page=1", "/api/v1/datasets"):
                fetch(server.port, address)
            time.sleep(_SETTLE_S)
            memories.append(server.memory)
    first = statistics.median(waits)
    yield Figure(
        work=f"start to first answer, {name}",
        measured=first,
        unit="s",
        target="≤ 1.5",
        detail=f"{min(waits):.2f} to {max(waits):.2f} s",
    )
    pss_mb, rss_mb = (
        statistics.median(values) for values in zip(*((m.pss_mb, m.rss_mb) for m in memories), strict=True)
    )
    yield Figure(
        work=f"idle memory, {name}", measured=pss_mb, unit="MB", target="≤ 150.0", detail=f"PSS; RSS {rss_mb:.0f} MB"
    )
