"""A limit of time on what another thread can interrupt.

    block ──▶ done in time: nothing happens
          └─▶ not done: interrupted, and again until the block ends

Once would not do: DuckDB forgets an interrupt that comes when no statement runs, before the first or between two of them.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_AGAIN_S = 0.01


@contextmanager
def interrupted_after(timeout_s: float, interrupt: Callable[[], object]) -> Iterator[None]:
    """Call *interrupt* once *timeout_s* have passed, and again and again while the block lasts; never after it."""
    is_over = threading.Event()
    watch = threading.Thread(target=_watch, args=(is_over, timeout_s, interrupt), name="time limit", daemon=True)
    watch.start()
    try:
        yield
    finally:
        is_over.set()
        watch.join()


def _watch(is_over: threading.Event, timeout_s: float, interrupt: Callable[[], object]) -> None:
    wait_s = timeout_s
    while not is_over.wait(wait_s):
        interrupt()
        wait_s = _AGAIN_S
